"""What a look at a video file found, before anybody judges it."""

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from silkreel.media.pace import Pace


@dataclass(frozen=True, slots=True)
class Facts:
    """A file's own word and the look of six decoded seconds; times in the file's own clock."""

    container: str
    size_bytes: int
    width_pixels: int  # as decoded, before rotation and pixel aspect
    height_pixels: int
    pixel_aspect: Fraction
    rotation_degrees: int  # counter-clockwise, as FFmpeg tells it
    video_codec: str
    audio_codec: str | None
    pixel_format: str
    bits: int
    chroma: str  # "4:2:0" or another way to store colour
    transfer: int  # ITU-T H.273: 16 is PQ, 18 is HLG
    interlaced: bool
    pictures: int
    sounds: int
    pace: Pace
    declared_seconds: Fraction | None  # how long the file says it is
    ended_seconds: Fraction  # how long it turned out to be, by the same measure
    audio_start_seconds: Fraction | None
    audio_end_seconds: Fraction | None
    silent: bool
    cut: bool  # the index names bytes behind the file's end
    corrupt_at_seconds: float | None
    animatic: bool = False  # its own description says that it is a preview

    def to_json(self) -> dict[str, Any]:
        """Fractions as text."""
        plain = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        pace = {field.name: _plain(getattr(self.pace, field.name)) for field in fields(Pace)}
        return {**plain, "pace": pace}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "Facts":
        """What `to_json` wrote."""
        values = {
            f.name: _typed(payload[f.name], f.type)
            for f in fields(cls)
            if f.name in payload and f.name != "pace"
        }
        pace = {f.name: _typed(payload["pace"][f.name], f.type) for f in fields(Pace)}
        return cls(**values, pace=Pace(**pace))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value


def _typed(value: Any, kind: Any) -> Any:
    return Fraction(value) if value is not None and "Fraction" in str(kind) else value

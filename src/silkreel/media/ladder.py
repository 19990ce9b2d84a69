"""A master becomes its ladder: every rung, the sound, the cuts and the stills, in one decode."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from silkreel.kit.spans import Span, TimeSpan
from silkreel.media.cmaf import SegmentIndex, codec_string, index_cmaf
from silkreel.media.errands import Asked, Progress, move_into, private_folder, run_job
from silkreel.media.geometry import Size
from silkreel.media.limits import job_limits
from silkreel.media.probe import Probe
from silkreel.media.rungs import PREVIEW, RungPlan, plan_ladder, plan_rung
from silkreel.media.stills import POSTER_BYTES, POSTERS, Poster

BLACK_SECONDS = 2.0
FROZEN_SECONDS = 3.0
SILENT_SECONDS = 3.0

NoticeKind = Literal["black", "frozen", "silent"]


@dataclass(frozen=True, slots=True)
class LadderOrder:
    """What to make of a probed master: its mended form and the fixes that lead there.

    Every figure is the probe's; they are kept with the episode, so the order can be written again
    without another look at the file.
    """

    width_pixels: int
    height_pixels: int
    frame_rate: Fraction
    frame_count: int
    fixes: frozenset[str] = frozenset()
    rungs: tuple[str, ...] = PREVIEW
    preset: str = "veryfast"

    @classmethod
    def of(cls, probe: Probe) -> "LadderOrder":
        """The usual order for a probed file.

        Raises:
            Refusal: the probe's worst finding, where the file is refused.
        """
        probe.raise_if_refused()
        return cls(
            width_pixels=probe.width_pixels,
            height_pixels=probe.height_pixels,
            frame_rate=probe.frame_rate,
            frame_count=probe.frame_count,
            fixes=probe.fixes,
        )

    @property
    def size(self) -> Size:
        """The mended picture's size."""
        return Size(self.width_pixels, self.height_pixels)

    @property
    def length_seconds(self) -> float:
        """How long the picture lasts."""
        return float(self.frame_count / self.frame_rate)


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of the picture, ready to be streamed."""

    name: str
    path: Path
    codec: str  # RFC 6381
    width_pixels: int
    height_pixels: int
    frame_rate: Fraction
    size_bytes: int
    segments: SegmentIndex


@dataclass(frozen=True, slots=True)
class Notice:
    """Something staff should look at; it does not stop the work."""

    kind: NoticeKind
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class Ladder:
    """Everything that one decode of a master gives."""

    rungs: tuple[Rung, ...]  # smallest first
    sound_48k: Path  # stereo FLAC, exactly as long as the picture
    sound_16k: Path  # mono FLAC, the same
    frame_rate: Fraction
    frame_count: int
    shots: tuple[Span, ...]  # side by side from the first frame to the last
    posters: tuple[Poster, ...]  # sharpest first
    notices: tuple[Notice, ...] = field(default=())
    decoded_frames: int = 0  # of the source: as many as it holds, because it is read once

    @property
    def length_seconds(self) -> float:
        """How long the picture lasts."""
        return float(self.frame_count / self.frame_rate)

    def rung_for(self, short_side_pixels: int) -> Rung:
        """The largest rung of at most that short side, else the smallest."""
        fitting = [
            rung
            for rung in self.rungs
            if min(rung.width_pixels, rung.height_pixels) <= short_side_pixels
        ]
        return fitting[-1] if fitting else self.rungs[0]


def encode_ladder(
    source: Path,
    folder: Path,
    order: LadderOrder,
    *,
    cancelled: Asked | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """Encode a master once, in a child, into files inside `folder`.

    All rungs begin a segment at the same frames. The same source and order give the same bytes.
    Nothing appears in `folder` before all of it is finished.

    Raises:
        Corrupt: frames of the source are damaged or missing.
        DecoderCrashed, TooSlow, TooBig: the child died of the file.
        Cancelled: `cancelled` answered yes; no child is left.
    """
    plans = plan_ladder(order.size, order.frame_rate, names=order.rungs, preset=order.preset)
    with private_folder(folder) as private:
        answer = _transcode(
            source, private, order, plans, everything=True, cancelled=cancelled, progress=progress
        )
        names = [f"{plan.name}.mp4" for plan in plans]
        names += ["sound_48k.flac", "sound_16k.flac"]
        names += [poster["name"] for poster in answer["posters"]]
        for name in names:
            move_into(private / name, folder)
    return Ladder(
        rungs=tuple(_rung(folder, plan, order.frame_rate) for plan in reversed(plans)),
        sound_48k=folder / "sound_48k.flac",
        sound_16k=folder / "sound_16k.flac",
        frame_rate=order.frame_rate,
        frame_count=order.frame_count,
        shots=_shots(answer["cuts"], order.frame_count),
        posters=tuple(_poster(folder, poster) for poster in answer["posters"]),
        notices=tuple(_notices(answer)),
        decoded_frames=answer["decoded_frames"],
    )


def encode_rung(
    source: Path,
    folder: Path,
    order: LadderOrder,
    name: str = "v1080",
    *,
    preset: str = "fast",
    cancelled: Asked | None = None,
    progress: Progress | None = None,
) -> Rung:
    """Encode one more rung at low priority, with the segment times of the ladder before it.

    Raises:
        NoSuchRung, RungAboveSource: it cannot be made of this source.
        Corrupt, DecoderCrashed, TooSlow, TooBig, Cancelled: as `encode_ladder`.
    """
    plan = plan_rung(name, order.size, order.frame_rate, preset=preset)
    with private_folder(folder) as private:
        _transcode(
            source,
            private,
            order,
            (plan,),
            everything=False,
            cancelled=cancelled,
            progress=progress,
        )
        move_into(private / f"{name}.mp4", folder)
    return _rung(folder, plan, order.frame_rate)


def _transcode(
    source: Path,
    folder: Path,
    order: LadderOrder,
    plans: tuple[RungPlan, ...],
    *,
    everything: bool,
    cancelled: Asked | None,
    progress: Progress | None,
) -> dict[str, Any]:
    values = {
        "source": str(source),
        "folder": str(folder),
        "frame_rate": str(order.frame_rate),
        "frame_count": order.frame_count,
        "fixes": sorted(order.fixes),
        "plans": [asdict(plan) for plan in plans],
        "everything": everything,
        "most_posters": POSTERS,
        "most_poster_bytes": POSTER_BYTES,
    }
    limits = job_limits(order.length_seconds, short_side_pixels=order.size.short_side_pixels)
    return run_job("ladder", values, limits=limits, progress=progress, cancelled=cancelled)


def _rung(folder: Path, plan: RungPlan, frame_rate: Fraction) -> Rung:
    path = folder / f"{plan.name}.mp4"
    return Rung(
        name=plan.name,
        path=path,
        codec=codec_string(path),
        width_pixels=plan.size.width_pixels,
        height_pixels=plan.size.height_pixels,
        frame_rate=frame_rate,
        size_bytes=path.stat().st_size,
        segments=index_cmaf(path),
    )


def _shots(cuts: list[int], frame_count: int) -> tuple[Span, ...]:
    inner = sorted({cut for cut in cuts if 0 < cut < frame_count})
    edges = [0, *inner, frame_count]
    return tuple(Span(a, b) for a, b in pairwise(edges))


def _poster(folder: Path, made: dict[str, Any]) -> Poster:
    path = folder / made["name"]
    return Poster(path, made["frame"], made["sharpness"], made["thumbhash"], path.stat().st_size)


def _notices(answer: dict[str, Any]) -> list[Notice]:
    kinds: tuple[tuple[NoticeKind, float], ...] = (
        ("black", BLACK_SECONDS),
        ("frozen", FROZEN_SECONDS),
        ("silent", SILENT_SECONDS),
    )
    return [
        Notice(kind, TimeSpan(start, end))
        for kind, least in kinds
        for start, end in answer.get(kind, [])
        if end - start > least
    ]

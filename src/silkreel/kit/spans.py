"""Pieces of time, in frames of a picture or in seconds of a sound; the end is exclusive."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Frames `first_frame` up to but not including `end_frame`, at the picture's own rate."""

    first_frame: int
    end_frame: int

    def __post_init__(self) -> None:
        if not 0 <= self.first_frame < self.end_frame:
            raise ValueError(f"a span is never empty or before zero: {self}")

    @property
    def length_frames(self) -> int:
        """Frames in the span."""
        return self.end_frame - self.first_frame

    def overlap_frames(self, other: "Span") -> int:
        """Frames that both spans cover."""
        first = max(self.first_frame, other.first_frame)
        return max(0, min(self.end_frame, other.end_frame) - first)

    def seconds(self, frame_rate: Fraction) -> "TimeSpan":
        """The same piece in seconds."""
        return TimeSpan(float(self.first_frame / frame_rate), float(self.end_frame / frame_rate))


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """Seconds `start_seconds` up to but not including `end_seconds`."""

    start_seconds: float
    end_seconds: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_seconds <= self.end_seconds:
            raise ValueError(f"a time span runs forward from zero: {self}")

    @property
    def length_seconds(self) -> float:
        """Seconds in the span."""
        return self.end_seconds - self.start_seconds

    def frames(self, frame_rate: Fraction) -> Span:
        """The nearest frames, at least one."""
        first = round(self.start_seconds * frame_rate)
        return Span(first, max(first + 1, round(self.end_seconds * frame_rate)))

"""What is fitted and what comes out: lines with their wordings, and the place of each."""

from dataclasses import dataclass

from silkreel.kit.spans import Span


@dataclass(frozen=True, slots=True)
class FitCandidate:
    """A wording as it was spoken (or is expected to be): trimmed length at natural rate."""

    wording: str  # its text, or a key that stands for it
    natural_seconds: float
    meaning_loss: float = 0.0  # 0 full, 0.25 compact, 0.6 short
    spoken_rate: float | None = None  # rate of the take to keep; None: another may be spoken

    def __post_init__(self) -> None:
        if self.natural_seconds <= 0:
            raise ValueError(f"speech has a length: {self}")


@dataclass(frozen=True, slots=True)
class FitLine:
    """A line of dialogue with its place in the original and the wordings that may stand for it."""

    line_id: str
    character: str
    span: Span
    candidates: tuple[FitCandidate, ...]
    shot_end: int | None = None  # first frame after the shot in which the line ends
    overlaps: tuple[str, ...] = ()  # lines it overlaps in the original
    on_screen: bool = True  # is the speaker's mouth seen when the line ends?


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its place: `rate` is all speed-up together, `stretch` the part after speaking."""

    line_id: str
    candidate: FitCandidate
    first_frame: int
    end_frame: int  # exclusive
    rate: float
    stretch: float

    @property
    def engine_rate(self) -> float:
        """The part of the rate that is asked of the speaking engine."""
        return self.rate / self.stretch

    @property
    def length_seconds(self) -> float:
        """How long the line lasts when its rate is met exactly."""
        return self.candidate.natural_seconds / self.rate


@dataclass(frozen=True, slots=True)
class Overrun:
    """A line that is too long by so many seconds, spoken at the fastest rate that sounds right."""

    line_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FitPlan:
    """Where everything is spoken, and what has to be worded again."""

    placed: tuple[Placed, ...]  # in the order of the lines
    needs_wording: tuple[Overrun, ...] = ()  # nothing fits: the original sound stays
    tight: tuple[Overrun, ...] = ()  # placed, but a shorter wording would sound better
    waiting: tuple[str, ...] = ()  # no wording at all yet
    cost: float = 0.0

    def find(self, line_id: str) -> Placed | None:
        """The place of a line, if it has one."""
        return next((placed for placed in self.placed if placed.line_id == line_id), None)


def overlap_in_source(first: FitLine, second: FitLine) -> bool:
    """Whether two different characters talk at once in the original."""
    if first.character == second.character:
        return False
    named = second.line_id in first.overlaps or first.line_id in second.overlaps
    return named or first.span.overlap_frames(second.span) > 0

"""What reading a picture's captions yields, and what it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from silkreel.engines.contracts import Box, LanguageNotSpoken, Reader
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span
from silkreel.media.frames import Frame

Kind = Literal["dialogue", "title", "sign", "watermark", "disclaimer"]


class NoCaptionsSeen(Refusal):
    """No place on the picture was found where captions stand."""

    status = 422
    message = (
        "No captions in {language} were seen in the lower half of the picture; "
        "draw their band by hand or go on without them."
    )


class CaptionFrames(Protocol):
    """A picture whose frames can be gone through as often as wanted, band by band."""

    @property
    def width_pixels(self) -> int:
        """Width of the picture."""
        ...

    @property
    def height_pixels(self) -> int:
        """Height of the picture."""
        ...

    @property
    def frame_count(self) -> int:
        """How many frames there are."""
        ...

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second."""
        ...

    def bands(self, top_share: float, bottom_share: float) -> Iterator[Frame]:
        """Every frame's rows between two shares of the height, in order, none missing."""
        ...

    def samples(
        self, top_share: float, bottom_share: float, *, every_seconds: float
    ) -> Iterator[Frame]:
        """About one frame every so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class CaptionBand:
    """Where a series' captions stand, in shares of the picture's height.

    Between `top_share` and `bottom_share` stands the source language; `look_top_share` and
    `look_bottom_share` also take in a second script above or below it, where there is one.
    """

    top_share: float
    bottom_share: float
    line_height_share: float = 0.03
    look_top_share: float | None = None
    look_bottom_share: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.look_top <= self.top_share < self.bottom_share <= self.look_bottom <= 1:
            raise ValueError(f"a band runs down the picture and is never empty: {self}")

    @property
    def look_top(self) -> float:
        """Where looking begins."""
        return self.top_share if self.look_top_share is None else self.look_top_share

    @property
    def look_bottom(self) -> float:
        """Where looking ends."""
        return self.bottom_share if self.look_bottom_share is None else self.look_bottom_share

    def holds(self, middle_share: float) -> bool:
        """Whether a line of the source with this middle lies in the band, by half its height."""
        air = min(0.5 * self.line_height_share, 0.3 * (self.bottom_share - self.top_share))
        return self.top_share + air <= middle_share <= self.bottom_share - air


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What to read: the source's language, the series' band if it is known, frames per second."""

    source_language: str
    band: CaptionBand | None
    frame_rate: Fraction


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it stands in the picture; rows of one caption are parted by a newline."""

    span: Span
    text: str
    alternatives: tuple[str, ...]  # other readings of it, likeliest first
    confidence: float
    box: Box  # in pixels of the whole picture
    kind: Kind = "dialogue"
    hint: str = ""  # the same line in the second script that stands beside it


@dataclass(frozen=True, slots=True)
class Reading:
    """An episode's captions in order of time, and what was seen but is no line of dialogue."""

    lines: tuple[ReadLine, ...]
    band: CaptionBand
    rejected: tuple[ReadLine, ...] = ()


def must_read(reader: Reader, language: str) -> None:
    """Refuse a language whose letters the reader does not know: it would invent others.

    Raises:
        LanguageNotSpoken: it is not on the reader's card.
    """
    known = reader.card.languages
    if known is not None and primary(language) not in known:
        raise LanguageNotSpoken(engine=reader.card.name, language=language)

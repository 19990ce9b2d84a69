"""A line of text that is being followed: what was read of it, what its strokes look like, its frames."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from silkreel.dubbing.caption_script import comparable
from silkreel.dubbing.caption_votes import Ballot, alike, elect
from silkreel.dubbing.stroke_templates import Edges, Template
from silkreel.engines.contracts import Box
from silkreel.kit.spans import Span

Luma = npt.NDArray[np.uint8]

# Looking is done at a size where a detector's box is this high: smaller costs letters, larger time.
LOOK_BOX_PIXELS = 30
# The letters in such a box, without its air.
LETTER_SHARE = 0.72
# A line stands where at least half of it shows: the middle of a fade.
STANDS = 0.5
# Frames that surely show the whole line and nothing else: the template is made of these.
SURELY = 0.75
# A flash, a thing in front or a lost frame hides a line for so long without ending it.
HIDDEN_FRAMES = 5
# A reading this sure needs no further one; to part two lines that differ by a letter, both must
# be read twice this surely.
SURE_CONFIDENCE = 0.9
# A cell that shows less than this while the line stands in full has other strokes now. A letter
# that differs by one part from the one before still shows more than half of it.
CELL_LOST = 0.7
IN_FULL = 0.9
CELL_LOST_FRAMES = 3
# So many equal readings settle what a line says, as long as its strokes stay.
SETTLED_READINGS = 3
# Readings of one line have most letters in common, whatever came between.
ALIKE = 0.5
# Frames kept of a very long line at both ends; of its middle every eighth.
KEPT_FRAMES = 80
KEPT_EVERY_FRAMES = 8


@dataclass(frozen=True, slots=True)
class LookSize:
    """How much smaller the band is looked at than it is."""

    scale: float
    line_pixels: int  # height of the letters at the size of looking

    @classmethod
    def of(cls, line_pixels: float) -> "LookSize":
        """The size for lines whose boxes are so high in the band itself."""
        scale = min(1.0, LOOK_BOX_PIXELS / line_pixels)
        return cls(scale, max(6, round(LETTER_SHARE * line_pixels * scale)))

    def sized(self, luma: Luma) -> Luma:
        """The picture at the size of looking."""
        if self.scale == 1.0:
            return np.ascontiguousarray(luma)
        height, width = luma.shape
        size = (round(width * self.scale), max(1, round(height * self.scale)))
        if self.scale <= 0.5 and height > 1:  # a mean of four, then the rest: quick, no aliasing
            half = (width // 2, height // 2)
            luma = np.asarray(cv2.resize(luma, half, interpolation=cv2.INTER_AREA))
        return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR))

    def in_band(self, box: Box) -> Box:
        """A box of the look in pixels of the band."""
        return scaled(box, 1 / self.scale)

    def in_look(self, box: Box) -> Box:
        """A box of the band in pixels of the look."""
        return scaled(box, self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """One frame of the band: as it is, and its edges at the size of looking."""

    index: int
    luma: Luma
    edges: Edges


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading of a line on a frame; the box in pixels of the look."""

    frame: int
    box: Box
    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Sighting:
    """A line of text from its first to its last frame; the box in pixels of the band."""

    span: Span
    text: str
    alternatives: tuple[str, ...]
    confidence: float
    box: Box
    drifting: bool = False  # it moved, so it stood nowhere for long


@dataclass(slots=True, eq=False)
class Track:
    """A line that is being followed."""

    seen: list[Seen]
    template: Template
    place: Box  # where the template lies, in pixels of the look
    strip_rows: slice  # rows of the band that are kept of each frame
    strip: dict[int, Luma] = field(default_factory=dict)  # those rows, by frame
    shares: dict[int, float] = field(default_factory=dict)  # how much of the line each frame shows
    lost: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    absent: int = 0  # frames since it last stood
    not_before: int = 0
    not_after: int | None = None

    @property
    def stands(self) -> bool:
        """Whether the line showed on the last frame followed."""
        return self.absent == 0

    @property
    def suspect(self) -> bool:
        """Whether part of the line has had other strokes for some frames."""
        return self.stands and bool((self.lost >= CELL_LOST_FRAMES).any())

    @property
    def settled(self) -> bool:
        """Whether it was read alike so often that reading it again would tell nothing."""
        if self.suspect or len(self.seen) < SETTLED_READINGS:
            return False
        texts = Counter(comparable(each.ballot.text) for each in self.seen)
        return texts.most_common(1)[0][1] >= SETTLED_READINGS

    @property
    def text(self) -> str:
        """What the readings so far say."""
        return elect([each.ballot for each in self.seen]).text

    def follow(self, glimpse: Glimpse) -> None:
        """Take in the next frame."""
        shares = self.template.shares(cut(glimpse.edges, self.place))
        share = self.template.whole(shares)
        self.absent = 0 if share >= STANDS else self.absent + 1
        if share >= IN_FULL:
            gone = (shares < CELL_LOST) & self.template.telling
            self.lost = np.where(gone, self.lost + 1, 0)
        self.keep(glimpse, share)

    def keep(self, glimpse: Glimpse, share: float) -> None:
        """Keep a frame's rows; of a long line's middle only every eighth."""
        self.shares[glimpse.index] = share
        self.strip[glimpse.index] = glimpse.luma[self.strip_rows]
        old = glimpse.index - KEPT_FRAMES
        if old % KEPT_EVERY_FRAMES and old > next(iter(self.strip)) + KEPT_FRAMES:
            self.strip.pop(old, None)

    def learn(self, place: Box, glimpses: Sequence[Glimpse], line_pixels: int) -> None:
        """Make the template anew from frames that show the line, in cells of half a letter."""
        self.place = place
        cell_pixels = max(4, line_pixels // 2)
        self.template = Template.of([cut(each.edges, place) for each in glimpses], cell_pixels)
        self.lost = np.zeros(len(self.template.cells), np.int64)

    def narrow(self, glimpses: Sequence[Glimpse], line_pixels: int) -> None:
        """Take from the place what left no strokes: something moved there when it was first read."""
        telling = np.flatnonzero(self.template.telling)
        if not len(telling):
            return
        cells = [*self.template.cells.tolist(), self.template.weights.shape[2]]
        first, end = cells[telling[0]], cells[telling[-1] + 1]
        if end - first <= self.place.width - 2 * line_pixels:
            box = Box(self.place.left + first, self.place.top, end - first, self.place.height)
            self.learn(box, glimpses, line_pixels)


def usual_box(seen: Sequence[Seen]) -> Box:
    """The middle one of each side, over the readings like the one that most agree with."""
    texts = [each.ballot.text for each in seen[:40]]
    pivot = max(texts, key=lambda text: sum(alike(text, other) for other in texts))
    boxes = [
        each.box
        for each, text in zip(seen, texts, strict=False)
        if text == pivot or alike(text, pivot) >= ALIKE
    ]
    left = round(median(box.left for box in boxes))
    top = round(median(box.top for box in boxes))
    right = round(median(box.left + box.width for box in boxes))
    bottom = round(median(box.top + box.height for box in boxes))
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def cut(frame_edges: Edges, box: Box) -> Edges:
    """The edges inside a box."""
    rows = slice(max(0, box.top), box.top + box.height)
    return frame_edges[:, rows, max(0, box.left) : box.left + box.width]


def scaled(box: Box, scale: float) -> Box:
    """A box in another size's pixels."""
    left, top = round(box.left * scale), round(box.top * scale)
    return Box(left, top, max(1, round(box.width * scale)), max(1, round(box.height * scale)))


def across(one: Box, other: Box) -> int:
    """Pixels that two boxes have in common from left to right; negative: how far they are apart."""
    return min(one.left + one.width, other.left + other.width) - max(one.left, other.left)


def same_row(one: Box, other: Box) -> bool:
    """Whether two boxes' middles are less than half a line apart."""
    return abs(one.centre[1] - other.centre[1]) < 0.5 * min(one.height, other.height)

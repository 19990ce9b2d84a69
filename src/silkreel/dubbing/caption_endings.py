"""Decides about a line after it has gone: its borders, what of the box was its own, and its text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from silkreel.dubbing.caption_blanks import with_blanks
from silkreel.dubbing.caption_tracks import (
    HIDDEN_FRAMES,
    STANDS,
    SURE_CONFIDENCE,
    SURELY,
    LookSize,
    Luma,
    Sighting,
    Track,
    cut,
    usual_box,
)
from silkreel.dubbing.caption_votes import Ballot, ballot, elect
from silkreel.dubbing.stroke_templates import Template, edges
from silkreel.engines.contracts import Box, Reader
from silkreel.kit.spans import Span

# What stands for less than this moved there and away again: no caption is so short.
SHORTEST_FRAMES = 6
# Frames looked at outside a line, to tell what was there without it.
OUTSIDE_FRAMES = 14
# Columns with less than this share of the median column's strokes are blank.
BLANK_SHARE = 0.1
# A line shows in full on this share of its frames; the rest are fades and things in front.
STEADY_SHARE = 0.25
STEADY_IF_MOVED_SHARE = 0.6  # where its readings lay further along each time
# A line whose readings lie so much further along was moving.
MOVED_LETTERS = 0.8
# To find blanks between letters: edges this steep, common to so many frames.
INK_SHARE = 0.55
INK_FRAMES = 8
# Frames whose mean is read where single frames differ.
MEAN_FRAMES = 24


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """How much of a line each frame shows: by cell, and as a whole."""

    template: Template
    cells: dict[int, npt.NDArray[np.float32]]
    whole: dict[int, float]

    def sure(self, span: Span) -> list[int]:
        """Frames of the span that surely show the line."""
        return [
            index
            for index, share in self.whole.items()
            if span.first_frame <= index < span.end_frame and share >= SURELY
        ]


@dataclass(frozen=True, slots=True)
class Ending:
    """Reads lines at full size and closes tracks."""

    reader: Reader
    size: LookSize

    def of(self, track: Track) -> Sighting | None:
        """The finished line; None where nothing of it can be read."""
        box = self._inner(track)
        shown = self._shown(track, box)
        span = _span(shown, track.seen[0].frame)
        if span is None:
            return None
        ballots = [each.ballot for each in track.seen if each.frame >= span.first_frame]
        own = self._own_part(track, shown, box, span)
        if own != box:  # what looks said was said of the larger box
            box, ballots = own, []
            shown = self._shown(track, box)
            span = _span(shown, track.seen[0].frame) or span
        place = Box(box.left, box.top + track.strip_rows.start, box.width, box.height)
        if not _stood(shown, span, moved=_moved(track, span, self.size.line_pixels)):
            sure = track.seen[0].ballot.confidence
            return Sighting(span, track.text, (), sure, place, drifting=True)
        ballots += self._votes(track, box, span, shown.sure(span), ballots)
        elected = elect(ballots)
        if not elected.text:
            return None
        text = with_blanks(
            elected.text, self._ink(track, box, shown.sure(span)), elected.alternatives
        )
        return Sighting(span, text, elected.alternatives, elected.confidence, place)

    def line(self, luma: Luma, box: Box) -> Ballot | None:
        """The one line in a box, at full size."""
        rows = slice(max(0, box.top), box.top + box.height)
        piece = luma[rows, max(0, box.left) : box.left + box.width]
        if not piece.size:
            return None
        for found in self.reader.read(np.ascontiguousarray(piece), detect=False):
            return ballot(found.text, found.character_confidences, found.confidence)
        return None

    def _inner(self, track: Track) -> Box:
        """The line's box in pixels of the kept rows."""
        box = self.size.in_band(usual_box(track.seen))
        return Box(box.left, box.top - track.strip_rows.start, box.width, box.height)

    def _shown(self, track: Track, box: Box) -> Shown:
        """How much of the line each kept frame shows, by a template of all its sure frames."""
        small = self.size.in_look(box)
        pieces = {
            index: cut(edges(self.size.sized(track.strip[index])), small)
            for index in track.strip
            if index >= track.not_before and (track.not_after is None or index < track.not_after)
        }
        sure = [index for index in pieces if track.shares[index] >= SURELY] or list(pieces)[-1:]
        template = Template.of([pieces[index] for index in sure], self.size.line_pixels)
        cells = {index: template.shares(piece) for index, piece in pieces.items()}
        return Shown(
            template, cells, {index: template.whole(each) for index, each in cells.items()}
        )

    def _ink(self, track: Track, box: Box, sure: Sequence[int]) -> npt.NDArray[np.float64]:
        """Steep edges per column of the line at full size, from its first inked column to its last."""
        rows = slice(max(0, box.top), box.top + box.height)
        columns = slice(max(0, box.left), box.left + box.width)
        some = sure[:: 1 + len(sure) // INK_FRAMES] or list(track.strip)[-1:]
        pieces = [edges(np.ascontiguousarray(track.strip[index][rows, columns])) for index in some]
        common = np.median(np.stack(pieces), axis=0)
        steepness = np.hypot(common[0], common[1])
        ink = (steepness > INK_SHARE * np.percentile(steepness, 98)).sum(axis=0).astype(float)
        inked = np.flatnonzero(ink >= 2)
        return np.asarray(ink[inked[0] : inked[-1] + 1] if len(inked) else ink)

    def _own_part(self, track: Track, shown: Shown, box: Box, span: Span) -> Box:
        """The box without what is at its ends but not of the line.

        Blank columns go: what moved left no strokes in the template. So do strokes that do not
        stay, and those that stood before the line came or after it went, where the line is more
        centred without them.
        """
        columns = np.abs(shown.template.weights).sum(axis=(0, 1))
        if not columns.any():
            return box
        ink = np.flatnonzero(columns > BLANK_SHARE * np.median(columns[columns > 0]))
        left, right = int(ink[0]), int(ink[-1]) + 1
        own = self._narrowed(box, left, right)
        foreign = _unsteady(shown, span)
        if not track.not_before and track.not_after is None:  # else a twin stood there
            foreign |= _foreign(shown, span) & shown.template.telling
        keep = np.flatnonzero(~foreign)
        if not len(keep):
            return own
        cells = [*shown.template.cells.tolist(), shown.template.weights.shape[2]]
        if keep[0] > 0:
            left = max(left, cells[keep[0]])
        if keep[-1] + 2 < len(cells):
            right = min(right, cells[keep[-1] + 1])
        cropped = self._narrowed(box, left, right)
        middle = next(iter(track.strip.values())).shape[1] / 2
        nearer = abs(cropped.centre[0] - middle) < abs(own.centre[0] - middle)
        return cropped if nearer else own

    def _narrowed(self, box: Box, left: int, right: int) -> Box:
        """The box between two columns of the look, with air; itself where that is about all."""
        air = max(2, self.size.line_pixels // 6)
        left, right = max(0, left - air), right + air
        width = round(box.width * self.size.scale)
        if left < self.size.line_pixels // 2:
            left = 0
        if right > width - self.size.line_pixels // 2:
            right = width
        if left == 0 and right == width:
            return box
        first = box.left + round(left / self.size.scale)
        return Box(first, box.top, max(1, round((right - left) / self.size.scale)), box.height)

    def _votes(
        self, track: Track, box: Box, span: Span, sure: Sequence[int], known: Sequence[Ballot]
    ) -> list[Ballot]:
        """Three frames of the line, read at full size; where they differ, their mean as well."""
        if not sure:
            sure = [min(track.strip, key=lambda index: abs(index - span.first_frame))]
        first, last = span.first_frame, span.end_frame - 1
        wanted = ((first + last) // 2, first + 2, last - 2)
        chosen = [min(sure, key=lambda index: abs(index - want)) for want in wanted]
        ballots: list[Ballot] = []
        for index in dict.fromkeys(chosen):
            found = self.line(track.strip[index], box)
            if found is not None:
                ballots.append(found)
                if _agree([found, *known]):
                    return ballots  # two looks and a frame at full size say the same
        if len(sure) > 2 and len({each.text for each in (*ballots, *known)}) > 1:
            some = [track.strip[index] for index in sure[:: 1 + len(sure) // MEAN_FRAMES]]
            mean = np.mean(np.stack(some), axis=0).round().astype(np.uint8)
            found = self.line(mean, box)
            if found is not None:
                ballots += [found, found]  # what moves is washed out of it: it counts twice
        return ballots


def _span(shown: Shown, seen: int) -> Span | None:
    """From the first to the last frame, around one that was read, on which half the line shows."""
    standing = [index for index, share in shown.whole.items() if share >= STANDS]
    if not standing:
        return None
    first = last = min(standing, key=lambda index: abs(index - seen))
    for index in reversed([each for each in standing if each < first]):
        if not _bridged(shown.whole, index, first):
            break
        first = index
    for index in [each for each in standing if each > last]:
        if not _bridged(shown.whole, last, index):
            break
        last = index
    return Span(first, last + 1)


def _bridged(shares: dict[int, float], earlier: int, later: int) -> bool:
    """Whether a line that shows on two frames was only hidden between them."""
    return sum(index in shares for index in range(earlier + 1, later)) <= HIDDEN_FRAMES


def _foreign(shown: Shown, span: Span) -> npt.NDArray[np.bool_]:
    """Cells whose strokes stood while the line did not."""
    foreign = np.zeros(len(shown.template.cells), np.bool_)
    before = (span.first_frame - OUTSIDE_FRAMES, span.first_frame - 2)
    after = (span.end_frame + 2, span.end_frame + OUTSIDE_FRAMES)
    for first, end in (before, after):
        outside = [shares for index, shares in shown.cells.items() if first <= index < end]
        if len(outside) >= 3:
            foreign |= np.median(np.stack(outside), axis=0) >= STANDS
    return foreign


def _unsteady(shown: Shown, span: Span) -> npt.NDArray[np.bool_]:
    """Cells whose strokes do not stay while the line stands."""
    inside = [shown.cells[index] for index in shown.sure(span)]
    if len(inside) < 3:
        return np.zeros(len(shown.template.cells), np.bool_)
    return np.asarray(np.percentile(np.stack(inside), 25, axis=0) < STANDS)


def _stood(shown: Shown, span: Span, *, moved: bool) -> bool:
    """Whether the line showed in full for long enough, and for most of its time."""
    inside = sum(span.first_frame <= index < span.end_frame for index in shown.whole)
    share = STEADY_IF_MOVED_SHARE if moved else STEADY_SHARE
    enough = max(SHORTEST_FRAMES / 2, share * inside)
    return span.length_frames >= SHORTEST_FRAMES and len(shown.sure(span)) >= enough


def _moved(track: Track, span: Span, letter_pixels: int) -> bool:
    """Whether the line's readings lie further along the later they are."""
    boxes = [each.box for each in track.seen if span.first_frame <= each.frame < span.end_frame]
    if len(boxes) < 2:
        return False
    left = boxes[-1].left - boxes[0].left
    right = left + boxes[-1].width - boxes[0].width
    return min(abs(left), abs(right)) > MOVED_LETTERS * letter_pixels and left * right > 0


def _agree(ballots: Sequence[Ballot]) -> bool:
    """Whether at least three readings, and all of them, say the same and are sure."""
    return (
        len(ballots) >= 3
        and len({each.text for each in ballots}) == 1
        and min(each.confidence for each in ballots) >= SURE_CONFIDENCE
    )

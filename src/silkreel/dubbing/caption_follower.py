"""Follows lines of text through the frames: found by a look, kept by their strokes.

A look (the reader with detection, at a smaller size where letters are large) happens when the gate
says that something new stands still, when a known line seems to change, and once a second whatever
happens. Between looks each known line is followed by its template alone.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from silkreel.dubbing.caption_endings import Ending
from silkreel.dubbing.caption_rows import Row, rows_of
from silkreel.dubbing.caption_script import comparable
from silkreel.dubbing.caption_tracks import (
    HIDDEN_FRAMES,
    STANDS,
    SURE_CONFIDENCE,
    SURELY,
    Glimpse,
    LookSize,
    Luma,
    Seen,
    Sighting,
    Track,
    across,
    cut,
    same_row,
    usual_box,
)
from silkreel.dubbing.caption_votes import Ballot, ballot
from silkreel.dubbing.change_gate import ChangeGate
from silkreel.dubbing.stroke_templates import Template, edges, turning_point
from silkreel.engines.contracts import Box, Reader
from silkreel.media.frames import Frame

# At most one look in so many frames: no caption is shorter, and a busy picture costs no more.
LOOK_EVERY_FRAMES = 8
# So much of the past is kept, to find where a line began that was read late.
PAST_SECONDS = 2.0
# After a line's first reading its strokes are learned again, from frames that came since.
RELEARN_AFTER_FRAMES = (6, 16)
# Learned again after a change behind it, from so many frames: some before it, some since.
RECENT_FRAMES = 12
# What a look says counts from here on.
LEAST_CONFIDENCE = 0.5
# A row beside a known line is another line from this many line heights on.
ANOTHER_WIDTH = 1.1
# A reading narrower than this share of a line is not of the line.
PIECE_SHARE = 0.6
# Strokes that began to stand within so many frames of each other belong together.
SAME_ONSET_FRAMES = 3
# Strokes that have stood for less than this are moving.
MOVING_FRAMES = 2


def follow_lines(
    frames: Iterable[Frame], reader: Reader, *, line_pixels: float, rate: float
) -> Iterator[Sighting]:
    """Every line of text that stands in the band for a while, in the order in which they end.

    Args:
        frames: the band of every frame, in order.
        reader: reads the looks and the votes.
        line_pixels: height of a line of text in the band.
        rate: frames per second.
    """
    follower = Follower(reader, line_pixels=line_pixels, rate=rate)
    for frame in frames:
        yield from follower.take(frame)
    yield from follower.end()


class Follower:
    """Holds the lines that stand now and the frames just gone."""

    def __init__(self, reader: Reader, *, line_pixels: float, rate: float) -> None:
        self.reader = reader
        self.size = LookSize.of(line_pixels)
        self.ending = Ending(reader, self.size)
        self.look_at_least = max(LOOK_EVERY_FRAMES, round(rate))
        self.past: deque[Glimpse] = deque(maxlen=max(16, round(PAST_SECONDS * rate)))
        self.gate = ChangeGate(self.size.line_pixels)
        self.tracks: list[Track] = []
        self.last_look = -LOOK_EVERY_FRAMES

    def take(self, frame: Frame) -> Iterator[Sighting]:
        """Take in the next frame; lines that have ended come out."""
        glimpse = Glimpse(frame.index, frame.luma, edges(self.size.sized(frame.luma)))
        self.past.append(glimpse)
        for track in self.tracks:
            track.follow(glimpse)
            if glimpse.index - track.seen[0].frame in RELEARN_AFTER_FRAMES:
                self._learn_again(track, track.place)
        fired = self.gate.fires(glimpse.edges)
        if self._due(glimpse.index, fired=fired):
            self._look(glimpse)
        yield from self._ended(HIDDEN_FRAMES)

    def end(self) -> Iterator[Sighting]:
        """The lines that stand on the last frame."""
        yield from self._ended(-1)

    def _ended(self, absent: int) -> Iterator[Sighting]:
        for track in [each for each in self.tracks if each.absent > absent]:
            self.tracks.remove(track)
            sighting = self.ending.of(track)
            if sighting is not None:
                yield sighting

    def _due(self, index: int, *, fired: bool) -> bool:
        since = index - self.last_look
        if since < LOOK_EVERY_FRAMES:
            return False
        return fired or since >= self.look_at_least or any(each.suspect for each in self.tracks)

    def _look(self, glimpse: Glimpse) -> None:
        """Read the band as it is now; begin, confirm or part lines."""
        self.last_look = glimpse.index
        self.gate.looked()
        picture = self._unsettled(self.size.sized(glimpse.luma))
        line = self.size.line_pixels
        for row in rows_of(self.reader.read(picture, detect=True), picture.shape[1]):
            if row.confidence >= LEAST_CONFIDENCE and 0.4 < row.box.height / line < 2.5:
                self._place(glimpse, row)
        for track in self.tracks:
            if track.suspect:  # looked at and the same: what stands behind it has changed
                recent = list(self.past)[-RECENT_FRAMES:]
                sure = [each for each in recent if track.shares.get(each.index, 0.0) >= SURELY]
                track.learn(track.place, sure, line)

    def _unsettled(self, picture: Luma) -> Luma:
        """The picture without the lines that were read alike often enough: they need no reader."""
        settled = [track.place for track in self.tracks if track.stands and track.settled]
        if settled:
            picture = picture.copy()
        for place in settled:
            piece = picture[place.top : place.top + place.height, max(0, place.left) :]
            piece = piece[:, : place.width]
            piece[:] = round(float(piece.mean()))
        return picture

    def _place(self, glimpse: Glimpse, row: Row) -> None:
        """Give a row to the line that stands there, or begin a line."""
        whole = Seen(glimpse.index, row.box, ballot(row.text, row.confidences, row.confidence))
        known = [track for track in self.tracks if track.stands and _covers(row.box, track.place)]
        beyond = row.box.width - sum(track.place.width for track in known)
        if len(known) != 1 or beyond > ANOTHER_WIDTH * self.size.line_pixels:
            parts = self._parts(row.box)
            if known or len(parts) > 1:
                for part in parts:
                    self._place_part(glimpse, part)
            elif parts:
                self._begin(whole)
        elif known[0].suspect and self._is_another(known[0], whole, glimpse):
            self._divide(known[0], whole)
        elif row.box.width >= PIECE_SHARE * known[0].place.width:  # else a thing in front of it
            self._confirm(known[0], whole)

    def _parts(self, box: Box) -> list[Box]:
        """A row's pieces that began to stand at different times; pieces that move are left out.

        A logo, a caption and a drifting name are often read as one row.
        """
        pieces = [cut(each.edges, box) for each in reversed(self.past)]
        template = Template.of(pieces[:1], self.size.line_pixels)
        shares = np.stack([template.shares(piece) for piece in pieces])
        cells = [
            (int(first), _stood(shares[:, place]))
            for place, first in enumerate(template.cells)
            if template.telling[place]
        ]
        if not cells:
            return []
        runs = [[cells[0]]]
        for cell in cells[1:]:
            if abs(cell[1] - runs[-1][-1][1]) <= SAME_ONSET_FRAMES:
                runs[-1].append(cell)
            else:
                runs.append([cell])
        return self._boxes_of(runs, box)

    def _boxes_of(self, runs: list[list[tuple[int, int]]], box: Box) -> list[Box]:
        """Boxes of runs of cells that stand; a single odd cell between alike ones is noise."""
        usual = [round(float(np.median([stood for _, stood in run]))) for run in runs]
        kept: list[tuple[int, int, int]] = []  # first, end, stood
        for run, stood in zip(runs, usual, strict=True):
            first, end = run[0][0], run[-1][0] + self.size.line_pixels
            if kept and abs(kept[-1][2] - stood) <= SAME_ONSET_FRAMES:
                kept[-1] = (kept[-1][0], end, stood)
            elif stood > MOVING_FRAMES and (len(run) > 1 or len(runs) == 1):
                kept.append((first, end, stood))
        if len(kept) == 1 and len(runs) == 1:
            return [box]
        edge = box.width - self.size.line_pixels // 2
        return [
            Box(
                box.left + max(0, first - 2), box.top,
                (box.width if end >= edge else end + 2) - max(0, first - 2), box.height,
            )
            for first, end, _ in kept
        ]  # fmt: skip

    def _place_part(self, glimpse: Glimpse, part: Box) -> None:
        """Begin a line at a piece of a row, unless one stands there."""
        for track in self.tracks:
            if track.stands and _covers(track.place, part):
                return
        found = self.ending.line(glimpse.luma, self.size.in_band(part))
        if found is not None and found.confidence >= LEAST_CONFIDENCE:
            self._begin(Seen(glimpse.index, part, found))

    def _begin(self, seen: Seen) -> Track:
        """Follow a new line from here on, and back through the frames just gone."""
        line = self.size.line_pixels
        pieces = [cut(each.edges, seen.box) for each in self.past]
        first = Template.of(pieces[-1:], line)
        sure = [
            each
            for each, piece in zip(self.past, pieces, strict=True)
            if first.share(piece) >= SURELY
        ]
        track = Track([seen], first, seen.box, self._strip_rows(seen.box))
        track.learn(seen.box, sure[-LOOK_EVERY_FRAMES:] or [self.past[-1]], line)
        for glimpse, piece in zip(self.past, pieces, strict=True):
            track.keep(glimpse, track.template.share(piece))
        self.tracks.append(track)
        return track

    def _confirm(self, track: Track, seen: Seen) -> None:
        """Count one more reading; its box may be the better one."""
        track.seen.append(seen)
        if len(track.seen) in (2, 4):
            place = usual_box(track.seen)
            # A logo's place never grows over the captions it is read with.
            if place.width <= track.place.width + self.size.line_pixels // 2:
                self._learn_again(track, place)

    def _learn_again(self, track: Track, place: Box) -> None:
        """Make a line's template from all frames still known: what moved is washed out of it."""
        sure = [each for each in self.past if track.shares.get(each.index, 0.0) >= SURELY]
        if sure:
            track.learn(place, sure, self.size.line_pixels)
            track.narrow(sure, self.size.line_pixels)

    def _is_another(self, track: Track, seen: Seen, glimpse: Glimpse) -> bool:
        """Whether a changed line was surely read as another text, twice, and so was the old one."""
        known, new = comparable(track.text), comparable(seen.ballot.text)
        # A line that gained or lost a letter would have moved: that is a thing in front of it.
        if new == known or len(new) != len(known) or seen.ballot.confidence < SURE_CONFIDENCE:
            return False
        before = track.strip.get(glimpse.index - int(track.lost.max()) - 1)
        if before is None:
            return False
        box = self.size.in_band(track.place)
        inner = Box(box.left, box.top - track.strip_rows.start, box.width, box.height)
        again = self.ending.line(glimpse.luma, self.size.in_band(seen.box))
        old = self.ending.line(before, inner)
        return _surely(again, new) and old is not None and not _surely(old, new)

    def _divide(self, track: Track, seen: Seen) -> None:
        """End a line and begin another that stands at its place and looks much the same."""
        line = self.size.line_pixels
        changed = seen.frame - int(track.lost.max())
        after = [each for each in self.past if each.index > changed] or [self.past[-1]]
        new = Template.of([cut(each.edges, track.place) for each in after], line)
        pieces = [cut(each.edges, track.place) for each in self.past]
        turn = self.past[0].index + turning_point(track.template, new, pieces)
        track.not_after = turn
        track.absent = HIDDEN_FRAMES + 1
        fresh = self._begin(seen)
        fresh.not_before = turn
        fresh.learn(seen.box, [each for each in self.past if each.index >= turn] or after, line)

    def _strip_rows(self, box: Box) -> slice:
        """Rows of the band to keep round a box."""
        air = 0.4 * self.size.line_pixels
        top = max(0, int((box.top - air) / self.size.scale))
        return slice(top, int((box.top + box.height + air) / self.size.scale) + 1)


def _covers(box: Box, place: Box) -> bool:
    """Whether a box lies over most of a known line's place, or within it."""
    return same_row(box, place) and across(box, place) > 0.5 * min(box.width, place.width)


def _stood(shares: npt.NDArray[np.float32]) -> int:
    """For how many frames back from the last a cell's strokes have stood, hidden ones included."""
    standing = np.flatnonzero(shares >= STANDS)
    last = 0
    for place in standing:
        if place - last > HIDDEN_FRAMES:
            break
        last = int(place)
    return last + 1


def _surely(found: Ballot | None, text: str) -> bool:
    return (
        found is not None and found.confidence >= SURE_CONFIDENCE and comparable(found.text) == text
    )

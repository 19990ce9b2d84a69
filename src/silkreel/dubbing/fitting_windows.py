"""How much time each line has: its own window, and the room between its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from silkreel.dubbing.fit_plan import FitLine, Overrun, Placed, overlap_in_source
from silkreel.dubbing.fitting_cost import (
    GAP_FRAMES,
    LEAD_FRAMES,
    ON_SCREEN_TAIL_FRAMES,
    TARGET_FASTEST,
    Window,
    off_screen_tail_frames,
)

HARDLY_FRAMES = 0.01  # an overrun is never reported as nothing


@dataclass(frozen=True, slots=True)
class Scene:
    """The lines of an episode on its frames, some of them locked in their places."""

    lines: tuple[FitLine, ...]
    frame_rate: Fraction
    length_frames: int
    locked: Mapping[str, Placed]

    def __post_init__(self) -> None:
        firsts = [line.span.first_frame for line in self.lines]
        if firsts != sorted(firsts):
            raise ValueError("lines come in the order of their first frames")
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("every line has an id of its own")

    def windows(self) -> list[Window]:
        """Earliest start and latest end of every line, as far as they do not hang on neighbours.

        Neighbours are kept apart by the search. Lines further away are kept apart here: that
        matters where a line overlaps the one after it, or where a person locked a line.
        """
        windows = [self._window(line) for line in self.lines]
        for early, line in enumerate(self.lines):
            chained = self._ends_before_next(early)
            if chained and not self.locked:
                continue
            for late in range(early + 1, len(self.lines)):
                other = self.lines[late]
                if overlap_in_source(line, other):
                    continue
                before, after = self.locked.get(line.line_id), self.locked.get(other.line_id)
                if before is not None:
                    windows[late] = windows[late].not_before(before.end_frame + GAP_FRAMES)
                elif after is not None:
                    windows[early] = windows[early].not_after(after.first_frame - GAP_FRAMES)
                elif not chained:
                    border = _border(line, other)
                    windows[early] = windows[early].not_after(border)
                    windows[late] = windows[late].not_before(border + GAP_FRAMES)
        return windows

    def may_overlap_next(self, at: int) -> bool:
        """Whether the line and the one after it are heard at once in the original."""
        return at + 1 < len(self.lines) and overlap_in_source(self.lines[at], self.lines[at + 1])

    def _ends_before_next(self, at: int) -> bool:
        """Whether a line is over when the next begins, so that it cannot reach any later one."""
        if at + 1 == len(self.lines):
            return True
        ends = self.lines[at].span.end_frame <= self.lines[at + 1].span.first_frame
        return ends and not self.may_overlap_next(at)

    def room_frames(self, at: int, window: Window, placed: Mapping[str, Placed]) -> int:
        """W = hi - lo: from the end of the line before to the start of the line after.

        Neighbours stand where they are placed, else where they are in the original.
        """
        line, low, high = self.lines[at], window.earliest, window.wanted_end
        if at > 0 and not self.may_overlap_next(at - 1):
            before = self.lines[at - 1]
            place = placed.get(before.line_id)
            end = place.end_frame if place else before.span.end_frame
            low = max(low, min(end + GAP_FRAMES, line.span.first_frame))
        if at + 1 < len(self.lines) and not self.may_overlap_next(at):
            after = self.lines[at + 1]
            place = placed.get(after.line_id)
            high = min(high, (place or after.span).first_frame - GAP_FRAMES)
        return max(1, high - low)

    def overrun(self, at: int, window: Window, placed: Mapping[str, Placed]) -> Overrun:
        """How much too long the placed wording is, or the shortest of a line that is not placed."""
        line = self.lines[at]
        place = placed.get(line.line_id)
        candidates = line.candidates if place is None else (place.candidate,)
        length = min(c.natural_seconds for c in candidates) * float(self.frame_rate)
        over = length / TARGET_FASTEST - self.room_frames(at, window, placed)
        return Overrun(line.line_id, max(HARDLY_FRAMES, over) / float(self.frame_rate))

    def _window(self, line: FitLine) -> Window:
        first, end = line.span.first_frame, line.span.end_frame
        longest = off_screen_tail_frames(self.frame_rate)
        tail = ON_SCREEN_TAIL_FRAMES if _mouth_is_seen(line) else longest
        return Window(
            first=first,
            end=end,
            tail=tail,
            earliest=max(0, first - LEAD_FRAMES),
            latest_end=min(self.length_frames, end + longest),
        )


def _mouth_is_seen(line: FitLine) -> bool:
    """After a cut soon behind the line nobody sees that the mouth is closed."""
    end = line.span.end_frame
    cut = line.shot_end is not None and end <= line.shot_end < end + ON_SCREEN_TAIL_FRAMES
    return line.on_screen and not cut


def _border(line: FitLine, other: FitLine) -> int:
    """Where the earlier of two lines that are no neighbours must have ended."""
    first = other.span.first_frame
    return max(first - LEAD_FRAMES - GAP_FRAMES, min(line.span.end_frame, first - GAP_FRAMES))

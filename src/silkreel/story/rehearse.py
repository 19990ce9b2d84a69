"""Rehearse a story: its graph, a quick way to every option, and many walks; a report on each line."""

from collections.abc import Callable
from dataclasses import dataclass

from silkreel.story.playing import open_play, places_of
from silkreel.story.project import Story
from silkreel.story.reach import Reach, reach
from silkreel.story.script import NOWHERE, At
from silkreel.story.walks import Coverage, every_option

BATCH_WALKS = 25  # between two reports of progress
MOST_QUICK_WALKS = 100  # a work of 80 episodes takes five: a walk meets options of all episodes

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LineReport:
    """What rehearsing told of one line or option."""

    line_id: str
    at: At
    reached: bool  # something leads to it, whatever conditions say
    times: int  # how many walks showed it
    witness: tuple[str, ...] | None  # options that lead to it

    @property
    def dead(self) -> bool:
        """Whether something leads to it and no walk ever showed it."""
        return self.reached and not self.times


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What rehearsing told of a story."""

    walks: int
    lines: tuple[LineReport, ...]
    silent_loops: tuple[tuple[str, ...], ...]

    @property
    def shown(self) -> int:
        """How many lines and options walks have shown."""
        return sum(1 for line in self.lines if line.times)


def rehearse(
    story: Story, made: str, *, walks: int, seed: int = 1, progress: Progress | None = None
) -> Rehearsal:
    """Walk a compiled story and report on each of its lines.

    A story with a silent loop is not walked: it would only be killed.

    Args:
        story: as written, for files and lines.
        made: the story compiled.
        walks: how many to take, beside the quick test's.
        seed: the same seed takes the same walks.
        progress: told the walks taken and wanted.

    Raises:
        StoryTooLong, StoryFault, StoryEndless: a walk does not end.
    """
    graph = reach(made)
    coverage = Coverage()
    if not graph.silent_loops:
        coverage = _walked(story, made, walks, seed, progress)
    return Rehearsal(coverage.walks, _reports(story, graph, coverage), graph.silent_loops)


def _walked(story: Story, made: str, walks: int, seed: int, progress: Progress | None) -> Coverage:
    with open_play(made, places_of(story)) as player:
        coverage = every_option(player, MOST_QUICK_WALKS)
        used: dict[str, int] = {}
        for first in range(0, walks, BATCH_WALKS):
            count = min(BATCH_WALKS, walks - first)
            for walk in player.walks(seed, first, count, used):
                coverage.add(walk)
                for each in walk.choices:
                    used[each] = used.get(each, 0) + 1
            if progress is not None:
                progress(first + count, walks)
    return coverage


def _reports(story: Story, graph: Reach, coverage: Coverage) -> tuple[LineReport, ...]:
    places = places_of(story)
    return tuple(
        LineReport(
            line_id,
            places.get(line_id, NOWHERE),
            line_id in graph.reached,
            coverage.times.get(line_id, 0),
            coverage.witnesses.get(line_id),
        )
        for line_id in story.ids
    )

"""How far a viewer has come, once for all media: pure values whose merging commutes.

Two devices that were apart agree again in any order: *last* per medium is the latest by the
server's clock, *furthest* is the greatest ordinal of the canon walk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from silkreel.story.novel import Chapter

Medium = Literal["video", "novel", "game"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line somebody has come to in a medium."""

    line_id: str
    medium: Medium
    at: datetime  # the server's time, aware

    def newer(self, other: "Place") -> "Place":
        """The later of two; at the same moment the greater id, so that order never matters."""
        return max(self, other, key=lambda place: (place.at, place.line_id))


@dataclass(frozen=True, slots=True)
class Progress:
    """One viewer in one work: the last place in each medium, and the furthest line of the canon."""

    last: Mapping[Medium, Place] = field(default_factory=dict)
    furthest: int = -1  # ordinal in the canon walk; -1: not begun

    def come_to(self, place: Place, ordinals: Mapping[str, int]) -> "Progress":
        """After coming to a place; a line off the canon moves no ordinal."""
        before = self.last.get(place.medium)
        last = {**self.last, place.medium: place if before is None else before.newer(place)}
        return Progress(last, max(self.furthest, ordinals.get(place.line_id, -1)))

    def merged(self, other: "Progress") -> "Progress":
        """Both devices' progress: commutes, associates, and changes nothing the second time."""
        media = {**self.last, **other.last}
        last = {
            medium: self.last.get(medium, place).newer(other.last.get(medium, place))
            for medium, place in media.items()
        }
        return Progress(last, max(self.furthest, other.furthest))

    def spoils(self, line_id: str, ordinals: Mapping[str, int]) -> bool:
        """Whether a link to a line leads ahead of everything this viewer knows."""
        return ordinals.get(line_id, -1) > self.furthest


def line_of_block(chapter: Chapter, block_id: str, first_lines: Mapping[str, str]) -> str | None:
    """The line a reader has come to at a block: its last quote, else the last one before it.

    Args:
        chapter: the one read.
        block_id: the block that was in view.
        first_lines: the first line of each scene, for a chapter that has quoted nothing yet.
    """
    last = next((first_lines[s] for s in chapter.adapts if s in first_lines), None)
    for block in chapter.blocks:
        if block.quotes:
            last = block.quotes[-1]
        if block.id == block_id:
            return last
    return None


def line_of_play(shown: Sequence[str], ordinals: Mapping[str, int]) -> str | None:
    """The line a player has come to: the last one shown that the series has too."""
    return next((line_id for line_id in reversed(shown) if line_id in ordinals), None)


def survivor(line_id: str, walk: Sequence[str], living: frozenset[str]) -> str | None:
    """Where a place on a retired line goes: the next line of the old walk that still lives."""
    if line_id in living or line_id not in walk:
        return line_id if line_id in living else None
    after = walk[walk.index(line_id) :]
    return next((each for each in after if each in living), None)

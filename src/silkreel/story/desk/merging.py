"""Two people change one text: what does not touch joins by itself, what does is shown to both."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Change:
    """Lines `first` up to `end` of the common text that became others."""

    first: int
    end: int
    rows: tuple[str, ...]

    def touches(self, other: "Change") -> bool:
        """Whether two changes overlap, or put words into one gap: nobody knows which go first."""
        same_gap = self.first == self.end == other.first == other.end
        return same_gap or (self.first < other.end and other.first < self.end)


@dataclass(frozen=True, slots=True)
class Merged:
    """A text with both sides' changes; None where some of them touch, counted in `clashes`."""

    text: str | None
    clashes: int


def merge(base: str, theirs: str, mine: str) -> Merged:
    """Join two changed copies of a text, line by line.

    A change both made alike is made once.
    """
    rows = base.split("\n")
    left, right = changes(rows, theirs.split("\n")), changes(rows, mine.split("\n"))
    clashes = sum(1 for a in left for b in right if a != b and a.touches(b))
    if clashes:
        return Merged(None, clashes)
    joined = sorted({*left, *right}, key=lambda each: (each.first, each.end), reverse=True)
    for change in joined:
        rows[change.first : change.end] = change.rows
    return Merged("\n".join(rows), 0)


def changes(base: Sequence[str], other: Sequence[str]) -> tuple[Change, ...]:
    """What became of a text, in its order."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return tuple(
        Change(first, end, tuple(other[start:stop]))
        for kind, first, end, start, stop in matcher.get_opcodes()
        if kind != "equal"
    )

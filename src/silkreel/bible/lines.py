"""Lines with permanent ids: minted once, kept through every edit, never used again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from silkreel.bible.tables import LineRow
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import text_hash
from silkreel.kit.spans import Span

SAME_LINE_OVERLAP = 0.5  # share of the shorter span that makes an old and a new line the same
ID_LETTERS = 4  # a million names per episode number


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as it was found: where, what, by whom, how sure."""

    span: Span
    source_text: str
    came_from: str  # script | read | heard | person
    dubbed: bool = True
    hint: str = ""
    read_confidence: float | None = None
    heard_confidence: float | None = None
    heard_text: str | None = None
    box: tuple[float, float, float, float] | None = None
    speaker: str = ""


def keep_lines(
    tx: Session, series_id: str, episode_id: str, number: int, lines: Sequence[NewLine]
) -> list[LineRow]:
    """Write an episode's lines, keeping the id of every line that was there before.

    A line is the same as an old one when both overlap by half of the shorter; old lines that
    nothing matches are retired, not deleted, and their ids stay taken. A line that a person wrote
    or corrected keeps its text.
    """
    old = list(
        tx.scalars(
            sa.select(LineRow)
            .where(LineRow.series_id == series_id, LineRow.episode_id == episode_id)
            .order_by(LineRow.position)
        )
    )
    taken = set(tx.scalars(sa.select(LineRow.id).where(LineRow.series_id == series_id)))
    free = [row for row in old if not row.retired]
    kept: list[LineRow] = []
    for position, line in enumerate(sorted(lines, key=lambda new: new.span)):
        row = _same(free, line)
        if row is None:
            row = LineRow(
                series_id=series_id, id=mint(number, taken), episode_id=episode_id, retired=False
            )
            tx.add(row)
        else:
            free.remove(row)
        _write(row, line, position)
        kept.append(row)
    for row in free:
        row.retired = True
    tx.flush()
    return kept


def lines_of(tx: Session, episode_id: str) -> list[LineRow]:
    """Living lines of an episode in order."""
    query = sa.select(LineRow).where(LineRow.episode_id == episode_id, ~LineRow.retired)
    return list(tx.scalars(query.order_by(LineRow.position)))


def mint(number: int, taken: set[str] | Collection[str]) -> str:
    """A new line id `epNNN_XXXX` that no line of the series ever had; it is added to a set."""
    while True:
        name = f"ep{number:03d}_{random_id(ID_LETTERS)}"
        if name not in taken:
            if isinstance(taken, set):
                taken.add(name)
            return name


def _same(rows: Sequence[LineRow], line: NewLine) -> LineRow | None:
    def share(row: LineRow) -> float:
        span = Span(row.first_frame, row.end_frame)
        shorter = min(span.length_frames, line.span.length_frames)
        return span.overlap_frames(line.span) / shorter

    best = max(rows, key=share, default=None)
    return best if best is not None and share(best) >= SAME_LINE_OVERLAP else None


def _write(row: LineRow, line: NewLine, position: int) -> None:
    row.position = position
    row.first_frame, row.end_frame = line.span.first_frame, line.span.end_frame
    if row.came_from != "person":
        row.source_text, row.source_hash = line.source_text, text_hash(line.source_text)
        row.came_from = line.came_from
    row.dubbed, row.hint = line.dubbed, line.hint
    row.read_confidence, row.heard_confidence = line.read_confidence, line.heard_confidence
    row.heard_text = line.heard_text
    box: list[Any] | None = list(line.box) if line.box else None
    row.box = box

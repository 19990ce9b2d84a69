"""The series' memory: approved translations, found again by source and context.

Only what a person approved enters. An entry with the line's own context, or approved for any context,
is taken; the same source in another context is offered; a similar source is offered with the
difference. Nothing that is offered is ever filled in as approved.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

import sqlalchemy as sa

from silkreel.bible.tables import MemoryRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, text_hash

FEWEST_COMMON = 0.75  # share of common 3-grams that makes a source similar [p]
MOST_OFFERED = 3  # a person looks at a few, not at fifty
ANY_CONTEXT = ""

Use = Literal["sub", "dub", "print"]


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a line: who says it to whom, and what was said before."""

    speaker: str = ""
    addressee: str = ""
    previous: str = ""

    @property
    def hash(self) -> str:
        """The context as a key."""
        parts = [_plain(part) for part in (self.speaker, self.addressee, self.previous)]
        return text_hash(canonical_json(parts))


@dataclass(frozen=True, slots=True)
class Remembered:
    """An approved translation that was found, and how."""

    text: str
    length: str
    source_text: str
    approved_by: str
    approved_at: datetime
    similarity: float = 1.0
    difference: str = ""  # [-only in the remembered source-]{+only in this one+}


@dataclass(frozen=True, slots=True)
class Recall:
    """What the memory holds for a line."""

    exact: tuple[Remembered, ...] = ()  # same source and context: may be taken, a length each
    offered: tuple[Remembered, ...] = ()  # same source, another context: a person decides
    fuzzy: tuple[Remembered, ...] = ()  # similar source: shown with the difference


@dataclass(frozen=True, slots=True)
class Memory:
    """A series' approved translations into one language, read once and asked for many lines."""

    rows: tuple[MemoryRow, ...]
    grams: tuple[Counter[str], ...]

    def recall(self, source_text: str, context: Context | None = None) -> Recall:
        """What is known for a line; without a context only entries for any context are exact."""
        source_hash = text_hash(source_text)
        same = [row for row in self.rows if row.source_hash == source_hash]
        wanted = {ANY_CONTEXT} | ({context.hash} if context else set())
        exact = _one_a_length(
            sorted(
                (row for row in same if row.context_hash in wanted),
                key=lambda row: (row.context_hash == ANY_CONTEXT, -row.approved_at.timestamp()),
            )
        )
        newest = sorted(same, key=lambda row: row.approved_at, reverse=True)
        offered = [row for row in newest if row.context_hash not in wanted]
        return Recall(
            exact=tuple(_remembered(row) for row in exact),
            offered=tuple(_remembered(row) for row in offered[:MOST_OFFERED]),
            fuzzy=() if same else tuple(self._similar(source_text)),
        )

    def _similar(self, source_text: str) -> Iterator[Remembered]:
        mine = trigrams(source_text)
        scored = [
            (share, row)
            for row, theirs in zip(self.rows, self.grams, strict=True)
            if row.length == "full" and (share := similarity(mine, theirs)) >= FEWEST_COMMON
        ]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].approved_at.timestamp(), pair[1].id))
        for share, row in scored[:MOST_OFFERED]:
            yield _remembered(row, share, difference(row.source_text, source_text))


def open_memory(tx: Session, series_id: str, language: str, *, use: Use = "dub") -> Memory:
    """Read the memory of a series for one language and use."""
    query = sa.select(MemoryRow).where(
        MemoryRow.series_id == series_id, MemoryRow.language == language, MemoryRow.use == use
    )
    rows = tuple(tx.scalars(query.order_by(MemoryRow.id)))
    return Memory(rows, tuple(trigrams(row.source_text) for row in rows))


def recall(
    tx: Session,
    series_id: str,
    language: str,
    source_text: str,
    context: Context | None = None,
    *,
    use: Use = "dub",
) -> Recall:
    """What the memory holds for one line; for many lines open the memory once."""
    return open_memory(tx, series_id, language, use=use).recall(source_text, context)


def remember(
    tx: Session,
    series_id: str,
    language: str,
    source_text: str,
    text: str,
    *,
    approved_by: str,
    context: Context | None = None,
    use: Use = "dub",
    length: str = "full",
    approved_at: datetime | None = None,
) -> MemoryRow:
    """Keep an approved translation; approving the same line anew replaces what was kept.

    Without a context it holds wherever the source text stands.
    """
    context_hash = context.hash if context else ANY_CONTEXT
    key = {
        "series_id": series_id, "language": language, "source_hash": text_hash(source_text),
        "context_hash": context_hash, "use": use, "length": length,
    }  # fmt: skip
    row = tx.scalar(sa.select(MemoryRow).filter_by(**key))
    if row is None:
        row = MemoryRow(**key)
        tx.add(row)
    row.source_text, row.text = source_text.strip(), unicodedata.normalize("NFC", text.strip())
    row.approved_by, row.approved_at = approved_by, approved_at or now()
    tx.flush()
    return row


def forget(tx: Session, series_id: str, language: str, source_text: str) -> int:
    """Take an approval back, in every context; how many entries there were."""
    gone = tx.execute(
        sa.delete(MemoryRow)
        .where(MemoryRow.series_id == series_id, MemoryRow.language == language)
        .where(MemoryRow.source_hash == text_hash(source_text))
        .returning(MemoryRow.id)
    )
    return len(gone.all())


def trigrams(text: str) -> Counter[str]:
    """Pieces of three characters, marks and blanks left out, the ends counted too."""
    padded = f"  {_plain(text)}  "
    return Counter(padded[at : at + 3] for at in range(len(padded) - 2))


def similarity(mine: Counter[str], theirs: Counter[str]) -> float:
    """Share of 3-grams that both have (Dice): 1 is equal, 0 has nothing in common."""
    total = sum(mine.values()) + sum(theirs.values())
    return 2 * (mine & theirs).total() / total if total else 0.0


def difference(remembered: str, source: str) -> str:
    """The line with what differs marked: [-only remembered-]{+only in the source+}."""
    parts = []
    matcher = SequenceMatcher(a=remembered, b=source, autojunk=False)
    for kind, first, end, other_first, other_end in matcher.get_opcodes():
        old, new = remembered[first:end], source[other_first:other_end]
        if kind == "equal":
            parts.append(new)
        else:
            parts += [f"[-{old}-]" if old else "", f"{{+{new}+}}" if new else ""]
    return "".join(parts)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum() or unicodedata.combining(char))


def _one_a_length(rows: Sequence[MemoryRow]) -> list[MemoryRow]:
    first: dict[str, MemoryRow] = {}
    for row in rows:
        first.setdefault(row.length, row)
    return list(first.values())


def _remembered(row: MemoryRow, share: float = 1.0, marked: str = "") -> Remembered:
    return Remembered(
        row.text, row.length, row.source_text, row.approved_by, row.approved_at, share, marked
    )

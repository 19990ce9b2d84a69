"""The series' memory: approved translations, found again by line, source and context.

One memory for subtitles, dub and print, shared by the dubbing of a series and by its story. Only what
a person approved enters. An entry of the line itself, with the line's own context, or approved for any
context is taken; the same source in another context is offered; a similar source is offered with the
difference. Nothing that is offered is ever filled in as approved.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
ITS_LINE_ONLY = "line"  # no hash: such an entry fits no context, only the line it names
NO_LINE = ""
KEY = ("series_id", "language", "source_hash", "context_hash", "line_id", "use", "length")

Use = Literal["sub", "dub", "print"]
# Whose words a use borrows where it has none of its own, the best first (decision 0070).
LOOKED_UP: Mapping[Use, tuple[Use, ...]] = {
    "dub": ("dub", "sub", "print"),
    "sub": ("sub", "print", "dub"),
    "print": ("print", "sub", "dub"),
}


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
    by_source: Mapping[str, tuple[MemoryRow, ...]]  # by the hash of what was translated
    use: Use = "dub"  # what the words are wanted for

    def recall(
        self, source_text: str, context: Context | None = None, line_id: str = NO_LINE
    ) -> Recall:
        """What is known for a line: its own words first, those of its use before borrowed ones.

        Without a context and an id only entries for any context are exact.
        """
        same = self.by_source.get(text_hash(source_text), ())
        context_hash = context.hash if context else ANY_CONTEXT

        def fits(row: MemoryRow) -> bool:
            own = bool(line_id) and row.line_id == line_id
            return own or row.context_hash in {ANY_CONTEXT, context_hash}

        def rank(row: MemoryRow) -> tuple[bool, int, bool, float]:
            own = bool(line_id) and row.line_id == line_id
            use, anywhere = self._borrowed(row), row.context_hash == ANY_CONTEXT
            return not own, use, anywhere, -row.approved_at.timestamp()

        exact = _one_a_length(sorted(filter(fits, same), key=rank))
        newest = sorted(same, key=lambda row: (self._borrowed(row), -row.approved_at.timestamp()))
        offered = [row for row in newest if not fits(row)]
        return Recall(
            exact=tuple(_remembered(row) for row in exact),
            offered=tuple(_remembered(row) for row in offered[:MOST_OFFERED]),
            fuzzy=() if same else tuple(self._similar(source_text)),
        )

    def own_words(self, line_id: str, source_text: str) -> tuple[Remembered, ...]:
        """What was approved for this very line, source and use, the newest first."""
        own = [
            row
            for row in self.by_source.get(text_hash(source_text), ())
            if (row.line_id, row.use, row.length) == (line_id, self.use, "full")
        ]
        newest = sorted(own, key=lambda row: row.approved_at, reverse=True)
        return tuple(_remembered(row) for row in newest)

    def for_use(self, use: Use) -> "Memory":
        """The same memory, asked for another use."""
        return replace(self, use=use)

    def _borrowed(self, row: MemoryRow) -> int:
        """How far an entry's use is from the one wanted; 0 is its own."""
        return [str(use) for use in LOOKED_UP[self.use]].index(row.use)

    def _similar(self, source_text: str) -> Iterator[Remembered]:
        mine = trigrams(source_text)
        scored = [
            (share, row)
            for row, theirs in zip(self.rows, self.grams, strict=True)
            if row.length == "full" and (share := similarity(mine, theirs)) >= FEWEST_COMMON
        ]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].approved_at.timestamp(), pair[1].id or 0))
        for share, row in scored[:MOST_OFFERED]:
            yield _remembered(row, share, difference(row.source_text, source_text))


def open_memory(tx: Session, series_id: str, language: str, *, use: Use = "dub") -> Memory:
    """Read the memory of a series for one language, to be asked for one use.

    Words of another use are borrowed in the order of `LOOKED_UP`, whole ones only: what was fitted
    to a slot of the dub is no subtitle.
    """
    query = sa.select(MemoryRow).where(
        MemoryRow.series_id == series_id,
        MemoryRow.language == language,
        sa.or_(MemoryRow.use == use, MemoryRow.length == "full"),
    )
    return memory_of(tx.scalars(query.order_by(MemoryRow.id)), use=use)


def memory_of(entries: Iterable[MemoryRow], *, use: Use = "dub") -> Memory:
    """A memory of entries that are at hand."""
    rows = tuple(entries)
    by_source: dict[str, list[MemoryRow]] = {}
    for row in rows:
        by_source.setdefault(row.source_hash, []).append(row)
    grams = tuple(trigrams(row.source_text) for row in rows)
    return Memory(rows, grams, {key: tuple(own) for key, own in by_source.items()}, use)


def recall(
    tx: Session,
    series_id: str,
    language: str,
    source_text: str,
    context: Context | None = None,
    *,
    use: Use = "dub",
    line_id: str = NO_LINE,
) -> Recall:
    """What the memory holds for one line; for many lines open the memory once."""
    return open_memory(tx, series_id, language, use=use).recall(source_text, context, line_id)


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
    line_id: str = NO_LINE,
    approved_at: datetime | None = None,
) -> MemoryRow:
    """Keep an approved translation; approving the same line anew replaces what was kept.

    Without a context it holds wherever the source text stands.
    """
    new = entry_of(
        series_id, language, source_text, text, approved_by=approved_by, context=context, use=use,
        length=length, line_id=line_id, approved_at=approved_at,
    )  # fmt: skip
    row = keep_entry(tx, new)
    tx.flush()
    return row


def key_of(row: MemoryRow) -> tuple[str, ...]:
    """What one entry is told from another by."""
    return tuple(str(getattr(row, name)) for name in KEY)


def keep_entry(tx: Session, new: MemoryRow, *, known: bool = True) -> MemoryRow:
    """Write an entry, or its words into the one of the same key.

    Whoever has read the memory and found no such key says so by `known=False`: thousands of entries
    are then written without as many look-ups.
    """
    same = dict(zip(KEY, key_of(new), strict=True))
    row = tx.scalar(sa.select(MemoryRow).filter_by(**same)) if known else None
    if row is None:
        tx.add(new)
        return new
    row.source_text, row.text = new.source_text, new.text
    row.approved_by, row.approved_at = new.approved_by, new.approved_at
    return row


def entry_of(
    series_id: str,
    language: str,
    source_text: str,
    text: str,
    *,
    approved_by: str,
    context: Context | None = None,
    use: Use = "dub",
    length: str = "full",
    line_id: str = NO_LINE,
    its_line_only: bool = False,
    approved_at: datetime | None = None,
) -> MemoryRow:
    """An approved translation as the memory holds it, not written anywhere yet."""
    anywhere = ITS_LINE_ONLY if its_line_only else ANY_CONTEXT
    return MemoryRow(
        series_id=series_id, language=language, source_text=source_text.strip(),
        source_hash=text_hash(source_text), context_hash=context.hash if context else anywhere,
        line_id=line_id, use=use, length=length, text=unicodedata.normalize("NFC", text.strip()),
        approved_by=approved_by, approved_at=approved_at or now(),
    )  # fmt: skip


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

"""Wordings of lines: how a machine's draft, a memory and a person's approval are kept apart."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa

from silkreel.bible.memory import Context, Use, remember
from silkreel.bible.tables import LineRow
from silkreel.dubbing.gate import GateFinding, passes
from silkreel.dubbing.tables import WordingRow
from silkreel.engines.contracts import Length
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span

LENGTHS: tuple[Length, ...] = ("full", "compact", "short")
PERSON, MEMORY, FUZZY, RULE = "person", "memory", "fuzzy", "rule"
MAX_CHARACTERS = 2000  # a line of dialogue is below 100


class NoWords(Refusal):
    """An approval without text."""

    message = "Line {line} needs some text in {language} before it can be approved."


class TooManyWords(Refusal):
    """A wording no line can have."""

    message = "The wording of line {line} has {characters} characters; a line has at most {limit}."


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line as a translator sees it: its words, who says them when, and what fits."""

    line_id: str
    text: str
    source_hash: str
    speaker: str = ""
    addressee: str = ""
    previous: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None
    allowance_characters: int | None = None

    @property
    def context(self) -> Context:
        """What the memory tells equal lines apart by."""
        return Context(self.speaker, self.addressee, self.previous)


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a line, where it came from and what the gate said of it."""

    line_id: str
    text: str
    origin: str  # person | memory | fuzzy | rule | an engine's name
    source_hash: str
    length: Length = "full"
    draft: bool = True
    findings: tuple[GateFinding, ...] = ()
    approved_by: str | None = None

    @property
    def usable(self) -> bool:
        """Whether it may be spoken: approved, or a draft that passed the gate and is no guess."""
        return not self.draft or (self.origin != FUZZY and passes(self.findings))


def source_lines(
    rows: Sequence[LineRow],
    *,
    frame_rate: Fraction,
    speakers: Mapping[str, str],
    allowances: Mapping[str, int] | None = None,
) -> tuple[SourceLine, ...]:
    """An episode's lines, in order, as translators see them; `speakers` names characters by id."""
    found = []
    previous = ""
    for row in rows:
        span = Span(row.first_frame, row.end_frame).seconds(frame_rate)
        found.append(
            SourceLine(
                line_id=row.id,
                text=row.source_text,
                source_hash=row.source_hash,
                speaker=speakers.get(row.character_id or "", ""),
                previous=previous,
                start_seconds=span.start_seconds,
                end_seconds=span.end_seconds,
                allowance_characters=(allowances or {}).get(row.id),
            )
        )
        previous = row.source_text
    return tuple(found)


def clean_text(text: str) -> str:
    """A wording as it is kept: NFC, one line, no control characters, blanks single."""
    plain = "".join(
        char if unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"} else " " for char in text
    )
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def wordings_of_lines(
    tx: Session, series_id: str, language: str, line_ids: Iterable[str], *, use: Use = "dub"
) -> dict[str, dict[str, WordingRow]]:
    """Wordings by line and length."""
    query = sa.select(WordingRow).where(
        WordingRow.series_id == series_id,
        WordingRow.language == language,
        WordingRow.use == use,
        WordingRow.line_id.in_(list(line_ids)),
    )
    found: dict[str, dict[str, WordingRow]] = {}
    for row in tx.scalars(query):
        found.setdefault(row.line_id, {})[row.length] = row
    return found


def is_approved(row: WordingRow) -> bool:
    """Whether a person, or a person's earlier approval, stands behind it: machines keep off."""
    return not row.draft or row.origin == PERSON or row.approved_by is not None


def is_settled(line: SourceLine, rows: Mapping[str, WordingRow]) -> bool:
    """Whether a line needs no translator: worded from its present source, and fit to be spoken.

    A person's wording of an older source is settled too: it is flagged as stale, never redone.
    """
    row = rows.get("full")
    if row is None:
        return False
    if is_approved(row):
        return True
    fresh = row.source_hash == line.source_hash and row.origin != FUZZY
    return fresh and all(finding["level"] != "FAIL" for finding in row.findings)


def stale_lines(
    lines: Sequence[SourceLine], rows: Mapping[str, Mapping[str, WordingRow]]
) -> tuple[str, ...]:
    """Lines whose approved wording belongs to an older source text: a person looks at them."""
    return tuple(
        line.line_id
        for line in lines
        if any(
            is_approved(row) and row.source_hash != line.source_hash
            for row in rows.get(line.line_id, {}).values()
        )
    )


def store_wordings(
    tx: Session,
    series_id: str,
    language: str,
    wordings: Sequence[Wording],
    *,
    use: Use = "dub",
    keep_other_lengths: bool = False,
) -> tuple[str, ...]:
    """Write wordings; what a person approved stays as it is. Returns the lines written.

    Other machine drafts of a line that gets a full wording go, so that no length of an older text
    is left over, unless `keep_other_lengths`.
    """
    there = wordings_of_lines(tx, series_id, language, {w.line_id for w in wordings}, use=use)
    written: dict[str, None] = {}
    fresh = {wording.line_id for wording in wordings if wording.length == "full"}
    for line_id in fresh if not keep_other_lengths else ():
        for length, row in list(there.get(line_id, {}).items()):
            if not is_approved(row):
                tx.delete(row)
                del there[line_id][length]
    tx.flush()
    for wording in wordings:
        known = there.get(wording.line_id, {}).get(wording.length)
        if known is not None and is_approved(known):
            continue
        _write(tx, known, series_id, language, use, wording)
        written[wording.line_id] = None
    tx.flush()
    return tuple(written)


def approve_wording(
    tx: Session,
    series_id: str,
    language: str,
    line: SourceLine,
    text: str,
    *,
    approved_by: str,
    length: Length = "full",
    use: Use = "dub",
    findings: Sequence[GateFinding] = (),
) -> WordingRow:
    """A person's word: it takes the line's place, enters the memory, and no machine touches it.

    Raises:
        NoWords, TooManyWords: it is no wording.
    """
    row = propose_wording(
        tx, series_id, language, line, text, length=length, use=use, findings=findings
    )
    row.draft, row.approved_by = False, approved_by
    remember(
        tx, series_id, language, line.text, row.text, approved_by=approved_by,
        context=line.context, use=use, length=length, line_id=line.line_id,
    )  # fmt: skip
    tx.flush()
    return row


def propose_wording(
    tx: Session,
    series_id: str,
    language: str,
    line: SourceLine,
    text: str,
    *,
    length: Length = "full",
    use: Use = "dub",
    findings: Sequence[GateFinding] = (),
) -> WordingRow:
    """A person's text that nobody has approved yet: a draft no machine overwrites.

    Raises:
        NoWords, TooManyWords: it is no wording.
    """
    words = checked_text(line.line_id, text, language)
    row = tx.get(WordingRow, (series_id, line.line_id, language, use, length))
    wording = Wording(
        line.line_id, words, PERSON, line.source_hash, length, findings=tuple(findings)
    )
    return _write(tx, row, series_id, language, use, wording)


def checked_text(line_id: str, text: str, language: str) -> str:
    """A person's text as it is kept.

    Raises:
        NoWords, TooManyWords: it is no wording.
    """
    words = clean_text(text)
    if not words:
        raise NoWords(line=line_id, language=language)
    if len(words) > MAX_CHARACTERS:
        raise TooManyWords(line=line_id, characters=len(words), limit=MAX_CHARACTERS)
    return words


def _write(
    tx: Session, row: WordingRow | None, series_id: str, language: str, use: str, wording: Wording
) -> WordingRow:
    if row is None:
        row = WordingRow(
            series_id=series_id, line_id=wording.line_id, language=language, use=use,
            length=wording.length,
        )  # fmt: skip
        tx.add(row)
    row.text, row.origin, row.draft = wording.text, wording.origin, wording.draft
    row.source_hash, row.approved_by = wording.source_hash, wording.approved_by
    row.findings = [finding.to_json() for finding in wording.findings]
    row.made_at = now()
    tx.flush()
    return row


def wording_of(row: WordingRow) -> Wording:
    """A row as the value that travels."""
    length: Length = row.length  # type: ignore[assignment]
    return Wording(
        row.line_id, row.text, row.origin, row.source_hash, length, row.draft,
        tuple(GateFinding.from_json(finding) for finding in row.findings), row.approved_by,
    )  # fmt: skip

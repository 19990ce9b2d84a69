"""Wordings out to people's own tools and back: what is waiting, or everything, as PO, CSV or SRT.

What comes back is held against the lines as they are now. Ids nobody knows, lines whose source has
changed and texts the gate turns down are listed and left alone; nothing is ever guessed. What was
exported and not touched changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from silkreel.dubbing.gate import GateFinding, passes
from silkreel.dubbing.translating import RequestParts
from silkreel.dubbing.wordings import (
    LENGTHS,
    SourceLine,
    Wording,
    approve_wording,
    clean_text,
    propose_wording,
    wording_of,
    wordings_of_lines,
)
from silkreel.engines.contracts import Length
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

MAX_BYTES = 20 * 1024 * 1024  # a hundred episodes in one sheet are below 3 MB
MAX_ENTRIES = 100_000

State = Literal["approved", "draft"]


class NotReadable(Refusal):
    """A file that is not what its name says."""

    message = "{name} cannot be read as {form}: {problem}"


class FileTooLarge(Refusal):
    """A file no series needs."""

    message = "{name} is larger than {megabytes} MB, which no series' wordings are."


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line on its way out: source, what is known of it, and its wordings by length."""

    line: SourceLine
    wordings: Mapping[Length, Wording]
    reasons: tuple[str, ...] = ()  # why it waits
    credit: str = ""  # whose line it is for people's eyes, where translators know no name

    @property
    def speaker(self) -> str:
        """A name, or `Voice 1`."""
        return self.credit or self.line.speaker

    @property
    def waits(self) -> bool:
        """Whether it has nothing that may be spoken."""
        full = self.wordings.get("full")
        return full is None or not full.usable or self.is_stale("full")

    def is_stale(self, length: Length) -> bool:
        """Whether the wording belongs to an older source text."""
        wording = self.wordings.get(length)
        return wording is not None and wording.source_hash != self.line.source_hash


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines of a series in one language."""

    series: str
    source_language: str
    language: str
    lines: tuple[SheetLine, ...]

    def waiting(self) -> "Sheet":
        """Only lines that wait for a person."""
        kept = tuple(each for each in self.lines if each.waits)
        return Sheet(self.series, self.source_language, self.language, kept)


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that came back: for which line and length, of which source, and in which state."""

    line_id: str
    text: str
    source_hash: str
    length: Length = "full"
    state: State | None = None  # None: the format cannot say


@dataclass(frozen=True, slots=True)
class Change:
    """A text that would take a line's place."""

    line: SourceLine
    length: Length
    text: str
    approve: bool
    findings: tuple[GateFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """An entry that was left alone, and why in words."""

    line_id: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do; `apply_import` does it."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    empty: int = 0  # lines that still have no text
    unknown: tuple[str, ...] = ()  # ids no line has
    stale: tuple[Turned, ...] = ()  # the source has changed since
    turned_down: tuple[Turned, ...] = ()  # by the gate, or by an approval that stands
    repeated: tuple[str, ...] = ()  # ids with two different texts


def plan_import(
    sheet: Sheet,
    entries: Sequence[Entry],
    parts: RequestParts,
    *,
    approve: bool = False,
    despite_gate: bool = False,
) -> ImportPlan:
    """Hold entries against the lines as they are now.

    Args:
        sheet: every line of the series in the language, as it is now.
        entries: what came back.
        parts: terms and languages, for the gate.
        approve: whether texts whose state the format tells as approved are approvals; where the
            format cannot say, every text is one. Without it all are proposals.
        despite_gate: take what the gate turns down all the same, with its findings.
    """
    lines = {each.line.line_id: each for each in sheet.lines}
    changes: dict[tuple[str, Length], Change] = {}
    unknown: dict[str, None] = {}
    repeated: dict[str, None] = {}
    stale, turned = [], []
    unchanged = empty = 0
    for entry in entries:
        there = lines.get(entry.line_id)
        text = clean_text(entry.text)
        if there is None:
            unknown[entry.line_id] = None
        elif not text:
            empty += 1
        elif _same(there, entry, text, approve=approve):
            unchanged += 1
        elif entry.source_hash != there.line.source_hash:
            reason = f"the source now reads: {there.line.text}"
            stale.append(Turned(entry.line_id, text, reason))
        else:
            change = _change(there, entry, text, parts, approve=approve)
            known = changes.setdefault((entry.line_id, entry.length), change)
            if known.text != change.text:
                repeated[entry.line_id] = None
    for key in [key for key in changes if key[0] in repeated]:
        del changes[key]
    for key, change in list(changes.items()):
        reason = _reason_against(lines[key[0]], change, despite_gate=despite_gate)
        if reason:
            turned.append(Turned(key[0], change.text, reason))
            del changes[key]
    return ImportPlan(
        tuple(changes.values()), unchanged, empty, tuple(unknown), tuple(stale), tuple(turned),
        tuple(repeated),
    )  # fmt: skip


def apply_import(
    tx: Session, series_id: str, language: str, plan: ImportPlan, *, by: str
) -> tuple[int, int]:
    """Write a plan's changes as approvals and proposals of `by`; how many of each."""
    for change in plan.changes:
        if change.approve:
            approve_wording(
                tx, series_id, language, change.line, change.text, approved_by=by,
                length=change.length, findings=change.findings,
            )  # fmt: skip
        else:
            propose_wording(
                tx, series_id, language, change.line, change.text,
                length=change.length, findings=change.findings,
            )  # fmt: skip
    approved = sum(change.approve for change in plan.changes)
    return approved, len(plan.changes) - approved


def exported_lengths(line: SheetLine) -> tuple[Length, ...]:
    """Lengths of a line that are written out: the full one always, others where there are any."""
    return tuple(length for length in LENGTHS if length == "full" or length in line.wordings)


def state_of(line: SheetLine, length: Length) -> State:
    """How a wording is marked on its way out; one approved for an older source is a draft again."""
    wording = line.wordings.get(length)
    approved = wording is not None and not wording.draft
    return "approved" if approved and not line.is_stale(length) else "draft"


def hint_of(line: SheetLine) -> tuple[str, ...]:
    """What a translator is told beside the source text."""
    source = line.line
    told = [f"speaker: {line.speaker}" if line.speaker else ""]
    if source.allowance_characters:
        told.append(f"fits: about {source.allowance_characters} characters")
    if source.start_seconds is not None and source.end_seconds is not None:
        told.append(f"spoken: {clock(source.start_seconds)} --> {clock(source.end_seconds)}")
    full = line.wordings.get("full")
    if full is not None and full.draft:
        told.append(f"machine draft by {full.origin}" if full.origin != "person" else "proposal")
        told += [f"look at: {finding.sentence}" for finding in full.findings]
    if line.is_stale("full"):
        told.append("the source has changed since this was worded")
    told += [f"waits: {reason}" for reason in line.reasons]
    return tuple(clean_text(each) for each in told if each)


def clock(seconds: float) -> str:
    """A time as subtitles write it: 00:01:02,345."""
    total = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(total, 60_000)
    return (
        f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"
    )


def decoded(content: bytes, name: str, form: str) -> str:
    """The text of a file that came from outside.

    Raises:
        FileTooLarge, NotReadable: it is too large, or not UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name=name, megabytes=MAX_BYTES // 1024**2)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable(name=name, form=form, problem="it is not UTF-8") from None


def _same(there: SheetLine, entry: Entry, text: str, *, approve: bool) -> bool:
    wording = there.wordings.get(entry.length)
    if wording is None or wording.text != text:
        return False
    approves = approve and entry.state != "draft"
    fresh = entry.source_hash == there.line.source_hash
    return not (approves and fresh and state_of(there, entry.length) == "draft")


def _change(
    there: SheetLine, entry: Entry, text: str, parts: RequestParts, *, approve: bool
) -> Change:
    findings = parts.check(there.line, text, entry.length)
    approves = approve and entry.state != "draft"
    return Change(there.line, entry.length, text, approves, findings)


def _reason_against(there: SheetLine, change: Change, *, despite_gate: bool) -> str:
    """Why a text is not taken; nothing where it is."""
    if not change.approve and state_of(there, change.length) == "approved":
        return "another text is approved; approve this one to take its place"
    if despite_gate or passes(change.findings):
        return ""
    return " ".join(finding.sentence for finding in change.findings if finding.level == "FAIL")


def sheet_of(
    tx: Session,
    series_id: str,
    lines: Sequence[SourceLine],
    parts: RequestParts,
    *,
    series: str = "",
    reasons: Mapping[str, Sequence[str]] | None = None,
) -> Sheet:
    """Lines with their wordings as they are now; `series` is the name people know it by."""
    there = wordings_of_lines(
        tx, series_id, parts.target_language, [line.line_id for line in lines]
    )
    told = reasons or {}
    return Sheet(
        series or series_id,
        parts.source_language,
        parts.target_language,
        tuple(
            SheetLine(
                line,
                {w.length: w for w in map(wording_of, there.get(line.line_id, {}).values())},
                tuple(told.get(line.line_id, ())),
            )
            for line in lines
        ),
    )

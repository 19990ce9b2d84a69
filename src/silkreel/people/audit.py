"""The log of what was done: rows are only ever added, and each is chained to the one before.

A row's hash covers its own fields and the hash of the row before it, so that a changed, removed or
inserted row breaks the chain from there on. Triggers refuse changes; the chain catches whoever
takes the triggers away. Who can rewrite the whole table could chain it anew: note the head that
`silkreel audit verify` prints somewhere else, and verify against it.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.tables import AuditHeadRow, AuditRow, StaffRow

FIRST_HASH = "0" * 64
PAGE = 500  # rows read at a time while verifying
MAX_REASON = 2000
NOTED = "audited"  # in a session's `info`: how many rows it wrote


class BadAnchor(Refusal):
    """An anchor is what `silkreel audit verify` printed."""

    message = (
        "An anchor is written NUMBER:HASH as `silkreel audit verify` prints it; {anchor} is not."
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number and hash; to be noted outside."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: the first bad row and why, or none."""

    head: Head
    rows: int
    bad_number: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        """Whether every row is as it was written."""
        return self.bad_number is None


def record(
    tx: Session,
    by: Actor,
    action: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditRow:
    """Write down what was done; it stands or falls with the transaction.

    `subject` is KIND:ID. `before` and `after` hold what changed, as JSON, and never a secret.
    """
    head = tx.get_one(AuditHeadRow, 1, with_for_update=True, populate_existing=True)
    row = AuditRow(
        number=head.number + 1,
        at=by.at,
        brand_id=by.brand_id,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=subject,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=unicodedata.normalize("NFC", reason)[:MAX_REASON],
        request_id=by.request_id,
        previous_hash=head.hash,
    )
    row.hash = row_hash(row)
    tx.add(row)
    head.number, head.hash = row.number, row.hash
    tx.info[NOTED] = tx.info.get(NOTED, 0) + 1
    tx.flush()
    return row


def row_hash(row: AuditRow) -> str:
    """sha256 over the row's fields and the hash of the row before it."""
    fields = {
        "number": row.number,
        "at": row.at.isoformat(timespec="microseconds"),
        "brand": row.brand_id,
        "actor": [row.actor_kind, row.actor_id, row.actor_name],
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "request": row.request_id,
        "previous": row.previous_hash,
    }
    return hashlib.sha256(canonical_json(fields).encode()).hexdigest()


def verify(tx: Session, anchor: Head | None = None) -> Verdict:
    """Walk the whole chain; names the first row that is not as it was written.

    With an `anchor` noted before, a log that was chained anew or cut behind it is caught as well.
    """
    kept = tx.get_one(AuditHeadRow, 1)
    head, rows = Head(kept.number, kept.hash), 0
    expected = FIRST_HASH
    for row in _rows(tx, head.number):
        rows += 1
        why = _fault(row, rows, expected, anchor)
        if why:
            return Verdict(head, rows, rows, why)
        expected = row.hash
    if rows != head.number or expected != head.hash:
        return Verdict(head, rows, rows + 1, "missing: the log ends before its head")
    if anchor is not None and anchor.number > rows:
        return Verdict(head, rows, rows + 1, "missing: the log ends before the anchor")
    return Verdict(head, rows)


def read_anchor(text: str) -> Head:
    """An anchor as it was printed.

    Raises:
        BadAnchor: it is written otherwise.
    """
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != len(FIRST_HASH):
        raise BadAnchor(anchor=text)
    return Head(int(number), digest)


def _fault(row: AuditRow, number: int, previous: str, anchor: Head | None) -> str:
    if row.number != number:
        return f"missing: row {row.number} follows row {number - 1}"
    if row.previous_hash != previous:
        return "not chained to the row before it"
    if row_hash(row) != row.hash:
        return "changed after it was written"
    if anchor is not None and anchor.number == number and anchor.hash != row.hash:
        return "differs from the anchor: the log was written anew up to here"
    return ""


def _rows(tx: Session, newest: int) -> Iterator[AuditRow]:
    """Rows up to the head as it was read; what others write meanwhile is for the next time."""
    last = 0
    while True:
        between = AuditRow.number > last, AuditRow.number <= newest
        query = sa.select(AuditRow).where(*between).order_by(AuditRow.number)
        page = tx.scalars(query.limit(PAGE)).all()
        if not page:
            return
        yield from page
        last = page[-1].number
        tx.expunge_all()  # a long log does not stay in memory


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows to read: words anywhere in who, what and on what; from a time on; before a row."""

    words: str = ""
    since: datetime | None = None
    before_number: int | None = None
    limit: int = 50


def read_log(tx: Session, brand_id: str | None, wanted: Wanted) -> list[AuditRow]:
    """Rows of a brand (None: of all), newest first; go on with the last one's number."""
    query = sa.select(AuditRow).order_by(AuditRow.number.desc()).limit(wanted.limit)
    if brand_id is not None:
        query = query.where(AuditRow.brand_id == brand_id)
    if wanted.before_number is not None:
        query = query.where(AuditRow.number < wanted.before_number)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    for word in wanted.words.split():
        query = query.where(_mentions(word))
    return list(tx.scalars(query))


def _mentions(word: str) -> sa.ColumnElement[bool]:
    """A word in who, what, on what or why; or in the name of the person it was done to."""
    columns = (AuditRow.actor_name, AuditRow.action, AuditRow.subject, AuditRow.reason)
    told = (each.icontains(word, autoescape=True) for each in columns)
    names = (StaffRow.shown_name, StaffRow.name)
    named = sa.or_(*(each.icontains(word, autoescape=True) for each in names))
    people = sa.select(sa.literal("staff:").concat(StaffRow.id)).where(named)
    return sa.or_(*told, AuditRow.subject.in_(people))

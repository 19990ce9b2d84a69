"""The inbox: a message from outside is written down raw before anything believes or refuses it.

Nothing here raises for a bad message: the edge commits the record and then answers with the
refusal it was given, so that a refused message is refused *and* kept.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from silkreel.commerce.payments import KeysOutOfReach, Notice, Provider
from silkreel.commerce.tables import InboxEventRow, OutboxRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

BODY_BYTES = 256 * 1024  # ten times the longest real event
KEPT_BYTES = 4 * 1024  # of a refused body: enough to see what it was
REFUSED_KEPT = 1_000  # refused messages kept per provider: a flood of forgeries fills no disk
HEADERS_KEPT = frozenset({"stripe-signature", "content-type", "user-agent", "fake-signature"})
HEADER_LETTERS = 1_000
ATTEMPTS = 60  # of applying one message; the worker runs each minute, then people look

log = logging.getLogger(__name__)

State = Literal["new", "applied", "parked"]


class TooLarge(Refusal):
    """A body beyond any real event."""

    status = 413
    message = "This message has {bytes} bytes; {limit} are allowed. Send one event at a time."


class SameIdOtherBytes(Refusal):
    """Two different messages under one id: one of them is wrong."""

    status = 409
    message = (
        "A different message with the id {event} is here already. Both are kept and a person will "
        "look; send new facts under a new id."
    )


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: `refusal` is the answer to the sender, None means 200."""

    inbox_id: int | None
    state: State
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A verified message that nobody applied yet."""

    inbox_id: int
    provider: str
    raw: bytes


def examine(
    provider: Provider, raw: bytes, headers: Mapping[str, str], at: datetime
) -> Notice | Refusal:
    """Whether to believe a message; outside any transaction, for keys may have to be fetched."""
    if len(raw) > BODY_BYTES:
        return TooLarge(bytes=len(raw), limit=BODY_BYTES)
    try:
        return provider.verify(raw, lowered(headers), at)
    except Refusal as refusal:
        return refusal


def write_down(
    tx: Session,
    sender: str,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    found: Notice | Refusal,
) -> Received:
    """Write a message down, believed or refused, and say what to answer; safe to do twice."""
    if isinstance(found, KeysOutOfReach):  # nothing is known of it: it will be sent again
        return Received(None, "new", found)
    if isinstance(found, Refusal):
        return _refuse(tx, sender, raw, lowered(headers), at, found)
    return _keep(tx, sender, raw, lowered(headers), at, found)


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def waiting(tx: Session, providers: Iterable[str], limit: int) -> list[Waiting]:
    """Messages of these providers to apply, oldest first."""
    rows = tx.scalars(
        sa.select(InboxEventRow)
        .where(InboxEventRow.state == "new", InboxEventRow.provider.in_(list(providers)))
        .order_by(InboxEventRow.id)
        .limit(limit)
    )
    return [Waiting(row.id, row.provider, row.body) for row in rows]


def mark_applied(tx: Session, inbox_id: int, note: str = "") -> None:
    """The message has had its effect, if only that it is none of our business (`note`)."""
    row = tx.get_one(InboxEventRow, inbox_id)
    row.state, row.problem = "applied", note


def park(tx: Session, inbox_id: int, problem: Refusal, at: datetime) -> None:
    """Put a message aside for a person, with the reason, and raise the alarm."""
    row = tx.get_one(InboxEventRow, inbox_id)
    row.state, row.problem = "parked", str(problem)
    _alarm(tx, row, problem, at)


def try_later(tx: Session, inbox_id: int, problem: Refusal, at: datetime) -> None:
    """Leave a message for the next round; after many rounds a person looks."""
    row = tx.get_one(InboxEventRow, inbox_id)
    row.attempts += 1
    if row.attempts >= ATTEMPTS:
        park(tx, inbox_id, problem, at)


def _keep(
    tx: Session,
    provider: str,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    notice: Notice,
) -> Received:
    values = {
        "provider": provider, "event_id": notice.event_id, "body": raw, "headers": _kept(headers),
        "body_sha256": notice.fingerprint, "signature_ok": True, "state": "new", "attempts": 0,
        "problem": "", "received_at": at,
    }  # fmt: skip
    row = _insert(tx, values)
    if row.body_sha256 == notice.fingerprint:
        return Received(row.id, _state(row), None)
    refusal = SameIdOtherBytes(event=notice.event_id)
    twin = f"{notice.event_id[:100]}#{notice.fingerprint[:16]}"
    other = _insert(tx, {**values, "event_id": twin, "state": "parked", "problem": str(refusal)})
    _alarm(tx, other, refusal, at)
    return Received(other.id, "parked", refusal)


def _refuse(
    tx: Session,
    provider: str,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    refusal: Refusal,
) -> Received:
    log.warning("%s sent a message that is refused: %s", provider, refusal.code)
    parked = InboxEventRow.state == "parked"  # few rows, by their index
    unbelieved = sa.and_(parked, InboxEventRow.provider == provider, ~InboxEventRow.signature_ok)
    kept = tx.scalar(sa.select(sa.func.count()).select_from(InboxEventRow).where(unbelieved)) or 0
    if kept >= REFUSED_KEPT:
        return Received(None, "parked", refusal)
    digest = hashlib.sha256(raw).hexdigest()
    values = {
        "provider": provider, "event_id": f"refused:{refusal.code}:{digest}"[:128],
        "body": raw[:KEPT_BYTES], "body_sha256": digest, "headers": _kept(headers),
        "signature_ok": False, "state": "parked", "attempts": 0, "problem": str(refusal),
        "received_at": at,
    }  # fmt: skip
    return Received(_insert(tx, values).id, "parked", refusal)


def _insert(tx: Session, values: dict[str, object]) -> InboxEventRow:
    """The row of an event id: ours, or the one that was there."""
    insert_once(tx, InboxEventRow, values)
    return tx.scalars(
        sa.select(InboxEventRow).where(
            InboxEventRow.provider == values["provider"],
            InboxEventRow.event_id == values["event_id"],
        )
    ).one()


def _alarm(tx: Session, row: InboxEventRow, problem: Refusal, at: datetime) -> None:
    payload = {"provider": row.provider, "inbox_id": row.id, "problem": str(problem)}
    known = sa.select(OutboxRow.id).where(
        OutboxRow.topic == "alarm.inbox", OutboxRow.key == f"inbox:{row.id}"
    )
    if tx.scalar(known) is None:
        tx.add(OutboxRow(topic="alarm.inbox", key=f"inbox:{row.id}", payload=payload, made_at=at))
        tx.flush()


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that help to understand a message; never one that lets its bearer in."""
    return {k: v[:HEADER_LETTERS] for k, v in headers.items() if k in HEADERS_KEPT}


def _state(row: InboxEventRow) -> State:
    states: dict[str, State] = {"new": "new", "applied": "applied", "parked": "parked"}
    return states[row.state]

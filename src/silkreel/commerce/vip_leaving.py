"""Leaving VIP: two steps, no offers in the way, and a receipt that is kept to the byte."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce import viewer_letters
from silkreel.commerce.tables import OutboxRow, VipFactRow
from silkreel.commerce.vip_record import Subscription, find, lock_all, record, settle
from silkreel.commerce.vip_rules import Fact, Owed, Vip, VipKind, VipState, fold
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal


class CannotPause(Refusal):
    """Only time that runs can be stopped, and only stopped time goes on."""

    status = 409
    message = "This VIP cannot be paused or resumed now. Open your account page to see its days."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What leaving VIP does, or did: shown before, sent after, kept for ever."""

    vip_id: int
    what: str  # cancelled | withdrawn
    at: datetime
    ends_at: datetime | None  # VIP stays open until then
    returns: tuple[Owed, ...]
    body: str  # canonical JSON of all of it


def show_cancel(tx: Session, vip_id: int, viewer_id: str, at: datetime) -> Receipt:
    """The first step: what cancelling would do. Changes nothing."""
    mine = find(tx, vip_id, viewer_id)
    return _receipt(mine, VipKind.CANCELLED, _tried(mine, Fact(VipKind.CANCELLED, at)), at)


def cancel(tx: Session, vip_id: int, viewer_id: str, at: datetime) -> Receipt:
    """The second step: never charged again, open until the end. Again gives the same receipt.

    Raises:
        NoSuchVip: not theirs.
    """
    return _leave(tx, vip_id, viewer_id, Fact(VipKind.CANCELLED, at), at)


def show_withdrawal(
    tx: Session, vip_id: int, viewer_id: str, at: datetime, *, played: bool
) -> Receipt:
    """What ending VIP at once would give back. Changes nothing."""
    mine = find(tx, vip_id, viewer_id)
    fact = Fact(VipKind.WITHDRAWN, at, played=played)
    return _receipt(mine, fact.kind, _tried(mine, fact), at)


def withdraw(tx: Session, vip_id: int, viewer_id: str, at: datetime, *, played: bool) -> Receipt:
    """End VIP now: the whole price within 14 days if unplayed, else the days that are left.

    `played`: whether VIP opened anything since the running period was paid for.

    Raises:
        NoSuchVip: not theirs.
    """
    return _leave(tx, vip_id, viewer_id, Fact(VipKind.WITHDRAWN, at, played=played), at)


def pause(tx: Session, vip_id: int, viewer_id: str, at: datetime) -> Subscription:
    """Keep the days that are left for later.

    Raises:
        NoSuchVip, CannotPause.
    """
    return _turn(tx, vip_id, viewer_id, VipKind.PAUSED, at)


def resume(tx: Session, vip_id: int, viewer_id: str, at: datetime) -> Subscription:
    """Let the kept days run again, every one of them.

    Raises:
        NoSuchVip, CannotPause.
    """
    return _turn(tx, vip_id, viewer_id, VipKind.RESUMED, at)


def revoke(tx: Session, vip_id: int, at: datetime, *, by: str, why: str) -> None:
    """Staff end a VIP that should not be; who and why are kept."""
    record(tx, vip_id, Fact(VipKind.REVOKED, at), canonical_json({"by": by, "why": why}))
    settle(tx, vip_id, at)


def _tried(mine: Subscription, fact: Fact) -> Vip:
    return fold(mine.agreed.screen.plan, (*mine.facts, fact), mine.charges)


def _leave(tx: Session, vip_id: int, viewer_id: str, fact: Fact, at: datetime) -> Receipt:
    lock_all(tx, viewer_id, find(tx, vip_id, viewer_id).brand_id)
    told = sa.select(VipFactRow.told_json).where(
        VipFactRow.vip_id == vip_id, VipFactRow.kind == fact.kind
    )
    body = tx.scalar(told)
    if body is not None:  # said twice: the first receipt, to the byte
        return read_receipt(body)
    mine = find(tx, vip_id, viewer_id)
    receipt = _receipt(mine, fact.kind, _tried(mine, fact), at)
    record(tx, vip_id, fact, receipt.body)
    settle(tx, vip_id, at)
    payload = {"vip": vip_id, "viewer": viewer_id, "receipt": receipt.body}
    key = f"vip:{vip_id}:{fact.kind}"
    tx.add(OutboxRow(topic="vip.receipt", key=key, payload=payload, made_at=at))
    viewer_letters.left_vip(tx, (viewer_id, mine.brand_id), receipt.body, at)
    tx.flush()
    return receipt


def _receipt(mine: Subscription, kind: VipKind, vip: Vip, at: datetime) -> Receipt:
    body = {
        "vip": mine.id, "what": kind.value, "at": at.isoformat(),
        "plan": mine.agreed.screen.plan, "consent": mine.agreed.sha256,
        "ends_at": vip.ends_at.isoformat() if vip.ends_at else None,
        "returns": [
            [owed.order_id, owed.money.minor, owed.money.currency]
            for owed in vip.owed
            if owed.why == "withdrawn"
        ],
    }  # fmt: skip
    return read_receipt(canonical_json(body))


def read_receipt(body: str) -> Receipt:
    """A receipt from the bytes that were sent."""
    told = json.loads(body)
    ends_at = datetime.fromisoformat(told["ends_at"]) if told["ends_at"] else None
    returns = tuple(
        Owed(order, Money(minor, currency), "withdrawn")
        for order, minor, currency in told["returns"]
    )
    at = datetime.fromisoformat(told["at"])
    return Receipt(told["vip"], told["what"], at, ends_at, returns, body)


def _turn(tx: Session, vip_id: int, viewer_id: str, kind: VipKind, at: datetime) -> Subscription:
    lock_all(tx, viewer_id, find(tx, vip_id, viewer_id).brand_id)
    mine = find(tx, vip_id, viewer_id)
    state = mine.vip.state(at)
    wanted = VipState.ACTIVE if kind == VipKind.PAUSED else VipState.PAUSED
    if state != wanted:
        raise CannotPause
    record(tx, vip_id, Fact(kind, at, at.isoformat()))
    return settle(tx, vip_id, at)

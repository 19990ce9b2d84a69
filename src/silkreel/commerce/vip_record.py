"""A VIP's facts, read and written, and the rows of periods and state that are folded from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.payments import Environment, Kind, PaymentFact
from silkreel.commerce.standing import stand
from silkreel.commerce.tables import (
    OrderRow,
    OutboxRow,
    PaymentEventRow,
    VipFactRow,
    VipPeriodRow,
    VipRow,
)
from silkreel.commerce.vip_rules import Charge, Fact, Period, Vip, VipKind, fold
from silkreel.commerce.vip_screen import Agreed, find_consent
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal


class NoSuchVip(Refusal):
    """No subscription, or somebody else's."""

    status = 404
    message = "There is no such VIP on this account. Open your account page to see what runs."


@dataclass(frozen=True, slots=True)
class Subscription:
    """A VIP as it stands: its yes, its time, its money."""

    id: int
    viewer_id: str
    brand_id: str
    provider: str
    environment: Environment
    agreed: Agreed
    vip: Vip
    facts: tuple[Fact, ...]
    charges: tuple[Charge, ...]


def find(tx: Session, vip_id: int, viewer_id: str) -> Subscription:
    """A viewer's own VIP.

    Raises:
        NoSuchVip: not theirs.
    """
    row = tx.get(VipRow, vip_id)
    if row is None or row.viewer_id != viewer_id:
        raise NoSuchVip
    return load(tx, vip_id)


def load(tx: Session, vip_id: int) -> Subscription:
    """A VIP folded from all that is known of it."""
    row = tx.get_one(VipRow, vip_id)
    agreed = find_consent(tx, row.consent_id)
    assert agreed is not None, "a VIP's consent stays"
    told = tx.scalars(
        sa.select(VipFactRow).where(VipFactRow.vip_id == vip_id).order_by(VipFactRow.id)
    ).all()
    facts = tuple(Fact(VipKind(each.kind), each.at, each.ref, each.played) for each in told)
    orders = [fact.ref for fact in facts if fact.kind == VipKind.ORDERED]
    known = facts_of_orders(tx, orders)
    ordered = sa.select(OrderRow).where(OrderRow.id.in_(orders)).order_by(OrderRow.made_at)
    rows = tx.scalars(ordered).all()
    charges = tuple(charge_of(each, known.get(each.id, [])) for each in rows)
    environment: Environment = "production"
    if any(each.environment == "sandbox" for each in rows):
        environment = "sandbox"
    return Subscription(
        row.id, row.viewer_id, row.brand_id, row.provider, environment, agreed,
        fold(row.plan, facts, charges), facts, charges,
    )  # fmt: skip


def record(tx: Session, vip_id: int, fact: Fact, told_json: str = "{}") -> None:
    """Write a fact down; the same again stays as it was."""
    insert_once(
        tx, VipFactRow,
        {"vip_id": vip_id, "kind": fact.kind.value, "ref": fact.ref, "at": fact.at,
         "played": fact.played, "told_json": told_json},
    )  # fmt: skip


def settle(tx: Session, vip_id: int, at: datetime) -> Subscription:
    """Write the rows that the facts give, and tell others when the state moved."""
    row = tx.get_one(VipRow, vip_id, with_for_update=True)
    mine = load(tx, vip_id)
    _write_periods(tx, vip_id, mine.vip.periods)
    row.owed_minor = sum(owed.money.minor for owed in mine.vip.owed)
    state = mine.vip.state(at)
    if row.state != state:
        row.state = state.value
        key = f"vip:{vip_id}:{state}:{at.isoformat()}"
        payload = {"vip": vip_id, "viewer": row.viewer_id, "state": row.state}
        tx.add(OutboxRow(topic="vip.state", key=key, payload=payload, made_at=at))
    tx.flush()
    return mine


def charge_of(row: OrderRow, facts: Sequence[PaymentFact]) -> Charge:
    """An order as VIP needs it: when it was paid, and when all of it had gone back."""
    standing = stand(row.gross_minor, facts)
    bought = [fact for fact in facts if buys(fact, row)]
    back = [f.occurred_at for f in facts if f.kind in (Kind.REFUNDED, Kind.CHARGED_BACK)]
    gone = bool(bought) and standing.returned_minor >= row.gross_minor
    first = min(bought, key=lambda f: (f.occurred_at, f.provider_object), default=None)
    fee = (first.fee_minor or 0) if first else 0
    net = 0 if row.environment == "sandbox" else max(0, row.gross_minor - row.tax_minor - fee)
    return Charge(
        row.id, row.made_at, row.gross_minor, row.currency, net,
        first.occurred_at if first else None, standing.returned_minor,
        max(back) if gone and back else None,
    )  # fmt: skip


def buys(fact: PaymentFact, row: OrderRow) -> bool:
    """Whether a fact is the payment that an order asked for."""
    return fact.kind == Kind.PAID and fact.amount_minor == row.gross_minor


def facts_of_orders(tx: Session, orders: Sequence[str]) -> dict[str, list[PaymentFact]]:
    """All that is known of some orders' money, in one query."""
    found: dict[str, list[PaymentFact]] = {}
    rows = sa.select(PaymentEventRow).where(PaymentEventRow.order_id.in_(orders))
    for row in tx.scalars(rows.order_by(PaymentEventRow.id)):
        fact = PaymentFact(Kind(row.type), row.provider_object, row.amount_minor, row.currency,
                           row.occurred_at, row.fee_minor)  # fmt: skip
        found.setdefault(row.order_id, []).append(fact)
    return found


def lock_all(tx: Session, viewer_id: str, brand_id: str) -> Sequence[VipRow]:
    """Every VIP of a viewer, locked in one order, so that two payments see one another."""
    mine = VipRow.viewer_id == viewer_id, VipRow.brand_id == brand_id
    return tx.scalars(sa.select(VipRow).where(*mine).order_by(VipRow.id).with_for_update()).all()


def _write_periods(tx: Session, vip_id: int, periods: Sequence[Period]) -> None:
    rows = tx.scalars(sa.select(VipPeriodRow).where(VipPeriodRow.vip_id == vip_id)).all()
    wanted = {period.starts_at: period for period in periods}
    for row in rows:
        if row.starts_at not in wanted:
            tx.delete(row)
    tx.flush()
    known = {row.starts_at: row for row in rows}
    for start, period in wanted.items():
        values = {"ends_at": period.ends_at, "order_id": period.order_id,
                  "net_minor": period.net_minor, "currency": period.currency}  # fmt: skip
        if start not in known:
            tx.add(VipPeriodRow(vip_id=vip_id, starts_at=start, **values))
            continue
        for name, value in values.items():
            setattr(known[start], name, value)
    tx.flush()

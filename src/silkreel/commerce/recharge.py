"""Recharge: what a provider says becomes facts of an order, and the facts become coins.

A webhook, the client's claim, the janitor and the daily comparison all end in `learn`: whoever is
first grants, the others find that it is done.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce import ledger, viewer_letters, vip
from silkreel.commerce.first_gift import gift_request
from silkreel.commerce.orders import NoSuchOrder, Order, locate, next_ask, shown
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth, WrongEnvironment
from silkreel.commerce.requests import Claw, Grant, PaidMoney, Refunded, Request, Unclaw
from silkreel.commerce.standing import UNSETTLED, OrderState, Standing, stand
from silkreel.commerce.tables import (
    OrderRow,
    OutboxRow,
    PaymentEventRow,
    PriceRow,
    WithdrawalRefundRow,
)
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

FACTS = 200  # of one order; a real one has fewer than ten
OWN = "silkreel"  # prefix of facts that are ours and no provider's


class WrongCurrency(Refusal):
    """Money in another currency than the order's is never taken for it."""

    status = 409
    message = (
        "Order {order} is in {wanted}, this payment is in {found}. No coins were given: compare it "
        "with `silkreel reconcile`, then refund it or make a new order."
    )


class FactChanged(Refusal):
    """A payment object said one amount before and another now, or belongs to another order."""

    status = 409
    message = (
        "{object} was {known} before and is {found} now. Nothing was changed: compare it with the "
        "provider's own page, then refund or correct it there."
    )


class WrongProduct(Refusal):
    """The store sold something else than was ordered."""

    status = 409
    message = (
        "Order {order} is for {wanted}, the store sold {found}. No coins were given: refund it in "
        "the store, or make the order anew."
    )


def learn(
    tx: Session, provider: str, truth: Truth, at: datetime, *, inbox_id: int | None = None
) -> Order:
    """Add what a provider says to an order, and move the coins that follow from it.

    Raises:
        NoSuchOrder, WrongEnvironment, WrongCurrency, WrongProduct, FactChanged: nothing changed.
    """
    row = locate(tx, provider, truth.ref, [fact.provider_object for fact in truth.facts])
    if row is None:
        named = truth.ref.order_id or truth.ref.provider_ref or truth.ref.payment
        raise NoSuchOrder(order=named)
    _refuse_strange(row, truth, store_product(tx, row))
    new = _record(tx, row, truth.facts, at, inbox_id)
    if row.provider_ref is None and truth.ref.provider_ref:
        row.provider_ref = truth.ref.provider_ref
    if new:
        _follow(tx, row, new, at)
    tx.flush()
    return shown(row)


def lost_sight(tx: Session, provider: str, order_id: str, at: datetime) -> Order:
    """We sent an order and heard nothing: nobody knows whether money moved."""
    return _own_fact(tx, provider, order_id, Kind.UNKNOWN, at)


def give_up(tx: Session, provider: str, order_id: str, at: datetime) -> Order:
    """Nobody paid and the provider knows nothing; money that comes later still counts."""
    return _own_fact(tx, provider, order_id, Kind.EXPIRED, at)


def ask_ref(tx: Session, order: Order) -> OrderRef:
    """How to ask about an order: a store is asked by the purchase, once we know it."""
    paid = (fact.provider_object for fact in facts_of(tx, order.id) if fact.kind == Kind.PAID)
    return replace(order.ref, payment=next(paid, None))


def store_product(tx: Session, order: OrderRow) -> str:
    """What a store calls the item of an order: by its price book, else as we do."""
    price = tx.get(PriceRow, (order.book_id, order.sku)) if order.book_id else None
    return (price.store_sku if price else None) or order.sku


def facts_of(tx: Session, order_id: str) -> list[PaymentFact]:
    """All that is known of an order's money, in the order we learnt it."""
    rows = tx.scalars(
        sa.select(PaymentEventRow)
        .where(PaymentEventRow.order_id == order_id)
        .order_by(PaymentEventRow.id)
        .limit(FACTS + 1)
    ).all()
    assert len(rows) <= FACTS, f"order {order_id} has more facts than any real one"
    return [
        PaymentFact(
            Kind(row.type),
            row.provider_object,
            row.amount_minor,
            row.currency,
            row.occurred_at,
            row.fee_minor,
        )
        for row in rows
    ]


def to_give_back(gross_minor: int, facts: Iterable[PaymentFact]) -> list[PaymentFact]:
    """Payments nobody promised anything for: each is to be given back whole.

    That is every payment of another amount, and every one beyond the first of the right amount;
    nothing where money already went back, for then a person is at it.
    """
    facts = list(facts)
    if any(fact.kind in {Kind.REFUNDED, Kind.DISPUTED, Kind.CHARGED_BACK} for fact in facts):
        return []
    paid = sorted((f for f in facts if f.kind == Kind.PAID), key=lambda f: f.provider_object)
    right = [fact for fact in paid if fact.amount_minor == gross_minor]
    return [fact for fact in paid if fact.amount_minor != gross_minor] + right[1:]


def _own_fact(tx: Session, provider: str, order_id: str, kind: Kind, at: datetime) -> Order:
    row = locate(tx, provider, OrderRef(order_id))
    if row is None:
        raise NoSuchOrder(order=order_id)
    fact = PaymentFact(kind, f"{OWN}:{order_id}", row.gross_minor, row.currency, at)
    new = _record(tx, row, [fact], at, None)
    if new:
        _follow(tx, row, new, at)
    tx.flush()
    return shown(row)


def _refuse_strange(row: OrderRow, truth: Truth, product: str) -> None:
    if truth.environment != row.environment:
        raise WrongEnvironment(found=truth.environment, wanted=row.environment)
    if truth.sku is not None and truth.sku != product:
        raise WrongProduct(order=row.id, wanted=product, found=truth.sku)
    for fact in truth.facts:
        if fact.currency != row.currency:
            raise WrongCurrency(order=row.id, wanted=row.currency, found=fact.currency)


def _record(
    tx: Session,
    row: OrderRow,
    facts: Iterable[PaymentFact],
    at: datetime,
    inbox_id: int | None,
) -> list[PaymentFact]:
    """Write down the facts that are new; the order's row is locked, so nobody else does."""
    facts = list({(f.provider_object, f.kind): f for f in facts}.values())
    known = _known(tx, row.provider, [fact.provider_object for fact in facts])
    new = []
    for fact in facts:
        before = known.get((fact.provider_object, fact.kind))
        if before is None:
            new.append(fact)
        elif (before.order_id, before.amount_minor) != (row.id, fact.amount_minor):
            raise FactChanged(
                object=fact.provider_object,
                known=f"{before.amount_minor} of order {before.order_id}",
                found=f"{fact.amount_minor} of order {row.id}",
            )
    tx.add_all(_row_of(fact, row, at, inbox_id) for fact in new)
    tx.flush()
    return new


def _row_of(
    fact: PaymentFact, order: OrderRow, at: datetime, inbox_id: int | None
) -> PaymentEventRow:
    return PaymentEventRow(
        order_id=order.id, provider=order.provider, provider_object=fact.provider_object,
        type=fact.kind.value, amount_minor=fact.amount_minor, fee_minor=fact.fee_minor,
        currency=fact.currency,
        occurred_at=fact.occurred_at, inbox_id=inbox_id, recorded_at=at,
    )  # fmt: skip


def _known(
    tx: Session, provider: str, objects: list[str]
) -> dict[tuple[str, str], PaymentEventRow]:
    rows = tx.scalars(
        sa.select(PaymentEventRow).where(
            PaymentEventRow.provider == provider, PaymentEventRow.provider_object.in_(objects)
        )
    )
    return {(row.provider_object, row.type): row for row in rows}


def _follow(tx: Session, row: OrderRow, new: list[PaymentFact], at: datetime) -> None:
    """State, coins, VIP and the next question follow from the facts."""
    facts = facts_of(tx, row.id)
    standing = stand(row.gross_minor, facts)
    requests = coin_requests(
        row, standing, facts, new, promised_minor=_promised(tx, row.id), gift=gift_request(tx, row)
    )
    for answer in ledger.apply(tx, requests, at) if requests else ():
        # A gift's key was used where another order of theirs was paid at the same moment.
        known = {"ok", "replay", "owned", *({"key_reuse"} if row.gift_coins else ())}
        assert answer.status in known, f"coins of {row.id}: {answer.status}"
    if row.sku.startswith(vip.SKU):
        vip.follow(tx, row, at)
    if standing.state == OrderState.PAID:
        viewer_letters.receipt(tx, row, at)
    row.ask_at = next_ask(row.made_at, at) if standing.state in UNSETTLED else None
    if row.state != standing.state:
        row.state = standing.state.value
        payload = {"order": row.id, "viewer": row.viewer_id, "state": row.state}
        # Facts are only added, so their number names this change for ever.
        key = f"order:{row.id}:{len(facts)}"
        tx.add(OutboxRow(topic="order.state", key=key, payload=payload, made_at=at))


def coin_requests(
    row: OrderRow,
    standing: Standing,
    facts: list[PaymentFact],
    new: list[PaymentFact],
    *,
    promised_minor: int = 0,
    gift: Grant | None = None,
) -> list[Request]:
    """What the ledger is asked: the purchase once, then what has gone back by now.

    The purchase is keyed by the first payment of the right amount that we learnt of; one that
    comes after it is odd money (`to_give_back`), not more coins. A fact is new only once, so it
    names the step that follows from it. `promised_minor` is what a withdrawal under way will have
    given back: its coins left the wallet when it was confirmed, and stay away meanwhile.
    """
    returned = max(standing.returned_minor, promised_minor)
    if not standing.earned or not row.paid_coins + row.bonus_coins:
        return []
    payment = next(
        fact for fact in facts if fact.kind == Kind.PAID and fact.amount_minor == row.gross_minor
    )
    requests: list[Request] = []
    paid_now = {fact.provider_object for fact in new if fact.kind == Kind.PAID}
    if payment.provider_object in paid_now:
        requests += [_grant(row, payment), *([gift] if gift else [])]
    first = min(new, key=lambda fact: (fact.provider_object, fact.kind))
    step = f"{first.provider_object}:{first.kind}"
    if returned:
        requests.append(_returned(Claw, row, returned, step))
    requests.append(_returned(Unclaw, row, returned, step))
    return requests


def _promised(tx: Session, order_id: str) -> int:
    """What withdrawals that were confirmed and not yet paid out will have given back."""
    due = sa.select(sa.func.max(WithdrawalRefundRow.target_minor)).where(
        WithdrawalRefundRow.order_id == order_id, WithdrawalRefundRow.done_at.is_(None)
    )
    return int(tx.scalar(due) or 0)


def _grant(row: OrderRow, payment: PaymentFact) -> Grant:
    # A fee above what is left (small sums, fixed fees) would make a net below zero: it is cut.
    fee = min(payment.fee_minor or 0, row.gross_minor - row.tax_minor)
    money = PaidMoney(
        currency=row.currency, gross_minor=row.gross_minor, tax_minor=row.tax_minor,
        fee_minor=fee,
        storefront=row.provider, fee_estimated=payment.fee_minor is None,
        sandbox=row.environment == "sandbox",
    )  # fmt: skip
    return Grant(
        viewer_id=row.viewer_id, brand_id=row.brand_id, scope=_scope(row),
        key=f"pay:{row.provider}:{payment.provider_object}", actor="system", paid_coins=row.paid_coins,
        bonus_coins=row.bonus_coins, money=money, order_id=row.id, market=row.market,
        channel=row.channel,
    )  # fmt: skip


def _returned(kind: type[Refunded], row: OrderRow, returned_minor: int, step: str) -> Refunded:
    return kind(
        viewer_id=row.viewer_id, brand_id=row.brand_id, scope=_scope(row),
        key=f"pay:{row.provider}:{step}:{kind.kind}", order_id=row.id,
        refunded_minor=returned_minor, gross_minor=row.gross_minor,
    )  # fmt: skip


def _scope(row: OrderRow) -> str:
    return f"{row.brand_id}:payments"

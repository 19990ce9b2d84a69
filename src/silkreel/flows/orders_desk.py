"""The orders' desk: what staff look at, and refunds that they start."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from silkreel.commerce import ads, orders, recharge, vip
from silkreel.commerce.orders import NoSuchOrder, Order
from silkreel.commerce.payments import Kind, PaymentFact
from silkreel.commerce.standing import OrderState, Standing, stand
from silkreel.flows import take_payments
from silkreel.flows.give_back_vip import give_back_vip_money
from silkreel.flows.take_payments import Round
from silkreel.flows.viewer_rights import pay_withdrawals
from silkreel.flows.ways_to_pay import provider_here, providers_here
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Database, Session
from silkreel.kit.money import Money, OddAmount, exponent
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.people.actors import Actor
from silkreel.people.audit import record

SHOWN = 1_000  # orders in one list


class NoSuchState(Refusal):
    """A state that is none."""

    message = "There is no order state {state}; the states are: {states}."


class NothingPaid(Refusal):
    """An order without money."""

    status = 409
    message = "Order {order} has no payment to give back. See `silkreel orders show {order}`."


class MoreThanIsLeft(Refusal):
    """A refund beyond what is left."""

    status = 409
    message = "Of order {order} only {left} is left to give back. Name a smaller amount."


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order, its facts in the order we learnt them, and what they add up to."""

    order: Order
    facts: tuple[PaymentFact, ...]
    standing: Standing

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        facts = [
            {"kind": f.kind.value, "object": f.provider_object, "amount_minor": f.amount_minor,
             "currency": f.currency, "at": f.occurred_at.isoformat()}
            for f in self.facts
        ]  # fmt: skip
        kept = self.standing.kept_minor
        return {**order_json(self.order), "kept_minor": kept, "facts": facts}


def order_json(order: Order) -> dict[str, Any]:
    """An order for machines."""
    return {
        "id": order.id, "state": order.state.value, "viewer": order.viewer_id,
        "brand": order.brand_id, "sku": order.sku, "provider": order.provider,
        "environment": order.environment, "currency": order.currency,
        "gross_minor": order.gross_minor, "paid_coins": order.paid_coins,
        "bonus_coins": order.bonus_coins, "made_at": order.made_at.isoformat(),
    }  # fmt: skip


def list_orders(workshop: Workshop, state: str | None, limit: int) -> list[Order]:
    """The newest orders.

    Raises:
        NoSuchState.
    """
    if state is not None and state not in set(OrderState):
        raise NoSuchState(state=state, states=", ".join(OrderState))
    with workshop.database.reading() as tx:
        return orders.newest(tx, state=state, limit=min(limit, SHOWN))


def search_orders(
    tx: Session, brand_id: str, words: str, state: str | None, before: str | None, limit: int
) -> list[Order]:
    """A brand's orders for the desk, newest first.

    Raises:
        NoSuchState.
    """
    if state and state not in set(OrderState):
        raise NoSuchState(state=state, states=", ".join(OrderState))
    return orders.search(tx, brand_id, words, state=state, before=before, limit=limit)


def refund_by(
    settings: Settings, database: Database, order_id: str, amount: str | None, reason: str,
    by: Actor,
) -> OrderSheet:  # fmt: skip
    """A refund that somebody at the desk starts: asked for in the log, then done in the log.

    Raises:
        NoSuchOrder: there is none of their brand. What `refund_order` raises.
    """
    by.need("money.refund")
    before = show_order(database, order_id)
    if before.order.brand_id != by.brand_id:
        raise NoSuchOrder(order=order_id)
    subject, held = f"order:{order_id}", {"kept_minor": before.standing.kept_minor}
    with database.transaction() as tx:
        record(tx, by, "refund.asked", subject, after={"amount": amount or "all"}, reason=reason)
    sheet = refund_order(settings, database, order_id, amount, by.at)
    with database.transaction() as tx:
        after = {"kept_minor": sheet.standing.kept_minor, "state": sheet.order.state.value}
        record(tx, by, "refund.done", subject, before=held, after=after, reason=reason)
    return sheet


def show_order(database: Database, order_id: str) -> OrderSheet:
    """One order with its history.

    Raises:
        NoSuchOrder.
    """
    with database.reading() as tx:
        order = orders.find(tx, order_id)
        facts = tuple(recharge.facts_of(tx, order_id))
    return OrderSheet(order, facts, stand(order.gross_minor, facts))


def refund_order(
    settings: Settings, database: Database, order_id: str, amount: str | None, at: datetime
) -> OrderSheet:
    """Give an amount back, or all that is left.

    The key is made of what went back before: the same refund asked again after no answer came is
    the same refund, and one asked again after it was done is another.

    Raises:
        NoSuchOrder, NothingPaid, MoreThanIsLeft, OddAmount, ProviderMissing, ProviderRefused, ProviderSilent.
    """
    sheet = show_order(database, order_id)
    payment = next((fact for fact in sheet.facts if fact.kind == Kind.PAID), None)
    left = Money(max(0, sheet.standing.kept_minor), sheet.order.currency)
    if payment is None or not left.minor:
        raise NothingPaid(order=order_id)
    wanted = left if amount is None else _money(amount, sheet.order.currency)
    if not 0 < wanted.minor <= left.minor:
        raise MoreThanIsLeft(order=order_id, left=str(left))
    provider = provider_here(sheet.order.provider, settings, database)
    take_payments.give_back(
        database, provider, order_id, payment.provider_object, wanted.minor,
        f"desk-{order_id}-{sheet.standing.refunded_minor}-{wanted.minor}", at,
    )  # fmt: skip
    return show_order(database, order_id)


def _money(amount: str, currency: str) -> Money:
    try:
        return Money.of(Decimal(amount), currency)
    except InvalidOperation as odd:
        raise OddAmount(amount=amount, currency=currency, exponent=exponent(currency)) from odd


def check_payments(settings: Settings, database: Database, at: datetime) -> Round:
    """One round of the worker: the inbox, open orders, odd money, VIP, and ads nobody proved."""
    providers = providers_here(settings, database)
    rounds = (
        take_payments.work_inbox(database, providers, at),
        take_payments.ask_about_open_orders(database, providers, at),
        take_payments.give_back_odd_money(database, providers, at),
        give_back_vip_money(database, providers, at),
        pay_withdrawals(database, providers, at),
    )
    with database.transaction() as tx:
        ads.sweep(tx, at)
        vip.restate(tx, at)
    return Round(
        sum(each.applied for each in rounds),
        sum(each.parked for each in rounds),
        sum(each.later for each in rounds),
    )

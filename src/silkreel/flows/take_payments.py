"""Taking payments: order, pay, hear of it, coins; and asking where nobody told us.

No provider is ever asked inside a transaction: a slow answer must not hold the ledger's lock.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from silkreel.commerce import inbox, orders, recharge, reconcile
from silkreel.commerce.orders import NoSuchOrder, Order, Wish
from silkreel.commerce.payments import (
    ClientToken,
    OrderRef,
    Provider,
    ProviderMissing,
    ProviderRefused,
    ProviderSilent,
    Redirect,
    Truth,
)
from silkreel.commerce.registry import refuse_test_providers
from silkreel.commerce.standing import UNSETTLED, OrderState
from silkreel.kit.database import Database
from silkreel.kit.refusals import Refusal

ROUND = 200  # messages or orders taken in one round of the worker
KNOWS_NOTHING_FOR = timedelta(days=1)  # then an order its provider never saw is expired

log = logging.getLogger(__name__)

Providers = Mapping[str, Provider]


@dataclass(frozen=True, slots=True)
class Begun:
    """An order and the way to pay it; `way` is None where the provider has not answered yet."""

    order: Order
    way: Redirect | ClientToken | None


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of the worker did."""

    applied: int = 0
    parked: int = 0
    later: int = 0


def begin_order(
    database: Database,
    provider: Provider,
    wish: Wish,
    *,
    title: str,
    return_url: str,
    at: datetime,
) -> Begun:
    """Write the order down, then ask the provider for a way to pay it.

    Where no answer comes the order is unknown: it is asked about, never sent again blindly.

    Raises:
        OrderKeyReused, ProviderRefused.
        PretendPaymentsOnARealBrand: pretend money for coins that are real.
    """
    refuse_test_providers([provider], [wish.brand_id] if wish.environment == "production" else [])
    with database.transaction() as tx:
        order = orders.place(tx, wish, at)
    return way_to_pay(database, provider, order, title=title, return_url=return_url, at=at)


def way_to_pay(
    database: Database, provider: Provider, order: Order, *, title: str, return_url: str,
    at: datetime,
) -> Begun:  # fmt: skip
    """Ask the provider how an order that is written down is paid; asked again, the same way.

    Raises:
        ProviderRefused.
    """
    if order.state == OrderState.UNKNOWN:
        return Begun(order, None)
    try:
        way = provider.create(order.terms(title, return_url))
    except ProviderSilent:
        with database.transaction() as tx:
            return Begun(recharge.lost_sight(tx, provider.name, order.id, at), None)
    with database.transaction() as tx:
        orders.begun(tx, order.id, way.provider_ref)
        return Begun(orders.find(tx, order.id), way)


def hear(
    database: Database, provider: Provider, raw: bytes, headers: Mapping[str, str], at: datetime
) -> inbox.Received:
    """Write a webhook down; the caller answers with the refusal in it, or with 200."""
    found = inbox.examine(provider, raw, headers, at)
    with database.transaction() as tx:
        return inbox.write_down(tx, provider.name, raw, headers, at, found)


def claim(
    database: Database,
    provider: Provider,
    order_id: str,
    receipt: str,
    at: datetime,
    *,
    viewer_id: str,
) -> Order:
    """The client says it paid: look, and grant if nobody has yet.

    Raises:
        NoSuchOrder: there is none, or it is another viewer's.
        ProviderSilent, and what a receipt can be refused for.
    """
    with database.reading() as tx:
        order = orders.find(tx, order_id)
        if order.viewer_id != viewer_id:
            raise NoSuchOrder(order=order_id)
        ref = recharge.ask_ref(tx, order)
    truth = provider.redeem(ref, receipt)
    if truth is None:
        return order
    return _take(database, provider, truth, at)


def work_inbox(database: Database, providers: Providers, at: datetime) -> Round:
    """Apply what waits in the inbox, oldest first; each message on its own."""
    with database.reading() as tx:
        messages = inbox.waiting(tx, providers, ROUND)
    done = Round()
    for message in messages:
        done = _apply(database, providers[message.provider], message, at, done)
    return done


def _apply(
    database: Database, provider: Provider, message: inbox.Waiting, at: datetime, done: Round
) -> Round:
    try:
        notice = provider.read(message.raw)
        truth = notice.truth or provider.fetch(notice.ref)
        if truth is not None and truth.facts:
            _take(database, provider, truth, at, inbox_id=message.inbox_id)
    except ProviderSilent as silence:
        with database.transaction() as tx:
            inbox.try_later(tx, message.inbox_id, silence, at)
        return Round(done.applied, done.parked, done.later + 1)
    except Refusal as problem:
        with database.transaction() as tx:
            inbox.park(tx, message.inbox_id, problem, at)
        return Round(done.applied, done.parked + 1, done.later)
    with database.transaction() as tx:
        inbox.mark_applied(tx, message.inbox_id, "" if truth else "not about an order of ours")
    return Round(done.applied + 1, done.parked, done.later)


def _take(
    database: Database,
    provider: Provider,
    truth: Truth,
    at: datetime,
    *,
    inbox_id: int | None = None,
) -> Order:
    """Grant, commit, and only then tell the store that the viewer has it."""
    with database.transaction() as tx:
        order = recharge.learn(tx, provider.name, truth, at, inbox_id=inbox_id)
    provider.settle(truth)
    return order


def ask_about_open_orders(database: Database, providers: Providers, at: datetime) -> Round:
    """The janitor: ask about every order that is open for too long."""
    with database.reading() as tx:
        waiting = orders.due(tx, providers, at, ROUND)
    done = Round()
    for order in waiting:
        done = _ask(database, providers[order.provider], order, at, done)
    return done


def _ask(database: Database, provider: Provider, order: Order, at: datetime, done: Round) -> Round:
    with database.reading() as tx:
        ref = recharge.ask_ref(tx, order)
    try:
        truth = provider.fetch(ref)
        if truth is not None:
            order = _take(database, provider, truth, at)
        unknown = truth is None and at - order.made_at >= KNOWS_NOTHING_FOR
        if order.state in UNSETTLED and (unknown or orders.asking_ends(order, at)):
            with database.transaction() as tx:
                recharge.give_up(tx, provider.name, order.id, at)
    except ProviderSilent:
        done = Round(done.applied, done.parked, done.later + 1)
    except Refusal as problem:
        log.warning("order %s stays open: %s", order.id, problem)
        done = Round(done.applied, done.parked + 1, done.later)
    else:
        done = Round(done.applied + 1, done.parked, done.later)
    with database.transaction() as tx:
        orders.asked(tx, order.id, at)
    return done


def compare_books(
    database: Database, provider: Provider, since: datetime, at: datetime
) -> reconcile.Report:
    """Pull the provider's list, take in what nobody told us, and report what still differs.

    Stores list only what changed, so our own paid orders that are not in the list are asked about.
    """
    truths = list(provider.list(since))
    with database.reading() as tx:
        unlisted = reconcile.unlisted(tx, provider.name, truths, since)
    truths += [truth for ref in unlisted if (truth := provider.fetch(ref)) is not None]
    for truth in truths:
        try:
            _take(database, provider, truth, at)
        except Refusal as problem:  # it stands in the report
            log.warning("%s lists what does not fit: %s", provider.name, problem)
    with database.transaction() as tx:
        return reconcile.report(tx, provider.name, truths, since, at)


def give_back(
    database: Database,
    provider: Provider,
    order_id: str,
    payment: str,
    amount_minor: int,
    key: str,
    at: datetime,
) -> Order:
    """Refund a payment once per key and take the coins back with it.

    Raises:
        NoSuchOrder, ProviderRefused, ProviderSilent (the same key may be sent again).
    """
    with database.reading() as tx:
        order = orders.find(tx, order_id)
    fact = provider.refund(payment, amount_minor, order.currency, key)
    ref = OrderRef(order.id, order.provider_ref, payment)
    truth = Truth(ref, order.environment, (fact,))
    with database.transaction() as tx:
        return recharge.learn(tx, provider.name, truth, at)


def give_back_odd_money(database: Database, providers: Providers, at: datetime) -> Round:
    """Send back payments of another amount, and second payments, where the provider can."""
    with database.reading() as tx:
        odd = [
            (order, fact)
            for order in orders.newest(tx, state=OrderState.MISMATCH, limit=ROUND)
            for fact in recharge.to_give_back(order.gross_minor, recharge.facts_of(tx, order.id))
        ]
    done = Round()
    for order, fact in odd:
        provider = providers.get(order.provider)
        if provider is None:
            continue
        try:
            give_back(
                database, provider, order.id, fact.provider_object, fact.amount_minor,
                f"odd-{order.id}-{fact.provider_object}", at,
            )  # fmt: skip
        except (ProviderRefused, ProviderSilent, ProviderMissing) as problem:
            log.warning("odd money of order %s stays: %s", order.id, problem)
            done = Round(done.applied, done.parked, done.later + 1)
        else:
            done = Round(done.applied + 1, done.parked, done.later)
    return done

"""Orders: what a viewer asked to buy, and when to ask the provider what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.commerce.limits import coins_of, refuse_purchase
from silkreel.commerce.payments import Environment, OrderRef, OrderTerms
from silkreel.commerce.standing import UNSETTLED, OrderState
from silkreel.commerce.tables import OrderRow, PaymentEventRow
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import canonical_json, text_hash
from silkreel.kit.refusals import Refusal

ORDER_LIFE = timedelta(hours=1)  # to pay; money that comes later still buys what was promised
# The janitor's ladder: how old an order is when its provider is asked, then daily.
LADDER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
DAILY, ASKED_FOR = timedelta(days=1), timedelta(days=30)


class NoSuchOrder(Refusal):
    """No order fits."""

    status = 404
    message = "There is no order {order} here. Check the number with `silkreel orders list`."


class OrderKeyReused(Refusal):
    """One key, two different purchases."""

    status = 422
    message = "This order key was used for another purchase. Open the price list again and retry."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a viewer wants to buy, priced by the book in force."""

    viewer_id: str
    brand_id: str
    key: str
    sku: str
    market: str
    channel: str
    paid_coins: int
    bonus_coins: int
    currency: str
    gross_minor: int
    tax_minor: int
    provider: str
    environment: Environment
    book_id: int | None = None
    gift_coins: int = 0  # with a first pack


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands."""

    id: str
    viewer_id: str
    brand_id: str
    sku: str
    provider: str
    provider_ref: str | None
    environment: Environment
    currency: str
    gross_minor: int
    paid_coins: int
    bonus_coins: int
    state: OrderState
    made_at: datetime
    gift_coins: int = 0  # promised, if it is the first pack that is paid

    def terms(self, title: str, return_url: str) -> OrderTerms:
        """The order as its provider needs to know it."""
        return OrderTerms(
            id=self.id, viewer_id=self.viewer_id, sku=self.sku, title=title,
            currency=self.currency, gross_minor=self.gross_minor, created_at=self.made_at,
            return_url=return_url, provider_ref=self.provider_ref,
        )  # fmt: skip

    @property
    def ref(self) -> OrderRef:
        """How to ask the provider about it."""
        return OrderRef(self.id, self.provider_ref, since=self.made_at)


def place(tx: Session, wish: Wish, at: datetime) -> Order:
    """Write an order down before any provider hears of it; the same key again is the same order.

    Raises:
        OrderKeyReused: the key was used for something else.
        SpendLimitReached, ShutOut, TooYoung, WalletCeiling: a limit, the viewer's or the market's.
    """
    row = _under_key(tx, wish)
    if row is None:
        holder = (wish.viewer_id, wish.brand_id)
        coins = coins_of(tx, wish.book_id, wish.paid_coins, wish.gross_minor)
        refuse_purchase(tx, holder, wish.market, coins, at, kept=wish.paid_coins)
        row = OrderRow(
            id=random_id(16), viewer_id=wish.viewer_id, brand_id=wish.brand_id, key=wish.key,
            sku=wish.sku, book_id=wish.book_id, market=wish.market, channel=wish.channel,
            paid_coins=wish.paid_coins, bonus_coins=wish.bonus_coins, currency=wish.currency,
            gross_minor=wish.gross_minor, tax_minor=wish.tax_minor, provider=wish.provider,
            gift_coins=wish.gift_coins, environment=wish.environment, state="created", asked=0, made_at=at,
            ask_at=at + LADDER[0], expires_at=at + ORDER_LIFE,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
    elif _wanted(row) != _wanted(wish):
        raise OrderKeyReused
    return shown(row)


def as_promised(tx: Session, wish: Wish) -> Wish:
    """The wish at the price that its key was ordered for before, if it was: books change."""
    row = _under_key(tx, wish)
    if row is None:
        return wish
    return replace(
        wish, currency=row.currency, gross_minor=row.gross_minor, paid_coins=row.paid_coins,
        bonus_coins=row.bonus_coins, book_id=row.book_id, gift_coins=row.gift_coins,
    )  # fmt: skip


def _under_key(tx: Session, wish: Wish) -> OrderRow | None:
    return tx.scalars(
        sa.select(OrderRow).where(
            OrderRow.brand_id == wish.brand_id,
            OrderRow.viewer_id == wish.viewer_id,
            OrderRow.key == wish.key,
        )
    ).one_or_none()


def begun(tx: Session, order_id: str, provider_ref: str) -> None:
    """Remember the name the provider gave an order."""
    tx.get_one(OrderRow, order_id).provider_ref = provider_ref
    tx.flush()


def find(tx: Session, order_id: str) -> Order:
    """An order by its id.

    Raises:
        NoSuchOrder: there is none.
    """
    row = tx.get(OrderRow, order_id)
    if row is None:
        raise NoSuchOrder(order=order_id)
    return shown(row)


def locate(
    tx: Session, provider: str, ref: OrderRef, objects: Iterable[str] = ()
) -> OrderRow | None:
    """The row a provider's message is about, locked: by our id, its reference, or its objects."""
    mine = sa.select(OrderRow).where(OrderRow.provider == provider).with_for_update()
    ways = [OrderRow.id == ref.order_id] if ref.order_id else []
    if ref.provider_ref:
        ways.append(OrderRow.provider_ref == ref.provider_ref)
    told_of = {*objects, *([ref.payment] if ref.payment else [])}
    if told_of:
        told = sa.select(PaymentEventRow.order_id).where(
            PaymentEventRow.provider == provider, PaymentEventRow.provider_object.in_(told_of)
        )
        ways.append(OrderRow.id.in_(told))
    for way in ways:
        row = tx.scalars(mine.where(way).order_by(OrderRow.made_at, OrderRow.id)).first()
        if row is not None:
            return row
    return None


def newest(tx: Session, *, state: str | None, limit: int) -> list[Order]:
    """The newest orders, of one state if asked."""
    rows = sa.select(OrderRow).order_by(OrderRow.made_at.desc(), OrderRow.id).limit(limit)
    if state:
        rows = rows.where(OrderRow.state == state)
    return [shown(row) for row in tx.scalars(rows)]


def search(
    tx: Session, brand_id: str, words: str, *, state: str | None, before: str | None, limit: int
) -> list[Order]:
    """A brand's orders, newest first; each word is part of its number, viewer, item or provider's name.

    `before` is the last order of the page before.
    """
    rows = sa.select(OrderRow).where(OrderRow.brand_id == brand_id)
    if state:
        rows = rows.where(OrderRow.state == state)
    last = tx.get(OrderRow, before) if before else None
    if last is not None:
        later = sa.and_(OrderRow.made_at == last.made_at, OrderRow.id > last.id)
        rows = rows.where(sa.or_(OrderRow.made_at < last.made_at, later))
    columns = (OrderRow.id, OrderRow.viewer_id, OrderRow.sku, OrderRow.provider,
               OrderRow.provider_ref)  # fmt: skip
    for word in words.split():
        rows = rows.where(sa.or_(*(each.icontains(word, autoescape=True) for each in columns)))
    rows = rows.order_by(OrderRow.made_at.desc(), OrderRow.id).limit(limit)
    return [shown(row) for row in tx.scalars(rows)]


def due(tx: Session, providers: Iterable[str], at: datetime, limit: int) -> list[Order]:
    """Orders of these providers that the janitor should ask about now."""
    rows = (
        sa.select(OrderRow)
        .where(OrderRow.ask_at <= at, OrderRow.provider.in_(list(providers)))
        .order_by(OrderRow.ask_at)
        .limit(limit)
    )
    return [shown(row) for row in tx.scalars(rows)]


def asked(tx: Session, order_id: str, at: datetime) -> None:
    """Note that the provider was asked, and when to ask next."""
    row = tx.get_one(OrderRow, order_id)
    row.asked += 1
    row.ask_at = next_ask(row.made_at, at) if OrderState(row.state) in UNSETTLED else None
    tx.flush()


def asking_ends(order: Order, at: datetime) -> bool:
    """Whether this was the last time to ask."""
    return next_ask(order.made_at, at) is None


def next_ask(made_at: datetime, at: datetime) -> datetime | None:
    """When to ask about an order that is still open; None when asking ends."""
    for step in LADDER:
        if made_at + step > at:
            return made_at + step
    return at + DAILY if at + DAILY <= made_at + ASKED_FOR else None


def shown(row: OrderRow) -> Order:
    """The row as it travels."""
    return Order(
        id=row.id, viewer_id=row.viewer_id, brand_id=row.brand_id, sku=row.sku,
        provider=row.provider, provider_ref=row.provider_ref,
        environment="sandbox" if row.environment == "sandbox" else "production",
        currency=row.currency, gross_minor=row.gross_minor, paid_coins=row.paid_coins,
        bonus_coins=row.bonus_coins, state=OrderState(row.state), made_at=row.made_at,
        gift_coins=row.gift_coins,
    )  # fmt: skip


def _wanted(of: OrderRow | Wish) -> str:
    return text_hash(
        canonical_json([of.sku, of.currency, of.gross_minor, of.provider, of.environment])
    )

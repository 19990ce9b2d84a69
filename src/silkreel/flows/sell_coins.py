"""Selling coins: an item of the book in force becomes an order, priced here and never by the client."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from silkreel.commerce import orders
from silkreel.commerce.book import WEB, Book
from silkreel.commerce.first_gift import first_gift
from silkreel.commerce.orders import Order, Wish
from silkreel.commerce.payments import Environment, Provider
from silkreel.flows import take_payments
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.take_payments import Begun
from silkreel.kit.database import Database
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted, words

COINS = Counted("{coins} coins", one="{coins} coin", by="coins")
TOP_UP = "top_up:"
TOP_UP_COINS = 100_000  # more than any series costs; larger sums are bundles


class NotOnSale(Refusal):
    """No book here has the item."""

    status = 404
    message = "{item} is not sold here. Look at the price of the series for what is."


class NoSuchWayToPay(Refusal):
    """The way to pay is not offered at this brand."""

    status = 409
    message = "You cannot pay by {provider} here. Leave the choice to us, or write to support."


class NoWayToPay(Refusal):
    """Nothing is set up."""

    status = 503
    message = "Coins cannot be bought here yet. Try again later, or write to support."


class NotYourOrder(Refusal):
    """No such order, or somebody else's."""

    status = 404
    message = "You have no order {order}. Open your wallet to see what you bought."


def sell_coins(
    database: Database,
    provider: Provider,
    who: Onlooker,
    item: str,
    *,
    key: str,
    return_url: str,
    at: datetime,
    demo: bool = False,
) -> Begun:
    """An order for an item of the book in force, and the way to pay it; once per key.

    Raises:
        NotOnSale: the book does not have it, or there is no book.
        OrderKeyReused, ProviderRefused, PretendPaymentsOnARealBrand: as begin_order says.
    """
    with database.reading() as tx:
        book = book_at(tx, who, at)
    if book is None:
        raise NotOnSale(item=item)
    environment: Environment = "sandbox" if demo else "production"
    wish = order_wish(book, who, item, key=key, provider=provider.name, environment=environment)
    with database.reading() as tx:
        gift = first_gift(tx, book, who.viewer_id, who.brand_id)
        if gift is not None and gift.item == item:
            wish = replace(wish, gift_coins=gift.coins)
        wish = orders.as_promised(tx, wish)
    title = words(COINS, coins=wish.paid_coins + wish.bonus_coins + wish.gift_coins)
    return take_payments.begin_order(
        database, provider, wish, title=title, return_url=return_url, at=at
    )


def order_wish(
    book: Book,
    who: Onlooker,
    item: str,
    *,
    key: str,
    provider: str,
    environment: Environment,
) -> Wish:
    """What an item of a book stands for: a bundle, or exactly the coins that are missing.

    Raises:
        NotOnSale: the book does not have it.
    """
    assert who.viewer_id is not None, "an order is kept for somebody"
    paid, bonus, price = _promised(book, item)
    return Wish(
        viewer_id=who.viewer_id, brand_id=who.brand_id, key=key, sku=item, market=who.market,
        channel=WEB, paid_coins=paid, bonus_coins=bonus, currency=book.currency,
        gross_minor=price, tax_minor=0, provider=provider, environment=environment,
        book_id=book.id,
    )  # fmt: skip


def _promised(book: Book, item: str) -> tuple[int, int, int]:
    """Bought coins, given ones, and the price in minor units."""
    if not book.sells_coins:
        raise NotOnSale(item=item)
    if item.startswith(TOP_UP):
        missing = int(item.removeprefix(TOP_UP))
        if not 0 < missing <= TOP_UP_COINS:
            raise NotOnSale(item=item)
        top_up = book.top_up(missing)
        return top_up.paid_coins, 0, top_up.price.minor
    for bundle in book.bundles:
        if bundle.item == item:
            return bundle.paid_coins, bundle.bonus_coins, bundle.price.minor
    raise NotOnSale(item=item)


def way_to_pay(providers: Mapping[str, Provider], named: str | None, *, demo: bool) -> Provider:
    """The provider that was named, else the first: pretend ones at demo brands and nowhere else.

    Raises:
        NoSuchWayToPay, NoWayToPay.
    """
    offered = {name: each for name, each in providers.items() if each.test_only == demo}
    if named is not None and named not in offered:
        raise NoSuchWayToPay(provider=named)
    if not offered:
        raise NoWayToPay
    return offered[named] if named else next(iter(offered.values()))


def order_of(database: Database, who: Onlooker, order_id: str) -> Order:
    """An order of this viewer.

    Raises:
        NotYourOrder: there is none, or it is somebody else's.
    """
    try:
        with database.reading() as tx:
            order = orders.find(tx, order_id)
    except orders.NoSuchOrder:
        raise NotYourOrder(order=order_id) from None
    if (order.viewer_id, order.brand_id) != (who.viewer_id, who.brand_id):
        raise NotYourOrder(order=order_id)
    return order

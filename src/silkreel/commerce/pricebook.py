"""The price book: what coins, episodes and a whole series cost in a market, on a channel.

A book is never edited, only succeeded by the next version. Orders, quotes and links keep theirs.
"""

import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from silkreel.commerce.book import STANDARD, WEB, Book, Bundle, Plan
from silkreel.commerce.book_faults import BadBook, check_book
from silkreel.commerce.tables import PriceBookRow, PriceRow, WalletRow
from silkreel.kit.database import Session, is_writing
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

DEFAULTS = Path(__file__).parent / "data" / "price_book.toml"
WORLD = "001"
BIG_CHANGE_PERCENT = 20  # above it two persons approve
KEPT_BOOKS = 1_000  # of a database: those of all markets and quotes that are asked for, 2 KB each
_kept_books: WeakKeyDictionary[object, dict[int, Book]] = WeakKeyDictionary()  # by engine


class NeedsTwo(Refusal):
    """A large change that one person wants."""

    status = 409
    message = (
        "{item} would change by {percent} %. Above {limit} % two persons have to approve; "
        "ask a second one."
    )


def publish_book(
    tx: Session, book: Book, *, approved_by: tuple[str, ...], now: datetime, demo: bool = False,
    alone: bool = False,
) -> Book:  # fmt: skip
    """Make `book` the next version from `now` on; a brand of a demo may keep a short free head.

    `alone`: nobody else works here, so whoever runs the machine decides large changes, too.

    Raises:
        BadBook: it hides a price or traps coins.
        NeedsTwo: a price changes by more than a fifth, and fewer than two persons approved.
    """
    check_book(book, demo=demo)
    before = book_for(tx, book.brand_id, book.market, book.channel, now, template=book.template)
    if before is not None:
        check_change(before, book, persons=2 if alone else len(set(approved_by)))
        _refuse_stranding(tx, before, book)
    version = before.version + 1 if before else 1
    row = PriceBookRow(
        brand_id=book.brand_id, market=book.market, channel=book.channel, template=book.template,
        version=version, currency=book.currency, rules=_rules(book), valid_from=now,
        approved_by=sorted(set(approved_by)),
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    tx.add_all(_price_rows(book, row.id))
    tx.flush()
    return replace(book, id=row.id, version=version)


def book_for(
    tx: Session, brand_id: str, market: str, channel: str, now: datetime, *,
    template: str = STANDARD,
) -> Book | None:  # fmt: skip
    """The newest book of a market and channel that is valid; None where none was published."""
    found = tx.scalar(
        sa.select(PriceBookRow.id)
        .where(
            PriceBookRow.brand_id == brand_id, PriceBookRow.market == market,
            PriceBookRow.channel == channel, PriceBookRow.template == template,
            PriceBookRow.valid_from <= now,
        )
        .order_by(PriceBookRow.version.desc())
        .limit(1)
    )  # fmt: skip
    return None if found is None else book_by_id(tx, found)


def book_by_id(tx: Session, book_id: int) -> Book:
    """A book as it was published, whatever came after.

    What is committed is never changed (a trigger says so), so it is read once; what a writing
    transaction sees may still be taken back, and is read each time.
    """
    if is_writing(tx):
        return _read_book(tx, book_id)
    kept = _kept_books.setdefault(tx.get_bind(), {})
    book = kept.get(book_id)
    if book is None:
        if len(kept) >= KEPT_BOOKS:
            kept.clear()
        book = kept[book_id] = _read_book(tx, book_id)
    return book


def book_in_force(tx: Session, brand_id: str, market: str, channel: str, now: datetime) -> Book:
    """The market's book; where the brand published none, the default becomes its first."""
    found = book_for(tx, brand_id, market, channel, now)
    if found:
        return found
    book = replace(default_book(market, brand_id), channel=channel)
    try:
        with tx.begin_nested():
            return publish_book(tx, book, approved_by=("default",), now=now)
    except sa.exc.IntegrityError:  # two first looks at once: the other one's stands
        made = book_for(tx, brand_id, market, channel, now)
        if made is None:
            raise
        return made


def default_book(market: str, brand_id: str = "") -> Book:
    """The prices a new brand starts with in a market; the world's where it has none of its own."""
    data = _defaults()
    markets = data["market"]
    covering = (name for name, terms in markets.items() if market in terms["covers"])
    terms = markets[market if market in markets else next(covering, WORLD)]
    currency = terms["currency"]
    return Book(
        brand_id=brand_id,
        market=market,
        channel=WEB,
        currency=currency,
        bundles=tuple(
            Bundle(each["paid_coins"], Money(each["minor"], currency), each["bonus_coins"])
            for each in terms["bundles"]
        ),
        episode_coins=terms["episode"]["coins"],
        cap_coins=terms["cap"]["coins"],
        plans=tuple(Plan(p["plan"], Money(p["minor"], currency)) for p in terms["vip"]),
        zone=data["zones"].get(market, "UTC"),
        **data["rules"],
    )


@cache
def _defaults() -> dict[str, Any]:
    return tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))


def check_change(before: Book, book: Book, *, persons: int) -> None:
    """Pass a change that so many persons may make.

    Raises:
        NeedsTwo: a price changes by more than a fifth, and one person wants it.
    """
    if before.currency != book.currency or persons > 1:
        return
    old, new = _amounts(before), _amounts(book)
    for item in sorted(old.keys() & new.keys()):
        percent = abs(new[item] - old[item]) * 100 // max(1, old[item])
        if percent > BIG_CHANGE_PERCENT:
            raise NeedsTwo(item=item, percent=percent, limit=BIG_CHANGE_PERCENT)


def _amounts(book: Book) -> dict[str, int]:
    """What a viewer feels: money for an episode, a series, each bundle and plan."""
    return {
        "episode": book.money(book.episode_coins).minor,
        "series cap": book.money(book.cap_coins).minor,
        **({"choice": book.money(book.choice_most_coins).minor} if book.choice_most_coins else {}),
        **{bundle.item: bundle.price.minor for bundle in book.bundles},
        **{f"vip:{plan.plan}": plan.price.minor for plan in book.plans},
    }


def _refuse_stranding(tx: Session, before: Book, book: Book) -> None:
    """Coins that somebody bought are used up or paid back before a market stops taking them."""
    if not before.sells_coins or book.sells_coins:
        return
    holding = sa.select(sa.func.count()).where(
        WalletRow.brand_id == book.brand_id, WalletRow.paid > 0
    )
    viewers = tx.scalar(holding) or 0
    if viewers:
        raise BadBook(
            problem=f"{viewers} viewers hold coins they bought, which nothing here would take. "
            "Keep coins among the ways until they are used or refunded."
        )


RULES = (
    "free_episodes", "ads_per_unlock", "ads_a_day", "rest_discount_percent",
    "first_recharge_bonus_percent", "exact_top_up", "least_minor", "ways", "episodes_per_ad",
    "zone", "breaks_an_hour", "break_after_episodes", "break_after_seconds", "vip_leaves_out",
    "least_free_episodes", "choice_most_coins",
)  # fmt: skip
LISTS = ("ways", "vip_leaves_out")


def _rules(book: Book) -> dict[str, Any]:
    return {
        name: list(getattr(book, name)) if name in LISTS else getattr(book, name) for name in RULES
    }


def _told_rules(row: PriceBookRow) -> dict[str, Any]:
    """As they were written; a rule that is younger than the row has its default."""
    return {name: tuple(told) if name in LISTS else told for name, told in row.rules.items()}


def _price_rows(book: Book, book_id: int) -> list[PriceRow]:
    return [
        PriceRow(book_id=book_id, item="episode", coins=book.episode_coins),
        PriceRow(book_id=book_id, item="series_cap", coins=book.cap_coins),
        *(
            PriceRow(
                book_id=book_id, item=bundle.item, minor=bundle.price.minor,
                paid_coins=bundle.paid_coins, bonus_coins=bundle.bonus_coins,
                store_sku=bundle.store_sku,
            )
            for bundle in book.bundles
        ),
        *(
            PriceRow(book_id=book_id, item=f"vip:{plan.plan}", minor=plan.price.minor)
            for plan in book.plans
        ),
    ]  # fmt: skip


def _read_book(tx: Session, book_id: int) -> Book:
    row = tx.get_one(PriceBookRow, book_id)
    prices = tx.scalars(sa.select(PriceRow).where(PriceRow.book_id == row.id)).all()
    coins = {price.item: price.coins for price in prices if price.coins is not None}
    money = [(price, Money(price.minor, row.currency)) for price in prices if price.minor]
    return Book(
        row.brand_id, row.market, row.channel, row.currency,
        tuple(sorted(
            (Bundle(price.paid_coins, cost, price.bonus_coins, price.store_sku)
             for price, cost in money if price.item.startswith("bundle:")),
            key=lambda bundle: bundle.paid_coins,
        )),
        coins["episode"], coins["series_cap"],
        tuple(sorted(
            (Plan(price.item.removeprefix("vip:"), cost)
             for price, cost in money if price.item.startswith("vip:")),
            key=lambda plan: plan.price.minor,
        )),
        template=row.template, version=row.version, id=row.id, **_told_rules(row),
    )  # fmt: skip

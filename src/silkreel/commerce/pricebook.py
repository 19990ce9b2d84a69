"""The price book: what coins, episodes and a whole series cost in a market, on a channel.

A book is never edited, only succeeded by the next version. Orders, quotes and links keep theirs.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from silkreel.commerce.tables import PriceBookRow, PriceRow
from silkreel.kit.database import Session
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

DEFAULTS = Path(__file__).parent / "data" / "price_book.toml"
WORLD = "001"
WEB = "web"
STANDARD = "standard"
MIN_FREE_EPISODES = 5  # a viewer knows the story before paying for it
MAX_FREE_PERCENT = 20
BIG_CHANGE_PERCENT = 20  # above it two persons approve
MAX_REST_DISCOUNT_PERCENT = 90


class BadBook(Refusal):
    """A book that would mislead or trap a viewer."""

    status = 422
    message = "This price book cannot be published: {problem}"


class NeedsTwo(Refusal):
    """A large change that one person wants."""

    status = 409
    message = (
        "{item} would change by {percent} %. Above {limit} % two persons have to approve; "
        "ask a second one."
    )


@dataclass(frozen=True, slots=True)
class Bundle:
    """Coins for money: bought ones, and a gift that expires."""

    paid_coins: int
    price: Money
    bonus_coins: int = 0
    store_sku: str | None = None

    @property
    def item(self) -> str:
        """Its name in a book."""
        return f"bundle:{self.paid_coins}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A VIP plan's price for its period."""

    plan: str  # week | month | year
    price: Money


@dataclass(frozen=True, slots=True)
class TopUp:
    """The least a viewer pays to get so many coins more, and what is then left over."""

    price: Money
    paid_coins: int
    left_over_coins: int


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the prices of a market on a channel."""

    brand_id: str
    market: str
    channel: str
    currency: str
    bundles: tuple[Bundle, ...]
    episode_coins: int
    cap_coins: int
    plans: tuple[Plan, ...] = ()
    free_episodes: int = 10
    ads_per_unlock: int = 1
    ads_a_day: int = 20
    rest_discount_percent: int = 25
    first_recharge_bonus_percent: int = 0
    exact_top_up: bool = True  # a store with fixed products cannot
    least_minor: int = 0  # the smallest amount the provider takes
    template: str = STANDARD
    version: int = 1
    id: int = 0  # 0 until published

    @property
    def base(self) -> Bundle:
        """The smallest bundle, by which every coin price is shown in money."""
        return min(self.bundles, key=lambda bundle: bundle.paid_coins)

    def money(self, coins: int) -> Money:
        """Coins at the price of the smallest bundle, without volume discount, rounded up."""
        return Money(-(-coins * self.base.price.minor // self.base.paid_coins), self.currency)

    def top_up(self, missing_coins: int) -> TopUp:
        """The cheapest purchase that gives the coins that are missing."""
        if self.exact_top_up:
            price = self.money(missing_coins)
            if price.minor >= self.least_minor:
                return TopUp(price, missing_coins, 0)
            coins = self.least_minor * self.base.paid_coins // self.base.price.minor
            return TopUp(Money(self.least_minor, self.currency), coins, coins - missing_coins)
        enough = [bundle for bundle in self.bundles if bundle.paid_coins >= missing_coins]
        if not enough:
            count = -(-missing_coins // self.base.paid_coins)
            coins = count * self.base.paid_coins
            price = Money(count * self.base.price.minor, self.currency)
            return TopUp(price, coins, coins - missing_coins)
        best = min(enough, key=lambda bundle: (bundle.price.minor, bundle.paid_coins))
        return TopUp(best.price, best.paid_coins, best.paid_coins - missing_coins)

    def free_head(self, episodes: int) -> int:
        """Free episodes of a series of this length: never under 5, nor over a fifth beyond that."""
        fifth = episodes * MAX_FREE_PERCENT // 100
        return min(episodes, max(MIN_FREE_EPISODES, min(self.free_episodes, fifth)))

    def first_recharge(self, *, recharged_before: bool) -> Bundle | None:
        """The smallest bundle with its once-only gift, for who never bought coins."""
        gift = self.base.paid_coins * self.first_recharge_bonus_percent // 100
        if recharged_before or not gift:
            return None
        return replace(self.base, bonus_coins=self.base.bonus_coins + gift)


def check_book(book: Book) -> None:
    """Refuse a book that hides a price or sells what nobody can use up.

    Raises:
        BadBook: with the first problem found.
    """
    if not book.bundles:
        raise BadBook(problem="no bundle has a price in money, so coins could not be shown in it.")
    for wrong, problem in (*_faults_of_bundles(book), *_faults_of_terms(book)):
        if wrong:
            raise BadBook(problem=problem)
    left = book.top_up(book.episode_coins).left_over_coins
    if left > book.episode_coins:
        raise BadBook(
            problem=f"the cheapest way to buy one episode leaves {left} coins over, more than "
            "another episode costs. Offer an exact top-up or a product of one episode."
        )


def _faults_of_bundles(book: Book) -> Iterable[tuple[bool, str]]:
    base, bundles = book.base, book.bundles
    base_coins = base.paid_coins + base.bonus_coins
    return (
        (any(b.price.currency != book.currency for b in bundles),
         f"every price of this market is in {book.currency}."),
        (any(b.price.minor <= 0 or b.paid_coins <= 0 or b.bonus_coins < 0 for b in bundles),
         "a bundle gives coins for a price above zero."),
        (len({b.paid_coins for b in bundles}) != len(bundles),
         "two bundles give the same number of coins."),
        (any(b.price.minor * base_coins > (b.paid_coins + b.bonus_coins) * base.price.minor
             for b in bundles),
         "a larger bundle costs more for each coin than the smallest."),
    )  # fmt: skip


def _faults_of_terms(book: Book) -> Iterable[tuple[bool, str]]:
    return (
        (book.episode_coins <= 0,
         "an episode has no price, so it would only be told at the wall."),
        (book.cap_coins < book.episode_coins,
         "the series cap is below the price of one episode."),
        (book.free_episodes < MIN_FREE_EPISODES,
         f"a series begins with at least {MIN_FREE_EPISODES} free episodes."),
        (not 0 <= book.rest_discount_percent <= MAX_REST_DISCOUNT_PERCENT,
         f"the discount on the rest is 0 to {MAX_REST_DISCOUNT_PERCENT} %."),
        (book.ads_per_unlock < 1 or book.ads_a_day < 0,
         "an ad unlock takes at least one ad."),
    )  # fmt: skip


def publish_book(tx: Session, book: Book, *, approved_by: tuple[str, ...], now: datetime) -> Book:
    """Make `book` the next version from `now` on.

    Raises:
        BadBook: it hides a price or traps coins.
        NeedsTwo: a price changes by more than a fifth, and fewer than two persons approved.
    """
    check_book(book)
    before = book_for(tx, book.brand_id, book.market, book.channel, now, template=book.template)
    if before is not None:
        _check_change(before, book, persons=len(set(approved_by)))
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
    row = tx.scalars(
        sa.select(PriceBookRow)
        .where(
            PriceBookRow.brand_id == brand_id, PriceBookRow.market == market,
            PriceBookRow.channel == channel, PriceBookRow.template == template,
            PriceBookRow.valid_from <= now,
        )
        .order_by(PriceBookRow.version.desc())
        .limit(1)
    ).first()  # fmt: skip
    return _book(tx, row) if row else None


def book_by_id(tx: Session, book_id: int) -> Book:
    """A book as it was published, whatever came after."""
    return _book(tx, tx.get_one(PriceBookRow, book_id))


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
        **data["rules"],
    )


@cache
def _defaults() -> dict[str, Any]:
    return tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))


def _check_change(before: Book, book: Book, *, persons: int) -> None:
    if before.currency != book.currency or persons > 1:
        return
    old, new = _amounts(before), _amounts(book)
    for item in sorted(old.keys() & new.keys()):
        percent = abs(new[item] - old[item]) * 100 // old[item]
        if percent > BIG_CHANGE_PERCENT:
            raise NeedsTwo(item=item, percent=percent, limit=BIG_CHANGE_PERCENT)


def _amounts(book: Book) -> dict[str, int]:
    """What a viewer feels: money for an episode, a series, each bundle and plan."""
    return {
        "episode": book.money(book.episode_coins).minor,
        "series cap": book.money(book.cap_coins).minor,
        **{bundle.item: bundle.price.minor for bundle in book.bundles},
        **{f"vip:{plan.plan}": plan.price.minor for plan in book.plans},
    }


RULES = (
    "free_episodes", "ads_per_unlock", "ads_a_day", "rest_discount_percent",
    "first_recharge_bonus_percent", "exact_top_up", "least_minor",
)  # fmt: skip


def _rules(book: Book) -> dict[str, Any]:
    return {name: getattr(book, name) for name in RULES}


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


def _book(tx: Session, row: PriceBookRow) -> Book:
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
        template=row.template, version=row.version, id=row.id, **row.rules,
    )  # fmt: skip

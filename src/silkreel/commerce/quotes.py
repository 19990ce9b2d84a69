"""The price a viewer was shown: it may fall, and never rises while they watch the series."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.pricebook import book_by_id, book_for, book_in_force
from silkreel.commerce.tables import QuoteRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.money import COIN, Money, split

QUOTE_LASTS = timedelta(days=180)
# Which of two is better for the viewer.
TERMS: dict[str, Callable[[int, int], int]] = {
    "free_episodes": max,
    "episode_coins": min,
    "cap_coins": min,
    "rest_discount_percent": max,
    "ads_per_unlock": min,
}


@dataclass(frozen=True, slots=True)
class WallArm:
    """How many episodes an experiment's arm leaves free, within what the book allows."""

    name: str
    free_episodes: int


@dataclass(frozen=True, slots=True)
class Viewing:
    """Who looks at what, from where."""

    viewer_id: str
    brand_id: str
    series_id: str
    market: str
    channel: str
    arm: WallArm | None = None  # what is tried on who meets the series anew


@dataclass(frozen=True, slots=True)
class Quote:
    """Terms of a series that were shown to a viewer, and the book that gives them in money."""

    id: int
    book: Book
    free_episodes: int
    episode_coins: int
    cap_coins: int
    rest_discount_percent: int
    ads_per_unlock: int
    until: datetime
    shown_at: datetime | None = None  # first; None: nobody keeps it
    arm: str = ""  # of the experiment that put the wall there


@dataclass(frozen=True, slots=True)
class SeriesPrice:
    """What a series costs somebody from here to its end, told before the first play."""

    episodes: int
    free_episodes: int
    locked_episodes: int  # neither free nor owned
    episode_coins: int
    episode_money: Money
    finish_coins: int  # for all that is locked, after discount and cap
    finish_money: Money
    cap_coins: int
    cap_money: Money
    days_with_ads: int | None  # None where ads open nothing


def show_price(tx: Session, viewing: Viewing, episodes: int, now: datetime) -> Quote:
    """The quote in force; the first look at a series makes it, and a cheaper book lowers it."""
    book = book_in_force(tx, viewing.brand_id, viewing.market, viewing.channel, now)
    row = _row(tx, viewing)
    if row is None:
        insert_once(tx, QuoteRow, {**_name(viewing), **_fresh(book, episodes, now, viewing.arm)})
        row = _row(tx, viewing)
    assert row is not None, "it was there or has just been made"
    if row.until <= now:
        _set(row, _fresh(book, episodes, now, viewing.arm))
    else:
        _set(row, _better(row, _offered(row, book, episodes)))
    tx.flush()
    return _quote(tx, row)


def seen_price(
    tx: Session, viewing: Viewing, episodes: int, now: datetime, *, book: Book | None = None
) -> Quote | None:
    """The quote as it stands, only read; None where `show_price` would make, lower or renew it.

    `book` is the one in force, where it was read before.
    """
    row = _row(tx, viewing)
    book = book or book_for(tx, viewing.brand_id, viewing.market, viewing.channel, now)
    if row is None or book is None or row.until <= now:
        return None
    better = _better(row, _offered(row, book, episodes))
    return _quote(tx, row) if all(getattr(row, name) == better[name] for name in better) else None


def first_quote(book: Book, episodes: int, now: datetime) -> Quote:
    """What a first look would be quoted; kept for nobody."""
    terms = _terms(book, episodes)
    return Quote(id=0, book=book, until=now + QUOTE_LASTS, shown_at=None, arm="", **terms)


def series_price(
    quote: Quote, episodes: int, *, owned: int = 0, spent_coins: int = 0
) -> SeriesPrice:
    """The price of a series, for somebody who owns and has spent so much.

    Args:
        quote: what the viewer was shown.
        episodes: in the series.
        owned: episodes behind the free head that the viewer has bought.
        spent_coins: that the viewer has spent on the series.
    """
    book = quote.book
    free = min(episodes, quote.free_episodes)
    locked = max(0, episodes - free - owned)
    finish = sum(rest_prices(quote, locked, spent_coins=spent_coins))
    ads = -(-locked // book.episodes_per_ad) * quote.ads_per_unlock
    by_ads = -(-ads // book.ads_a_day) if book.opens_by_ads else None
    return SeriesPrice(
        episodes, free, locked, quote.episode_coins, book.money(quote.episode_coins), finish,
        book.money(finish), quote.cap_coins, book.money(quote.cap_coins), by_ads,
    )  # fmt: skip


def rest_prices(quote: Quote, locked: int, *, spent_coins: int) -> tuple[int, ...]:
    """Coins for each episode of the rest, bought at once: discounted, within the cap."""
    if not locked:
        return ()
    kept_percent = 100 - quote.rest_discount_percent
    total = locked * quote.episode_coins * kept_percent // 100
    total = max(0, min(total, quote.cap_coins - spent_coins))
    return tuple(share.minor for share in split(Money(total, COIN), (1,) * locked))


def merge_quotes(tx: Session, guest_id: str, viewer_id: str, brand_id: str) -> None:
    """A guest signs in: of two quotes for a series the viewer keeps the better of each term."""
    of_guest = QuoteRow.viewer_id == guest_id, QuoteRow.brand_id == brand_id
    for guest in tx.scalars(sa.select(QuoteRow).where(*of_guest)).all():
        mine = _row(tx, Viewing(viewer_id, brand_id, guest.series_id, guest.market, guest.channel))
        if mine is None:
            guest.viewer_id = viewer_id
            continue
        _set(mine, _better(mine, {name: getattr(guest, name) for name in TERMS}))
        mine.until = max(mine.until, guest.until)
        mine.exposed_at = min(mine.exposed_at, guest.exposed_at)
        tx.delete(guest)
    tx.flush()


def _name(viewing: Viewing) -> dict[str, str]:
    return {
        "viewer_id": viewing.viewer_id, "brand_id": viewing.brand_id,
        "series_id": viewing.series_id, "market": viewing.market, "channel": viewing.channel,
    }  # fmt: skip


def _row(tx: Session, viewing: Viewing) -> QuoteRow | None:
    return tx.scalars(sa.select(QuoteRow).filter_by(**_name(viewing))).first()


def _fresh(book: Book, episodes: int, now: datetime, arm: WallArm | None) -> dict[str, object]:
    tried = replace(book, free_episodes=arm.free_episodes) if arm else book
    return {
        "book_id": book.id, **_terms(tried, episodes), "arm": arm.name if arm else "",
        "link_id": "", "exposed_at": now, "until": now + QUOTE_LASTS,
    }  # fmt: skip


def _offered(row: QuoteRow, book: Book, episodes: int) -> dict[str, int]:
    """The book's terms now; a wall that an experiment placed stays where it was seen."""
    terms = _terms(book, episodes)
    return {**terms, "free_episodes": row.free_episodes} if row.arm else terms


def _terms(book: Book, episodes: int) -> dict[str, int]:
    return {
        "free_episodes": book.free_head(episodes), "episode_coins": book.episode_coins,
        "cap_coins": book.cap_coins, "rest_discount_percent": book.rest_discount_percent,
        "ads_per_unlock": book.ads_per_unlock,
    }  # fmt: skip


def _better(row: QuoteRow, offered: Mapping[str, int]) -> dict[str, int]:
    """Each term as it is, or as offered where that is better for the viewer."""
    return {name: best(getattr(row, name), offered[name]) for name, best in TERMS.items()}


def _set(row: QuoteRow, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _quote(tx: Session, row: QuoteRow) -> Quote:
    return Quote(
        row.id, book_by_id(tx, row.book_id), row.free_episodes, row.episode_coins, row.cap_coins,
        row.rest_discount_percent, row.ads_per_unlock, row.until, row.exposed_at,
        row.arm,
    )  # fmt: skip

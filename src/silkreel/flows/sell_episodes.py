"""Selling episodes: the price is told before the first play, and what is locked says what it costs.

A market without a price book in force is free: nothing is locked, and nothing is written here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.browse import VIDEO, NotShown, open_door
from silkreel.catalogue.releases import WORLD
from silkreel.catalogue.tables import EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.commerce.arms import Arms, Place
from silkreel.commerce.book import WEB, Book
from silkreel.commerce.pricebook import book_for
from silkreel.commerce.quotes import (
    Quote,
    SeriesPrice,
    Viewing,
    first_quote,
    series_price,
    show_price,
)
from silkreel.commerce.tables import PriceBookRow
from silkreel.commerce.unlock import NoSuchEpisodes, owned_and_spent
from silkreel.kit.data_version import DataVersion
from silkreel.kit.database import Database, Session

PICTURED = sa.exists().where(RenditionRow.episode_id == EpisodeRow.id, RenditionRow.kind == VIDEO)


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who stands before a price, where; `viewer_id` is None for strangers."""

    viewer_id: str | None
    brand_id: str
    market: str
    arms: Arms = field(default_factory=Arms)  # what is tried on viewers here

    def at(self, series_id: str) -> Place:
        """Where they stand; only viewers that we know stand anywhere."""
        assert self.viewer_id is not None, "an arm is drawn for somebody"
        return Place(self.viewer_id, self.brand_id, series_id, self.market)


@dataclass(frozen=True, slots=True)
class InMarket:
    """A series that is out in a market, and since when."""

    series_id: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class OnSale:
    """A series as it is sold: all its episodes count, those with a picture can be bought."""

    series_id: str
    episodes: int
    playable: frozenset[str]
    slug: str
    released_at: datetime  # in the market asked for


@dataclass(frozen=True, slots=True)
class Told:
    """A price as it is told, the terms behind it, and until when they hold."""

    price: SeriesPrice
    quote: Quote


class Shop:
    """Whether this installation sells at all, remembered until somebody writes."""

    def __init__(self, database: Database, version: DataVersion) -> None:
        self._database = database
        self._version = version
        self._seen: tuple[int | None, bool] = (None, False)

    def sells(self) -> bool:
        """Whether there is a price book, in whatever market: without one nothing can be locked."""
        version = self._version.read()
        seen, known = self._seen
        if version is not None and version == seen:
            return known
        with self._database.reading() as tx:
            found = tx.scalar(sa.select(PriceBookRow.id).limit(1)) is not None
        self._seen = (version, found)
        return found


def find_in_market(tx: Session, slug: str, market: str) -> InMarket:
    """A released series by its slug, without its episodes.

    Raises:
        NotShown: there is none, or none for this market.
    """
    of_series = SeriesRow.id == ReleaseRow.series_id
    query = sa.select(ReleaseRow).join(SeriesRow, of_series).where(SeriesRow.slug == slug)
    releases = tx.scalars(query).all()
    if open_door(releases, market) is None:
        raise NotShown
    out_since = min(each.released_at for each in releases if each.market in (market, WORLD))
    return InMarket(releases[0].series_id, out_since)


def find_on_sale(tx: Session, slug: str, market: str) -> OnSale:
    """A released series by its slug, with all its episodes.

    Raises:
        NotShown: there is none, or none for this market.
    """
    out = find_in_market(tx, slug, market)
    rows = tx.execute(
        sa.select(EpisodeRow.id, PICTURED).where(EpisodeRow.series_id == out.series_id)
    )
    all_of_it = {row[0]: bool(row[1]) for row in rows}
    playable = frozenset(episode for episode, ready in all_of_it.items() if ready)
    return OnSale(out.series_id, len(all_of_it), playable, slug, out.released_at)


def refuse_unplayable(tx: Session, series_id: str, episode_ids: Sequence[str]) -> None:
    """Sell nothing that cannot be watched.

    Raises:
        NoSuchEpisodes: the series has no such episode, or it has no picture yet.
    """
    asked = EpisodeRow.id.in_(episode_ids), EpisodeRow.series_id == series_id
    playable = set(tx.scalars(sa.select(EpisodeRow.id).where(*asked, PICTURED)))
    for episode in episode_ids:
        if episode not in playable:
            raise NoSuchEpisodes(episode=episode)


def book_at(tx: Session, who: Onlooker, now: datetime) -> Book | None:
    """The price book in force where somebody stands; None: everything there is free."""
    return book_for(tx, who.brand_id, who.market, WEB, now)


def standing_price(tx: Session, who: Onlooker, slug: str, now: datetime) -> SeriesPrice | None:
    """What a first look at a series would be told; kept for nobody. None where it is free.

    Raises:
        NotShown: there is no such series here.
    """
    book = book_at(tx, who, now)
    if book is None:
        return None
    episodes = find_on_sale(tx, slug, who.market).episodes
    return series_price(first_quote(book, episodes, now), episodes)


def viewing_of(who: Onlooker, series_id: str) -> Viewing:
    """The name of a quote; only viewers that we know have one."""
    assert who.viewer_id is not None, "a price is kept for somebody"
    arm = who.arms.wall(who.at(series_id))
    return Viewing(who.viewer_id, who.brand_id, series_id, who.market, WEB, arm)


def tell_price(
    tx: Session,
    who: Onlooker,
    sale: OnSale,
    now: datetime,
    quoted: Callable[[Session, Viewing, int, datetime], Quote | None] = show_price,
) -> Told | None:
    """What the series costs this viewer from here to its end; None where `quoted` knows none."""
    viewing = viewing_of(who, sale.series_id)
    quote = quoted(tx, viewing, sale.episodes, now)
    if quote is None:
        return None
    owned, spent = owned_and_spent(tx, viewing)
    price = series_price(quote, sale.episodes, owned=len(owned), spent_coins=spent)
    return Told(price, quote)

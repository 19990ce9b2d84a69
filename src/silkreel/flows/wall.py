"""At the wall: whether somebody may play an episode, by which right, and what it would cost.

Charges nothing. Whether an episode is shown in a market at all is decided before.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.browse import NotShown
from silkreel.catalogue.releases import WORLD
from silkreel.catalogue.tables import EpisodeRow, ReleaseRow, SeriesRow
from silkreel.commerce import vip
from silkreel.commerce.access import Allowed, Decision, Facts, Locked, Right, can_play, rights_of
from silkreel.commerce.book import Book
from silkreel.commerce.quotes import Quote, first_quote, seen_price, show_price
from silkreel.flows.sell_episodes import Onlooker, OnSale, book_at, find_on_sale, viewing_of
from silkreel.kit.database import Database, Session
from silkreel.kit.money_words import written
from silkreel.kit.refusals import Refusal


class EpisodeLocked(Refusal):
    """It plays once it is paid for."""

    status = 402
    message = (
        "Episode {number} opens for {episode_coins} coins (about {price}). Unlock it, then play it."
    )


class EpisodeForAds(Refusal):
    """It plays once an ad was watched, or with VIP: no coins are sold here."""

    status = 402
    code = "flows.episode_locked"
    message = "Episode {number} opens by an ad or with VIP. Choose one, then play it."


@dataclass(frozen=True, slots=True)
class Wall:
    """Somebody before an episode of a series that is sold where they are."""

    episode_id: str
    number: int
    length_seconds: float
    sale: OnSale
    book: Book  # in force now
    quote: Quote  # as this viewer was shown it; a stranger's is kept for nobody
    rights: tuple[Right, ...]
    vip_covers: bool  # by what the viewer agreed to, or by today's book
    decision: Decision

    @property
    def cause(self) -> str:
        """Which right opens it; empty where it is locked."""
        return self.decision.cause if isinstance(self.decision, Allowed) else ""

    @property
    def has_vip(self) -> bool:
        """Whether a VIP of theirs runs, covering this or not."""
        return any(right.cause == "vip" for right in self.rights)


def stand_before(database: Database, who: Onlooker, episode_id: str, now: datetime) -> Wall | None:
    """The wall, its quote kept for a viewer we know; None where nothing is sold.

    Raises:
        NotShown: there is no such episode, or not in this market.
    """
    with database.reading() as tx:
        slug = tx.scalar(
            sa.select(SeriesRow.slug)
            .join(EpisodeRow, EpisodeRow.series_id == SeriesRow.id)
            .where(EpisodeRow.id == episode_id)
        )
        if slug is None:
            raise NotShown
        sale = find_on_sale(tx, slug, who.market)
        if episode_id not in sale.playable:
            raise NotShown
    return _stand(database, who, episode_id, sale, now)


def let_in(database: Database, who: Onlooker, episode_id: str, now: datetime) -> str:
    """Pass whoever may play an episode that is shown where they are, and say by which right.

    Raises:
        EpisodeLocked, EpisodeForAds: a price book is in force, and it is neither free nor theirs.
    """
    with database.reading() as tx:
        if book_at(tx, who, now) is None:
            return ""
        sale = sale_of(tx, tx.get_one(EpisodeRow, episode_id).series_id, who.market)
    wall = _stand(database, who, episode_id, sale, now)
    if wall is not None and isinstance(wall.decision, Locked):
        raise locked(wall)
    return wall.cause if wall else ""


def locked(wall: Wall) -> Refusal:
    """The no, with the price that it can be opened for."""
    return no_for(wall.episode_id, wall.number, wall.book, wall.quote)


def no_for(episode_id: str, number: int, book: Book, quote: Quote) -> Refusal:
    """The no before an episode, with the price that it can be opened for."""
    free = quote.free_episodes
    if not sold_for_coins(book, quote):
        return EpisodeForAds(
            episode=episode_id, number=number, episode_coins=None, free_episodes=free
        )
    price = quote.book.money(quote.episode_coins)
    return EpisodeLocked(
        episode=episode_id, number=number, episode_coins=quote.episode_coins,
        price=written(price), price_minor=price.minor, currency=price.currency, free_episodes=free,
    )  # fmt: skip


def sold_for_coins(book: Book, quote: Quote) -> bool:
    """Whether coins open it: who saw a series without coin prices never meets one in it."""
    return book.sells_coins and quote.book.sells_coins


def _stand(
    database: Database, who: Onlooker, episode_id: str, sale: OnSale, now: datetime
) -> Wall | None:
    shown = prices_shown(database, who, sale, now)
    if shown is None:
        return None
    book, quote = shown
    with database.reading() as tx:
        episode = tx.get_one(EpisodeRow, episode_id)
        rights = _rights_of(tx, who, episode, now)
        covers = vip_covers(tx, who, sale, book, now)
        facts = Facts(episode.number, quote.free_episodes, rights, vip_covers=covers)
        return Wall(
            episode.id, episode.number, episode.length_seconds, sale, book, quote, rights, covers,
            can_play(facts, now),
        )  # fmt: skip


def prices_shown(
    database: Database, who: Onlooker, sale: OnSale, now: datetime
) -> tuple[Book, Quote] | None:
    """The book in force and the prices as this viewer was shown them; None where nothing is sold."""
    with database.reading() as tx:
        book = book_at(tx, who, now)
        if book is None:
            return None
        quote = _quote_of(tx, who, sale, book, now)
    if quote is None:  # nobody has shown it yet, the book is cheaper now, or the quote ran out
        with database.transaction() as tx:
            quote = show_price(tx, viewing_of(who, sale.series_id), sale.episodes, now)
    return book, quote


def _quote_of(tx: Session, who: Onlooker, sale: OnSale, book: Book, now: datetime) -> Quote | None:
    if who.viewer_id is None:
        return first_quote(book, sale.episodes, now)
    return seen_price(tx, viewing_of(who, sale.series_id), sale.episodes, now, book=book)


def _rights_of(tx: Session, who: Onlooker, episode: EpisodeRow, now: datetime) -> tuple[Right, ...]:
    if who.viewer_id is None:
        return ()
    return rights_of(tx, who.viewer_id, who.brand_id, episode.series_id, episode.id, now)


def vip_covers(tx: Session, who: Onlooker, sale: OnSale, book: Book, now: datetime) -> bool:
    """A title that VIP leaves out stays open to who agreed while it was not."""
    if sale.slug not in book.vip_leaves_out:
        return True
    if who.viewer_id is None:
        return False
    return vip.covered(
        tx, who.viewer_id, who.brand_id, sale.series_id, sale.released_at, now, excluded=True
    )


def sale_of(tx: Session, series_id: str, market: str) -> OnSale:
    """A series as it is sold in a market.

    Raises:
        NotShown: it is not released there.
    """
    ids = frozenset(tx.scalars(sa.select(EpisodeRow.id).where(EpisodeRow.series_id == series_id)))
    slug = tx.scalars(sa.select(SeriesRow.slug).where(SeriesRow.id == series_id)).one()
    out = sa.select(sa.func.min(ReleaseRow.released_at)).where(
        ReleaseRow.series_id == series_id, ReleaseRow.market.in_((market, WORLD))
    )
    released_at = tx.scalar(out)
    if released_at is None:
        raise NotShown
    return OnSale(series_id, len(ids), ids, slug, released_at)

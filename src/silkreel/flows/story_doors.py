"""One entitlement for three media: what opens an episode opens its scenes in novel and game too."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from silkreel.catalogue.series import episodes_of
from silkreel.commerce.access import Facts, Locked, Rights, can_play, rights_in_series
from silkreel.commerce.quotes import show_price
from silkreel.flows.sell_episodes import (
    Onlooker,
    OnSale,
    book_at,
    locked_at,
    quote_of,
    viewing_of,
)
from silkreel.kit.database import Database
from silkreel.kit.refusals import Refusal, Value


class NotOutYet(Refusal):
    """The story goes on in an episode that is not in the catalogue, so nothing can open it."""

    status = 402
    message = "Episode {number} is not out yet. Come back when it is."


@dataclass(frozen=True, slots=True)
class Doors:
    """Which episodes of a story are closed to somebody, and the no that says what opens each."""

    closed: Mapping[int, Refusal] = field(default_factory=dict)

    def first_closed(self, episodes: Collection[int]) -> Refusal | None:
        """The no of the first closed one of these, None where all are open."""
        return next((self.closed[each] for each in episodes if each in self.closed), None)

    def pass_through(self, episode: int) -> None:
        """Go on where the episode is open.

        Raises:
            EpisodeLocked, NotOutYet: it is not.
        """
        if episode in self.closed:
            raise self.closed[episode]


def doors_for(
    database: Database, who: Onlooker, series_id: str, numbers: Collection[int], now: datetime
) -> Doors:
    """The doors of a story's episodes as the player would find them. Charges nothing.

    Without a price book in force everything is open.
    """
    with database.reading() as tx:
        book = book_at(tx, who, now)
        if book is None:
            return Doors()
        episodes = {each.number: each for each in episodes_of(tx, series_id)}
        sale = OnSale(series_id, len(episodes), frozenset(x.id for x in episodes.values()))
        quote, stale = quote_of(tx, who, sale, now)
        rights = Rights()
        if who.viewer_id is not None:
            rights = rights_in_series(tx, who.viewer_id, who.brand_id, series_id, now)
    if stale:  # the book has become cheaper, or the quote has run out
        with database.transaction() as tx:
            quote = show_price(tx, viewing_of(who, series_id), sale.episodes, now)
    free = quote.free_episodes if quote else book.free_head(sale.episodes)
    closed: dict[int, Refusal] = {}
    for number in numbers:
        episode = episodes.get(number)
        mine = rights.to(episode.id) if episode else rights.everywhere
        if not isinstance(can_play(Facts(number, free, mine), now), Locked):
            continue
        closed[number] = (
            locked_at(episode, quote, book, free) if episode else NotOutYet(number=number)
        )
    return Doors(closed)


def told(refusal: Refusal | None) -> dict[str, Value] | None:
    """A no inside a yes: the values its sentence is made with, and what it is called."""
    if refusal is None:
        return None
    return {**refusal.values, "code": refusal.code, "detail": str(refusal)}

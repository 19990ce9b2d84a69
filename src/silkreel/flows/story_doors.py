"""One entitlement for three media: what opens an episode opens its scenes in novel and game too."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from silkreel.catalogue.series import episodes_of
from silkreel.commerce.access import Facts, Locked, Rights, can_play, rights_in_series
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.wall import no_for, prices_shown, sale_of, vip_covers
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
        if book_at(tx, who, now) is None:
            return Doors()
        sale = sale_of(tx, series_id, who.market)
    shown = prices_shown(database, who, sale, now)
    if shown is None:
        return Doors()
    book, quote = shown
    with database.reading() as tx:
        episodes = {each.number: each.id for each in episodes_of(tx, series_id)}
        covers, rights = vip_covers(tx, who, sale, book, now), Rights()
        if who.viewer_id is not None:
            rights = rights_in_series(tx, who.viewer_id, who.brand_id, series_id, now)
    closed: dict[int, Refusal] = {}
    for number in numbers:
        episode = episodes.get(number)
        mine = rights.to(episode) if episode else rights.everywhere
        facts = Facts(number, quote.free_episodes, mine, vip_covers=covers)
        if isinstance(can_play(facts, now), Locked):
            there = no_for(episode, number, book, quote) if episode else None
            closed[number] = there or NotOutYet(number=number)
    return Doors(closed)


def told(refusal: Refusal | None) -> dict[str, Value] | None:
    """A no inside a yes: the values its sentence is made with, and what it is called."""
    if refusal is None:
        return None
    return {**refusal.values, "code": refusal.code, "detail": str(refusal)}

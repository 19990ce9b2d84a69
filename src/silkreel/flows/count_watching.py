"""A player tells that it plays: seconds that VIP opened are counted, of nobody else anything."""

from datetime import datetime

from silkreel.catalogue.browse import NotShown
from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce.access import Allowed, Facts, can_play, rights_of
from silkreel.commerce.quotes import seen_price
from silkreel.commerce.vip_watching import Watched, note_watching
from silkreel.flows.sell_episodes import Onlooker, book_at, viewing_of
from silkreel.kit.database import Database, Session


def count_watching(
    database: Database, who: Onlooker, episode_id: str, asset: str, seconds: int, at: datetime
) -> bool:
    """Count what VIP let somebody watch; whether it counted.

    `asset` is what the player's own address was signed for: without it nobody was let in.

    Raises:
        NotShown: there is no such episode, or the address is another's.
    """
    with database.reading() as tx:
        episode = tx.get(EpisodeRow, episode_id)
        if episode is None or episode.asset != asset:
            raise NotShown
        if not _by_vip(tx, who, episode, at):
            return False
        told = Watched(
            who.viewer_id or "", who.brand_id, episode.series_id, episode.id, who.market, seconds,
            max(1, round(episode.length_seconds)),
        )  # fmt: skip
    with database.transaction() as tx:
        note_watching(tx, told, at)
    return True


def _by_vip(tx: Session, who: Onlooker, episode: EpisodeRow, at: datetime) -> bool:
    """Whether it is VIP that opens the episode: settlement pays the stream that opened it."""
    if who.viewer_id is None:
        return False
    rights = rights_of(tx, who.viewer_id, who.brand_id, episode.series_id, episode.id, at)
    book = book_at(tx, who, at)
    if book is None or not any(right.cause == "vip" for right in rights):
        return False
    count = tx.query(EpisodeRow).filter_by(series_id=episode.series_id).count()
    quote = seen_price(tx, viewing_of(who, episode.series_id), count, at)
    free = quote.free_episodes if quote else book.free_head(count)
    decision = can_play(Facts(episode.number, free, rights), at)
    return isinstance(decision, Allowed) and decision.cause == "vip"

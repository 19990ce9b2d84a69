"""Whether VIP opened a play: who then withdraws gets the days that are left, not the whole price."""

from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce import vip
from silkreel.commerce.access import Allowed, Facts, can_play, rights_of
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.kit.database import Database


def note_vip_play(database: Database, who: Onlooker, episode_id: str, at: datetime) -> None:
    """Note it, where nothing else would have opened the episode."""
    with database.reading() as tx:
        episode = tx.get(EpisodeRow, episode_id)
        book = book_at(tx, who, at)
        if who.viewer_id is None or episode is None or book is None:
            return
        series = episode.series_id
        count = sa.select(sa.func.count()).where(EpisodeRow.series_id == series)
        free = book.free_head(tx.scalar(count) or 0)
        rights = rights_of(tx, who.viewer_id, who.brand_id, series, episode.id, at)
        found = can_play(Facts(episode.number, free, rights), at)
    if isinstance(found, Allowed) and found.cause == "vip":
        with database.transaction() as tx:
            vip.mark_played(tx, who.viewer_id, who.brand_id, at)

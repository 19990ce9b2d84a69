"""A player tells that it plays: seconds that VIP opened are counted, of nobody else anything."""

from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.browse import NotShown
from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce.vip_watching import Watched, note_watching
from silkreel.flows.sell_episodes import Onlooker
from silkreel.flows.wall import stand_before
from silkreel.kit.database import Database


def count_watching(
    database: Database, who: Onlooker, episode_id: str, asset: str, seconds: int, at: datetime
) -> bool:
    """Count what VIP let somebody watch; whether it counted.

    `asset` is what the player's own address was signed for: without it nobody was let in.

    Raises:
        NotShown: there is no such episode, or the address is another's.
    """
    with database.reading() as tx:
        known = tx.scalar(sa.select(EpisodeRow.asset).where(EpisodeRow.id == episode_id))
    if known != asset:
        raise NotShown
    wall = stand_before(database, who, episode_id, at)
    if wall is None or who.viewer_id is None or wall.cause != "vip":
        return False
    told = Watched(
        who.viewer_id, who.brand_id, wall.sale.series_id, episode_id, who.market, seconds,
        max(1, round(wall.length_seconds)),
    )  # fmt: skip
    with database.transaction() as tx:
        note_watching(tx, told, at)
    return True

"""The player tells that an episode was really played, which ends the time to undo its unlock."""

from typing import Annotated

from fastapi import APIRouter, Path

from silkreel.catalogue.browse import NotShown
from silkreel.commerce import vip
from silkreel.commerce.unlock import mark_watched
from silkreel.flows.wall import stand_before
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker
from silkreel.web.api.money.shapes import ID_LENGTH
from silkreel.web.edge import TheSite

router = APIRouter(tags=["money"], responses=NOES, dependencies=GATES)


@router.post("/api/episodes/{episode_id}/watched", status_code=204)
def watched(
    episode_id: Annotated[str, Path(max_length=ID_LENGTH)], site: TheSite, who: TheOnlooker
) -> None:
    """Say it once playback is five seconds in; safe to say again. Warming an episode is no play.

    A player that never says it can undo what it watched, three times in 30 days at most.
    """
    if who.viewer_id is None:
        return
    database, at = site.workshop.database, now()
    mark_watched(database, site.counter.till, who.viewer_id, who.brand_id, episode_id)
    try:
        wall = stand_before(database, who, episode_id, at)
    except NotShown:
        return
    if wall is not None and wall.cause == "vip":
        with database.transaction() as tx:
            vip.mark_played(tx, who.viewer_id, who.brand_id, at)

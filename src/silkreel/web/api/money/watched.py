"""The player tells that an episode was really played, which ends the time to undo its unlock."""

from typing import Annotated

from fastapi import APIRouter, Path

from silkreel.commerce.unlock import mark_watched
from silkreel.flows.vip_plays import note_vip_play
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
    if who.viewer_id is not None:
        mark_watched(
            site.workshop.database, site.counter.till, who.viewer_id, who.brand_id, episode_id
        )
        note_vip_play(site.workshop.database, who, episode_id, now())

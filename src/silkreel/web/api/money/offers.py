"""What a locked episode offers this viewer; the 402 of a play answers the same."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from silkreel.flows.offer_ways import log_ways, ways_past
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.wall import stand_before
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker, customer
from silkreel.web.api.money.offer_shapes import OffersShape
from silkreel.web.api.money.shapes import ID_LENGTH
from silkreel.web.edge import TheSite
from silkreel.web.site import Site

router = APIRouter(tags=["money"], responses=NOES, dependencies=GATES)


@router.get("/api/offers")
def offers(
    request: Request,
    site: TheSite,
    who: TheOnlooker,
    episode: Annotated[str, Query(min_length=1, max_length=ID_LENGTH)],
) -> OffersShape:
    """Every way past the wall with its price, in order, and why the others are not open."""
    at = now()
    with site.workshop.reading() as tx:
        sold = book_at(tx, who, at) is not None
    return told_offers(
        site, customer(request, who.market) if sold else who, episode, at, shown=True
    )


def told_offers(
    site: Site, who: Onlooker, episode: str, at: datetime, *, shown: bool
) -> OffersShape:
    """The offers of an episode for somebody, written into the log where we know them.

    `shown`: a sheet stands before them; a player that only looks ahead has shown nothing.

    Raises:
        NotShown: there is no such episode here.
    """
    wall = stand_before(site.workshop.database, who, episode, at)
    if wall is None:
        return OffersShape.free(episode)
    ways = ways_past(site.workshop.database, who, wall, at)
    if who.viewer_id is not None:
        with site.workshop.transaction() as tx:
            log_ways(tx, who, ways, at, shown=shown)
    return OffersShape.of(ways)

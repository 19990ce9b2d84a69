"""Players tell how long they have played: what VIP let somebody watch pays the titles they saw."""

import re
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field

from silkreel.flows.count_watching import count_watching
from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.web.api.money.customers import NOES, TheOnlooker, no_store
from silkreel.web.api.money.shapes import ID_LENGTH
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import TheSite
from silkreel.web.tokens import Signer

router = APIRouter(
    tags=["money"], responses={**NOES, 403: NOES[404]}, dependencies=[Depends(no_store)]
)
BASE = re.compile(r"/play/([\w-]{22})/(\d{1,12})/(k\d{1,9})/([\w.-]{1,100})/")
MAX_SECONDS = 24 * 3600


class NotFromAPlayer(Refusal):
    """The address was not signed here, or it has run out."""

    status = 403
    message = "This was not sent by a player that was let in. Press play again."


class Watching(Shape):
    """How long an episode has played in this visit, and by which address."""

    base: Annotated[
        str, Field(max_length=200, description="the bundle's own: it proves that play was allowed")
    ]
    seconds: Annotated[int, Field(ge=0, le=MAX_SECONDS, description="played, pauses left out")]


class Kept(Shape):
    """Whether it is worth telling more of this episode."""

    counts: bool = Field(description="false: nothing was kept, and nothing will be; say no more")


@router.post("/api/episodes/{episode_id}/watching")
def watching(
    episode_id: Annotated[str, Path(max_length=ID_LENGTH)],
    told: Watching,
    request: Request,
    site: TheSite,
    who: TheOnlooker,
) -> Kept:
    """Say it every ten seconds of play; saying it twice counts once. Kept for VIP only."""
    address = request.client.host if request.client else ""
    site.plays.take(f"watching {who.viewer_id or address}")  # many viewers share an address
    asset = _asset(site.signer, told.base)
    counted = count_watching(site.workshop.database, who, episode_id, asset, told.seconds, now())
    return Kept(counts=counted)


def _asset(signer: Signer, base: str) -> str:
    found = BASE.fullmatch(base)
    if found is None:
        raise NotFromAPlayer
    signature, expires_at, kid, asset = found.groups()
    if int(expires_at) < time.time() or not signer.genuine(signature, int(expires_at), kid, asset):
        raise NotFromAPlayer
    return asset

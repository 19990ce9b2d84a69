"""Press play: the decision and everything the player needs, in one answer."""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from silkreel.flows.playback_bundle import Bundle
from silkreel.flows.start_playback import Wish, start_playback
from silkreel.flows.wall import EpisodeForAds, EpisodeLocked, let_in
from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.web.api.money.customers import onlooker
from silkreel.web.api.money.offers import told_offers
from silkreel.web.api.shapes import BundleShape, PlayWish, Problem
from silkreel.web.edge import TheSite, TheViewer, problem
from silkreel.web.interface import one_language
from silkreel.web.site import Site

router = APIRouter(tags=["play"])
NOES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}}
    for code in (402, 404, 409, 413, 422, 429)
}
SESSION_PLACE = "0" * 16


class AtTheWall(Exception):  # noqa: N818 - an answer, not an error
    """The no of a locked episode, with everything that opens it."""

    def __init__(self, refusal: Refusal, offers: Mapping[str, Any]) -> None:
        super().__init__(refusal)
        self.refusal, self.offers = refusal, offers


@router.post("/api/episodes/{episode_id}/play", response_model=BundleShape, responses=NOES)
async def play(
    request: Request,
    episode_id: Annotated[str, Path(max_length=16)],
    site: TheSite,
    viewer: TheViewer,
    wish: PlayWish | None = None,
) -> Response:
    """Decide whether this viewer may play the episode, and hand over the bundle. Never charges.

    Where a price book is in force, 402 says what a locked episode costs.
    """
    site.plays.take(request.client.host if request.client else "")
    asked = Wish(viewer.market, viewer.languages, _audio(wish))
    # SQLite answers in less than handing the question to a thread would take, and its readers
    # wait for nobody. A database server's answer is waited for in a thread, and so is the till's
    # lock where episodes are sold.
    if site.workshop.database.url.startswith("sqlite") and not site.shop.sells():
        bundle = _decide(site, episode_id, asked)
    else:
        try:
            bundle = await run_in_threadpool(_decide_and_let_in, site, episode_id, asked, request)
        except AtTheWall as wall:
            return _wall(wall, request)
    session = secrets.token_hex(len(SESSION_PLACE) // 2)
    body = _serialised(bundle).replace(SESSION_PLACE.encode(), session.encode(), 1)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def _decide(site: Site, episode_id: str, wish: Wish) -> Bundle:
    return start_playback(site.workshop.database, episode_id, wish, site.address, site.shelf)


def _decide_and_let_in(site: Site, episode_id: str, wish: Wish, request: Request) -> Bundle:
    """The bundle, for whoever may have it: what is not shown here is told before what it costs."""
    bundle = _decide(site, episode_id, wish)
    if site.shop.sells():
        who, at = onlooker(request, wish.market), now()
        try:
            let_in(site.workshop.database, who, episode_id, at)
        except (EpisodeLocked, EpisodeForAds) as wall:
            told = told_offers(site, who, episode_id, at, shown=False).model_dump(mode="json")
            raise AtTheWall(wall, told) from wall
    return bundle


def _wall(wall: AtTheWall, request: Request) -> Response:
    values = {**wall.refusal.values, "offers": wall.offers}
    return problem(
        wall.refusal.status, wall.refusal.code, str(wall.refusal),
        str(request.scope.get("request_id", "")), values=values,
        headers={"cache-control": "no-store"},
    )  # fmt: skip


def _audio(wish: PlayWish | None) -> str | None:
    if wish is None or wish.audio is None or wish.audio == "original":
        return wish.audio if wish else None
    return one_language(wish.audio)


@lru_cache(maxsize=1024)
def _serialised_by_identity(held: "_Held") -> bytes:
    return BundleShape.of(held.bundle, SESSION_PLACE).model_dump_json().encode()


class _Held:
    """A bundle compared by identity: equal ones are the same object on the shelf."""

    __slots__ = ("bundle",)

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.bundle is self.bundle

    def __hash__(self) -> int:
        return id(self.bundle)


def _serialised(bundle: Bundle) -> bytes:
    """The answer's bytes, but for the session's id; made once for each bundle on the shelf."""
    return _serialised_by_identity(_Held(bundle))

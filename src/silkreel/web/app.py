"""The web application: the framework for questions, pure ASGI for media."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

import silkreel
from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings
from silkreel.web import pages
from silkreel.web.api import health, me, play, posters, series
from silkreel.web.api.money import (
    ads,
    demo,
    hooks,
    impressions,
    offers,
    orders,
    pretend,
    price,
    rights,
    unlocks,
    vip,
    wallet,
    watched,
    watching,
    withdrawals,
)
from silkreel.web.api.works import choosing, game, places, reading, saves, seen
from silkreel.web.compression import Compressing
from silkreel.web.edge import Edge, Receive, Scope, Send, answer_noes
from silkreel.web.limits import RateLimit
from silkreel.web.segments import Segments
from silkreel.web.site import Site, open_site
from silkreel.web.staff import (
    account,
    door,
    letters,
    log,
    page,
    prices,
    story_assist,
    story_files,
    story_views,
    team,
)
from silkreel.web.staff import stories as staff_stories
from silkreel.web.staff.money import books as staff_books
from silkreel.web.staff.money import closing as staff_closing
from silkreel.web.staff.money import networks as staff_networks
from silkreel.web.staff.money import orders as staff_orders
from silkreel.web.stories import Stories


class WebApp:
    """ASGI: media addresses go to the segment server, all else to the framework."""

    def __init__(self, site: Site) -> None:
        self.segments = Segments(site.media())
        self.api = _framework(site, self.segments)
        self._edge = Edge(Compressing(self.api))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and scope["path"].startswith("/play/"):
            await self.segments(scope, receive, send)
        else:
            await self._edge(scope, receive, send)


def create_app(
    settings: Settings,
    workshop: Workshop,
    *,
    plays: RateLimit | None = None,
    purchases: RateLimit | None = None,
) -> WebApp:
    """The application over one installation; limits: how often an address may play, and may buy."""
    return WebApp(open_site(settings, workshop, plays=plays, purchases=purchases))


def _framework(site: Site, segments: Segments) -> FastAPI:
    stories = Stories.open(site.workshop)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        segments.close()
        stories.stage.close()
        site.close()

    app = FastAPI(
        title="Silkreel",
        version=silkreel.__version__,
        summary="Series, episodes, and everything a player needs to start one.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from another site
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.site = site
    app.state.stories = stories
    answer_noes(app, pages.missing)
    for module in (
        series, play, posters, health, pages, door, account, team, prices, letters, log,
    ):  # fmt: skip
        app.include_router(module.router)
    for noun in (
        demo, price, offers, wallet, unlocks, orders, ads, vip, watched, watching, impressions,
        hooks, pretend,
    ):  # fmt: skip
        app.include_router(noun.router)
    for part in (reading, game, places, saves, seen, choosing):
        app.include_router(part.router)
    for desk in (
        staff_orders, staff_books, staff_closing, staff_networks, staff_stories, story_assist, story_files,
        story_views,
    ):  # fmt: skip
        app.include_router(desk.router)
    for own in (me, rights, withdrawals):
        app.include_router(own.router)
    app.include_router(page.router)  # the last: it answers whatever else is below /staff
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'page'}_{route.name}"

"""The web application: the framework for questions, pure ASGI for media."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

import silkreel
from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings
from silkreel.web import pages
from silkreel.web.api import health, play, posters, series
from silkreel.web.api.money import hooks, orders, pretend, price, unlocks, wallet, watched
from silkreel.web.edge import Edge, Receive, Scope, Send, answer_noes
from silkreel.web.limits import RateLimit
from silkreel.web.segments import Segments
from silkreel.web.site import Site, open_site
from silkreel.web.staff import (
    account,
    door,
    log,
    page,
    stories,
    story_assist,
    story_files,
    story_views,
    team,
)


class WebApp:
    """ASGI: media addresses go to the segment server, all else to the framework."""

    def __init__(self, site: Site) -> None:
        self.segments = Segments(site.media())
        self.api = _framework(site, self.segments)
        self._edge = Edge(self.api)

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
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        segments.close()
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
    answer_noes(app)
    desks = (stories, story_assist, story_files, story_views)
    for module in (series, play, posters, health, pages, door, account, team, log, *desks, page):
        app.include_router(module.router)
    for noun in (price, wallet, unlocks, orders, watched, hooks, pretend):
        app.include_router(noun.router)
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'page'}_{route.name}"

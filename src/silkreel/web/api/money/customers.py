"""Who buys, where, how often; each question to the database ends before the till is rung.

The till writes in a thread of its own. A request that waited for it with its own transaction open
would wait for itself, so nothing here is a `Transaction` that lasts as long as the request.
"""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from silkreel.flows.sell_episodes import Onlooker
from silkreel.people.brands import brand_at
from silkreel.web.api.shapes import Problem
from silkreel.web.edge import TheViewer, site_of
from silkreel.web.viewers import needed_viewer, viewer_at

NOES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}}
    for code in (401, 402, 403, 404, 409, 413, 422, 423, 429, 502, 503, 504)
}
MAX_ID = 2**63 - 1  # of a txn
Key = Annotated[
    UUID,
    Header(
        alias="Idempotency-Key",
        description="made by the client when the sheet opens, and kept until an answer has come",
    ),
]


def onlooker(request: Request, market: str) -> Onlooker:
    """Who asks; makes nothing."""
    site = site_of(request)
    with site.workshop.reading() as tx:
        brand = brand_at(tx, request.headers.get("host", "")).id
        return Onlooker(viewer_at(request, tx, brand), brand, market, site.arms)


def customer(request: Request, market: str) -> Onlooker:
    """Who asks; a stranger becomes a guest, for a price or an order is kept for them."""
    found = onlooker(request, market)
    if found.viewer_id is not None:
        return found
    with site_of(request).workshop.transaction() as tx:
        return replace(found, viewer_id=needed_viewer(request, tx))


def _onlooker(request: Request, viewer: TheViewer) -> Onlooker:
    return onlooker(request, viewer.market)


async def unhurried(request: Request) -> None:
    """Pass an address that does not ask too often; async, for what never waits needs no thread.

    Raises:
        TooOften.
    """
    site_of(request).purchases.take(request.client.host if request.client else "")


def not_kept(response: Response) -> None:
    """What somebody owns or pays is kept by no proxy."""
    response.headers["cache-control"] = "no-store"


async def no_store(response: Response) -> None:
    """The same for every answer of a router."""
    not_kept(response)


TheOnlooker = Annotated[Onlooker, Depends(_onlooker)]
GATES = [Depends(unhurried), Depends(no_store)]

"""What providers and ad networks tell us: written down at once, answered fast, applied after."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from silkreel.commerce.ad_rules import AdRules
from silkreel.commerce.inbox import Received
from silkreel.flows.take_ad_proofs import hear_ad
from silkreel.flows.take_payments import hear, work_inbox
from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.web.edge import TheSite

router = APIRouter(prefix="/hooks", include_in_schema=False)  # their form is the sender's
RULES = AdRules()
Name = Annotated[str, Path(max_length=32)]


class UnknownSender(Refusal):
    """Nobody here knows the sender."""

    status = 404
    message = "{sender} is not set up here. Check the address, or the sender's settings."


@router.post("/{provider}")
async def payment(provider: Name, request: Request, site: TheSite) -> JSONResponse:
    """A provider's event: 200 once it is written down, whatever it will be found to mean.

    It is applied right after the answer; what fails then waits for the worker's round.
    """
    known = (await run_in_threadpool(lambda: site.counter.providers)).get(provider)
    if known is None:
        raise UnknownSender(sender=provider)
    database, raw = site.workshop.database, await request.body()
    received = await run_in_threadpool(hear, database, known, raw, dict(request.headers), now())
    after = BackgroundTask(work_inbox, database, {provider: known}, now())
    return _answer(received, after)


@router.get("/ads/{network}")
def ad(network: Name, request: Request, site: TheSite) -> JSONResponse:
    """A network's proof that an ad was watched; believed and honoured in one transaction."""
    known = site.counter.networks.get(network)
    if known is None:
        raise UnknownSender(sender=network)
    query = request.scope["query_string"].decode("latin-1")
    headers = dict(request.headers)
    return _answer(hear_ad(site.workshop.database, known, query, headers, RULES, now()))


def _answer(received: Received, after: BackgroundTask | None = None) -> JSONResponse:
    if received.refusal is not None:
        raise received.refusal
    return JSONResponse({"received": True}, background=after)

"""Ads: one that opens an episode, one that stands between two, and how far ours were watched."""

import hashlib
import hmac
import ipaddress
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from silkreel.commerce import ads as intents
from silkreel.commerce.ad_rules import AdRules
from silkreel.commerce.adnetworks.beacons import STEPS
from silkreel.commerce.campaigns import ASSET, Campaign
from silkreel.commerce.payments import BadSignature
from silkreel.commerce.placement import PlacementRules
from silkreel.commerce.vast import TRACKED, Pings, write_vast
from silkreel.flows.ad_breaks import ask_for_break
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.watch_ads import (
    OWN,
    Begun,
    Claimed,
    Device,
    ask_for_ad,
    campaign_of,
    claim_ad,
    hear_beacon,
)
from silkreel.kit.clock import now
from silkreel.web.api.money.ad_shapes import (
    NONCE,
    AdShape,
    BreakShape,
    BreakWish,
    ClaimShape,
    IntentShape,
    IntentWish,
    TicketShape,
)
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker, customer
from silkreel.web.edge import TheSite
from silkreel.web.site import Site

router = APIRouter(prefix="/api/ads", tags=["money"], dependencies=GATES)
MAX_TICKET = 400
VAST_TYPE = "application/xml"
PINGED = ("impression", "error")  # by players of VAST: heard, and nothing follows from them
AD_NOES: dict[int | str, dict[str, Any]] = {**NOES, 400: NOES[404], 403: NOES[404]}
VAST_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {VAST_TYPE: {"schema": {"type": "string"}}}}
}
STEP_NAMES = {"firstQuartile": "first_quartile", "thirdQuartile": "third_quartile"}
Nonce = Annotated[str, Path(pattern=NONCE)]
Step = Literal["impression", "error", "start", "first_quartile", "midpoint", "third_quartile",
               "complete"]  # fmt: skip
assert set(STEPS[1:]) < set(Step.__args__)  # type: ignore[attr-defined]


@router.post("/intents", status_code=201, responses=AD_NOES)
def ask_for_reward(
    wish: IntentWish, request: Request, site: TheSite, who: TheOnlooker
) -> IntentShape:
    """Ask for an ad that opens an episode; one nonce is one ad and one unlock."""
    begun = ask_for_ad(
        site.workshop, _watcher(request, site, who), wish.episode, device_of(request, site),
        network=wish.network or OWN, proving=set(site.counter.networks),
        beacons=site.counter.beacons, at=now(),
    )  # fmt: skip
    return IntentShape.of(begun, AdRules().lasts.days, _rewarded(site, begun))


@router.post("/intents/{nonce}/shown", responses=AD_NOES)
def reward_shown(nonce: Nonce, site: TheSite, who: TheOnlooker) -> ClaimShape:
    """The ad has begun to play."""
    with site.workshop.transaction() as tx:
        intent = intents.show(tx, nonce, who.viewer_id or "", now())
    return ClaimShape.of(Claimed(intent, ()))


@router.post("/intents/{nonce}/claim", responses=AD_NOES)
def claim_reward(nonce: Nonce, site: TheSite, who: TheOnlooker) -> ClaimShape:
    """The ad is over. Ours is proved by its beacons; a network's proof may still be on its way."""
    return ClaimShape.of(claim_ad(site.workshop.database, who, nonce, now()))


@router.get("/beacon/{step}", responses=AD_NOES)
def ad_beacon(
    step: Step, site: TheSite, ticket: Annotated[str, Query(min_length=1, max_length=MAX_TICKET)]
) -> TicketShape:
    """How far an ad of ours was watched, by the server's clock; `complete` opens the episode."""
    try:
        if step in PINGED:
            site.counter.beacons.nonce_of(ticket)
            return TicketShape(ticket=ticket, step=step)
        heard = hear_beacon(site.workshop.database, site.counter.beacons, step, ticket, now())
    except BadSignature:  # a made-up ticket names no ad of ours
        raise intents.NoSuchAd from None
    return TicketShape.of(heard)


@router.get("/vast", response_class=Response, responses={**AD_NOES, **VAST_ANSWER})
def ad_vast(
    request: Request, site: TheSite, who: TheOnlooker,
    nonce: Annotated[str, Query(pattern=NONCE)],
) -> Response:  # fmt: skip
    """The ad of ours behind a nonce, as VAST 4.2.

    Players that only ping its addresses are counted; what opens an episode is the chain of tickets.
    """
    campaign, rewarded = campaign_of(site.workshop.database, who, nonce)
    skip = None if rewarded else PlacementRules().skippable_after_seconds
    ticket = site.counter.beacons.issue(nonce, campaign.film.length_seconds, now())
    origin = (site.settings.public_url or str(request.base_url)).rstrip("/")
    ad = campaign.as_house_ad(origin + film_url(site, campaign), skip)
    content = write_vast(ad, _pings(origin, ticket), serving_id=nonce)
    return Response(content, media_type=VAST_TYPE)


@router.post("/breaks", responses=AD_NOES)
def ad_break(wish: BreakWish, request: Request, site: TheSite, who: TheOnlooker) -> BreakShape:
    """Whether an ad stands before the next episode; one that is answered counts as shown."""
    answer = ask_for_break(
        site.workshop, _watcher(request, site, who), wish.ended, wish.next,
        wish.position_seconds, beacons=site.counter.beacons, at=now(),
    )  # fmt: skip
    if answer.campaign is None or answer.slot is None:
        return BreakShape.of(answer, None)
    ad = AdShape.of(
        answer.campaign, film_url(site, answer.campaign), nonce=answer.nonce,
        ticket=answer.ticket, skippable=answer.slot.skippable_after_seconds,
    )  # fmt: skip
    return BreakShape.of(answer, ad)


def film_url(site: Site, campaign: Campaign) -> str:
    """The signed address of a campaign's film, served as every other one."""
    base, _expires_at = site.signer.base(ASSET)
    return base + campaign.film.file


def device_of(request: Request, site: Site) -> Device:
    """What a question tells of its device: hashes and prefixes, nothing that names anybody."""
    host = request.client.host if request.client else ""
    prefix = address_prefix(host)
    told = f"device\n{prefix}\n{request.headers.get('user-agent', '')[:400]}"
    return Device(hmac.new(site.house_key, told.encode(), hashlib.sha256).hexdigest(), prefix)


def address_prefix(host: str) -> str:
    """A neighbourhood: 24 bits of an IPv4 address, 48 of an IPv6 one; nothing of a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, bits), strict=False))


def _rewarded(site: Site, begun: Begun) -> AdShape | None:
    if begun.campaign is None:
        return None
    return AdShape.of(
        begun.campaign, film_url(site, begun.campaign), nonce=begun.intent.nonce,
        ticket=begun.ticket, skippable=None,
    )  # fmt: skip


def _pings(origin: str, ticket: str) -> Pings:
    def address(step: str) -> str:
        return f"{origin}/api/ads/beacon/{step}?ticket={quote(ticket)}"

    tracking = {event: address(STEP_NAMES.get(event, event)) for event in TRACKED}
    return Pings(address("impression"), address("error") + "&code={code}", tracking)


def _watcher(request: Request, site: Site, who: Onlooker) -> Onlooker:
    """Who asks; a stranger becomes a guest only where something is sold."""
    with site.workshop.reading() as tx:
        sold = book_at(tx, who, now()) is not None
    return customer(request, who.market) if sold else who

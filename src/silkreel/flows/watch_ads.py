"""An ad that opens an episode: asked for, shown, watched, claimed; our own and others'."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import quote

from silkreel.commerce import ads
from silkreel.commerce.access import Allowed
from silkreel.commerce.ad_proofs import AdNetwork
from silkreel.commerce.ad_rules import AdRules, AdsNotAllowed, NoAdReady
from silkreel.commerce.adnetworks.beacons import Beacons
from silkreel.commerce.ads import Asking, Intent
from silkreel.commerce.campaigns import Campaign, campaign_by_id, count_impression
from silkreel.commerce.tables import AdBreakRow, AdIntentRow
from silkreel.flows.house_ads import ad_for
from silkreel.flows.offer_ways import SHEET, AdsToday, ad_rules, ads_today
from silkreel.flows.sell_episodes import Onlooker
from silkreel.flows.take_ad_proofs import following, hear_ad
from silkreel.flows.wall import stand_before
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal

OWN = Beacons.name  # the network of our own ads
BEGIN, END = "start", "complete"
RULES = AdRules()  # how long an unlock lasts is the same everywhere


class OpenAlready(Refusal):
    """Nothing to open."""

    status = 409
    message = "This episode is open already. Play it."


class AdNotWatched(Refusal):
    """A claim for an ad of ours that did not reach its end."""

    status = 409
    message = "The ad has not been watched to its end yet. Watch it, then the episode opens."


class NoSuchNetwork(Refusal):
    """Nobody here can prove its ads."""

    status = 409
    message = "Ads of {network} cannot be proved here. Leave the network out to see one of ours."


@dataclass(frozen=True, slots=True)
class Device:
    """Where a question comes from, as far as farms are told from families by it."""

    device_hash: str
    address_prefix: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An ad that may be watched now; `campaign` and `ticket` are of our own."""

    intent: Intent
    today: AdsToday
    campaign: Campaign | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """An intent and the episodes it holds open."""

    intent: Intent
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A beacon was believed; the next one brings this ticket."""

    ticket: str
    step: str


def ask_for_ad(
    workshop: Workshop, who: Onlooker, episode_id: str, device: Device, *, network: str,
    proving: Collection[str], beacons: Beacons, at: datetime,
) -> Begun:  # fmt: skip
    """A nonce for one ad to open a locked episode, and the film where it is ours.

    Raises:
        NotShown: no such episode here. OpenAlready: it needs no ad.
        NoSuchNetwork, NoAdReady, AdsNotAllowed, AdCapReached, AdTooSoon, AdsWaitForProof.
    """
    wall = stand_before(workshop.database, who, episode_id, at)
    if wall is None or isinstance(wall.decision, Allowed):
        raise OpenAlready
    if network not in {*proving, OWN}:
        raise NoSuchNetwork(network=network)
    if not wall.book.opens_by_ads:
        raise NoAdReady
    if who.viewer_id is None:
        raise AdsNotAllowed
    seed = f"{who.viewer_id}:{episode_id}:{at.isoformat()}"
    own = ad_for(workshop, who.brand_id, who.market, seed, at) if network == OWN else None
    asking = Asking(
        viewer_id=who.viewer_id, brand_id=who.brand_id, device_hash=device.device_hash,
        address_prefix=device.address_prefix, placement=SHEET, series_id=wall.sale.series_id,
        episode_id=episode_id, network=network, zone=wall.book.zone, allowed=True,
        filled=network != OWN or own is not None, campaign_id=own.id if own else None,
    )  # fmt: skip
    with workshop.transaction() as tx:
        intent = ads.offer(tx, asking, ad_rules(wall.book), at)
        today = ads_today(tx, who, wall, at)
    ticket = beacons.issue(intent.nonce, own.film.length_seconds, at) if own else ""
    return Begun(intent, today, own, ticket)


def claim_ad(database: Database, who: Onlooker, nonce: str, at: datetime) -> Claimed:
    """The viewer says the ad is over. Ours is proved by its beacons and by nothing else.

    Raises:
        NoSuchAd, AdOver, AdNotWatched.
    """
    with database.transaction() as tx:
        intent = ads.find(tx, nonce, who.viewer_id)
        if intent.state != "granted":
            if intent.network == OWN:
                raise AdNotWatched
            intent = ads.claim(tx, nonce, intent.viewer_id, at, following(tx, nonce))
        return Claimed(intent, tuple(ads.opened_by(tx, nonce, at)))


def hear_beacon(
    database: Database, beacons: Beacons, step: str, ticket: str, at: datetime
) -> Heard:
    """One more step of an ad of ours; the last one opens the episode.

    Raises:
        BadSignature, OutOfOrder, TooQuick, OutOfTime, and what `ads.honour` refuses.
    """
    ahead = beacons.advance(ticket, step, at)
    if step == BEGIN:
        with database.transaction() as tx:
            _count(tx, beacons.nonce_of(ahead), at)
    if step == END and _opens_something(database, beacons.nonce_of(ahead)):
        network = cast("AdNetwork", beacons)
        received = hear_ad(database, network, f"ticket={quote(ahead)}", {}, RULES, at)
        if received.refusal is not None:
            raise received.refusal
    return Heard(ahead, step)


def campaign_of(database: Database, who: Onlooker, nonce: str) -> tuple[Campaign, bool]:
    """The ad of ours behind a nonce of this viewer, and whether it opens an episode.

    Raises:
        NoSuchAd: there is none, it is another viewer's, or a network's.
    """
    with database.reading() as tx:
        between = tx.get(AdBreakRow, nonce)
        if between is not None and between.viewer_id == who.viewer_id:
            return campaign_by_id(tx, between.campaign_id), False
        campaign_id = ads.find(tx, nonce, who.viewer_id).campaign_id
        if campaign_id is None:
            raise ads.NoSuchAd
        return campaign_by_id(tx, campaign_id), True


def _opens_something(database: Database, nonce: str) -> bool:
    with database.reading() as tx:
        return tx.get(AdIntentRow, nonce) is not None


def _count(tx: Session, nonce: str, at: datetime) -> None:
    between, intent = tx.get(AdBreakRow, nonce), tx.get(AdIntentRow, nonce)
    if between is not None:
        count_impression(tx, nonce, between.campaign_id, between.series_id, between.market, at)
    elif intent is not None and intent.campaign_id is not None:
        count_impression(tx, nonce, intent.campaign_id, intent.series_id, "", at)

"""The rules of rewarded ads: caps, cooldown, strikes and what an unproved claim is worth. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from silkreel.kit.refusals import Refusal

INTENT_LIFE = timedelta(minutes=15)  # from the nonce to the end of the ad
PROOF_WITHIN = timedelta(
    minutes=30
)  # networks are minutes late; then a claim alone is worth nothing
UNPROVED_PER_VIEWER = 2
UNPROVED_PER_PLACE = 4  # a device or an address prefix; families share both
STRIKES, STRIKES_WITHIN, STRICT_FOR = 3, timedelta(days=7), timedelta(days=14)
OUTAGE_SHARE, OUTAGE_CLAIMS = 0.2, 10  # more unproved than this is the network's fault


class AdCapReached(Refusal):
    """All of today's ads are used."""

    status = 409
    message = (
        "You have watched all {cap} ads of today. They start again at 00:00; coins and VIP are "
        "open now."
    )


class AdTooSoon(Refusal):
    """Between two ads there is a pause."""

    status = 409
    message = "The next ad is ready in {seconds} seconds."


class AdsWaitForProof(Refusal):
    """Too many ads were claimed that no network has confirmed yet."""

    status = 409
    message = "We are still waiting to hear about your last ads. Try again in a few minutes."


class AdsNotAllowed(Refusal):
    """No rewarded ads for this viewer."""

    status = 403
    message = "Rewarded ads are not shown on this profile. Open the episode with coins or VIP."


class NoAdReady(Refusal):
    """Nobody has an ad for this viewer now."""

    status = 409
    message = "No ad is ready right now. Try again later, or open the episode with coins or VIP."


@dataclass(frozen=True, slots=True)
class AdRules:
    """What a market allows; rows of its price book."""

    day_cap: int = 20
    series_day_cap: int = 20
    cooldown: timedelta = timedelta(seconds=10)
    unlocks: int = 1  # episodes an ad opens
    ads_per_unlock: int = 1  # ads that one episode takes
    lasts: timedelta = timedelta(days=7)  # an ad unlock; a coin unlock is for ever


@dataclass(frozen=True, slots=True)
class AdCounts:
    """What a viewer has done today, and what is still open of them, their device and address."""

    granted_today: int = 0
    open_today: int = 0  # asked for, not granted and not over
    series_today: int = 0
    last_granted_at: datetime | None = None
    unproved_viewer: int = 0
    unproved_device: int = 0
    unproved_address: int = 0


def refuse_offer(
    rules: AdRules, counts: AdCounts, at: datetime, *, allowed: bool, filled: bool
) -> None:
    """Nothing, where another ad may be offered now.

    Raises:
        AdsNotAllowed, NoAdReady, AdCapReached, AdTooSoon, AdsWaitForProof.
    """
    if not allowed:
        raise AdsNotAllowed
    if not filled:
        raise NoAdReady
    if left_today(rules, counts) <= 0:
        raise AdCapReached(cap=min(rules.day_cap, rules.series_day_cap))
    ready_at = counts.last_granted_at + rules.cooldown if counts.last_granted_at else at
    if ready_at > at:
        raise AdTooSoon(seconds=max(1, round((ready_at - at).total_seconds())))
    places = max(counts.unproved_device, counts.unproved_address)
    if counts.unproved_viewer >= UNPROVED_PER_VIEWER or places >= UNPROVED_PER_PLACE:
        raise AdsWaitForProof


def left_today(rules: AdRules, counts: AdCounts) -> int:
    """How many ads are left, for the button: `7 of 20 left`; ads under way count as used."""
    of_day = rules.day_cap - counts.granted_today - counts.open_today
    return max(0, min(of_day, rules.series_day_cap - counts.series_today))


def is_strict(strikes: Sequence[datetime], at: datetime) -> bool:
    """Whether claims must wait for proof: three strikes in 7 days, for 14 days from the third."""
    told = sorted(strikes)
    thirds = zip(told, told[STRIKES - 1 :], strict=False)
    return any(
        last - first <= STRIKES_WITHIN and last <= at < last + STRICT_FOR for first, last in thirds
    )


def is_outage(claims: int, unproved: int) -> bool:
    """Whether so many claims of a network lack proof that it is its fault, and no viewer's."""
    return claims >= OUTAGE_CLAIMS and unproved > OUTAGE_SHARE * claims


def market_day(at: datetime, zone: str) -> date:
    """The day it is in a market: of the storefront, so that travelling resets no cap."""
    return at.astimezone(ZoneInfo(zone)).date()

"""Whether an ad stands between the episode that has ended and the next one."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.catalogue.browse import NotShown
from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce.access import Locked
from silkreel.commerce.adnetworks.beacons import Beacons
from silkreel.commerce.book import Book
from silkreel.commerce.campaigns import Campaign
from silkreel.commerce.offer_log import recharged_at, sheet_seen_at
from silkreel.commerce.placement import (
    History,
    PlacementRules,
    Slot,
    Watched,
    next_slot,
    why_none,
)
from silkreel.commerce.tables import AdBreakRow, FeedItemRow
from silkreel.flows.house_ads import ad_for
from silkreel.flows.sell_episodes import Onlooker
from silkreel.flows.wall import Wall, stand_before
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

NONCE_BYTES = 16  # 128 bits
END_SECONDS = 3.0  # players stop a little before or after the end
REMEMBERED = timedelta(days=1)  # what was watched before has no part in where an ad stands
LOOKED_AT = 200  # items of that; more than a day of watching without sleep


class InsideAnEpisode(Refusal):
    """Ads stand between episodes only."""

    status = 409
    message = "No ad stands inside an episode. Ask again when it has ended."


class NotTheNext(Refusal):
    """The two episodes do not follow one another."""

    status = 422
    message = "These two episodes do not follow one another in one series. Name the next one."


@dataclass(frozen=True, slots=True)
class Break:
    """The answer: a slot with its ad, or why there is none."""

    reason: str
    slot: Slot | None = None
    nonce: str = ""
    campaign: Campaign | None = None
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    """What was played, and what comes."""

    episode_id: str
    series_id: str
    length_seconds: int
    next_number: int


def ask_for_break(
    workshop: Workshop, who: Onlooker, ended_id: str, next_id: str, position_seconds: float,
    *, beacons: Beacons, at: datetime,
) -> Break:  # fmt: skip
    """Note that an episode was played to its end, and say whether an ad stands before the next.

    A slot that is answered counts as shown.

    Raises:
        NotShown, NotTheNext, InsideAnEpisode.
    """
    wall = stand_before(workshop.database, who, next_id, at)
    with workshop.reading() as tx:
        ended = _ended(tx, ended_id, next_id, position_seconds)
    if wall is None or who.viewer_id is None or not _room(wall.book):
        return Break("no_ads")
    with workshop.transaction() as tx:
        _note(tx, who, ended, at)
        told = history(tx, who, ended.series_id, ended.next_number, wall, at)
    rules = placement_rules(wall.book)
    slot = next_slot(told, rules, at)
    if slot is None:
        return Break(why_none(told, rules, at))
    campaign = ad_for(workshop, who.brand_id, who.market, f"{who.viewer_id}:{at}", at)
    if campaign is None:
        return Break("no_ads")
    return _stand(workshop, who, wall, slot, campaign, beacons, at)


def _stand(
    workshop: Workshop, who: Onlooker, wall: Wall, slot: Slot, campaign: Campaign,
    beacons: Beacons, at: datetime,
) -> Break:  # fmt: skip
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    with workshop.transaction() as tx:
        tx.add(
            AdBreakRow(
                nonce=nonce, viewer_id=who.viewer_id, brand_id=who.brand_id,
                series_id=wall.sale.series_id, episode_id=wall.episode_id,
                campaign_id=campaign.id, market=who.market, at=at,
            )
        )  # fmt: skip
    ticket = beacons.issue(nonce, campaign.film.length_seconds, at)
    return Break("due", slot, nonce, campaign, ticket)


def placement_rules(book: Book) -> PlacementRules:
    """What a market's book says of ads between episodes."""
    return PlacementRules(
        episodes_apart=book.break_after_episodes, seconds_apart=book.break_after_seconds,
        an_hour=book.breaks_an_hour,
    )  # fmt: skip


def history(
    tx: Session, who: Onlooker, series_id: str, next_number: int, wall: Wall, at: datetime
) -> History:
    """What the decision stands on: episodes of this series, ads everywhere, oldest first."""
    assert who.viewer_id is not None, "a history is somebody's"
    since = at - REMEMBERED
    episodes = tx.execute(
        sa.select(FeedItemRow.length_seconds, FeedItemRow.at)
        .where(
            FeedItemRow.viewer_id == who.viewer_id, FeedItemRow.brand_id == who.brand_id,
            FeedItemRow.series_id == series_id, FeedItemRow.kind == "ended",
            FeedItemRow.at > since,
        )
        .order_by(FeedItemRow.at.desc())
        .limit(LOOKED_AT)
    )  # fmt: skip
    ads = tx.scalars(
        sa.select(AdBreakRow.at).where(
            AdBreakRow.viewer_id == who.viewer_id, AdBreakRow.brand_id == who.brand_id,
            AdBreakRow.at > since,
        )
    )  # fmt: skip
    watched = [Watched("episode", length, ended_at) for length, ended_at in episodes]
    watched += [Watched("ad", 0, shown_at) for shown_at in ads]
    sheet = at if isinstance(wall.decision, Locked) else None  # it is drawn next
    return History(
        watched=sorted(watched, key=lambda each: each.ended_at), next_episode=next_number,
        age_years=None, has_vip=wall.has_vip,
        recharged_at=recharged_at(tx, who.viewer_id, who.brand_id),
        sheet_at=sheet or sheet_seen_at(tx, who.viewer_id, who.brand_id),
    )  # fmt: skip


def _room(book: Book) -> bool:
    return book.opens_by_ads and book.breaks_an_hour > 0


def _ended(tx: Session, ended_id: str, next_id: str, position_seconds: float) -> _Ended:
    ended, following = tx.get(EpisodeRow, ended_id), tx.get(EpisodeRow, next_id)
    if ended is None or following is None:
        raise NotShown
    if ended.series_id != following.series_id or following.number <= ended.number:
        raise NotTheNext
    if position_seconds < ended.length_seconds - END_SECONDS:
        raise InsideAnEpisode
    return _Ended(ended.id, ended.series_id, round(ended.length_seconds), following.number)


def _note(tx: Session, who: Onlooker, ended: _Ended, at: datetime) -> None:
    """Once for each time it was played: nobody plays it again in half its length."""
    again = sa.select(FeedItemRow.id).where(
        FeedItemRow.viewer_id == who.viewer_id, FeedItemRow.brand_id == who.brand_id,
        FeedItemRow.episode_id == ended.episode_id, FeedItemRow.kind == "ended",
        FeedItemRow.at > at - timedelta(seconds=ended.length_seconds / 2),
    )  # fmt: skip
    if tx.scalar(again.limit(1)) is None:
        tx.add(
            FeedItemRow(
                viewer_id=who.viewer_id, brand_id=who.brand_id, series_id=ended.series_id,
                episode_id=ended.episode_id, kind="ended", cause="",
                length_seconds=ended.length_seconds, at=at,
            )
        )  # fmt: skip
        tx.flush()

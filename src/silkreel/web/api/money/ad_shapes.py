"""What the endpoints of ads take and answer; part of the OpenAPI document."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from silkreel.commerce.campaigns import Campaign
from silkreel.flows.ad_breaks import Break
from silkreel.flows.watch_ads import Begun, Claimed, Heard
from silkreel.web.api.money.shapes import ID_LENGTH
from silkreel.web.api.shapes import Shape

NONCE_LENGTH = 32
NONCE = rf"^[A-Za-z0-9_-]{{16,{NONCE_LENGTH}}}$"
MOST_SECONDS = 4 * 3600  # longer than any episode
BEACON, VAST = "/api/ads/beacon/", "/api/ads/vast?nonce="


class IntentWish(Shape):
    """Which episode an ad shall open."""

    episode: str = Field(min_length=1, max_length=ID_LENGTH)
    network: str | None = Field(
        None, max_length=32, description="of an app's own player; without it an ad of ours is shown"
    )


class FilmShape(Shape):
    """A file to play."""

    url: str
    mime_type: str
    width_pixels: int
    height_pixels: int


class AdShape(Shape):
    """An ad of ours."""

    id: str
    title: str
    advertiser: str
    label: Literal["ad"] = "ad"
    film: FilmShape
    length_seconds: int
    click_url: str | None
    skippable_after_seconds: int | None = Field(description="null: to be watched to its end")
    ticket: str = Field(description="for the start beacon; each answer has the next one")
    beacon: str = Field(description="put the step behind it")
    vast: str = Field(description="the same ad as VAST 4.2")

    @classmethod
    def of(
        cls, campaign: Campaign, url: str, *, nonce: str, ticket: str, skippable: int | None
    ) -> "AdShape":
        """From the campaign."""
        film = campaign.film
        return cls(
            id=campaign.id, title=campaign.title, advertiser=campaign.advertiser,
            film=FilmShape(
                url=url, mime_type="video/mp4", width_pixels=film.width_pixels,
                height_pixels=film.height_pixels,
            ),
            length_seconds=film.length_seconds, click_url=campaign.click_url,
            skippable_after_seconds=skippable, ticket=ticket, beacon=BEACON, vast=VAST + nonce,
        )  # fmt: skip


class IntentShape(Shape):
    """An ad that may be watched now."""

    nonce: str
    state: str
    network: str
    expires_at: datetime
    opens: int = Field(description="episodes; 0 where this one takes more ads after it")
    lasts_days: int
    left_today: int
    cap: int
    resets_at: datetime
    ad: AdShape | None = Field(description="null for networks with a player of their own")

    @classmethod
    def of(cls, begun: Begun, lasts_days: int, ad: AdShape | None) -> "IntentShape":
        """From the intent."""
        intent, today = begun.intent, begun.today
        return cls(
            nonce=intent.nonce, state=intent.state, network=intent.network,
            expires_at=intent.expires_at, opens=intent.unlocks, lasts_days=lasts_days,
            left_today=today.left, cap=today.cap, resets_at=today.resets_at, ad=ad,
        )  # fmt: skip


class ClaimShape(Shape):
    """Where an intent stands, and what it holds open."""

    nonce: str
    state: str = Field(description="shown, provisional or granted")
    opened: list[str] = Field(description="episodes, until `expires_at` while provisional")
    expires_at: datetime

    @classmethod
    def of(cls, claimed: Claimed) -> "ClaimShape":
        """From the intent."""
        intent = claimed.intent
        return cls(
            nonce=intent.nonce, state=intent.state, opened=list(claimed.opened),
            expires_at=intent.expires_at,
        )  # fmt: skip


class TicketShape(Shape):
    """A beacon was heard."""

    ticket: str = Field(description="bring it with the next beacon")
    step: str

    @classmethod
    def of(cls, heard: Heard) -> "TicketShape":
        """From the beacon."""
        return cls(ticket=heard.ticket, step=heard.step)


class BreakWish(Shape):
    """The episode that has ended and the one to come."""

    ended: str = Field(min_length=1, max_length=ID_LENGTH)
    next: str = Field(min_length=1, max_length=ID_LENGTH)
    position_seconds: float = Field(
        ge=0, le=MOST_SECONDS, allow_inf_nan=False, description="where the player stands"
    )


class SlotShape(Shape):
    """An ad before an episode."""

    before_episode: int
    skippable_after_seconds: int
    label: Literal["ad"] = "ad"
    personal: bool = Field(description="whether it was chosen by what is known of the viewer")
    ad: AdShape


class BreakShape(Shape):
    """An ad that stands there, or why none does."""

    slot: SlotShape | None
    reason: str = Field(
        description="due, or vip, child, beginning, recharged, sheet, too_close, enough, no_ads"
    )

    @classmethod
    def of(cls, answer: Break, ad: AdShape | None) -> "BreakShape":
        """From the decision."""
        slot = answer.slot
        if slot is None or ad is None:
            return cls(slot=None, reason=answer.reason)
        return cls(
            slot=SlotShape(
                before_episode=slot.before_episode,
                skippable_after_seconds=slot.skippable_after_seconds, personal=False, ad=ad,
            ),
            reason=answer.reason,
        )  # fmt: skip

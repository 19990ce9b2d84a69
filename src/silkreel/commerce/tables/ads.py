"""Ads: the intent a reward hangs on, what a day may hold, and what networks say they owe."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CURRENCY,
    MARKET,
    SERIES,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime

NETWORK = sa.String(32)
EPISODE = sa.String(16)
CAMPAIGN = sa.String(16)


class AdIntentRow(Base):
    """A rewarded ad somebody asked for; its nonce is the one thing a proof may name."""

    __tablename__ = "ad_intents"
    __table_args__ = (
        sa.UniqueConstraint("network", "network_txn"),
        sa.Index("ix_ad_intents_viewer", "viewer_id", "brand_id", "viewer_day"),
        sa.Index("ix_ad_intents_device", "device_hash", "issued_at"),
        sa.Index("ix_ad_intents_state", "state", "expires_at"),
        one_of("state", "issued", "shown", "provisional", "verified", "granted", "rejected",
               "expired"),
    )  # fmt: skip

    nonce: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    device_hash: Mapped[str] = mapped_column(sa.String(64))
    address_prefix: Mapped[str] = mapped_column(sa.String(64), default="")
    placement: Mapped[str] = mapped_column(sa.String(32))
    series_id: Mapped[str] = mapped_column(SERIES)
    episode_id: Mapped[str] = mapped_column(sa.String(16))
    unlocks: Mapped[int] = mapped_column()  # episodes it opens
    state: Mapped[str] = mapped_column(sa.String(16), default="issued")
    network: Mapped[str] = mapped_column(NETWORK)
    network_txn: Mapped[str | None] = mapped_column(sa.String(128))
    viewer_day: Mapped[date] = mapped_column()  # in the viewer's own zone
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    campaign_id: Mapped[str | None] = mapped_column(CAMPAIGN)  # of our own ads, which is played


class AdDayRow(Base):
    """How many rewards a viewer had on a day."""

    __tablename__ = "ad_days"
    __table_args__ = (sa.CheckConstraint("granted >= 0", "granted_not_negative"),)

    viewer_id: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    brand_id: Mapped[str] = mapped_column(BRAND, primary_key=True)
    viewer_day: Mapped[date] = mapped_column(primary_key=True)
    granted: Mapped[int] = mapped_column(default=0)


class AdImpressionRow(Base):
    """An ad was shown; its worth is an estimate and never posted."""

    __tablename__ = "ad_impressions"
    __table_args__ = (*whole("estimate_micros"),)

    network: Mapped[str] = mapped_column(NETWORK, primary_key=True)
    impression_id: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    intent_nonce: Mapped[str | None] = mapped_column(sa.ForeignKey("ad_intents.nonce"), index=True)
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    series_id: Mapped[str] = mapped_column(SERIES)
    country: Mapped[str] = mapped_column(sa.String(2))
    at: Mapped[datetime] = mapped_column(UtcTime)
    estimate_micros: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(CURRENCY)
    precision: Mapped[str] = mapped_column(sa.String(24))


class AdFinalRow(Base):
    """A network's report of a day of its own time zone; a later version corrects by the difference."""

    __tablename__ = "ad_finals"
    __table_args__ = (*whole("amount_minor"),)

    network: Mapped[str] = mapped_column(NETWORK, primary_key=True)
    unit_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    impressions: Mapped[int] = mapped_column(sa.BigInteger)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(CURRENCY)
    zone: Mapped[str] = mapped_column(
        sa.String(64), default="UTC", server_default="UTC"
    )  # an IANA name


class AdCampaignRow(Base):
    """A film of the brand's own to show where ads stand: for its series, or a direct customer's."""

    __tablename__ = "ad_campaigns"
    __table_args__ = (
        sa.CheckConstraint("length_seconds > 0", "length_positive"),
        sa.CheckConstraint("weight > 0", "weight_positive"),
    )

    id: Mapped[str] = mapped_column(CAMPAIGN, primary_key=True)
    brand_id: Mapped[str] = mapped_column(BRAND, index=True)  # empty: every brand's
    title: Mapped[str] = mapped_column(sa.String(120))
    advertiser: Mapped[str] = mapped_column(sa.String(120))
    content_hash: Mapped[str] = mapped_column(SHA256)
    suffix: Mapped[str] = mapped_column(sa.String(16))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    width_pixels: Mapped[int] = mapped_column()
    height_pixels: Mapped[int] = mapped_column()
    length_seconds: Mapped[int] = mapped_column()
    click_url: Mapped[str | None] = mapped_column(sa.Text)
    markets: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # empty: everywhere
    weight: Mapped[int] = mapped_column(default=1)  # how often, against the others
    built_in: Mapped[bool] = mapped_column(default=False)  # shown where no other one is
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AdBreakRow(Base):
    """An ad that stood between two episodes; once answered it counts as shown."""

    __tablename__ = "ad_breaks"
    __table_args__ = (sa.Index("ix_ad_breaks_viewer", "viewer_id", "brand_id", "at"),)

    nonce: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    series_id: Mapped[str] = mapped_column(SERIES)
    episode_id: Mapped[str] = mapped_column(EPISODE)  # the one after it
    campaign_id: Mapped[str] = mapped_column(CAMPAIGN)
    market: Mapped[str] = mapped_column(MARKET)
    at: Mapped[datetime] = mapped_column(UtcTime)


class FeedItemRow(Base):
    """An episode somebody opened, or played to its end: what placement and refunds ask about."""

    __tablename__ = "feed_items"
    __table_args__ = (
        sa.Index("ix_feed_items_viewer", "viewer_id", "brand_id", "at"),
        one_of("kind", "opened", "ended"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    series_id: Mapped[str] = mapped_column(SERIES)
    episode_id: Mapped[str] = mapped_column(EPISODE)
    kind: Mapped[str] = mapped_column(sa.String(8))
    cause: Mapped[str] = mapped_column(sa.String(16), default="")  # what opened it
    length_seconds: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcTime)

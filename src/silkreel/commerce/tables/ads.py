"""Ads: the intent a reward hangs on, what a day may hold, and what networks say they owe."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import BRAND, CURRENCY, SERIES, VIEWER, one_of, whole
from silkreel.kit.database import Base, UtcTime

NETWORK = sa.String(32)


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
    """A network's report of a day; a later version corrects by the difference."""

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

"""What things cost: books that are succeeded and never edited, and the price a viewer was shown."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CHANNEL,
    CURRENCY,
    MARKET,
    SERIES,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime


class PriceBookRow(Base):
    """One version of a market's prices on a channel, under a template."""

    __tablename__ = "price_books"
    __table_args__ = (sa.UniqueConstraint("brand_id", "market", "channel", "template", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    brand_id: Mapped[str] = mapped_column(BRAND)
    market: Mapped[str] = mapped_column(MARKET)
    channel: Mapped[str] = mapped_column(CHANNEL)
    template: Mapped[str] = mapped_column(sa.String(32))
    version: Mapped[int] = mapped_column()
    currency: Mapped[str] = mapped_column(CURRENCY)
    rules: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # free head, ads, discounts
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    approved_by: Mapped[list[Any]] = mapped_column(sa.JSON)


class PriceRow(Base):
    """One item of a book: a bundle in money, or an episode, a choice, a cap in coins."""

    __tablename__ = "prices"
    __table_args__ = (
        sa.CheckConstraint("(coins IS NULL) <> (minor IS NULL)", "coins_or_money"),
        *whole("coins", "minor", "paid_coins", "bonus_coins"),
    )

    book_id: Mapped[int] = mapped_column(sa.ForeignKey("price_books.id"), primary_key=True)
    item: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # bundle:500 | episode | ...
    coins: Mapped[int | None] = mapped_column(sa.BigInteger)
    minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    tax_inclusive: Mapped[bool] = mapped_column(default=True)
    paid_coins: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    bonus_coins: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    store_sku: Mapped[str | None] = mapped_column(sa.String(64))


class QuoteRow(Base):
    """The price a viewer saw for a series; it may fall and never rises until it ends."""

    __tablename__ = "quotes"
    __table_args__ = (
        sa.UniqueConstraint("viewer_id", "brand_id", "series_id", "market", "channel"),
        *whole("episode_coins", "cap_coins"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    series_id: Mapped[str] = mapped_column(SERIES)
    market: Mapped[str] = mapped_column(MARKET)
    channel: Mapped[str] = mapped_column(CHANNEL)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("price_books.id"), index=True)
    free_episodes: Mapped[int] = mapped_column()
    episode_coins: Mapped[int] = mapped_column(sa.BigInteger)
    cap_coins: Mapped[int] = mapped_column(sa.BigInteger)
    rest_discount_percent: Mapped[int] = mapped_column()
    ads_per_unlock: Mapped[int] = mapped_column()
    arm: Mapped[str] = mapped_column(sa.String(32), default="")
    link_id: Mapped[str] = mapped_column(sa.String(64), default="")
    exposed_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)


class ExposureRow(Base):
    """A viewer saw the arm of an experiment; written once, when the wall or price is seen."""

    __tablename__ = "exposures"

    experiment: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    viewer_key: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    arm: Mapped[str] = mapped_column(sa.String(32))
    propensity: Mapped[float] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcTime)


class OfferLogRow(Base):
    """A decision of what to offer somebody, with its reasons: once each, and when it was seen."""

    __tablename__ = "offer_logs"
    __table_args__ = (
        sa.UniqueConstraint("viewer_id", "brand_id", "episode_id", "decision_sha256"),
        sa.Index("ix_offer_logs_seen", "viewer_id", "brand_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    series_id: Mapped[str] = mapped_column(SERIES)
    episode_id: Mapped[str] = mapped_column(sa.String(16))
    market: Mapped[str] = mapped_column(MARKET)
    decision: Mapped[str] = mapped_column(sa.Text)  # canonical JSON: the hash is over its bytes
    decision_sha256: Mapped[str] = mapped_column(SHA256)
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    times: Mapped[int] = mapped_column(default=1)


class PriceProposalRow(Base):
    """A book that one person wants and another has to approve before it is in force."""

    __tablename__ = "price_proposals"
    __table_args__ = (one_of("state", "open", "published", "rejected"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    brand_id: Mapped[str] = mapped_column(BRAND, index=True)
    market: Mapped[str] = mapped_column(MARKET)
    content: Mapped[str] = mapped_column(sa.Text)  # the file, as it was handed in
    content_sha256: Mapped[str] = mapped_column(SHA256)
    why: Mapped[str] = mapped_column(sa.Text)  # what makes it need two
    state: Mapped[str] = mapped_column(sa.String(16), default="open")
    proposed_by: Mapped[str] = mapped_column(sa.String(64))  # a staff id, or the machine's login
    proposed_name: Mapped[str] = mapped_column(sa.String(100))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    book_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_books.id"), index=True)

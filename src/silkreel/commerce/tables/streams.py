"""What VIP and ads earned, use by use: watch time that counts, and the shares it was paid by."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CURRENCY,
    MARKET,
    SERIES,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime


class VipWatchRow(Base):
    """How long VIP let a viewer watch an episode on a day; nothing else of them is kept here."""

    __tablename__ = "vip_watch_days"
    __table_args__ = (
        sa.Index("ix_vip_watch_days_day", "day"),
        sa.CheckConstraint("seconds BETWEEN 0 AND length_seconds", "seconds_within"),
        *whole("seconds", "length_seconds"),
    )

    viewer_id: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    brand_id: Mapped[str] = mapped_column(BRAND, primary_key=True)
    episode_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)  # UTC, by the server's clock
    series_id: Mapped[str] = mapped_column(SERIES)
    market: Mapped[str] = mapped_column(MARKET)
    seconds: Mapped[int] = mapped_column(default=0)  # the most that was told that day
    length_seconds: Mapped[int] = mapped_column()
    first_at: Mapped[datetime] = mapped_column(UtcTime)  # no more can have passed than since then


class StreamShareRow(Base):
    """Part of a subscription's or ad report's money that a title earned; never changed.

    To VIP and ads what lot uses are to coins: statement lines name ranges of these numbers.
    """

    __tablename__ = "stream_shares"
    __table_args__ = (
        sa.Index("ix_stream_shares_period", "period"),
        one_of("stream", "vip", "ad"),
        sa.CheckConstraint("minor <> 0", "minor_not_zero"),
        *whole("minor", "weight"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    period: Mapped[str] = mapped_column(sa.String(7))  # in whose statements it stands
    about: Mapped[str] = mapped_column(sa.String(7))  # the month it was earned in
    stream: Mapped[str] = mapped_column(sa.String(8))
    source: Mapped[str] = mapped_column(sa.String(160))  # the order, or the report's line
    series_id: Mapped[str] = mapped_column(SERIES)  # "" where no title earned it
    market: Mapped[str] = mapped_column(MARKET)
    currency: Mapped[str] = mapped_column(CURRENCY)
    weight: Mapped[int] = mapped_column(sa.BigInteger)  # seconds watched, or ads shown
    minor: Mapped[int] = mapped_column(sa.BigInteger)
    refund: Mapped[bool] = mapped_column()

"""What viewers decide about themselves: limits, and what they withdrew from."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CURRENCY,
    MARKET,
    ORDER,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime

COINS = sa.BigInteger()


class ViewerLimitRow(Base):
    """The bounds of a viewer's spending; read under the wallet's lock with every unlock."""

    __tablename__ = "viewer_limits"
    __table_args__ = (
        one_of("age", "", "child", "teen", "adult"),
        *whole("day_coins", "day_next_coins", "month_coins", "month_next_coins"),
    )

    viewer_id: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    brand_id: Mapped[str] = mapped_column(BRAND, primary_key=True)
    day_coins: Mapped[int | None] = mapped_column(COINS)  # in any 24 hours; None: no limit
    day_next_coins: Mapped[int | None] = mapped_column(COINS)
    day_next_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when the next one comes
    month_coins: Mapped[int | None] = mapped_column(COINS)  # in any 30 days
    month_next_coins: Mapped[int | None] = mapped_column(COINS)
    month_next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    excluded_until: Mapped[datetime | None] = mapped_column(UtcTime)
    age: Mapped[str] = mapped_column(sa.String(8), default="")


class LimitChangeRow(Base):
    """What was asked of a viewer's limits and by whom, so that it can be looked up later."""

    __tablename__ = "limit_changes"
    __table_args__ = (sa.Index("ix_limit_changes_viewer", "viewer_id", "brand_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    what: Mapped[str] = mapped_column(sa.String(16))  # day | month | exclusion | age | merge
    value: Mapped[str] = mapped_column(sa.String(64))
    actor: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)


class WithdrawalRow(Base):
    """A withdrawal: shown first, confirmed second, its acknowledgement kept to the byte."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        sa.Index("ix_withdrawals_viewer", "viewer_id", "brand_id"),
        one_of("kind", "coins", "unlock", "vip"),
    )

    id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    market: Mapped[str] = mapped_column(MARKET)
    kind: Mapped[str] = mapped_column(sa.String(8))
    ref: Mapped[str] = mapped_column(sa.String(64), default="")  # the unlock or the VIP
    shown_json: Mapped[str] = mapped_column(sa.Text)
    shown_at: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    receipt_json: Mapped[str] = mapped_column(sa.Text, default="")
    receipt_sha256: Mapped[str] = mapped_column(SHA256, default="")


class WithdrawalRefundRow(Base):
    """Money that a withdrawal gives back, order by order; the worker tries until it is done."""

    __tablename__ = "withdrawal_refunds"
    __table_args__ = (
        sa.Index("ix_withdrawal_refunds_due", "done_at", "try_at"),
        sa.CheckConstraint("amount_minor > 0", "amount_positive"),
        *whole("amount_minor", "target_minor"),
    )

    withdrawal_id: Mapped[str] = mapped_column(sa.ForeignKey("withdrawals.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(ORDER, primary_key=True)
    payment: Mapped[str] = mapped_column(sa.String(128))  # the provider's name of the payment
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    # Of the order, gone back in all once this is done: told twice it is the same.
    target_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(CURRENCY)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)

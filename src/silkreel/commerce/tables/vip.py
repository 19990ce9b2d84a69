"""VIP: a subscription, the periods that were truly paid, and what the viewer agreed to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CURRENCY,
    ORDER,
    PROVIDER,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime


class ConsentRow(Base):
    """The exact screen somebody agreed to; never changed."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER, index=True)
    brand_id: Mapped[str] = mapped_column(BRAND)
    sha256: Mapped[str] = mapped_column(SHA256)
    screen_json: Mapped[str] = mapped_column(sa.Text)  # canonical: the hash is over its bytes
    locale: Mapped[str] = mapped_column(sa.String(35))
    ui_version: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(UtcTime)
    ip_prefix: Mapped[str] = mapped_column(sa.String(64))


class VipRow(Base):
    """A viewer's subscription with a brand."""

    __tablename__ = "vips"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_ref"),
        sa.Index("ix_vips_viewer", "viewer_id", "brand_id"),
        sa.Index("ix_vips_owed_minor", "owed_minor"),
        one_of("state", "pending", "active", "grace", "on_hold", "paused", "cancelled", "ended",
               "revoked"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    plan: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[str] = mapped_column(sa.String(16), default="pending")
    provider: Mapped[str] = mapped_column(PROVIDER)
    provider_ref: Mapped[str | None] = mapped_column(sa.String(128))
    consent_id: Mapped[int] = mapped_column(sa.ForeignKey("consents.id"), index=True)
    owed_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # has to go back, has not yet
    played_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when it last opened a play


class VipPeriodRow(Base):
    """Time that was paid for: the truth about who is VIP now."""

    __tablename__ = "vip_periods"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", "forward"), *whole("net_minor"))

    vip_id: Mapped[int] = mapped_column(sa.ForeignKey("vips.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    order_id: Mapped[str | None] = mapped_column(ORDER)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(CURRENCY)


class VipFactRow(Base):
    """Something that happened to a subscription, once each; never changed."""

    __tablename__ = "vip_facts"
    __table_args__ = (
        sa.UniqueConstraint("vip_id", "kind", "ref"),
        sa.Index("ix_vip_facts_ref", "ref"),
        one_of("kind", "ordered", "surplus", "reminded", "cancelled", "withdrawn", "paused",
               "resumed", "revoked"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    vip_id: Mapped[int] = mapped_column(sa.ForeignKey("vips.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    ref: Mapped[str] = mapped_column(sa.String(64))  # the order, or the day, it is about
    at: Mapped[datetime] = mapped_column(UtcTime)
    played: Mapped[bool] = mapped_column(default=False)
    told_json: Mapped[str] = mapped_column(sa.Text)  # the receipt the viewer got, canonical

"""Recharge: orders, what providers told of them, and what does not match yet."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import (
    BRAND,
    CHANNEL,
    CURRENCY,
    MARKET,
    ORDER,
    PROVIDER,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime

ORDER_STATES = (
    "created", "pending", "unknown", "paid", "mismatch", "partly_refunded", "refunded",
    "disputed", "charged_back", "failed", "expired",
)  # fmt: skip


class OrderRow(Base):
    """A purchase of coins or VIP; its state is a fold over its events."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_ref"),
        sa.UniqueConstraint("brand_id", "viewer_id", "key"),
        sa.Index("ix_orders_viewer", "viewer_id", "brand_id"),
        sa.Index("ix_orders_ask_at", "ask_at"),
        sa.CheckConstraint("gross_minor > 0", "gross_positive"),
        one_of("state", *ORDER_STATES),
        one_of("environment", "production", "sandbox"),
        *whole("gross_minor", "paid_coins", "bonus_coins"),
    )

    id: Mapped[str] = mapped_column(ORDER, primary_key=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    key: Mapped[str] = mapped_column(sa.String(64))  # the client's idempotency key
    sku: Mapped[str] = mapped_column(sa.String(64))  # an item of the book
    book_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_books.id"), index=True)
    market: Mapped[str] = mapped_column(MARKET)
    channel: Mapped[str] = mapped_column(CHANNEL)
    paid_coins: Mapped[int] = mapped_column(sa.BigInteger)  # promised
    bonus_coins: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # promised
    # Promised beside them, if it is the viewer's first pack by the time it is paid.
    gift_coins: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    currency: Mapped[str] = mapped_column(CURRENCY)
    gross_minor: Mapped[int] = mapped_column(sa.BigInteger)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    provider: Mapped[str] = mapped_column(PROVIDER)
    provider_ref: Mapped[str | None] = mapped_column(sa.String(128))
    state: Mapped[str] = mapped_column(sa.String(16), default="created")
    environment: Mapped[str] = mapped_column(sa.String(16), default="production")
    asked: Mapped[int] = mapped_column(default=0)  # times the janitor asked the provider
    ask_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when it asks next
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)


class InboxEventRow(Base):
    """A message from outside as it came, before anybody believed it."""

    __tablename__ = "inbox_events"
    __table_args__ = (
        sa.UniqueConstraint("provider", "event_id"),
        sa.Index("ix_inbox_events_state", "state", "id"),
        one_of("state", "new", "applied", "parked"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    provider: Mapped[str] = mapped_column(PROVIDER)
    event_id: Mapped[str] = mapped_column(sa.String(128))
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    body_sha256: Mapped[str] = mapped_column(SHA256)
    headers: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    signature_ok: Mapped[bool] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(8), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.Text, default="")  # why it is parked
    received_at: Mapped[datetime] = mapped_column(UtcTime)


class PaymentEventRow(Base):
    """A fact about an order's money, once each; never changed."""

    __tablename__ = "payment_events"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_object", "type"),
        *whole("amount_minor"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    provider: Mapped[str] = mapped_column(PROVIDER)
    provider_object: Mapped[str] = mapped_column(sa.String(128))
    type: Mapped[str] = mapped_column(sa.String(32))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    fee_minor: Mapped[int | None] = mapped_column(sa.BigInteger)  # None: not told yet
    currency: Mapped[str] = mapped_column(CURRENCY)
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    inbox_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inbox_events.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class ReconcileItemRow(Base):
    """Something that our ledger and a provider's list or payout do not agree on."""

    __tablename__ = "reconcile_items"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_object", "kind"),
        one_of("kind", "amount_differs", "only_ours", "only_theirs"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    provider: Mapped[str] = mapped_column(PROVIDER)
    provider_object: Mapped[str] = mapped_column(sa.String(128))
    order_id: Mapped[str | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    ours_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    theirs_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(CURRENCY)
    owner: Mapped[str] = mapped_column(sa.String(64), default="")
    found_at: Mapped[datetime] = mapped_column(UtcTime)
    explained_at: Mapped[datetime | None] = mapped_column(UtcTime)
    explanation: Mapped[str] = mapped_column(sa.Text, default="")

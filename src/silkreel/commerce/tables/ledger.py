"""The ledger: wallets, lots and what moved; txns, postings and lot uses are never changed."""

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
    SERIES,
    SHA256,
    VIEWER,
    one_of,
    whole,
)
from silkreel.kit.database import Base, BigId, UtcTime

LOT_SOURCES = ("paid", "bonus", "ad", "promo", "comp")
LIVE_COIN = sa.text("source = 'coin' AND revoked_at IS NULL")


class AccountRow(Base):
    """Where units stand; a system account's balance is the sum of its postings, never a column."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.UniqueConstraint("owner_type", "owner_id", "role", "unit", "brand_id", "market"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    owner_type: Mapped[str] = mapped_column(sa.String(16))  # wallet | series | system | payee | psp
    owner_id: Mapped[str] = mapped_column(sa.String(64))
    role: Mapped[str] = mapped_column(sa.String(32))  # paid | bonus | debt | mint_paid | ...
    unit: Mapped[str] = mapped_column(CURRENCY)
    brand_id: Mapped[str] = mapped_column(BRAND)
    market: Mapped[str] = mapped_column(MARKET, default="")


class WalletRow(Base):
    """What a viewer has with a brand: the one row that a spend locks."""

    __tablename__ = "wallets"
    __table_args__ = (
        sa.UniqueConstraint("viewer_id", "brand_id"),
        sa.CheckConstraint("paid >= 0", "paid_not_negative"),
        sa.CheckConstraint("bonus >= 0", "bonus_not_negative"),
        sa.CheckConstraint("debt >= 0", "debt_not_negative"),
        *whole("paid", "bonus", "debt"),
        {"postgresql_with": {"fillfactor": 70}},  # room for the next version beside the row
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # coins
    bonus: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # coins
    debt: Mapped[int] = mapped_column(
        sa.BigInteger, default=0
    )  # coins clawed beyond what was there
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    paid_account_id: Mapped[int] = mapped_column(sa.BigInteger)  # here too, so that no spend
    bonus_account_id: Mapped[int] = mapped_column(sa.BigInteger)  # has to look them up
    debt_account_id: Mapped[int] = mapped_column(sa.BigInteger)
    # A guest's wallet that became an account's: it stays empty, and leads there.
    merged_into_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)


class LotRow(Base):
    """Coins that came together: who paid what for them, how many are left, until when."""

    __tablename__ = "lots"
    __table_args__ = (
        sa.Index("ix_lots_open", "wallet_id", sqlite_where=sa.text("is_open"),
                 postgresql_where=sa.text("is_open")),
        sa.Index("ix_lots_due", "expires_at",
                 sqlite_where=sa.text("is_open AND expires_at IS NOT NULL"),
                 postgresql_where=sa.text("is_open AND expires_at IS NOT NULL")),
        sa.CheckConstraint("is_open = (remaining > 0)", "open_while_there_are_coins"),
        sa.CheckConstraint("granted > 0", "granted_positive"),
        sa.CheckConstraint("remaining BETWEEN 0 AND granted", "remaining_within"),
        sa.CheckConstraint("repaid BETWEEN 0 AND granted - remaining", "repaid_within"),
        sa.CheckConstraint("(source = 'paid') = (expires_at IS NULL)", "paid_never_expires"),
        one_of("source", *LOT_SOURCES),
        *whole("granted", "remaining", "repaid", "gross_minor", "tax_minor", "fee_minor",
               "net_minor"),
        {"postgresql_with": {"fillfactor": 80}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    wallet_id: Mapped[int] = mapped_column(sa.ForeignKey("wallets.id"), index=True)
    txn_id: Mapped[int] = mapped_column(sa.ForeignKey("txns.id"), index=True)  # that granted it
    source: Mapped[str] = mapped_column(sa.String(8))
    granted: Mapped[int] = mapped_column(sa.BigInteger)  # coins
    remaining: Mapped[int] = mapped_column(sa.BigInteger)  # coins
    # Indexes ask this, not `remaining`: a spend that leaves coins then moves no index entry.
    is_open: Mapped[bool] = mapped_column()
    repaid: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # coins that settled a debt
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    order_id: Mapped[str | None] = mapped_column(ORDER, index=True)
    from_lot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lots.id"), index=True)
    gross_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    fee_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(CURRENCY, default="")  # "" where no money was paid
    storefront: Mapped[str] = mapped_column(sa.String(32), default="")
    fee_estimated: Mapped[bool] = mapped_column(default=False)
    sandbox: Mapped[bool] = mapped_column(default=False)  # no money; never in statements


class TxnRow(Base):
    """Something that happened once; its postings, lot uses and entitlements hang on it."""

    __tablename__ = "txns"
    __table_args__ = (
        sa.UniqueConstraint("scope", "key"),
        sa.UniqueConstraint("reverses_id"),
        sa.Index("ix_txns_undos", "wallet_id", sqlite_where=sa.text("kind = 'undo'"),
                 postgresql_where=sa.text("kind = 'undo'")),
        sa.Index("ix_txns_order_id", "order_id", sqlite_where=sa.text("order_id IS NOT NULL"),
                 postgresql_where=sa.text("order_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # unlock | open | undo | grant | ...
    brand_id: Mapped[str] = mapped_column(BRAND)
    wallet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wallets.id"))
    actor: Mapped[str] = mapped_column(sa.String(64))
    scope: Mapped[str] = mapped_column(sa.String(160))
    key: Mapped[str] = mapped_column(sa.String(160))
    request_hash: Mapped[str] = mapped_column(SHA256)
    market: Mapped[str] = mapped_column(MARKET, default="")
    channel: Mapped[str] = mapped_column(CHANNEL, default="")
    quote_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    order_id: Mapped[str | None] = mapped_column(ORDER)
    effective_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("txns.id"))
    note: Mapped[str] = mapped_column(sa.Text, default="")


class PostingRow(Base):
    """One line of a txn; + goes into the account, and a txn sums to zero in each unit."""

    __tablename__ = "postings"
    __table_args__ = (
        sa.Index("ix_postings_account_id_txn_id", "account_id", "txn_id"),
        sa.CheckConstraint("amount <> 0", "amount_not_zero"),
        *whole("amount"),
    )

    txn_id: Mapped[int] = mapped_column(sa.ForeignKey("txns.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    unit: Mapped[str] = mapped_column(CURRENCY)
    amount: Mapped[int] = mapped_column(sa.BigInteger)


class LotUseRow(Base):
    """Coins a txn took from a lot; negative where it gave them back."""

    __tablename__ = "lot_uses"
    __table_args__ = (sa.CheckConstraint("amount <> 0", "amount_not_zero"), *whole("amount"))

    txn_id: Mapped[int] = mapped_column(sa.ForeignKey("txns.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(sa.ForeignKey("lots.id"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)


class EntitlementRow(Base):
    """What a viewer may watch, by which cause, from when until when."""

    __tablename__ = "entitlements"
    __table_args__ = (
        sa.Index("ix_entitlements_live_coin", "viewer_id", "brand_id", "kind", "ref", unique=True,
                 sqlite_where=LIVE_COIN, postgresql_where=LIVE_COIN),
        sa.Index("ix_entitlements_series_viewer", "series_id", "viewer_id", "brand_id"),
        sa.CheckConstraint("coins >= 0", "coins_not_negative"),
        one_of("kind", "episode", "choice", "series"),
        one_of("source", "coin", "ad", "pass", "promo", "comp"),
        *whole("coins"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    series_id: Mapped[str] = mapped_column(SERIES)
    kind: Mapped[str] = mapped_column(sa.String(8))
    ref: Mapped[str] = mapped_column(sa.String(64))  # episode, choice or series
    source: Mapped[str] = mapped_column(sa.String(8))
    coins: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # charged for it
    txn_id: Mapped[int | None] = mapped_column(sa.ForeignKey("txns.id"), index=True)
    intent_id: Mapped[str | None] = mapped_column(sa.String(32))  # the ad intent's nonce
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime)  # first real play
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_by_id: Mapped[int | None] = mapped_column(sa.BigInteger)  # the txn that revoked it


class OutboxRow(Base):
    """Something others are told of, written with what it tells, sent later at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_unsent", "id", sqlite_where=sa.text("sent_at IS NULL"),
                 postgresql_where=sa.text("sent_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(sa.String(32))
    key: Mapped[str] = mapped_column(sa.String(160))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)


class LedgerBlockRow(Base):
    """A run of a brand's txns under one hash, which holds the hash of the block before it."""

    __tablename__ = "ledger_blocks"

    chain: Mapped[str] = mapped_column(BRAND, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_txn_id: Mapped[int] = mapped_column(sa.BigInteger)
    to_txn_id: Mapped[int] = mapped_column(sa.BigInteger)
    rows: Mapped[int] = mapped_column()
    previous_hash: Mapped[str] = mapped_column(SHA256)
    hash: Mapped[str] = mapped_column(SHA256)
    sealed_at: Mapped[datetime] = mapped_column(UtcTime)


class AnchorRow(Base):
    """Where a block's hash was put outside the operator's reach."""

    __tablename__ = "anchors"

    chain: Mapped[str] = mapped_column(BRAND, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    receipt: Mapped[str] = mapped_column(sa.Text)

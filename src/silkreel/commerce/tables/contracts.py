"""Who earns what: contracts, and statements that nobody can change once they are issued."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import CURRENCY, MARKET, SERIES, SHA256, one_of, whole
from silkreel.kit.database import Base, BigId, UtcTime

PAYEE = sa.String(64)


class ContractRow(Base):
    """Terms between the operator and a payee about a series."""

    __tablename__ = "contracts"
    __table_args__ = (
        sa.Index("ix_contracts_series", "series_id"),
        one_of("base", "net", "gross"),
        one_of("refund_bearer", "operator", "payee", "shared"),
        one_of("vip_model", "user_centric", "pro_rata"),
        *whole("mg_minor", "bonus_rate_bp"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    payee: Mapped[str] = mapped_column(PAYEE)
    series_id: Mapped[str] = mapped_column(SERIES)
    markets: Mapped[list[Any]] = mapped_column(sa.JSON)
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()
    waterfall: Mapped[list[Any]] = mapped_column(sa.JSON)
    currency: Mapped[str] = mapped_column(CURRENCY)
    mg_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # minimum guarantee
    base: Mapped[str] = mapped_column(sa.String(8), default="net")
    refund_bearer: Mapped[str] = mapped_column(sa.String(8), default="shared")
    vip_model: Mapped[str] = mapped_column(sa.String(16), default="user_centric")
    bonus_rate_bp: Mapped[int] = mapped_column(default=0)  # of a paid coin's worth


class SettlementRow(Base):
    """A month that is closed: up to which txn, and with which terms.

    Never changed; a closing whose statements are all drafts can be taken back whole.
    """

    __tablename__ = "settlements"

    period: Mapped[str] = mapped_column(sa.String(7), primary_key=True)  # 2026-11
    to_txn_id: Mapped[int] = mapped_column(sa.BigInteger)  # the last that belongs to it
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    terms: Mapped[str] = mapped_column(sa.Text)  # the operator's file as it was
    carry: Mapped[str] = mapped_column(sa.Text)  # canonical JSON: what the next month starts with
    sources: Mapped[str] = mapped_column(sa.Text)  # canonical JSON: VIP and ad money handed in
    closed_at: Mapped[datetime] = mapped_column(UtcTime)


class StatementRow(Base):
    """What a payee is owed for a period; a correction is a new version."""

    __tablename__ = "statements"
    __table_args__ = (
        sa.UniqueConstraint("payee", "period", "currency", "version"),
        one_of("state", "draft", "issued", "paid"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    payee: Mapped[str] = mapped_column(PAYEE)
    period: Mapped[str] = mapped_column(sa.String(7))  # 2026-11
    currency: Mapped[str] = mapped_column(CURRENCY)
    version: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(8), default="draft")
    sha256: Mapped[str] = mapped_column(SHA256)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("statements.id"), index=True)
    issued_at: Mapped[datetime | None] = mapped_column(UtcTime)
    content: Mapped[str] = mapped_column(sa.Text, default="")  # the CSV as issued; sha256 is its


class StatementStepRow(Base):
    """Who took a statement a step further, once each; never changed."""

    __tablename__ = "statement_steps"
    __table_args__ = (one_of("step", "closed", "approved", "issued", "paid"),)

    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("statements.id"), primary_key=True)
    step: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    actor_kind: Mapped[str] = mapped_column(sa.String(8))
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(sa.Text, default="")


class StatementLineRow(Base):
    """One share of one stream of one series in one market."""

    __tablename__ = "statement_lines"
    __table_args__ = (*whole("base_minor", "share_bp", "amount_minor"),)

    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("statements.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[str] = mapped_column(SERIES)
    market: Mapped[str] = mapped_column(MARKET)
    stream: Mapped[str] = mapped_column(sa.String(16))  # coin | vip | ad | ...
    base_minor: Mapped[int] = mapped_column(sa.BigInteger)
    share_bp: Mapped[int] = mapped_column()
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    from_ref: Mapped[str] = mapped_column(sa.String(64))
    to_ref: Mapped[str] = mapped_column(sa.String(64))
    corrects: Mapped[str | None] = mapped_column(sa.String(64))  # statement and line

"""Brands, viewers, staff, their sessions and links, and the log of what they did."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, BigId, UtcTime


class BrandRow(Base):
    """A platform under its own name; viewers and staff rights belong to one."""

    __tablename__ = "brands"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    domains: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # hosts without a port
    second_factor: Mapped[str] = mapped_column(sa.String(16))  # optional | money | everyone
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    demo_since: Mapped[datetime | None] = mapped_column(UtcTime)  # its coins are play money


class ViewerRow(Base):
    """Somebody who watches: a guest at first, an account once an identity is known."""

    __tablename__ = "viewers"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)  # a UUID, says nothing
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # guest | account
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    language: Mapped[str] = mapped_column(
        sa.String(16), default="", server_default=""
    )  # of letters


class ViewerIdentityRow(Base):
    """What proves that an account is somebody's: a provider and its lasting name for them."""

    __tablename__ = "viewer_identities"

    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), index=True)
    known_since: Mapped[datetime] = mapped_column(UtcTime)


class ViewerAliasRow(Base):
    """A viewer that was merged into another: its cookies lead to the survivor."""

    __tablename__ = "viewer_aliases"

    former_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), index=True)
    merged_at: Mapped[datetime] = mapped_column(UtcTime)


class ViewerCodeRow(Base):
    """A code that was mailed to prove an address; one at a time, by hashes only."""

    __tablename__ = "viewer_codes"

    address_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # with the brand
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class ViewerSessionRow(Base):
    """A browser a viewer is signed in with; only the token's hash is kept."""

    __tablename__ = "viewer_sessions"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(16), unique=True)  # to name it without its token
    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), index=True)
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), index=True)
    device: Mapped[str] = mapped_column(sa.String(64))  # as the browser names itself, in short
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class LetterRow(Base):
    """A letter to an account: written with what it tells of, sent later, at least once."""

    __tablename__ = "letters"
    __table_args__ = (
        sa.UniqueConstraint("brand_id", "key"),
        sa.Index("ix_letters_waiting", "try_at", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'moot')", name="state_known"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"))
    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    key: Mapped[str] = mapped_column(sa.String(160))  # names what happened: one letter for it
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # what it tells, as of then
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(UtcTime)
    problem: Mapped[str] = mapped_column(sa.Text, default="")  # of the last try
    language: Mapped[str] = mapped_column(
        sa.String(16), default="", server_default=""
    )  # of the last try
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)  # sent, given up or let go


class StaffRow(Base):
    """A person who works here."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), unique=True)  # as signed in with, folded
    shown_name: Mapped[str] = mapped_column(sa.String(100))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  # none until they joined
    totp_nonce: Mapped[str | None] = mapped_column(sa.String(64))  # the secret needs the home's key
    totp_confirmed: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # codes are used once
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class GrantRow(Base):
    """A role somebody has in a brand."""

    __tablename__ = "staff_grants"

    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(UtcTime)


class SessionRow(Base):
    """A browser somebody of the staff is signed in with; only the token's hash is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), index=True)
    second_factor: Mapped[bool] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class InvitationRow(Base):
    """A link that sets a password, once."""

    __tablename__ = "staff_invitations"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ThrottleRow(Base):
    """Tries that failed for one account or from one address; survives restarts."""

    __tablename__ = "staff_throttles"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # a hash, no address
    failures: Mapped[int] = mapped_column()
    last_at: Mapped[datetime] = mapped_column(UtcTime)


class AuditRow(Base):
    """One thing that was done. Rows are never changed or deleted: triggers refuse it."""

    __tablename__ = "audit_log"
    __table_args__ = (sa.Index(None, "brand_id", "number"),)

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    brand_id: Mapped[str] = mapped_column(sa.String(16))
    actor_kind: Mapped[str] = mapped_column(sa.String(16))  # staff | machine | nobody
    actor_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    actor_name: Mapped[str] = mapped_column(sa.String(100))  # as it was then
    action: Mapped[str] = mapped_column(sa.String(64), index=True)
    subject: Mapped[str] = mapped_column(sa.String(100), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    after: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    reason: Mapped[str] = mapped_column(sa.Text)
    request_id: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditHeadRow(Base):
    """The log's newest row; whoever writes the next one holds this row while they do."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    number: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(sa.String(64))

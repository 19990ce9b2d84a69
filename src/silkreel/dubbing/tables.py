"""What dubbing remembers of lines and episodes; big things are artifacts, these are decisions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, UtcTime


class WordingRow(Base):
    """One wording of a line in a language; a draft until a person approves it."""

    __tablename__ = "wordings"

    series_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    line_id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True)
    use: Mapped[str] = mapped_column(sa.String(8), primary_key=True, default="dub")
    length: Mapped[str] = mapped_column(sa.String(8), primary_key=True, default="full")
    text: Mapped[str] = mapped_column(sa.Text)
    origin: Mapped[str] = mapped_column(sa.String(64))  # person | memory | fuzzy | engine's name
    draft: Mapped[bool] = mapped_column()
    source_hash: Mapped[str] = mapped_column(sa.String(64))  # stale when the line's differs
    findings: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # what the gate said
    approved_by: Mapped[str | None] = mapped_column(sa.Text)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class DubRow(Base):
    """The current dub of an episode in a language: keys of its artifacts."""

    __tablename__ = "dubs"

    episode_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True)
    series_id: Mapped[str] = mapped_column(sa.String(16), index=True)
    plan_key: Mapped[str] = mapped_column(sa.String(64))
    mix_key: Mapped[str] = mapped_column(sa.String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # loudness, bed kind
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class VerdictRow(Base):
    """What the checks said of a line, an episode or a series, and of which artifacts."""

    __tablename__ = "verdicts"

    series_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    episode_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)  # "" = series
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True)
    line_id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)  # "" = the whole
    level: Mapped[str] = mapped_column(sa.String(4))  # PASS | WARN | FAIL
    reasons: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    judged: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # keys it looked at
    made_at: Mapped[datetime] = mapped_column(UtcTime)

"""The outbox: what was asked for, and what each finished stage cost. This is the truth."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, UtcTime


class JobRow(Base):
    """A journey somebody ordered; the same order twice is the same row."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # hash of the order
    journey: Mapped[str] = mapped_column(sa.String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    priority: Mapped[int] = mapped_column(default=10)
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(
        sa.String(16)
    )  # waiting | running | done | failed | cancelled
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class StageRunRow(Base):
    """One finished run of a stage: what it answered, and what it took, for estimates and the bill.

    The row is what makes a stage finished; an engine that lost its own note of it asks here.
    """

    __tablename__ = "stage_runs"

    job_id: Mapped[str] = mapped_column(sa.ForeignKey("jobs.id"), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(160), primary_key=True)  # unique in the job
    attempt: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(sa.String(64), index=True)
    state: Mapped[str] = mapped_column(sa.String(16))  # done | refused
    worker: Mapped[str] = mapped_column(sa.Text)
    wall_seconds: Mapped[float] = mapped_column()
    engine_seconds: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # CPU by name
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    ended_at: Mapped[datetime] = mapped_column(UtcTime)

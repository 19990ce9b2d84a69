"""Stories at the desk: whose they are, every text they ever had, and approvals."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, BigId, UtcTime

NAME_LENGTH = 80
PATH_LENGTH = 200


class DeskStoryRow(Base):
    """A story's folder, and the brand whose staff works on it."""

    __tablename__ = "desk_stories"

    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)
    brand_id: Mapped[str] = mapped_column(sa.ForeignKey("brands.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class DeskContentRow(Base):
    """A text by its hash, packed; rows are only ever added."""

    __tablename__ = "desk_contents"

    content_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    packed: Mapped[bytes] = mapped_column(sa.LargeBinary)


class DeskRevisionRow(Base):
    """One file as it was saved once; rows are only ever added."""

    __tablename__ = "desk_revisions"

    story: Mapped[str] = mapped_column(sa.ForeignKey("desk_stories.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(sa.String(PATH_LENGTH))
    content_hash: Mapped[str] = mapped_column(
        sa.ForeignKey("desk_contents.content_hash"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(16))
    touched: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # episodes it changed
    staff_id: Mapped[str] = mapped_column(sa.String(16), default="")  # empty: nobody at the desk
    staff_name: Mapped[str] = mapped_column(sa.String(100), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(UtcTime)


class DeskApprovalRow(Base):
    """Somebody's yes to an episode; it holds until the episode is opened again."""

    __tablename__ = "desk_approvals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    story: Mapped[str] = mapped_column(sa.ForeignKey("desk_stories.name"), index=True)
    episode: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    revision: Mapped[int] = mapped_column()
    staff_id: Mapped[str] = mapped_column(sa.String(16))
    staff_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcTime)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcTime, default=None)
    reopened_by: Mapped[str] = mapped_column(sa.String(100), default="")

"""What is kept of a viewer in a story: places, how far they are, saves, options taken."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, UtcTime


class PlaceRow(Base):
    """The line a viewer came to last in one medium."""

    __tablename__ = "places"

    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), primary_key=True)
    work_id: Mapped[str] = mapped_column(
        sa.ForeignKey("story_works.id"), primary_key=True, index=True
    )
    medium: Mapped[str] = mapped_column(sa.String(8), primary_key=True)  # video | novel | game
    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), index=True)
    line_id: Mapped[str] = mapped_column(sa.String(24))
    at: Mapped[datetime] = mapped_column(UtcTime)


class ProgressRow(Base):
    """How far a viewer has come in a story, in whatever medium."""

    __tablename__ = "story_progress"

    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), primary_key=True)
    work_id: Mapped[str] = mapped_column(
        sa.ForeignKey("story_works.id"), primary_key=True, index=True
    )
    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), index=True)
    line_id: Mapped[str] = mapped_column(sa.String(24))
    ordinal: Mapped[int] = mapped_column()  # of the line in that version's canon


class PlaythroughRow(Base):
    """A save: the options taken, on the version they were last played on."""

    __tablename__ = "playthroughs"

    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), primary_key=True)
    work_id: Mapped[str] = mapped_column(
        sa.ForeignKey("story_works.id"), primary_key=True, index=True
    )
    slot: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), index=True)
    log: Mapped[list[Any]] = mapped_column(sa.JSON)
    line_id: Mapped[str | None] = mapped_column(sa.String(24))  # shown last
    revision: Mapped[int] = mapped_column()
    saved_at: Mapped[datetime] = mapped_column(UtcTime)


class ChoiceTakenRow(Base):
    """An option a viewer has taken in any play: for the shares players are told."""

    __tablename__ = "choices_taken"
    __table_args__ = (sa.Index(None, "work_id", "choice_id"),)

    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), primary_key=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("story_works.id"), primary_key=True)
    choice_id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)


class SeenRow(Base):
    """A line a viewer has come to in some game: the first of a scene, or the last of an ending.

    Lines, not names of scenes: they outlive a scene that is renamed, parted or joined.
    """

    __tablename__ = "seen_in_games"

    viewer_id: Mapped[str] = mapped_column(sa.ForeignKey("viewers.id"), primary_key=True)
    work_id: Mapped[str] = mapped_column(
        sa.ForeignKey("story_works.id"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)  # scene | ending
    line_id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)

"""What a series knows of itself: characters and voices, terms, lines, approved translations."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, BigId, UtcTime


class CharacterRow(Base):
    """Somebody of the story who speaks."""

    __tablename__ = "characters"
    __table_args__ = (sa.UniqueConstraint("series_id", "name"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    series_id: Mapped[str] = mapped_column(sa.String(16), index=True)
    name: Mapped[str] = mapped_column(sa.Text)
    names: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # by language
    found_by: Mapped[str] = mapped_column(sa.String(16))  # series.yaml | voice | person
    voice_print: Mapped[list[Any] | None] = mapped_column(sa.JSON)  # centre of its voice
    pitch_hertz: Mapped[float | None] = mapped_column()  # median; a hint for the choice of voice


class VoiceRow(Base):
    """The one voice a character has in a language, for the whole series."""

    __tablename__ = "voices"

    character_id: Mapped[str] = mapped_column(sa.ForeignKey("characters.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True)
    engine: Mapped[str] = mapped_column(sa.String(64))
    preset: Mapped[str] = mapped_column(sa.String(64))
    pitch_semitones: Mapped[float] = mapped_column(default=0.0)
    rate_offset: Mapped[float] = mapped_column(default=0.0)
    locked: Mapped[bool] = mapped_column(default=False)


class TermRow(Base):
    """A name or phrase that must read the same everywhere."""

    __tablename__ = "terms"
    __table_args__ = (sa.UniqueConstraint("series_id", "source"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    series_id: Mapped[str] = mapped_column(sa.String(16), index=True)
    source: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.String(16), default="name")
    reading: Mapped[str] = mapped_column(sa.Text, default="")
    targets: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # by language
    forbidden: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # lists by language


class LineRow(Base):
    """One line of dialogue, with an id that outlives every edit."""

    __tablename__ = "lines"
    __table_args__ = (sa.Index("ix_lines_episode", "episode_id", "position"),)

    series_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)  # ep001_7k2m
    episode_id: Mapped[str] = mapped_column(sa.String(16))
    position: Mapped[int] = mapped_column()  # order in the episode
    character_id: Mapped[str | None] = mapped_column(sa.ForeignKey("characters.id"))
    first_frame: Mapped[int] = mapped_column()
    end_frame: Mapped[int] = mapped_column()
    source_text: Mapped[str] = mapped_column(sa.Text)
    source_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    came_from: Mapped[str] = mapped_column(sa.String(16))  # script | read | heard | person
    dubbed: Mapped[bool] = mapped_column(default=True)  # a silent caption is not spoken
    hint: Mapped[str] = mapped_column(sa.Text, default="")  # a second burned-in script
    read_confidence: Mapped[float | None] = mapped_column()
    heard_confidence: Mapped[float | None] = mapped_column()
    heard_text: Mapped[str | None] = mapped_column(sa.Text)
    box: Mapped[list[Any] | None] = mapped_column(sa.JSON)  # left, top, width, height as shares
    split_from: Mapped[str | None] = mapped_column(sa.String(24))
    retired: Mapped[bool] = mapped_column(default=False)  # ids are never reused


class MemoryRow(Base):
    """An approved translation, found again by source and context."""

    __tablename__ = "memory"
    __table_args__ = (
        sa.UniqueConstraint(
            "series_id", "language", "source_hash", "context_hash", "line_id", "use", "length",
            name="uq_memory_entry",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    series_id: Mapped[str] = mapped_column(sa.String(16), index=True)
    language: Mapped[str] = mapped_column(sa.String(35))
    source_text: Mapped[str] = mapped_column(sa.Text)
    source_hash: Mapped[str] = mapped_column(sa.String(64))
    context_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    line_id: Mapped[str] = mapped_column(
        sa.String(24), default=""
    )  # whose words it was; or nobody's
    use: Mapped[str] = mapped_column(sa.String(8), default="dub")  # sub | dub | print
    length: Mapped[str] = mapped_column(sa.String(8), default="full")  # full | compact | short
    text: Mapped[str] = mapped_column(sa.Text)
    approved_by: Mapped[str] = mapped_column(sa.Text)
    approved_at: Mapped[datetime] = mapped_column(UtcTime)

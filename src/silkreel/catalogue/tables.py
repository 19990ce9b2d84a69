"""What there is to watch: series, episodes, editions in a language, renditions to stream."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from silkreel.kit.database import Base, UtcTime


class SeriesRow(Base):
    """A series."""

    __tablename__ = "series"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    titles: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # by language
    synopses: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # by language
    source_language: Mapped[str] = mapped_column(sa.String(35))
    orientation: Mapped[str] = mapped_column(sa.String(16), default="vertical")
    rights: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    caption_band: Mapped[list[Any] | None] = mapped_column(
        sa.JSON
    )  # top, bottom as shares, and how it was voted; empty: none
    made_at: Mapped[datetime] = mapped_column(UtcTime)

    episodes: Mapped[list["EpisodeRow"]] = relationship(
        back_populates="series", order_by="EpisodeRow.number"
    )


class EpisodeRow(Base):
    """An episode and its one master."""

    __tablename__ = "episodes"
    __table_args__ = (sa.UniqueConstraint("series_id", "number"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    series_id: Mapped[str] = mapped_column(sa.ForeignKey("series.id"))
    number: Mapped[int] = mapped_column()
    asset: Mapped[str] = mapped_column(sa.String(24), unique=True)  # public name in addresses
    titles: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    master_hash: Mapped[str] = mapped_column(sa.String(64))
    master_suffix: Mapped[str] = mapped_column(sa.String(16))
    width_pixels: Mapped[int] = mapped_column()
    height_pixels: Mapped[int] = mapped_column()
    frame_rate: Mapped[str] = mapped_column(sa.String(16))  # a fraction, "25" or "30000/1001"
    frame_count: Mapped[int] = mapped_column()
    length_seconds: Mapped[float] = mapped_column()
    fixes: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # accepted mends, by code
    poster_hash: Mapped[str | None] = mapped_column(sa.String(64))
    thumbhash: Mapped[str | None] = mapped_column(sa.String(64))

    series: Mapped[SeriesRow] = relationship(back_populates="episodes")


class SidecarRow(Base):
    """A file that came beside a master: subtitles, or a music-and-effects stem."""

    __tablename__ = "sidecars"

    episode_id: Mapped[str] = mapped_column(sa.ForeignKey("episodes.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)  # subtitles | me
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True, default="")
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    suffix: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.Text)


class EditionRow(Base):
    """An episode in one language."""

    __tablename__ = "editions"
    __table_args__ = (sa.UniqueConstraint("episode_id", "language"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    episode_id: Mapped[str] = mapped_column(sa.ForeignKey("episodes.id"))
    language: Mapped[str] = mapped_column(sa.String(35))
    kind: Mapped[str] = mapped_column(sa.String(16))  # original | dub | voice-over
    draft_lines: Mapped[int] = mapped_column(default=0)  # machine wordings nobody approved
    waiting_lines: Mapped[int] = mapped_column(default=0)  # lines without a wording
    provenance: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class RenditionRow(Base):
    """A file that can be streamed: one rung of picture, one language of sound or subtitles."""

    __tablename__ = "renditions"
    __table_args__ = (sa.UniqueConstraint("episode_id", "kind", "name"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    episode_id: Mapped[str] = mapped_column(sa.ForeignKey("episodes.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # video | audio | subtitles
    name: Mapped[str] = mapped_column(sa.String(64))  # v540 | a.es | s.es.cc
    language: Mapped[str | None] = mapped_column(sa.String(35))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    suffix: Mapped[str] = mapped_column(sa.String(16))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    codec: Mapped[str] = mapped_column(sa.String(64), default="")  # RFC 6381
    width_pixels: Mapped[int | None] = mapped_column()
    height_pixels: Mapped[int | None] = mapped_column()
    segments: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # media.cmaf's index
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # kind, label, loudness
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class ReleaseRow(Base):
    """A series is open to viewers of a market."""

    __tablename__ = "releases"

    series_id: Mapped[str] = mapped_column(sa.ForeignKey("series.id"), primary_key=True)
    market: Mapped[str] = mapped_column(sa.String(8), primary_key=True)  # ISO 3166, or "001" world
    languages: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    drafts_allowed: Mapped[bool] = mapped_column(default=False)
    released_at: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ImportFindingRow(Base):
    """Why a file of a folder was not taken, or what was mended on the way."""

    __tablename__ = "import_findings"

    series_id: Mapped[str] = mapped_column(sa.ForeignKey("series.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    sentence: Mapped[str] = mapped_column(sa.Text)
    refused: Mapped[bool] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column(UtcTime)

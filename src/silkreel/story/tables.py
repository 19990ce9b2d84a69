"""Published stories: a work, its versions that never change, and what hangs together in each by ids."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.database import Base, UtcTime

ID_LENGTH = 24  # ep001_terrace_Q7R2, with room
NAME_LENGTH = 80  # of a knot with its stitch


class StoryWorkRow(Base):
    """One story as drama, novel and game; which of its versions is shown, if any."""

    __tablename__ = "story_works"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    series_id: Mapped[str] = mapped_column(sa.String(16), unique=True)
    shown_id: Mapped[str | None] = mapped_column(sa.String(16))  # a version; none: unpublished
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class StoryVersionRow(Base):
    """A story as it was published once: never changed, so that saves and places keep their meaning."""

    __tablename__ = "story_versions"
    __table_args__ = (
        sa.UniqueConstraint("work_id", "digest"),
        sa.UniqueConstraint("work_id", "number"),
    )

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("story_works.id"))
    number: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(sa.String(64))  # sha256 of all sources
    title: Mapped[str] = mapped_column(sa.Text)
    source_language: Mapped[str] = mapped_column(sa.String(35))
    ink_version: Mapped[str] = mapped_column(sa.String(16))
    cast: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # names by language, portrait
    walk: Mapped[list[Any]] = mapped_column(sa.JSON)  # ids of the canon, in order
    game: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)  # scenes, endings; none: older
    published_by: Mapped[str] = mapped_column(sa.String(100))
    published_at: Mapped[datetime] = mapped_column(UtcTime)


class StoryEpisodeRow(Base):
    """A numbered episode of a version."""

    __tablename__ = "story_episodes"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    knot: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    title: Mapped[str] = mapped_column(sa.Text)
    budget_seconds: Mapped[float | None] = mapped_column()


class StorySceneRow(Base):
    """A scene, and a log of choices that leads into it."""

    __tablename__ = "story_scenes"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)
    position: Mapped[int] = mapped_column()
    episode: Mapped[int] = mapped_column()
    heading: Mapped[str] = mapped_column(sa.Text)
    location: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    only: Mapped[str | None] = mapped_column(sa.String(8))  # video | novel | game
    way_in: Mapped[list[Any] | None] = mapped_column(sa.JSON)  # choice ids; none: nobody gets there


class StoryBeatRow(Base):
    """A line or an option of a version."""

    __tablename__ = "story_beats"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    position: Mapped[int] = mapped_column()
    scene_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))  # or its episode's knot
    episode: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(sa.String(8))  # speech | action | choice
    canon_ordinal: Mapped[int | None] = mapped_column()  # how far it is; none: off the canon
    only: Mapped[str | None] = mapped_column(sa.String(8))


class StoryChoiceRow(Base):
    """An option: with which others it is offered, after which line, for how much."""

    __tablename__ = "story_choices"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    point: Mapped[str] = mapped_column(sa.String(ID_LENGTH))  # the first option of its set
    position: Mapped[int] = mapped_column()
    after: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH))  # line of the series before it
    canon: Mapped[bool] = mapped_column()
    price_coins: Mapped[int] = mapped_column()


class StoryChapterRow(Base):
    """A chapter of the novel."""

    __tablename__ = "story_chapters"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.Text)
    adapts: Mapped[list[Any]] = mapped_column(sa.JSON)


class StoryBlockRow(Base):
    """A block of a chapter: the lines it quotes, and the episodes that must be open to read it."""

    __tablename__ = "story_blocks"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    chapter: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH))
    line: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH))  # where a reader is by now
    quotes: Mapped[list[Any]] = mapped_column(sa.JSON)
    episodes: Mapped[list[Any]] = mapped_column(sa.JSON)


class StoryLinkRow(Base):
    """`source` stands in this relation to `target`; both are ids."""

    __tablename__ = "story_links"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    rel: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)
    target: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)


class StoryFileRow(Base):
    """A file of a version in the store: compiled story, strings, a chapter's page, a picture."""

    __tablename__ = "story_files"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("story_versions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)  # game|strings|chapter|art
    name: Mapped[str] = mapped_column(sa.String(200), primary_key=True)  # a number, or a path
    language: Mapped[str] = mapped_column(sa.String(35), primary_key=True, default="")
    state: Mapped[str] = mapped_column(sa.String(8), default="")  # source|approved|stale|draft
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    suffix: Mapped[str] = mapped_column(sa.String(16))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)

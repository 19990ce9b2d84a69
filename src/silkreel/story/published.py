"""A published version as it is read: all its ids in memory, loaded once, for it never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.story.tables import (
    StoryBeatRow,
    StoryBlockRow,
    StoryChapterRow,
    StoryChoiceRow,
    StoryEpisodeRow,
    StoryFileRow,
    StoryLinkRow,
    StorySceneRow,
    StoryVersionRow,
    StoryWorkRow,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line or option: where it stands, and where each medium meets it."""

    id: str
    scene: str
    episode: int
    kind: str
    canon_ordinal: int | None
    only: str | None
    watched: bool
    read_at: tuple[int, str | None] | None  # a chapter, and a fragment in it
    played: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene and the way into it."""

    id: str
    episode: int
    only: str | None
    way_in: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """An option, the set it is offered in, and the line it is asked after."""

    id: str
    point: str
    after: str | None
    canon: bool
    price_coins: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the novel: its id, the line a reader has come to, what must be open."""

    id: str | None
    line: str | None
    quotes: tuple[str, ...]
    episodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the version in the store."""

    state: str
    content_hash: str
    suffix: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class GameMap:
    """All there is to see of a game."""

    scenes: tuple[str, ...]
    endings: tuple[frozenset[str], ...]  # each by the ids that may be met last in it


@dataclass(frozen=True)
class Published:
    """One version of a work."""

    id: str
    work_id: str
    number: int
    digest: str
    title: str
    source_language: str
    cast: Mapping[str, Any]
    walk: tuple[str, ...]
    episodes: Mapping[int, str]  # titles by number
    chapters: Mapping[int, str]
    scenes: Mapping[str, Scene]
    lines: Mapping[str, Line]
    choices: Mapping[str, Asked]
    blocks: Mapping[int, tuple[Block, ...]]  # by chapter
    files: Mapping[tuple[str, str, str], File]  # by kind, name and language
    ordinals: Mapping[str, int] = field(default_factory=dict)
    game: GameMap | None = None  # none: published before this was counted

    @property
    def scenes_total(self) -> int | None:
        """How many scenes its game can show; None where nobody counted."""
        return len(self.game.scenes) if self.game is not None else None

    @property
    def endings_total(self) -> int | None:
        """How many endings its game can come to; None where nobody counted."""
        return len(self.game.endings) if self.game is not None else None

    def languages(self, kind: str, name: str | None = None) -> dict[str, str]:
        """Languages of a kind of file with their state; without a name, those all of them have."""
        names = {n for k, n, _ in self.files if k == kind} if name is None else {name}
        found: dict[str, list[str]] = {}
        for (k, n, language), file in self.files.items():
            if k == kind and n in names:
                found.setdefault(language, []).append(file.state)
        return {
            language: max(states, key=_STATES.index)
            for language, states in found.items()
            if len(states) == len(names)
        }


_STATES = ("source", "approved", "stale", "draft")


def shown_version_id(tx: Session, series_id: str) -> str | None:
    """The version of a series' story that viewers see."""
    query = sa.select(StoryWorkRow.shown_id).where(StoryWorkRow.series_id == series_id)
    return tx.scalar(query)


def version_ids(tx: Session, work_id: str) -> dict[str, str]:
    """Every version a work ever had: id by digest."""
    query = sa.select(StoryVersionRow.digest, StoryVersionRow.id).where(
        StoryVersionRow.work_id == work_id
    )
    return {digest: version for digest, version in tx.execute(query)}  # noqa: C416 - rows


def every_choice(tx: Session, work_id: str) -> frozenset[str]:
    """Ids of all options a work ever had."""
    query = (
        sa.select(StoryChoiceRow.line_id)
        .join(StoryVersionRow, StoryVersionRow.id == StoryChoiceRow.version_id)
        .where(StoryVersionRow.work_id == work_id)
    )
    return frozenset(tx.scalars(query))


def lowest_prices(tx: Session, work_id: str, since: datetime) -> dict[str, int]:
    """The least each option was asked for in versions that may have been shown since a moment.

    Those are the ones published after it and the newest one from before.
    """
    of_work = StoryVersionRow.work_id == work_id
    newest = sa.select(sa.func.max(StoryVersionRow.number)).where(
        of_work, StoryVersionRow.published_at <= since
    )
    shown = sa.or_(
        StoryVersionRow.published_at > since, StoryVersionRow.number == newest.scalar_subquery()
    )
    query = (
        sa.select(StoryChoiceRow.line_id, sa.func.min(StoryChoiceRow.price_coins))
        .join(StoryVersionRow, StoryVersionRow.id == StoryChoiceRow.version_id)
        .where(of_work, shown)
        .group_by(StoryChoiceRow.line_id)
    )
    return {line_id: coins for line_id, coins in tx.execute(query)}  # noqa: C416 - rows


def load_version(tx: Session, version_id: str) -> Published:
    """A version with everything in it."""
    row = tx.get_one(StoryVersionRow, version_id)
    lines = _lines(tx, version_id)
    walk = tuple(row.walk)
    return Published(
        row.id, row.work_id, row.number, row.digest, row.title, row.source_language, row.cast,
        walk,
        {each.number: each.title for each in _rows(tx, StoryEpisodeRow, version_id, "number")},
        {each.number: each.title for each in _rows(tx, StoryChapterRow, version_id, "number")},
        {
            each.id: Scene(each.id, each.episode, each.only, _way(each.way_in))
            for each in _rows(tx, StorySceneRow, version_id, "position")
        },
        lines,
        {
            each.line_id: Asked(each.line_id, each.point, each.after, each.canon, each.price_coins)
            for each in _rows(tx, StoryChoiceRow, version_id, "position")
        },
        _blocks(tx, version_id),
        {
            (each.kind, each.name, each.language): File(
                each.state, each.content_hash, each.suffix, each.size_bytes
            )
            for each in _rows(tx, StoryFileRow, version_id, "name")
        },
        {line_id: number for number, line_id in enumerate(walk)},
        _game(row.game),
    )  # fmt: skip


def _rows(tx: Session, table: type[Any], version_id: str, order: str) -> list[Any]:
    query = sa.select(table).where(table.version_id == version_id)
    return list(tx.scalars(query.order_by(getattr(table, order))))


def _lines(tx: Session, version_id: str) -> dict[str, Line]:
    links: dict[tuple[str, str], str] = {}
    query = sa.select(StoryLinkRow.rel, StoryLinkRow.source, StoryLinkRow.target).where(
        StoryLinkRow.version_id == version_id,
        StoryLinkRow.rel.in_(("watch", "read", "play")),
    )
    for rel, source, target in tx.execute(query):
        links[rel, source] = target
    chapters = {
        block_id: chapter
        for chapter, blocks in _blocks(tx, version_id).items()
        for block in blocks
        for block_id in (block.id, *block.quotes)
        if block_id is not None
    }
    return {
        each.line_id: Line(
            each.line_id, each.scene_id, each.episode, each.kind, each.canon_ordinal, each.only,
            ("watch", each.line_id) in links,
            _read_at(links.get(("read", each.line_id)), chapters),
            ("play", each.line_id) in links,
        )
        for each in _rows(tx, StoryBeatRow, version_id, "position")
    }  # fmt: skip


def _read_at(target: str | None, chapters: Mapping[str, int]) -> tuple[int, str | None] | None:
    if target is None:
        return None
    if target in chapters:
        return chapters[target], target
    return int(target.removeprefix("ch")), None


def _blocks(tx: Session, version_id: str) -> dict[int, tuple[Block, ...]]:
    found: dict[int, list[Block]] = {}
    for each in _rows(tx, StoryBlockRow, version_id, "position"):
        block = Block(each.block_id, each.line, tuple(each.quotes), tuple(each.episodes))
        found.setdefault(each.chapter, []).append(block)
    return {chapter: tuple(blocks) for chapter, blocks in found.items()}


def _game(told: Mapping[str, Any] | None) -> GameMap | None:
    if told is None:
        return None
    return GameMap(tuple(told["scenes"]), tuple(frozenset(each) for each in told["endings"]))


def _way(told: list[Any] | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(map(str, told))

"""Versions of a story: written once, shown or not, never changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.kit.database import Base, Session
from silkreel.kit.ids import random_id
from silkreel.story.edition import Edition
from silkreel.story.inkjs import VERSION
from silkreel.story.project import Character
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

Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A file of a version, already in the store."""

    kind: str
    name: str
    language: str
    state: str
    content_hash: str
    suffix: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes what, when."""

    digest: str
    by: str
    at: datetime


def work_of(tx: Session, series_id: str) -> StoryWorkRow | None:
    """The story of a series, published or not; None where it never had one."""
    return tx.scalar(sa.select(StoryWorkRow).where(StoryWorkRow.series_id == series_id))


def known_version(tx: Session, series_id: str, digest: str) -> StoryVersionRow | None:
    """The version of a series' story with these very sources, if it was published before."""
    query = sa.select(StoryVersionRow).join(
        StoryWorkRow, StoryWorkRow.id == StoryVersionRow.work_id
    )
    return tx.scalar(
        query.where(StoryWorkRow.series_id == series_id, StoryVersionRow.digest == digest)
    )


def keep_version(
    tx: Session,
    series_id: str,
    edition: Edition,
    files: Sequence[StoredPage],
    signed: Signature,
) -> StoryVersionRow:
    """Write a version beside those there are; the same sources give the version they gave before."""
    work = work_of(tx, series_id)
    if work is None:
        work = StoryWorkRow(id=random_id(), series_id=series_id, made_at=signed.at)
        tx.add(work)
        tx.flush()
    known = known_version(tx, series_id, signed.digest)
    if known is not None:
        return known
    version = _version(tx, work.id, edition, files, signed)
    tx.add(version)
    tx.flush()
    for table, rows in _parts(edition, files):
        written = [{"version_id": version.id, **row} for row in rows]
        if written:
            tx.execute(sa.insert(table), written)
    return version


def show_version(tx: Session, version: StoryVersionRow) -> bool:
    """Let viewers see this version of its work; whether anything changed."""
    work = tx.get_one(StoryWorkRow, version.work_id, with_for_update=True)
    changed, work.shown_id = work.shown_id != version.id, version.id
    tx.flush()
    return changed


def hide_work(tx: Session, series_id: str) -> bool:
    """Take the story of a series away from viewers; saves and places stay. Whether it was shown."""
    work = work_of(tx, series_id)
    if work is None or work.shown_id is None:
        return False
    work.shown_id = None
    tx.flush()
    return True


def _version(
    tx: Session,
    work_id: str,
    edition: Edition,
    files: Sequence[StoredPage],
    signed: Signature,
) -> StoryVersionRow:
    newest = sa.select(sa.func.max(StoryVersionRow.number)).where(
        StoryVersionRow.work_id == work_id
    )
    art = {page.name: f"{page.content_hash}{page.suffix}" for page in files if page.kind == "art"}
    story = edition.story
    return StoryVersionRow(
        id=random_id(), work_id=work_id, number=(tx.scalar(newest) or 0) + 1, digest=signed.digest,
        title=story.project.title or story.main.tag("title") or story.folder.name,
        source_language=story.project.language, ink_version=VERSION,
        cast={each.id: _character(each, art) for each in story.project.cast},
        walk=list(edition.walk), game=_game(edition), published_by=signed.by, published_at=signed.at,
    )  # fmt: skip


def _game(edition: Edition) -> dict[str, Any]:
    endings = [sorted(each) for each in edition.endings]
    return {"scenes": list(edition.played), "endings": endings}


def _character(character: Character, art: dict[str, str]) -> dict[str, Any]:
    return {
        "name": character.name or character.id,
        "names": dict(character.names),
        "portrait": art.get(character.portrait),
    }


def _parts(edition: Edition, files: Sequence[StoredPage]) -> Iterable[tuple[type[Base], Rows]]:
    yield StoryEpisodeRow, _episodes(edition)
    yield StorySceneRow, _scenes(edition)
    yield StoryBeatRow, _beats(edition)
    yield StoryChoiceRow, _choices(edition)
    yield StoryChapterRow, _chapters(edition)
    yield StoryBlockRow, _blocks(edition)
    yield StoryLinkRow, _links(edition)
    yield StoryFileRow, _files(files)


def _episodes(edition: Edition) -> Rows:
    for each in edition.episodes:
        yield {
            "number": each.number, "knot": each.knot, "title": each.title,
            "budget_seconds": each.budget_seconds,
        }  # fmt: skip


def _scenes(edition: Edition) -> Rows:
    for position, each in enumerate(edition.scenes):
        yield {
            "id": each.id, "position": position, "episode": each.episode,
            "heading": each.heading, "location": each.location, "only": each.only,
            "way_in": None if each.way_in is None else list(each.way_in),
        }  # fmt: skip


def _beats(edition: Edition) -> Rows:
    for position, each in enumerate(edition.beats):
        yield {
            "line_id": each.line_id, "position": position, "scene_id": each.scene,
            "episode": each.episode, "kind": each.kind, "canon_ordinal": each.canon_ordinal,
            "only": each.only,
        }  # fmt: skip


def _choices(edition: Edition) -> Rows:
    for position, each in enumerate(edition.choices):
        yield {
            "line_id": each.line_id, "point": each.point, "position": position,
            "after": each.after, "canon": each.canon, "price_coins": each.price_coins,
        }  # fmt: skip


def _chapters(edition: Edition) -> Rows:
    for each in edition.chapters:
        yield {"number": each.number, "title": each.title, "adapts": list(each.adapts)}


def _blocks(edition: Edition) -> Rows:
    for position, each in enumerate(edition.blocks):
        yield {
            "chapter": each.chapter, "position": position, "block_id": each.block.id,
            "line": each.line, "quotes": list(each.block.quotes), "episodes": list(each.episodes),
        }  # fmt: skip


def _links(edition: Edition) -> Rows:
    for each in edition.links:
        yield {"rel": each.rel, "source": each.source, "target": each.target}
    for choice in edition.choices:
        if choice.after is not None:
            yield {"rel": "choice_at", "source": choice.line_id, "target": choice.after}


def _files(files: Sequence[StoredPage]) -> Rows:
    for each in files:
        yield {
            "kind": each.kind, "name": each.name, "language": each.language, "state": each.state,
            "content_hash": each.content_hash, "suffix": each.suffix,
            "size_bytes": each.size_bytes,
        }  # fmt: skip

"""Editions and renditions: what an episode can be watched in; adding one touches no other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.tables import EditionRow, RenditionRow
from silkreel.kit.artifacts import steps_of
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.refusals import Refusal

ANIMATIC_STEPS = "story.animatic"  # how the names of the steps begin that make animatics


@dataclass(frozen=True, slots=True)
class NewRendition:
    """A file ready to be streamed."""

    kind: str  # video | audio | subtitles
    name: str
    content_hash: str
    suffix: str
    size_bytes: int
    language: str | None = None
    codec: str = ""
    width_pixels: int | None = None
    height_pixels: int | None = None
    segments: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class AnimaticIsNoRendition(Refusal):
    """What was made to be watched before the shoot was offered to viewers."""

    status = 409
    message = (
        "{name} is an animatic, a synthetic preview made from a script; viewers get what was shot. "
        "Take the episode's picture in first."
    )


def put_rendition(tx: Session, episode_id: str, new: NewRendition) -> RenditionRow:
    """The rendition of that kind and name, made or replaced; the same file changes nothing.

    Raises:
        AnimaticIsNoRendition: the file is an animatic, or a shot of one, whatever it is called.
    """
    if any(step.startswith(ANIMATIC_STEPS) for step in steps_of(tx, new.content_hash)):
        raise AnimaticIsNoRendition(name=new.name)
    row = tx.scalar(
        sa.select(RenditionRow).where(
            RenditionRow.episode_id == episode_id,
            RenditionRow.kind == new.kind,
            RenditionRow.name == new.name,
        )
    )
    if row is None:
        row = RenditionRow(
            id=random_id(), episode_id=episode_id, kind=new.kind, name=new.name, made_at=now()
        )
        tx.add(row)
    elif row.content_hash != new.content_hash:
        row.made_at = now()
    row.language = new.language
    row.content_hash, row.suffix, row.size_bytes = new.content_hash, new.suffix, new.size_bytes
    row.codec, row.width_pixels, row.height_pixels = new.codec, new.width_pixels, new.height_pixels
    row.segments, row.facts = dict(new.segments), dict(new.facts)
    tx.flush()
    return row


def put_edition(
    tx: Session,
    episode_id: str,
    language: str,
    *,
    kind: str,
    draft_lines: int,
    waiting_lines: int,
    provenance: Mapping[str, Any],
) -> EditionRow:
    """The edition of an episode in a language, made or brought up to date."""
    row = tx.scalar(
        sa.select(EditionRow).where(
            EditionRow.episode_id == episode_id, EditionRow.language == language
        )
    )
    if row is None:
        row = EditionRow(id=random_id(), episode_id=episode_id, language=language, made_at=now())
        tx.add(row)
    row.kind, row.draft_lines, row.waiting_lines = kind, draft_lines, waiting_lines
    row.provenance = dict(provenance)
    tx.flush()
    return row


def renditions_of(tx: Session, episode_id: str) -> list[RenditionRow]:
    """Renditions of an episode, by kind and name."""
    query = sa.select(RenditionRow).where(RenditionRow.episode_id == episode_id)
    return list(tx.scalars(query.order_by(RenditionRow.kind, RenditionRow.name)))


def editions_of(tx: Session, episode_id: str) -> list[EditionRow]:
    """Editions of an episode, by language."""
    query = sa.select(EditionRow).where(EditionRow.episode_id == episode_id)
    return list(tx.scalars(query.order_by(EditionRow.language)))

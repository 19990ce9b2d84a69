"""Episodes: one master each, with the files that came beside it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow, SidecarRow
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.refusals import Refusal


class NoSuchEpisode(Refusal):
    """The series has no episode of that number."""

    status = 404
    message = "This series has no episode {number}."


@dataclass(frozen=True, slots=True)
class Master:
    """A probed master in the store."""

    content_hash: str
    suffix: str
    width_pixels: int
    height_pixels: int
    frame_rate: Fraction
    frame_count: int
    length_seconds: float
    fixes: tuple[str, ...] = ()


def put_master(tx: Session, series_id: str, number: int, master: Master) -> tuple[EpisodeRow, bool]:
    """The episode of that number with this master, and whether anything changed."""
    episode = tx.scalar(
        sa.select(EpisodeRow).where(EpisodeRow.series_id == series_id, EpisodeRow.number == number)
    )
    if episode is None:
        episode = EpisodeRow(
            id=random_id(), series_id=series_id, number=number, asset=random_id(20)
        )
        tx.add(episode)
    elif episode.master_hash == master.content_hash and episode.fixes == list(master.fixes):
        return episode, False
    episode.master_hash = master.content_hash
    episode.master_suffix = master.suffix
    episode.width_pixels = master.width_pixels
    episode.height_pixels = master.height_pixels
    episode.frame_rate = str(master.frame_rate)
    episode.frame_count = master.frame_count
    episode.length_seconds = master.length_seconds
    episode.fixes = list(master.fixes)
    tx.flush()
    return episode, True


def put_sidecar(
    tx: Session,
    episode_id: str,
    *,
    kind: str,
    language: str,
    content_hash: str,
    suffix: str,
    name: str,
) -> bool:
    """Keep a sidecar; answers whether anything changed."""
    sidecar = tx.get(SidecarRow, (episode_id, kind, language))
    if sidecar is not None and sidecar.content_hash == content_hash:
        return False
    values: dict[str, Any] = {"content_hash": content_hash, "suffix": suffix, "name": name}
    tx.merge(SidecarRow(episode_id=episode_id, kind=kind, language=language, **values))
    tx.flush()
    return True


def find_episode(tx: Session, series_id: str, number: int) -> EpisodeRow:
    """The episode of that number.

    Raises:
        NoSuchEpisode: there is none.
    """
    query = sa.select(EpisodeRow).where(
        EpisodeRow.series_id == series_id, EpisodeRow.number == number
    )
    episode = tx.scalar(query)
    if episode is None:
        raise NoSuchEpisode(number=number)
    return episode


def sidecars_of(tx: Session, episode_id: str) -> list[SidecarRow]:
    """Sidecars of an episode."""
    return list(tx.scalars(sa.select(SidecarRow).where(SidecarRow.episode_id == episode_id)))

"""A wallet's history in names: which episodes of which series were opened, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from silkreel.catalogue.browse import pick
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.commerce.history import Entry
from silkreel.kit.database import Session


@dataclass(frozen=True, slots=True)
class Opened:
    """Episodes of a series, by their numbers."""

    slug: str
    title: str
    numbers: tuple[int, ...]


def name_opened(tx: Session, entries: Iterable[Entry], language: str) -> Mapping[int, Opened]:
    """What each entry opened, by the number of its txn; series that are gone are left out."""
    opening = [entry for entry in entries if entry.series_id is not None]
    wanted = {entry.series_id for entry in opening}
    series = {
        row.id: row for row in tx.scalars(sa.select(SeriesRow).where(SeriesRow.id.in_(wanted)))
    }
    numbers = _numbers(tx, [episode for entry in opening for episode in entry.episodes])
    return {
        entry.txn_id: _opened(series[entry.series_id], entry, numbers, language)
        for entry in opening
        if entry.series_id in series
    }


def _opened(row: SeriesRow, entry: Entry, numbers: Mapping[str, int], language: str) -> Opened:
    title = pick(row.titles, language, row.source_language, "en") or row.slug
    told = sorted(numbers[episode] for episode in entry.episodes if episode in numbers)
    return Opened(row.slug, title, tuple(told))


def _numbers(tx: Session, episodes: list[str]) -> dict[str, int]:
    rows = tx.execute(
        sa.select(EpisodeRow.id, EpisodeRow.number).where(EpisodeRow.id.in_(episodes))
    )
    return {row[0]: row[1] for row in rows}

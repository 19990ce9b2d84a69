"""How far each series is: episodes, languages, markets."""

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, SeriesRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session


@dataclass(frozen=True, slots=True)
class SeriesOverview:
    """A series at a glance."""

    slug: str
    episodes: int
    source_language: str
    languages: tuple[str, ...]
    markets: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As machines read it."""
        return asdict(self)


def series_overview(workshop: Workshop) -> list[SeriesOverview]:
    """Every series, by slug."""
    with workshop.reading() as tx:
        rows = tx.scalars(sa.select(SeriesRow).order_by(SeriesRow.slug)).all()
        return [_overview(tx, row) for row in rows]


def _overview(tx: Session, series: SeriesRow) -> SeriesOverview:
    count = sa.select(sa.func.count()).where(EpisodeRow.series_id == series.id)
    languages = (
        sa.select(EditionRow.language)
        .join(EpisodeRow, EpisodeRow.id == EditionRow.episode_id)
        .where(EpisodeRow.series_id == series.id, EditionRow.kind != "original")
        .distinct()
    )
    markets = sa.select(ReleaseRow.market).where(
        ReleaseRow.series_id == series.id, ReleaseRow.withdrawn_at.is_(None)
    )
    return SeriesOverview(
        series.slug,
        tx.scalar(count) or 0,
        series.source_language,
        tuple(sorted(tx.scalars(languages))),
        tuple(sorted(tx.scalars(markets))),
    )

"""The rows a play decision stands on, read in two statements."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from silkreel.catalogue.browse import ORIGINAL, VIDEO, NotShown
from silkreel.catalogue.releases import WORLD
from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

Row = sa.Row[*tuple[Any, ...]]


class NotReady(Refusal):
    """The episode is released but has no picture to play."""

    status = 409
    message = "This episode is still being prepared; try again in a few minutes."


def _json_text(column: orm.InstrumentedAttribute[Any]) -> sa.ColumnElement[str]:
    """A JSON column as the text it is: cheap to compare, parsed only when needed."""
    return sa.cast(column, sa.Text)


_Next = orm.aliased(EpisodeRow)
_next_number = (
    sa.select(sa.func.min(_Next.number))
    .where(
        _Next.series_id == EpisodeRow.series_id,
        _Next.number > EpisodeRow.number,
        sa.exists().where(RenditionRow.episode_id == _Next.id, RenditionRow.kind == VIDEO),
    )
    .correlate(EpisodeRow)
    .scalar_subquery()
)
_After = orm.aliased(EpisodeRow)
# One row for each release that could count: the market's own and the world's.
_EPISODE = (
    sa.select(
        EpisodeRow.id,
        EpisodeRow.asset,
        EpisodeRow.number,
        EpisodeRow.length_seconds,
        EpisodeRow.width_pixels,
        EpisodeRow.height_pixels,
        EpisodeRow.frame_rate,
        EpisodeRow.poster_hash,
        EpisodeRow.thumbhash,
        _json_text(EpisodeRow.titles).label("titles"),
        SeriesRow.slug,
        SeriesRow.source_language,
        _json_text(SeriesRow.caption_band).label("caption_band"),
        ReleaseRow.market,
        _json_text(ReleaseRow.languages).label("languages"),
        ReleaseRow.drafts_allowed,
        ReleaseRow.released_at,
        ReleaseRow.withdrawn_at,
        _After.id.label("next_id"),
        _After.number.label("next_number"),
        _json_text(_After.titles).label("next_titles"),
    )
    .join(SeriesRow, SeriesRow.id == EpisodeRow.series_id)
    .join(
        ReleaseRow,
        sa.and_(
            ReleaseRow.series_id == SeriesRow.id,
            ReleaseRow.market.in_((sa.bindparam("market"), WORLD)),
        ),
    )
    .outerjoin(
        _After,
        sa.and_(_After.series_id == EpisodeRow.series_id, _After.number == _next_number),
    )
    .where(EpisodeRow.id == sa.bindparam("episode_id"))
)
_RENDITIONS = (
    sa.select(
        RenditionRow.id,
        RenditionRow.kind,
        RenditionRow.name,
        RenditionRow.language,
        RenditionRow.content_hash,
        RenditionRow.suffix,
        RenditionRow.codec,
        RenditionRow.width_pixels,
        RenditionRow.height_pixels,
        _json_text(RenditionRow.facts).label("facts"),
        EditionRow.kind.label("made_as"),
        EditionRow.draft_lines,
        EditionRow.waiting_lines,
        EditionRow.withdrawn,
        _json_text(EditionRow.provenance).label("provenance"),
    )
    .join(EpisodeRow, EpisodeRow.id == RenditionRow.episode_id)
    .join(SeriesRow, SeriesRow.id == EpisodeRow.series_id)
    .outerjoin(
        EditionRow,
        sa.and_(
            EditionRow.episode_id == RenditionRow.episode_id,
            EditionRow.language
            == sa.func.coalesce(
                sa.func.nullif(RenditionRow.language, ORIGINAL), SeriesRow.source_language
            ),
        ),
    )
    .where(RenditionRow.episode_id == sa.bindparam("episode_id"))
    .order_by(RenditionRow.kind, RenditionRow.name)
)


@dataclass(frozen=True)
class PlayFacts:
    """The rows a decision stands on."""

    releases: tuple[Row, ...]  # each with the episode, its series and what comes after it
    renditions: tuple[Row, ...]  # each with the edition of its language

    @property
    def episode(self) -> Row:
        """The episode and its series, which every release's row repeats."""
        return self.releases[0]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """All of it as plain tuples, which hash and compare faster than rows."""
        return tuple(map(tuple, self.releases)), tuple(map(tuple, self.renditions))


def read_facts(tx: Session, episode_id: str, market: str) -> PlayFacts:
    """The rows of an episode as one market sees it.

    Raises:
        NotShown: there is no such episode, or no release that could count.
    """
    run = tx.connection().execute
    releases = run(_EPISODE, {"episode_id": episode_id, "market": market}).all()
    if not releases:
        raise NotShown
    return PlayFacts(tuple(releases), tuple(run(_RENDITIONS, {"episode_id": episode_id}).all()))

"""Opening a series to viewers, market by market."""

from collections.abc import Sequence

import sqlalchemy as sa

from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted

WORLD = "001"  # UN M.49: the world


class NothingToRelease(Refusal):
    """No episode of the series can be watched yet."""

    status = 409
    message = "No episode of {slug} is packaged yet; run `silkreel localise {slug} --to LANGUAGES`."


class DraftsLeft(Refusal):
    """Machine drafts that nobody approved stand in the way of a release."""

    status = 409
    message = Counted(
        "{slug} has {drafts} machine-drafted lines nobody approved in {languages}; approve them "
        "(`silkreel lines export` and `import`), or release with --allow-drafts, which labels them.",
        one="{slug} has {drafts} machine-drafted line nobody approved in {languages}; approve it "
        "(`silkreel lines export` and `import`), or release with --allow-drafts, which labels it.",
        by="drafts",
    )


def release(
    tx: Session,
    series: SeriesRow,
    market: str,
    languages: Sequence[str],
    *,
    drafts_allowed: bool,
) -> ReleaseRow:
    """Open a series in a market, in these languages; doing it again brings it up to date.

    Raises:
        NothingToRelease: no episode has a picture to play.
        DraftsLeft: machine drafts are left and were not allowed.
    """
    if not _playable(tx, series.id):
        raise NothingToRelease(slug=series.slug)
    drafts = _drafts(tx, series.id, languages)
    if drafts and not drafts_allowed:
        raise DraftsLeft(
            slug=series.slug, drafts=sum(drafts.values()), languages=", ".join(sorted(drafts))
        )
    row = tx.get(ReleaseRow, (series.id, market))
    if row is None:
        row = ReleaseRow(series_id=series.id, market=market, released_at=now())
        tx.add(row)
    row.languages = sorted(set(languages))
    row.drafts_allowed = drafts_allowed
    row.withdrawn_at = None
    tx.flush()
    return row


def withdraw(tx: Session, series: SeriesRow, market: str) -> None:
    """Close a series in a market; no file moves."""
    row = tx.get(ReleaseRow, (series.id, market))
    if row is not None:
        row.withdrawn_at = now()
        tx.flush()


def _playable(tx: Session, series_id: str) -> bool:
    query = (
        sa.select(RenditionRow.id)
        .join(EpisodeRow, EpisodeRow.id == RenditionRow.episode_id)
        .where(EpisodeRow.series_id == series_id, RenditionRow.kind == "video")
        .limit(1)
    )
    return tx.scalar(query) is not None


def _drafts(tx: Session, series_id: str, languages: Sequence[str]) -> dict[str, int]:
    query = (
        sa.select(EditionRow.language, sa.func.sum(EditionRow.draft_lines))
        .join(EpisodeRow, EpisodeRow.id == EditionRow.episode_id)
        .where(EpisodeRow.series_id == series_id, EditionRow.language.in_(languages))
        .group_by(EditionRow.language)
    )
    return {language: count for language, count in tx.execute(query) if count}

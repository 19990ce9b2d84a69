"""Opening a series to viewers, market by market."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

WORLD = "001"  # UN M.49: the world


class NothingToRelease(Refusal):
    """No episode of the series can be watched yet."""

    status = 409
    message = "No episode of {slug} is packaged yet; run `silkreel localise {slug} --to LANGUAGES`."


class DraftsLeft(Refusal):
    """Machine drafts that nobody approved stand in the way of a release."""

    status = 409
    message = (
        "{slug} has {drafts} machine-drafted lines nobody approved in {languages}; approve them "
        "(`silkreel lines export` and `import`), or release with --allow-drafts, which labels them."
    )


class NotFinished(Refusal):
    """Episodes or lines of a language are missing."""

    status = 409
    message = (
        "{slug} is not finished in {language}: {what}. Run `silkreel localise {slug} --to "
        "{language}` and look at `silkreel qc {slug}`, or release with --allow-unfinished."
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an operator lets viewers see although it is not as it should be."""

    drafts: bool = False  # machine drafts, labelled
    unfinished: bool = False  # missing episodes, unworded lines, failed checks


def release(
    tx: Session, series: SeriesRow, market: str, languages: Sequence[str], allowed: Allowed
) -> ReleaseRow:
    """Open a series in a market, in these languages; doing it again brings it up to date.

    Raises:
        NothingToRelease: no episode has a picture to play.
        NotFinished: episodes or words are missing and that was not allowed.
        DraftsLeft: machine drafts are left and were not allowed.
    """
    playable = _playable(tx, series.id)
    if not playable:
        raise NothingToRelease(slug=series.slug)
    dubbed = [each for each in languages if each != series.source_language]
    if not allowed.unfinished:
        _check_finished(tx, series, dubbed, playable)
    drafts = _drafts(tx, series.id, dubbed)
    if drafts and not allowed.drafts:
        raise DraftsLeft(
            slug=series.slug, drafts=sum(drafts.values()), languages=", ".join(sorted(drafts))
        )
    row = tx.get(ReleaseRow, (series.id, market))
    if row is None:
        row = ReleaseRow(series_id=series.id, market=market, released_at=now())
        tx.add(row)
    row.languages = sorted(set(languages))
    row.drafts_allowed = allowed.drafts or allowed.unfinished
    row.withdrawn_at = None
    tx.flush()
    return row


def withdraw(tx: Session, series: SeriesRow, market: str) -> None:
    """Close a series in a market; no file moves."""
    row = tx.get(ReleaseRow, (series.id, market))
    if row is not None:
        row.withdrawn_at = now()
        tx.flush()


def _playable(tx: Session, series_id: str) -> dict[str, int]:
    """Numbers of the episodes that have a picture, by id."""
    query = (
        sa.select(EpisodeRow.id, EpisodeRow.number)
        .join(RenditionRow, RenditionRow.episode_id == EpisodeRow.id)
        .where(EpisodeRow.series_id == series_id, RenditionRow.kind == "video")
        .distinct()
    )
    return {name: number for name, number in tx.execute(query)}  # noqa: C416 - rows, not pairs


def _check_finished(
    tx: Session, series: SeriesRow, languages: Sequence[str], playable: Mapping[str, int]
) -> None:
    for language in languages:
        query = sa.select(EditionRow.episode_id, EditionRow.waiting_lines).where(
            EditionRow.episode_id.in_(playable), EditionRow.language == language
        )
        waiting = {name: lines for name, lines in tx.execute(query)}  # noqa: C416 - rows, not pairs
        missing = sorted(number for name, number in playable.items() if name not in waiting)
        if missing:
            what = "no episode " + ", ".join(str(number) for number in missing)
        elif any(waiting.values()):
            what = f"{sum(waiting.values())} lines are not translated"
        else:
            continue
        raise NotFinished(slug=series.slug, language=language, what=what)


def _drafts(tx: Session, series_id: str, languages: Sequence[str]) -> dict[str, int]:
    query = (
        sa.select(EditionRow.language, sa.func.sum(EditionRow.draft_lines))
        .join(EpisodeRow, EpisodeRow.id == EditionRow.episode_id)
        .where(EpisodeRow.series_id == series_id, EditionRow.language.in_(languages))
        .group_by(EditionRow.language)
    )
    return {language: count for language, count in tx.execute(query) if count}

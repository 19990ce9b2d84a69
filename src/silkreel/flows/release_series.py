"""A series opens to the viewers of a market, in the languages that are ready."""

from collections.abc import Sequence

import sqlalchemy as sa

from silkreel.catalogue.releases import Allowed, NotFinished, release, withdraw
from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import EditionRow, EpisodeRow, SeriesRow
from silkreel.dubbing.tables import VerdictRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal


class NotDubbed(Refusal):
    """A language that no episode has."""

    status = 409
    message = "{slug} has no episode in {language}; run `silkreel localise {slug} --to {language}`."


class NoSuchMarket(Refusal):
    """A market code that is none."""

    message = (
        "{market} is no market: write a country's two letters such as BR, or 001 for the world."
    )


def release_series(
    workshop: Workshop,
    slug: str,
    market: str,
    languages: Sequence[str] | None = None,
    *,
    allowed: Allowed = Allowed(),  # noqa: B008 - frozen
) -> tuple[str, ...]:
    """Open a series in a market and return the languages it is open in.

    The original is always among them: viewers may want its voices under their subtitles.

    Raises:
        NoSuchSeries, NoSuchMarket, NotDubbed, NothingToRelease, NotFinished, DraftsLeft.
    """
    code = _market(market)
    with workshop.transaction() as tx:
        series = find_series(tx, slug)
        ready = _ready(tx, series.id)
        wanted = [normal_tag(each) for each in languages] if languages else sorted(ready)
        for language in wanted:
            if language not in ready:
                raise NotDubbed(slug=slug, language=language)
        wanted = sorted({*wanted, series.source_language})
        row = release(tx, series, code, wanted, allowed)
        if not allowed.unfinished:
            _check_verdicts(tx, series, wanted)
        return tuple(row.languages)


def withdraw_series(workshop: Workshop, slug: str, market: str) -> None:
    """Close a series in a market."""
    with workshop.transaction() as tx:
        withdraw(tx, find_series(tx, slug), _market(market))


def _check_verdicts(tx: Session, series: SeriesRow, languages: Sequence[str]) -> None:
    """Refuse what quality control failed: an operator sees the list first."""
    query = (
        sa.select(VerdictRow.language, sa.func.count())
        .where(
            VerdictRow.series_id == series.id,
            VerdictRow.language.in_(languages),
            VerdictRow.level == "FAIL",
            VerdictRow.episode_id != "",
            VerdictRow.line_id == "",
        )
        .group_by(VerdictRow.language)
        .order_by(VerdictRow.language)
    )
    for language, count in tx.execute(query):
        what = f"{count} episodes failed their checks"
        raise NotFinished(slug=series.slug, language=language, what=what)


def _market(code: str) -> str:
    upper = code.strip().upper()
    if upper == "001" or (len(upper) == 2 and upper.isalpha() and upper.isascii()):
        return upper
    raise NoSuchMarket(market=code)


def _ready(tx: Session, series_id: str) -> set[str]:
    query = (
        sa.select(EditionRow.language)
        .join(EpisodeRow, EpisodeRow.id == EditionRow.episode_id)
        .where(EpisodeRow.series_id == series_id, ~EditionRow.withdrawn)
        .distinct()
    )
    return set(tx.scalars(query))

"""What may not open to viewers: languages that are not finished, unless an operator says so."""

import pytest
import sqlalchemy as sa

from silkreel.catalogue.releases import Allowed, DraftsLeft, NotFinished
from silkreel.catalogue.tables import EditionRow, EpisodeRow, SeriesRow
from silkreel.dubbing.tables import VerdictRow
from silkreel.flows.release_series import NoSuchMarket, NotDubbed, release_series
from silkreel.kit.clock import now
from trial_home import Trial, seed

SLUG = "harbour-lights"


@pytest.fixture
def series(workshop, media_folder):
    seed(workshop, Trial(seconds=2, rungs=((90, 160),)), media_folder)
    return workshop


def change(workshop, **values):
    with workshop.transaction() as tx:
        second = sa.select(EpisodeRow.id).where(EpisodeRow.number == 2).scalar_subquery()
        spanish = (EditionRow.episode_id == second, EditionRow.language == "es")
        if values:
            tx.execute(sa.update(EditionRow).where(*spanish).values(**values))
        else:
            tx.execute(sa.delete(EditionRow).where(*spanish))


def judge(workshop, language, level):
    with workshop.transaction() as tx:
        series, episode = tx.scalar(sa.select(SeriesRow)), tx.scalar(sa.select(EpisodeRow))
        tx.add(
            VerdictRow(
                series_id=series.id, episode_id=episode.id, language=language, line_id="",
                level=level, reasons=[], judged={}, made_at=now(),
            )
        )  # fmt: skip


def test_what_is_finished_opens_with_the_original_beside_it(series):
    judge(series, "es", "WARN")
    assert release_series(series, SLUG, "br", ["es"]) == ("en", "es")


def test_a_missing_episode_stands_in_the_way(series):
    change(series)
    with pytest.raises(NotFinished, match="in es: 2"):
        release_series(series, SLUG, "BR", ["es"])
    allowed = Allowed(unfinished=True)
    assert release_series(series, SLUG, "BR", ["es"], allowed=allowed) == ("en", "es")


def test_lines_without_words_stand_in_the_way(series):
    change(series, waiting_lines=3)
    with pytest.raises(NotFinished, match="translated 3 lines"):
        release_series(series, SLUG, "BR")


def test_failed_checks_stand_in_the_way_and_nothing_opens(series):
    judge(series, "es", "FAIL")
    with pytest.raises(NotFinished, match="failed in 1 episodes"):
        release_series(series, SLUG, "BR", ["es"])
    assert release_series(series, SLUG, "BR", ["en"]) == ("en",)


def test_drafts_are_a_question_of_their_own(series):
    change(series, draft_lines=1)
    with pytest.raises(DraftsLeft, match="1 machine-drafted"):
        release_series(series, SLUG, "BR", allowed=Allowed(unfinished=True))
    assert release_series(series, SLUG, "BR", allowed=Allowed(drafts=True)) == ("en", "es")


def test_a_language_nobody_made_and_a_market_that_is_none_are_refused(series):
    with pytest.raises(NotDubbed, match="fr"):
        release_series(series, SLUG, "BR", ["fr"])
    with pytest.raises(NoSuchMarket):
        release_series(series, SLUG, "Brazil")

"""What a home knows of a story: found by its ids, told to the checks."""

import json
import shutil

import pytest
import sqlalchemy as sa

from money_shop import SLUG, demo_settings, open_shop, stock
from silkreel.catalogue.series import NoSuchSeries, episodes_of, find_series
from silkreel.catalogue.tables import RenditionRow
from silkreel.dubbing.fit_plan import FitCandidate, FitPlan
from silkreel.dubbing.fitting import FitLine
from silkreel.dubbing.plans import recording_to_json
from silkreel.dubbing.recording import Recording
from silkreel.dubbing.tables import DubRow
from silkreel.flows.publish_story import StoryBlocked
from silkreel.flows.story_outside import story_outside
from silkreel.kit.clock import now
from silkreel.kit.spans import Span
from silkreel.story.checking import check, look_into, not_run
from silkreel.story.forms.vtt import Cue
from silkreel.story.lints.evidence import Outside
from silkreel.story.project import open_story
from story_house import line_id, open_house, write_spanish


@pytest.fixture
def begun(market_homes, database_kind):
    """Each test's home has the story published."""
    return market_homes(database_kind)


@pytest.fixture
def house(settings, workshop, media_folder, tmp_path):
    shop = open_shop(demo_settings(settings), workshop, stock(workshop, media_folder))
    made = open_house(shop, tmp_path / "market")
    yield made
    shop.app.api.state.stories.stage.close()
    shop.app.api.state.site.close()


def subtitle(workshop, number: int) -> None:
    """Subtitles of an episode whose cues carry the story's ids, in every language it has."""
    text = f"WEBVTT\n\n{line_id(number, 'A000')}\n00:00:00.500 --> 00:00:02.500\nA line\n"
    content_hash = workshop.store.write(text.encode(), ".vtt")
    with workshop.transaction() as tx:
        for each in episodes_of(tx, find_series(tx, SLUG).id):
            if each.number == number:
                tx.execute(
                    sa.update(RenditionRow)
                    .where(RenditionRow.episode_id == each.id, RenditionRow.kind == "subtitles")
                    .values(content_hash=content_hash)
                )


def speak(workshop, number: int, *said: FitCandidate) -> None:
    """A dub of an episode in Spanish, as the studio keeps it: measured wordings of one line."""
    line = FitLine(line_id(number, "A000"), "MEI", Span(0, 25), said)
    plan = FitPlan(placed=(), needs_wording=(), tight=(), waiting=(), cost=0.0)
    told = recording_to_json(Recording((line,), plan, {}, {}))

    def maker(folder):
        (folder / "plan.json").write_text(json.dumps(told), encoding="utf-8")
        return folder / "plan.json", {}

    key = f"{number:064}"
    workshop.make(key, "test.plan", maker)
    with workshop.transaction() as tx:
        series = find_series(tx, SLUG)
        episode = next(each for each in episodes_of(tx, series.id) if each.number == number)
        tx.add(
            DubRow(
                episode_id=episode.id, language="es", series_id=series.id, plan_key=key,
                mix_key="", made_at=now(),
            )
        )  # fmt: skip


def test_a_story_is_found_by_its_ids_with_its_words_and_its_cues(house):
    subtitle(house.shop.workshop, 1)
    told = story_outside(house.shop.workshop, open_story(house.folder))
    assert told.series == SLUG
    assert told.before[line_id(1, "A000")] == "Have you brought the word1?"
    assert told.cues["en"] == told.cues["es"] == {line_id(1, "A000"): Cue(0.5, 2.5)}
    codes = {each.code for each in not_run(look_into(open_story(house.folder), outside=told))}
    assert not codes & {"DRM024", "DRM204"}


def test_a_story_of_somebody_elses_is_not_this_homes(house, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(house.folder, other)
    script = other / "script/main.ink"
    script.write_text(script.read_text().replace("market_", "bazaar_"))
    story = open_story(other)
    assert story_outside(house.shop.workshop, story) == Outside()
    assert story_outside(house.shop.workshop, story, SLUG).series == SLUG
    with pytest.raises(NoSuchSeries):
        story_outside(house.shop.workshop, story, "nobodys")


def test_what_was_published_shows_a_split_that_publishing_warns_of(house):
    said = f"Have you brought the word1? #id:{line_id(1, 'A000')} #beat:hook"
    halves = f"Have you? #id:{line_id(1, 'A000')} #beat:hook\nMEI: Brought the word1? #id:ep001_market_A0B0"
    house.edit(said, halves)
    done = house.publish()
    assert [(each.code, each.line_id) for each in done.findings if each.code == "DRM024"] == [
        ("DRM024", "ep001_market_A0B0")
    ]


def test_lengths_the_studio_measured_are_held_against_the_picture(house):
    write_spanish(house.folder)
    subtitle(house.shop.workshop, 1)
    wording = "HAVE YOU BROUGHT THE WORD1?"
    speak(house.shop.workshop, 1, FitCandidate(wording, 0.4), FitCandidate(wording, 60.0))
    told = story_outside(house.shop.workshop, open_story(house.folder))
    assert told.takes == {"es": {wording: 60.0}}
    found = check(look_into(open_story(house.folder), outside=told), ("DRM205",))
    assert [each.line_id for each in found] == [line_id(1, "A000")]
    assert found[0].at.file == "i18n/es.po"


def test_a_window_the_picture_cannot_keep_is_not_published(house):
    house.edit(f"#id:{line_id(3, 'C000')} #canon", f"#id:{line_id(3, 'C000')} #canon #window:99")
    with pytest.raises(StoryBlocked, match="DRM041"):
        house.publish()

"""The desk's checks look into the home as the command line does: what was published and filmed of a story."""

import shutil

import pytest
import sqlalchemy as sa

from money_shop import SLUG
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import RenditionRow
from silkreel.flows.story_outside import story_outside
from silkreel.people.passwords import hash_password
from silkreel.story.checking import check, look_into, not_run
from silkreel.story.project import open_story
from staff_desk import PASSWORD, Browser, hire
from story_house import line_id, open_house

PIECE = "ep001_market_A0B0"


@pytest.fixture
def begun(market_homes, database_kind):
    """Each test's home has the story published."""
    return market_homes(database_kind)


@pytest.fixture
def house(unpriced, tmp_path):
    made = open_house(unpriced, tmp_path / "market")
    yield made
    made.shop.app.api.state.stories.stage.close()


@pytest.fixture
def folder(house, settings):
    """The published story on the desk's shelf, one line of it split since."""
    said = f"Have you brought the word1? #id:{line_id(1, 'A000')} #beat:hook"
    halves = f"Have you? #id:{line_id(1, 'A000')} #beat:hook\nMEI: Brought the word1? #id:{PIECE}"
    house.edit(said, halves)
    return shutil.copytree(house.folder, settings.folder / "stories" / "Market")


@pytest.fixture
def anna(house):
    hire(house.shop.workshop, hash_password(PASSWORD), "anna", "writer")
    browser = Browser(house.shop.app)
    assert browser.sign_in("anna").status_code == 200
    return browser


def checked(browser):
    answer = browser.get("/stories/Market/check")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return (
        [(each["code"], each["file"], each["line"]) for each in told["findings"]],
        {code for each in told["not_run"] for code in each["codes"]},
    )


def film(workshop):
    """Subtitles of the first episode come, whose cue carries the story's id."""
    cue = f"WEBVTT\n\n{line_id(1, 'A000')}\n00:00:00.500 --> 00:00:02.500\nHave you?\n"
    content_hash = workshop.store.write(cue.encode(), ".vtt")
    with workshop.transaction() as tx:
        first = next(e for e in episodes_of(tx, find_series(tx, SLUG).id) if e.number == 1)
        tx.execute(
            sa.update(RenditionRow)
            .where(RenditionRow.episode_id == first.id, RenditionRow.kind == "subtitles")
            .values(content_hash=content_hash)
        )


def test_the_desk_finds_what_the_command_line_finds_and_passes_over_the_same(house, folder, anna):
    told = story_outside(house.shop.workshop, open_story(folder))
    evidence = look_into(open_story(folder), outside=told)
    expected = [(each.code, each.at.file, each.at.line) for each in check(evidence)]
    assert "DRM024" in {code for code, _, _ in expected}, "it was published whole and is split now"
    assert checked(anna) == (expected, {each.code for each in not_run(evidence)})


def test_what_the_home_learns_is_told_though_no_file_of_the_story_changed(house, folder, anna):
    before = anna.get("/stories/Market/check").json()["digest"]
    house.publish()  # of the folder beside, where the split is
    found, _ = checked(anna)
    assert "DRM024" not in {code for code, _, _ in found}, "both halves are published by now"
    film(house.shop.workshop)
    told = story_outside(house.shop.workshop, open_story(folder))
    assert told.cues["en"][line_id(1, "A000")].start_seconds == 0.5
    again = anna.get("/stories/Market/check").json()
    assert again["digest"] == before
    assert {(f["code"], f["line"]) for f in again["findings"]} == {
        (f.code, f.at.line) for f in check(look_into(open_story(folder), outside=told))
    }

"""Publishing: once, again, edited, taken away; and what was saved before lives on."""

import pytest
import sqlalchemy as sa

from money_shop import SLUG, demo_settings, open_shop, stock
from silkreel.bible.memory import open_memory
from silkreel.catalogue.series import NoSuchSeries, find_series
from silkreel.catalogue.tables import ReleaseRow
from silkreel.flows.publish_story import (
    NoStoryThere,
    StoryBlocked,
    publish_story,
    published_works,
    unpublish_story,
)
from silkreel.kit.clock import now
from silkreel.story.compile import InkTooBig
from silkreel.story.project import BadStoryFile
from silkreel.story.tables import StoryBeatRow, StoryVersionRow
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


def rows(workshop, table) -> int:
    with workshop.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_publishing_the_same_again_changes_nothing(house):
    workshop = house.shop.workshop
    before = rows(workshop, StoryBeatRow), sorted(workshop.store.folder.rglob("*.json"))
    again = house.publish()
    assert (again.fresh, again.changed, again.number) == (False, False, 1)
    assert (rows(workshop, StoryBeatRow), sorted(workshop.store.folder.rglob("*.json"))) == before


def test_what_a_published_story_has_approved_enters_the_memory_of_its_series(house):
    write_spanish(house.folder)
    house.publish()
    workshop = house.shop.workshop
    with workshop.reading() as tx:
        memory = open_memory(tx, find_series(tx, SLUG).id, "es")
    found = memory.recall("Have you brought the word1?", line_id=line_id(1, "A000"))
    assert [each.text for each in found.exact] == ["HAVE YOU BROUGHT THE WORD1?"]
    assert found.exact[0].approved_by == "anna"


def test_an_edit_is_a_new_version_beside_the_old_one_and_back_again(house):
    first = house.reader().get("/game").json()["digest"]
    house.edit("Have you brought the word1?", "Did you bring the word1?")
    second = house.publish()
    assert (second.fresh, second.number) == (True, 2)
    assert "Did you" in house.reader().get("/strings/1").text
    house.edit("Did you bring the word1?", "Have you brought the word1?")
    back = house.publish()
    assert (back.fresh, back.changed, back.number, back.digest) == (False, True, 1, first)
    versions = [(each.number, each.shown) for each in published_works(house.shop.workshop)]
    assert versions == [(2, False), (1, True)]


def test_a_version_that_was_published_is_never_changed(house):
    for statement in (
        sa.update(StoryVersionRow).values(title="Other"),
        sa.delete(StoryBeatRow),
        sa.update(StoryBeatRow).values(kind="action"),
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match=r"append-only"),
            house.shop.workshop.transaction() as tx,
        ):
            tx.execute(statement)


def test_a_story_that_is_taken_away_answers_nothing_and_keeps_its_saves(house):
    reader = house.reader()
    reader.save(line_id(1, "C000"))
    unpublish_story(house.shop.workshop, SLUG)
    assert reader.get("/chapters/1").status_code == 404
    with pytest.raises(NoStoryThere, match="has no published story"):
        unpublish_story(house.shop.workshop, SLUG)
    house.publish()
    assert reader.get("/playthroughs/auto").json()["log"] == [line_id(1, "C000")]


def test_saves_and_places_outlive_every_edit_that_keeps_ids(house):
    reader = house.reader()
    log = [line_id(1, "C111"), line_id(2, "C000")]
    old = reader.get("/game").json()["digest"]
    reader.save(*log)
    reader.post("/place", medium="read", chapter=2, block="ch002_B000")
    house.edit("Have you brought", "Did you bring")
    house.edit(
        f"LI: Hide that word1! #id:{line_id(1, 'D000')}",
        f"LI: Hide it! #id:{line_id(1, 'D000')}\nLI: Quick! #id:{line_id(1, 'D111')}",
    )
    house.publish()
    for told in (reader.get("/playthroughs/auto").json(), reader.save(*log, digest=old).json()):
        assert (told["status"], told["log"], told["notices"]) == ("migrated", log, [])
        assert told["digest"] != old
    assert reader.get("/place").json()["furthest"]["line"] == line_id(2, "A000")


def test_a_save_whose_choice_is_gone_stops_or_goes_on_and_says_so(house):
    reader = house.reader()
    old = reader.get("/game").json()["digest"]
    reader.save(line_id(1, "C111"))
    house.edit(f"* [Show the word1. #id:{line_id(1, 'C111')} #only:game]\n    -> aside\n", "")
    path = house.folder / "script/main.ink"
    text = path.read_text(encoding="utf-8")
    start = text.index("= aside")
    end = text.index("=== ep002")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    house.edit(":::play ep001.aside\n", "", "novel/ch001.md")
    house.publish()
    told = reader.save(line_id(1, "C111"), line_id(2, "C000"), digest=old).json()
    assert (told["status"], told["log"]) == ("changed", [line_id(1, "C000"), line_id(2, "C000")])
    assert told["notices"][0]["kind"] == "gone"
    told = reader.get("/playthroughs/auto").json()
    assert told["log"][0] == line_id(1, "C000"), "what was kept is what could be followed"


def test_a_place_on_a_line_that_was_cut_moves_to_the_next_that_lives(house):
    reader = house.reader()
    reader.post("/place", medium="watch", line=line_id(1, "B000"))
    house.edit(f"    LI: Perhaps the word1 is mine. #id:{line_id(1, 'B000')}\n", "")
    house.publish()
    place = reader.get("/place").json()
    assert place["last"]["watch"]["moment"]["line"] == line_id(2, "A000")
    assert place["furthest"]["line"] == line_id(2, "A000")


def test_what_a_check_blocks_is_not_published(house):
    house.edit(f"#id:{line_id(2, 'A000')}", f"#id:{line_id(1, 'A000')}")
    with pytest.raises(StoryBlocked, match=r"main.ink:\d+: DRM\d+: .* blocks? publishing"):
        house.publish()
    assert "Have you" in house.reader().get("/strings/1").text, "the version before is still shown"


def test_a_story_for_a_series_that_is_not_there_is_refused(house):
    with pytest.raises(NoSuchSeries, match="There is no series nobody"):
        publish_story(house.shop.workshop, house.folder, "nobody", by="anna", at=now())


def test_files_no_story_has_are_refused_with_file_and_line(house):
    path = house.folder / "script/main.ink"
    text = path.read_bytes()
    path.write_bytes(b"x" * 10_000_000)
    with pytest.raises((BadStoryFile, InkTooBig), match=r"main.ink:1: .*MB"):
        house.publish()
    path.write_bytes(text + b"\0\0\xff")
    with pytest.raises(BadStoryFile, match=r"main.ink:\d+: "):
        house.publish()


def test_a_picture_that_is_none_or_lies_outside_is_refused(house):
    png = b"\x89PNG\r\n\x1a\n"
    for name, content in (("art/mei.png", b"<svg onload=alert(1)>"), ("../out.png", png)):
        place = (house.folder / name).resolve()
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        told = (house.folder / "story.yaml").read_text(encoding="utf-8")
        portrait = told.replace("{id: LI, name: Li}", f"{{id: LI, name: Li, portrait: {name}}}")
        (house.folder / "story.yaml").write_text(portrait, encoding="utf-8")
        with pytest.raises(BadStoryFile, match="picture"):
            house.publish()
        (house.folder / "story.yaml").write_text(told, encoding="utf-8")


def test_a_portrait_is_served_under_the_name_of_its_content(house):
    (house.folder / "art").mkdir()
    (house.folder / "art/li.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    house.edit("{id: LI, name: Li}", "{id: LI, name: Li, portrait: art/li.png}", "story.yaml")
    house.publish()
    reader = house.reader()
    address = reader.get("/game").json()["cast"]["LI"]["portrait"]
    answer = reader.browser.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert reader.browser.get(address.replace("art/", "art/0")).status_code == 404


FIRST = (
    ("ch001_title", "Chapter 1", "Capítulo 1"),
    ("ch001_A000", "Nobody at the market spoke of the word1.", "Nadie hablaba de la palabra1."),
    (
        "ch001_B000",
        "{{line:ep001_market_A000}} Mei *asked*.",
        "{{line:ep001_market_A000}} *preguntó* Meí.",
    ),
    ("ep001_market_C000", "Say nothing of the word1.", "Callar la palabra1."),
    ("ep001_market_C111", "Show the word1.", "Mostrar la palabra1."),
    ("ep001_market_D000", "Hide that word1!", "¡Esconde esa palabra1!"),
)


@pytest.fixture
def translated(house):
    """The story with its first episode and chapter in Spanish; the rest is English only."""
    write_spanish(house.folder, *FIRST)
    house.publish()
    return house


def test_a_reader_gets_their_language_where_all_of_it_is_there_else_the_source(translated):
    reader = translated.reader()
    ours = reader.get("/chapters/1", params={"language": "es"}).json()
    assert (ours["language"], ours["state"], ours["title"]) == ("es", "approved", "Capítulo 1")
    assert ours["blocks"][1]["html"].startswith(
        f'<span class="line" id="{line_id(1, "A000")}">«HAVE YOU BROUGHT THE WORD1?»</span>'
    )
    assert reader.get("/chapters/2", params={"language": "es"}).json()["language"] == "en"
    strings = reader.get("/strings/1", params={"language": "es-MX"}).json()
    assert strings["strings"][line_id(1, "C111")]["text"] == "Mostrar la palabra1."
    assert reader.get("/strings/2", params={"language": "es"}).json()["language"] == "en"


def test_drafts_and_stale_words_are_labelled_and_drafts_need_leave(translated):
    house, reader = translated, translated.reader()
    house.edit("spoke of the word1.", "said a word of the word1.", "novel/ch001.md")
    house.publish()
    assert reader.get("/chapters/1", params={"language": "es"}).json()["state"] == "stale"
    path = house.folder / "i18n/es.po"
    text = path.read_text(encoding="utf-8")
    entry = 'msgctxt "ep001_market_C111"'
    path.write_text(text.replace(entry, f"#, fuzzy\n{entry}"), encoding="utf-8")
    house.publish()
    assert reader.get("/strings/1", params={"language": "es"}).json()["language"] == "en"
    with house.shop.workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(drafts_allowed=True))
    told = reader.get("/strings/1", params={"language": "es"}).json()
    assert (told["language"], told["state"]) == ("es", "draft")
    assert "state" not in told["strings"][line_id(1, "C111")]
    assert told["strings"][line_id(1, "C000")]["state"] == "approved"

"""The writers' desk tells which translations are stale or missing, and which checks looked at nothing."""

import pytest

from silkreel.people.passwords import hash_password
from silkreel.story.checking import look_into, not_run
from silkreel.story.lints.needs import WHY_SENTENCES
from silkreel.story.project import open_story
from silkreel.story.units import stands, units_of
from silkreel.web.app import create_app
from staff_desk import PASSWORD, Browser, hire

STORY = "/stories/Night-Desk"
HEAD = 'msgid ""\nmsgstr "Language: es\\nContent-Type: text/plain; charset=utf-8\\n"\n'
SAID, LEO = "ep001_lobby_Q4ZA", "ep001_lobby_M8RD"
WORDS = (
    (
        SAID,
        "Room 304 is taken, sir.",
        "La 304 está ocupada, señor.",
    ),  # the line reads otherwise now
    (LEO, "It was let to me. Three years ago.", "Me la alquilaron. Hace tres años."),
    (f"{LEO}|dub", "It was let to me.", "Me la alquilaron."),
)


@pytest.fixture
def anna(settings, workshop):
    app = create_app(settings, workshop)
    hire(workshop, hash_password(PASSWORD), "anna", "writer")
    browser = Browser(app)
    assert browser.sign_in("anna").status_code == 200
    yield browser
    app.api.state.site.close()


@pytest.fixture
def story(anna, settings):
    """A story begun by anna, with some Spanish; answers its folder."""
    assert anna.post("/stories", {"title": "Night Desk"}).status_code == 201
    folder = settings.folder / "stories" / "Night-Desk"
    (folder / "i18n").mkdir(exist_ok=True)
    told = [f'msgctxt "{name}"\nmsgid "{a}"\nmsgstr "{b}"\n' for name, a, b in WORDS]
    (folder / "i18n/es.po").write_text("\n".join([HEAD, *told]), encoding="utf-8")
    return folder


def lacks(told, line_id):
    [text] = [each for each in told["texts"] if each["id"] == line_id] or [None]
    return text and {each["use"]: each["standing"] for each in text["lacks"]}


def test_a_line_that_changed_since_its_translation_is_stale_with_both_texts(anna, story):
    told = anna.get(f"{STORY}/wanting").json()
    assert (told["language"], told["languages"], told["left_off"]) == ("es", ["es"], 0)
    text = next(each for each in told["texts"] if each["id"] == SAID)
    assert (text["speaker"], text["source"]) == ("Mei Song", "Room 304 is not let, sir.")
    line = (story / text["file"]).read_text("utf-8").split("\n")[text["line"] - 1]
    assert SAID in line, "the way to the editor leads to the line"
    stale = next(each for each in text["lacks"] if each["use"] == "sub")
    assert (stale["standing"], stale["was"], stale["words"]) == (
        "stale", "Room 304 is taken, sir.", "La 304 está ocupada, señor.",
    )  # fmt: skip


@pytest.mark.sqlite_only  # of the folder's files alone
def test_each_variant_stands_for_itself_as_the_command_line_counts_it(anna, story):
    told = anna.get(f"{STORY}/wanting", params={"language": "es"}).json()
    assert lacks(told, LEO)["dub"] == "stale"
    assert "sub" not in lacks(told, LEO), "its subtitle is as it was translated"
    evidence = look_into(open_story(story))
    units = units_of(evidence.story, evidence.chapters)
    expected = [
        (each.unit.id, each.use, each.standing)
        for each in stands(units, evidence.translations["es"])
        if each.standing in {"stale", "missing"}
    ]
    shown = [(t["id"], e["use"], e["standing"]) for t in told["texts"] for e in t["lacks"]]
    assert sorted(shown) == sorted(expected)
    assert {SAID, LEO} == {each["id"] for each in told["texts"][:2]}, "what is stale comes first"
    assert told["counts"]["dub"]["stale"] == 2


@pytest.mark.sqlite_only  # of the folder's files alone
def test_one_episode_or_chapter_is_told_by_itself(anna, story):
    whole = anna.get(f"{STORY}/wanting").json()
    assert whole["parts"] == ["ep001", "ep002", "ch001"]
    for part in whole["parts"]:
        some = anna.get(f"{STORY}/wanting", params={"part": part}).json()
        assert some["texts"] == [each for each in whole["texts"] if each["part"] == part]
        assert some["texts"]
        assert some["counts"] == whole["counts"]


@pytest.mark.sqlite_only  # of the folder's files alone
def test_what_is_stale_is_told_by_itself_with_the_counts_of_all(anna, story):
    whole = anna.get(f"{STORY}/wanting").json()
    stale = anna.get(f"{STORY}/wanting", params={"stale": True}).json()
    assert [each["id"] for each in stale["texts"]] == [SAID, LEO]
    assert stale["counts"] == whole["counts"]
    assert (
        anna.get(f"{STORY}/wanting", params={"stale": True, "part": "ep002"}).json()["texts"] == []
    )


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_language_nobody_asked_for_has_nothing_to_tell(anna, story):
    told = anna.get(f"{STORY}/wanting", params={"language": "fr"}).json()
    assert (told["texts"], told["counts"], told["languages"]) == ([], {}, ["es"])


@pytest.mark.sqlite_only  # of the folder's files alone
def test_checks_that_looked_at_nothing_are_named_with_the_reason(anna, story):
    told = anna.get(f"{STORY}/check").json()["not_run"]
    expected = not_run(look_into(open_story(story)))
    assert {code for each in told for code in each["codes"]} == {each.code for each in expected}
    walked = next(each for each in told if each["why"] == WHY_SENTENCES["walks"])
    assert "DRM007" in walked["codes"]

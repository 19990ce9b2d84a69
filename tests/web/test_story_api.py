"""Read, play and move between the media over HTTP, on both databases."""

import pytest

from money_shop import SLUG
from silkreel.catalogue.series import find_series
from story_house import EPISODES, SECRETS, WORK, line_id, open_house, words_of

CANON = [line_id(n, "C000") for n in range(1, EPISODES + 1)]


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
def reader(house):
    return house.reader()


def test_a_story_says_which_media_there_are_and_in_which_languages(reader):
    told = reader.get().json()
    assert set(told["media"]) == {"watch", "read", "play"}
    assert [each["language"] for each in told["media"]["read"]["languages"]] == ["en"]
    assert [each["number"] for each in told["chapters"]] == list(range(1, EPISODES + 1))
    assert not any(each["locked"] for each in (*told["chapters"], *told["episodes"]))


def test_a_story_is_called_as_its_series_is_in_the_readers_language(house, reader):
    with house.shop.workshop.transaction() as tx:
        find_series(tx, SLUG).titles = {"en": "Night Market", "es": "Mercado nocturno"}
    assert reader.get(params={"language": "es"}).json()["title"] == "Mercado nocturno"
    assert reader.get(params={"language": "pt-BR"}).json()["title"] == "Night Market"
    with house.shop.workshop.transaction() as tx:
        find_series(tx, SLUG).titles = {}
    assert reader.get(params={"language": "es"}).json()["title"] == "The Night Market", (
        "as it calls itself"
    )


def test_a_series_without_a_story_and_one_that_nobody_released_answer_the_same(reader):
    for path in ("/api/works/nothing", "/api/works/nothing/game", f"{WORK}/chapters/99"):
        answer = reader.browser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "flows.not_in_story")


@pytest.mark.sqlite_only  # files of the version, as they are rendered
def test_a_chapter_is_read_as_safe_html_with_ids_and_doors(reader):
    page = reader.get("/chapters/1").json()
    told, quoted, watch, play = page["blocks"]
    assert told["html"] == "Nobody at the market spoke of the word1."
    assert quoted["html"] == (
        f'<span class="line" id="{line_id(1, "A000")}">“Have you brought the word1?”</span> '
        "Mei <em>asked</em>."
    )
    assert watch["address"] == f"/s/night-market/e/1?t={line_id(1, 'A000')}"
    assert play["address"] == "/s/night-market/g?at=ep001.aside"
    assert (page["previous"], page["next"], page["locked"]) == (None, 2, None)


@pytest.mark.sqlite_only  # files of the version, as they are rendered
def test_prose_cannot_smuggle_markup(house, reader):
    house.edit("spoke of the word1", "<script>alert(1)</script>", "novel/ch001.md")
    house.publish()
    html = reader.get("/chapters/1").json()["blocks"][0]["html"]
    assert html == "Nobody at the market &lt;script&gt;alert(1)&lt;/script&gt;."


@pytest.mark.sqlite_only  # files of the version, as they are rendered
def test_the_compiled_story_holds_no_word_and_may_be_kept_for_ever(reader):
    game = reader.get("/game").json()
    answer = reader.browser.get(game["story"])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert not words_of(answer) & {"mei", "li", "brought", "market", "hide", *SECRETS.values()} - {
        "market"  # the name of a scene
    }
    assert reader.browser.get(game["story"].replace(game["digest"], "0" * 64)).status_code == 404
    assert reader.browser.get(game["runtime"]).status_code == 200


@pytest.mark.sqlite_only  # files of the version, as they are rendered
def test_strings_are_handed_out_by_episode_with_speakers_and_what_the_game_shows(reader):
    page = reader.get("/strings/1").json()
    line = page["strings"][line_id(1, "A000")]
    assert (line["text"], line["who"], line["scene"]) == (
        "Have you brought the word1?", "MEI", "ep001.market",
    )  # fmt: skip
    assert page["strings"][line_id(1, "C000")]["kind"] == "choice"
    assert page["scenes"]["ep001.aside"]["only"] == "game"
    assert line_id(2, "A000") not in page["strings"]


@pytest.mark.sqlite_only  # files of the version, as they are rendered
def test_strings_that_did_not_change_are_not_sent_again(reader):
    first = reader.get("/strings/1")
    again = reader.get("/strings/1", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_moment_leads_to_all_three_media_and_back(reader):
    moment = reader.get(f"/moments/{line_id(2, 'A000')}").json()
    assert moment["watch"]["episode"] == 2
    assert moment["read"] == {
        "chapter": 2, "block": "ch002_B000", "address": "/s/night-market/c/2#ch002_B000",
    }  # fmt: skip
    assert moment["play"]["log"] == CANON[:1]
    back = reader.get("/moments", params={"chapter": 2, "block": "ch002_B000"}).json()
    assert back["line"] == moment["line"]
    assert reader.get("/moments", params={"scene": "ep002.market"}).json() == moment


def test_a_game_only_moment_is_absent_elsewhere_and_its_log_leads_there(reader):
    moment = reader.get(f"/moments/{line_id(2, 'D000')}").json()
    assert (moment["watch"], moment["canon"]) == (None, False)
    there = reader.save(*moment["play"]["log"]).json()
    shown = there["at"]["line"]
    assert there["status"] == "accepted"
    assert shown == line_id(3, "A000"), "the aside was passed on the way to the next choice"


def test_what_names_no_place_is_told_what_to_say(reader):
    for path, status in (
        ("/moments", 422),
        ("/moments/nothing", 404),
        ("/moments?episode=99&second=1", 404),
    ):
        assert reader.get(path).status_code == status
    assert reader.post("/place", medium="read").json()["code"] == "web.nowhere_named"


def test_one_place_travels_across_the_media(reader):
    assert reader.get("/place").json() == {"furthest": None, "last": {}, "latest": None}
    assert "silkreel-viewer" not in reader.browser.cookies, "looking makes nobody a guest"
    reader.post("/place", medium="read", chapter=3, block="ch003_B000")
    place = reader.post("/place", medium="play", line=line_id(1, "A000")).json()
    assert place["furthest"]["line"] == line_id(3, "A000")
    assert place["latest"] == "play"
    assert place["last"]["read"]["moment"]["play"]["log"] == CANON[:2]
    assert place["last"]["play"]["moment"]["ahead"] is False
    assert reader.get(f"/moments/{line_id(4, 'A000')}").json()["ahead"] is True
    assert reader.get("/place").json() == place


def test_a_game_only_line_counts_as_far_as_the_series_had_come(reader):
    place = reader.post("/place", medium="play", line=line_id(2, "D000")).json()
    assert place["furthest"]["line"] == line_id(2, "A000")
    assert place["last"]["play"]["moment"]["line"] == line_id(2, "D000")


def test_a_save_goes_on_on_another_device_and_two_devices_notice_each_other(reader):
    first = reader.save(CANON[0]).json()
    assert (first["status"], first["revision"], first["at"]["episode"]) == ("accepted", 1, 2)
    assert [each["id"] for each in first["options"]] == [line_id(2, "C000"), line_id(2, "C111")]
    second = reader.save(*CANON[:2], revision=1).json()
    assert second["revision"] == 2
    late = reader.save(CANON[0], revision=1)
    assert (late.status_code, late.json()["code"]) == (409, "audience.saved_elsewhere")
    assert reader.get("/playthroughs/auto").json()["log"] == CANON[:2]
    assert reader.browser.delete(f"{WORK}/playthroughs/auto").status_code == 204
    assert reader.get("/playthroughs/auto").status_code == 404


def test_the_end_is_told(reader):
    told = reader.save(*CANON).json()
    assert (told["ended"], told["options"], told["locked"]) == (True, [], None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"digest": "0" * 64, "log": []}, 422),  # a version that never was
        ({"digest": None, "log": ["ep001_market_ZZZZ"]}, 422),  # an option no version had
        ({"digest": None, "log": ["ep001_market_A000"]}, 422),  # a line, not an option
        ({"digest": None, "log": ["../../etc/passwd"]}, 422),
        ({"digest": None, "log": [1, 2]}, 422),
        ({"digest": None, "log": CANON[:1] * 1001}, 422),  # longer than any play
        ({"digest": None, "log": "x" * 10_000_000}, 413),
        ({"log": []}, 422),
    ],
)
def test_a_save_that_no_play_made_is_refused_and_nothing_is_kept(reader, body, status):
    if "digest" in body and body["digest"] is None:
        body = {**body, "digest": reader.get("/game").json()["digest"]}
    answer = reader.browser.post(f"{WORK}/playthroughs/auto", json=body)
    assert answer.status_code == status, answer.text
    assert reader.get("/playthroughs").json() == {"slots": []}


def test_a_log_that_goes_in_a_circle_ends_at_what_is_not_offered(reader):
    told = reader.save(*CANON[:2], *CANON[:2], *CANON[:2]).json()
    assert (told["status"], told["log"]) == ("stopped", CANON[:2])
    assert told["notices"][0]["kind"] == "elsewhere"


def test_more_slots_than_there_are_is_refused(reader):
    for number in range(12):
        assert reader.save(slot=f"s{number}").status_code == 200
    assert reader.save(slot="one-more").json()["code"] == "audience.slots_full"


def test_an_episode_asks_at_the_canons_choices_and_falls_to_the_canon(reader):
    told = reader.get("/episodes/3/choices").json()
    (point,) = told["choices"]
    assert (point["after"], point["default"]) == (line_id(3, "A000"), line_id(3, "C000"))
    assert point["window_seconds"] == 8.0
    other = next(each for each in point["options"] if not each["canon"])
    assert other["log"] == [*CANON[:2], line_id(3, "C111")]
    assert reader.save(*other["log"]).json()["status"] == "accepted"


def test_the_writers_window_is_what_the_player_waits(house):
    house.edit(f"#id:{line_id(3, 'C000')} #canon", f"#id:{line_id(3, 'C000')} #canon #window:12")
    house.publish()
    (point,) = house.reader().get("/episodes/3/choices").json()["choices"]
    assert point["window_seconds"] == 12.0
    (other,) = house.reader().get("/episodes/2/choices").json()["choices"]
    assert other["window_seconds"] == 8.0


def test_shares_are_told_once_enough_have_played(house):
    for number in range(5):
        player = house.reader()
        player.save(CANON[0] if number < 4 else line_id(1, "C111"))
        player.save(CANON[0] if number < 4 else line_id(1, "C111"))
        told = player.get("/choices").json()["choices"]
    assert told == {CANON[0]: {"players": 5, "options": {CANON[0]: 0.8, line_id(1, "C111"): 0.2}}}
    assert house.reader().get("/choices").json()["choices"] == told

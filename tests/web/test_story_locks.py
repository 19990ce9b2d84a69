"""One entitlement for three media: nobody reads, plays or watches a locked scene through another one."""

import itertools

import pytest

from silkreel.story.project import BadStoryFile
from story_house import (
    EPISODES,
    SECRETS,
    line_id,
    open_house,
    words_of,
    write_market,
    write_spanish,
)

FREE = range(1, 6)
CANON = [line_id(n, "C000") for n in range(1, EPISODES + 1)]


@pytest.fixture
def begun(market_homes, database_kind):
    """Each test's home has the story published."""
    return market_homes(database_kind)


@pytest.fixture
def house(shop, tmp_path):
    made = open_house(shop, tmp_path / "market")
    yield made
    made.shop.app.api.state.stories.stage.close()


def everything(reader):
    """Every answer somebody can get out of the story, by every way in."""
    numbers = range(1, EPISODES + 1)
    lines = [line_id(n, letters) for n in (5, 6, 7) for letters in ("A000", "C111", "D000")]
    yield reader.get()
    yield (game := reader.get("/game"))
    yield reader.browser.get(game.json()["story"])
    yield reader.get("/choices")
    for number in numbers:
        for path in ("/chapters/{}", "/strings/{}", "/episodes/{}/choices"):
            yield reader.get(path.format(number))
        yield reader.get("/moments", params={"episode": number, "second": 1})
        yield reader.get("/moments", params={"chapter": number, "block": f"ch{number:03}_B000"})
    for line in lines:
        yield reader.get(f"/moments/{line}")
        yield reader.post("/place", medium="read", line=line)
    yield reader.get("/place")
    for taken in (0, *range(4, EPISODES + 1)):
        yield reader.save(*CANON[:taken])
        yield reader.save(*CANON[:taken], line_id(min(taken + 1, EPISODES), "C111"))
        yield reader.get("/playthroughs/auto")
    yield reader.get("/playthroughs")


@pytest.mark.parametrize("bought", [(), (6,)])
def test_nothing_of_a_locked_scene_is_told_by_any_medium(house, bought):
    reader = house.reader()
    if bought:
        reader.unlock(*bought)
    told = set(itertools.chain.from_iterable(map(words_of, everything(reader))))
    assert {n for n, secret in SECRETS.items() if secret in told} == set(bought)
    assert {f"word{n}" for n in FREE} <= told


def test_a_locked_scene_answers_with_the_players_own_no(house):
    reader = house.reader()
    customer = house.shop.customer()
    customer.browser = reader.browser
    wall = customer.play(6)
    assert wall.status_code == 402
    for path in ("/chapters/6", "/strings/6", "/episodes/6/choices"):
        answer = reader.get(path)
        assert answer.status_code == 402, path
        assert answer.json()["code"] == wall.json()["code"]
        # The player's page draws the wall from its offers; a reader's page asks for them.
        assert answer.json()["values"] == {
            name: value for name, value in wall.json()["values"].items() if name != "offers"
        }


def test_what_the_player_opened_is_open_in_novel_and_game_and_nothing_else_is(house):
    reader = house.reader()
    assert [each["locked"] for each in reader.get().json()["episodes"]] == [False] * 5 + [True] * 2
    reader.unlock(6)
    assert [each["locked"] for each in reader.get().json()["chapters"]] == [False] * 6 + [True]
    assert reader.get("/chapters/6").status_code == 200
    assert reader.get("/strings/6").status_code == 200
    assert reader.get("/chapters/7").status_code == 402


def test_a_game_pauses_where_it_leads_into_a_locked_episode(house):
    reader = house.reader()
    paused = reader.save(*CANON[:5]).json()
    assert paused["status"] == "accepted"
    assert (paused["at"]["line"], paused["options"]) == (line_id(5, "B000"), [])
    assert paused["ended"] is False
    assert (paused["locked"]["number"], paused["locked"]["episode_coins"]) == (6, 45)
    beyond = reader.save(*CANON[:6])
    assert (beyond.status_code, beyond.json()["values"]["number"]) == (402, 6)
    reader.unlock(6)
    assert reader.save(*CANON[:6]).json()["locked"]["number"] == 7


def test_a_chapter_of_two_episodes_reads_up_to_the_locked_one(house):
    house.edit("adapts: [ep005]", "adapts: [ep005, ep006]", "novel/ch005.md")
    more = f"\n{{{{line:{line_id(6, 'A000')}}}}} That was the moonstone. {{#ch005_C000}}\n"
    house.edit("\n:::watch", f"{more}\n:::watch", "novel/ch005.md")
    house.publish()
    reader = house.reader()
    page = reader.get("/chapters/5").json()
    assert [block["id"] for block in page["blocks"]] == ["ch005_A000", "ch005_B000"]
    assert page["locked"]["number"] == 6
    assert "moonstone" not in words_of(reader.get("/chapters/5"))
    reader.unlock(6)
    page = reader.get("/chapters/5").json()
    assert page["locked"] is None
    assert "ch005_C000" in [block["id"] for block in page["blocks"]]


def test_a_block_that_quotes_a_locked_line_after_an_open_one_stays_shut(house):
    quotes = f"{{{{line:{line_id(5, 'A000')}}}}} {{{{line:{line_id(6, 'A000')}}}}}"
    house.edit(f"{{{{line:{line_id(5, 'A000')}}}}}", quotes, "novel/ch005.md")
    house.publish()
    assert "moonstone" not in words_of(house.reader().get("/chapters/5"))


def test_a_translation_that_quotes_other_lines_is_not_published(house):
    source, quote = "Nobody at the market spoke of the word1.", f"{{{{line:{line_id(6, 'A000')}}}}}"
    write_spanish(house.folder, ("ch001_A000", source, quote))
    with pytest.raises(BadStoryFile, match=r"es.po:\d+: ch001_A000 must quote the same lines"):
        house.publish()


def test_an_episode_that_is_not_in_the_catalogue_cannot_be_walked_into(house):
    write_market(house.folder, episodes=9)
    house.publish()
    reader = house.reader()
    reader.unlock(6, 7)
    answer = reader.get("/strings/8")
    assert (answer.status_code, answer.json()["code"]) == (402, "flows.not_out_yet")

"""Stories are played by ids in a child; both runtimes show the same, and nothing hangs."""

import random
import time

import pytest

from drawn_stories import HEIRESS_CANON, drawn_files, heiress_at
from silkreel.story.canon import NoCanon, canon_walk
from silkreel.story.compile import InkSource, compile_ink
from silkreel.story.players import NotOffered, OptionWithoutId, StoryFault, StoryTooLong
from silkreel.story.playing import StoryEndless, game_only_of, open_play, places_of
from silkreel.story.project import open_story
from silkreel.story.script import At

RUNTIMES = ("bink", "inkjs")
pytestmark = pytest.mark.timeout(120)


def compiled(text):
    return compile_ink(InkSource("script/main.ink", {"script/main.ink": text})).json()


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    return request.param


def test_a_story_is_played_by_choosing_ids(heiress_json, runtime):
    with open_play(heiress_json, runtime=runtime) as player:
        stop = player.restart()
        assert [line.id for line in stop.lines] == list(HEIRESS_CANON[:5])
        assert [option.id for option in stop.options] == [
            "ep001_terrace_C001",
            "ep001_terrace_C002",
        ]
        assert [option.price_coins for option in stop.options] == [30, 0]
        assert [option.canon for option in stop.options] == [False, True]
        end = player.choose("ep001_terrace_C001")
        assert [line.text for line in end.lines][-1] == "LIN: She has your eyes."
        assert end.ended


def test_an_option_that_is_not_on_offer_is_refused_and_play_goes_on(heiress_json, runtime):
    with open_play(heiress_json, runtime=runtime) as player:
        player.restart()
        with pytest.raises(NotOffered, match="ep001_terrace_C002"):
            player.choose("ep002_car_F6F6")
        assert player.choose("ep001_terrace_C002").ended


def test_the_canon_walk_is_the_series(heiress, heiress_json, runtime):
    with open_play(heiress_json, runtime=runtime) as player:
        walk = canon_walk(player, game_only=game_only_of(heiress))
        assert player.canon(game_only_of(heiress)) == walk
    assert walk.ids == HEIRESS_CANON
    assert walk.choices == ("ep001_terrace_C002",)


def test_what_is_only_in_the_game_is_known_by_line_and_scene(heiress):
    assert game_only_of(heiress) == {
        "ep001_terrace_C001", "ep001_terrace_D4D4", "ep002_corridor_G7G7",
        "ep002_corridor_H8H8", "ep002_corridor_R9R9",
    }  # fmt: skip


def test_a_choice_without_a_canon_option_is_refused(runtime):
    story = compiled("Hm. #id:a\n* [One #id:b]\n* [Two #id:c]\n- Well. #id:d\n-> END\n")
    with open_play(story, runtime=runtime) as player, pytest.raises(NoCanon, match="b, c"):
        canon_walk(player)


@pytest.mark.parametrize("seed", range(6))
def test_both_runtimes_show_the_same_on_the_same_log(seed):
    """Texts, ids, tags and options, all the way, on stories drawn from a seed."""
    story = compile_ink(InkSource("script/main.ink", drawn_files(seed))).json()
    source = random.Random(seed)
    with open_play(story, runtime="bink") as one, open_play(story, runtime="inkjs") as other:
        for _ in range(4):
            stops, log = [one.restart()], []
            while not stops[-1].ended:
                log.append(source.choice(stops[-1].options).id)
                stops.append(one.choose(log[-1]))
            assert [other.restart(), *(other.choose(each) for each in log)] == stops


LOOPS = {
    "a divert to itself": "-> a\n=== a ===\n-> a\n",
    "diverts in a ring": "-> a\n=== a ===\n-> b\n=== b ===\n-> a\n",
    "recursion": "Hi. #id:x\n{f(1)}\n-> END\n=== function f(x)\n~ return f(x + 1)\n",
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_shows_nothing_is_ended_in_seconds(name, runtime):
    story = compiled(LOOPS[name])
    began = time.monotonic()
    with open_play(story, runtime=runtime) as player, pytest.raises(StoryEndless):
        player.restart()
    assert time.monotonic() - began < 60


def test_the_sentence_on_an_endless_story_has_file_and_line(tmp_path):
    folder = heiress_at(tmp_path)
    main = folder / "script/main.ink"
    main.write_text(
        main.read_text().replace("    -> ep002\n", "    -> ep003\n=== ep003\n-> ep003\n")
    )
    story = open_story(folder)
    made = compile_ink(InkSource("script/main.ink", dict(story.texts)))
    places = places_of(story)
    at = places["ep001_terrace_C002"]
    with open_play(made.json(), places) as player:
        player.restart()
        with pytest.raises(
            StoryEndless, match=rf"^script/main\.ink:{at.line}: after ep001_terrace_C002"
        ):
            player.choose("ep001_terrace_C002")


def test_a_loop_that_shows_lines_meets_the_cap(runtime):
    story = compiled("-> a\n=== a ===\nAgain. #id:ep001_a_A1X9\n-> a\n")
    with open_play(story, runtime=runtime) as player, pytest.raises(StoryTooLong, match="10000"):
        player.restart()


def test_a_story_that_runs_out_is_one_sentence(runtime):
    story = compiled("-> a\n=== a ===\nHello. #id:ep001_a_A1X9\n{ 1 == 2: -> END }\n")
    places = {"ep001_a_A1X9": At("script/main.ink", 3)}
    told = r"After ep001_a_A1X9 \(script/main\.ink:3\) .*ran out of content"
    with open_play(story, places, runtime) as player, pytest.raises(StoryFault, match=told):
        player.restart()


def test_an_option_without_an_id_is_refused(runtime):
    story = compiled("Hello. #id:ep001_a_A1X9\n* [Sign.]\n- Yes.\n-> END\n")
    with (
        open_play(story, runtime=runtime) as player,
        pytest.raises(OptionWithoutId, match="Sign"),
    ):
        player.restart()

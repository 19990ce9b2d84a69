"""The graph of a compiled story: what nothing leads to, and loops that show nothing."""

import pytest

from drawn_stories import drawn_files
from silkreel.story.checking import check, look_into
from silkreel.story.compile import InkSource, compile_ink
from silkreel.story.playing import open_play
from silkreel.story.project import open_story
from silkreel.story.reach import reach


def reach_of(text):
    return reach(compile_ink(InkSource("script/main.ink", {"script/main.ink": text})).json())


def test_both_sides_of_a_condition_are_reached(heiress, heiress_json):
    told = reach(heiress_json)
    assert told.reached == frozenset(heiress.ids)
    assert told.unreached == frozenset()
    assert told.scenes["ep002_corridor_R9R9"] == "ep002.corridor"


def test_a_scene_nothing_leads_to_is_named():
    told = reach_of("Hi. #id:a\n-> END\n=== lost ===\nNever. #id:b\n-> END\n")
    assert (told.reached, told.unreached) == ({"a"}, {"b"})


SILENT = {
    "a divert to itself": ("-> a\n=== a ===\n-> a\n", ("a",)),
    "a ring of knots": ("-> a\n=== a ===\n-> b\n=== b ===\n-> a\n", ("a", "b")),
    "a ring of scenes": ("-> a\n=== a\n-> s\n= s\n-> t\n= t\n-> s\n", ("a.s", "a.t")),
    "a ring of scenes that have headings and no line": (
        "-> a\n=== a\n-> s\n= s\n# scene:INT. CAR - DAY\n-> t\n= t\n# loc:bus # x\n-> s\n",
        ("a.s", "a.t"),
    ),
    "a function that only calls itself": (
        "Hi. #id:x\n{f(1)}\n-> END\n=== function f(x)\n~ return f(x + 1)\n", ("f",),
    ),
}  # fmt: skip
GOOD = {
    "a hub whose options are used up": "- (hub)\n* [a #id:a]\n -> hub\n+ [b #id:b] -> END\n",
    "a loop that counts": "VAR x=0\n-> a\n=== a ===\n~ x += 1\n{ x < 3: -> a }\n-> END\n",
    "a loop that shows a line": "-> a\n=== a ===\nAgain. #id:a\n-> a\n",
    "a function that comes back": (
        "Hi. #id:x\n{f(1)}\n-> END\n=== function f(x)\n{ x > 3:\n ~ return 1\n}\n~ return f(x + 1)\n"
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_a_loop_that_shows_nothing_is_found_without_playing(name):
    text, scenes = SILENT[name]
    assert reach_of(text).silent_loops == (scenes,)


@pytest.mark.parametrize("name", GOOD)
def test_a_loop_with_a_way_out_or_something_to_see_is_none(name):
    assert reach_of(GOOD[name]).silent_loops == ()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_played_was_reached(seed):
    story = compile_ink(InkSource("script/main.ink", drawn_files(seed, episodes=4))).json()
    told = reach(story)
    assert told.unreached == frozenset()
    with open_play(story) as player:
        for walk in player.walks(seed, 0, 20, {}):
            assert set(walk.ids) <= told.reached


LOOPS_AND_LINES = {
    "a ring of knots": ("=== a ===\n-> b\n=== b ===\n-> a\n", 8),
    "a function that only calls itself": (
        "~ x = f(1)\n-> END\n=== function f(y)\n~ return f(y + 1)\n",
        9,
    ),
}


@pytest.mark.parametrize("name", LOOPS_AND_LINES)
def test_the_check_names_the_loop_with_its_line(name, tmp_path):
    """DRM008, for what only hanging would have told otherwise."""
    rows, line = LOOPS_AND_LINES[name]
    head = "VAR x = 0\n-> ep001\n=== ep001\n# episode:1\nHi. #id:ep001_A1X9\n{ x == 0: -> END }\n"
    path = tmp_path / "loop.ink"
    path.write_text(head + ("-> a\n" if rows.startswith("=") else "") + rows)
    (found,) = check(look_into(open_story(path)), ["DRM008"])
    assert found.at.line == line
    assert "goes round for ever" in found.sentence


def test_the_check_lets_a_loop_that_counts_be(tmp_path):
    path = tmp_path / "counts.ink"
    path.write_text(
        "VAR x = 0\n-> a\n=== a ===\n~ x += 1\n{ x < 3: -> a }\n-> b\n=== b ===\nHi. #id:ep001_A1X9\n-> END\n"
    )
    assert check(look_into(open_story(path)), ["DRM008"]) == ()

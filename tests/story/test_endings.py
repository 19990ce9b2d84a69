"""Where a compiled story stops, and which of its stops are one ending."""

import pytest

from drawn_stories import drawn_files
from silkreel.story.compile import InkSource, compile_ink
from silkreel.story.endings import endings_of
from silkreel.story.playing import open_play
from silkreel.story.replay import replay

STORIES = {
    "one way, one ending": ("Hi. #id:a\n-> END\n", ["a"]),
    "an option with nothing behind it is met last itself": (
        "Hi. #id:a\n* [x #id:x]\n B. #id:b\n -> END\n* [y #id:y] -> END\n", ["b", "y"],
    ),
    "ways that meet again before the stop end alike": (
        "Hi. #id:a\n* [x #id:x]\n B. #id:b\n* [y #id:y]\n C. #id:c\n- -> END\n", ["bc"],
    ),
    "the same last line before two stops is one ending": (
        "VAR x=0\nHi. #id:a\n{x: -> k | -> END}\n=== k ===\n-> END\n", ["a"],
    ),
    "last lines on both sides of a condition are one ending": (
        "VAR x=0\nHi. #id:a\n{x:\n B. #id:b\n- else:\n C. #id:c\n}\n-> END\n", ["bc"],
    ),
    "a stop nothing leads to is none": ("Hi. #id:a\n-> END\n=== k ===\nx #id:b\n-> END\n", ["a"]),
    "a hub stops once its options are used up": (
        "Hi. #id:a\n- (hub)\n* [x #id:x]\n B. #id:b\n -> hub\n* -> END\n", ["ab"],
    ),
    "a function's own return is no stop": (
        "Hi. #id:a\n{f(1)}\nBye. #id:b\n-> END\n=== function f(x)\n~ return x\n", ["b"],
    ),
    "two words at the end are two endings": (
        "Hi. #id:a\n* [x #id:x] -> k\n* [y #id:y]\n C. #id:c\n -> DONE\n=== k\nB. #id:b\n-> END\n",
        ["c", "b"],
    ),
}  # fmt: skip


def compiled(files):
    return compile_ink(InkSource("script/main.ink", files)).json()


@pytest.mark.parametrize("name", STORIES)
def test_endings_are_told_apart_by_what_is_met_last(name):
    text, expected = STORIES[name]
    told = endings_of(compiled({"script/main.ink": text}))
    assert ["".join(sorted(each)) for each in told] == expected


@pytest.mark.parametrize("seed", range(4))
def test_every_walk_ends_in_one_ending_and_no_ending_is_made_up(seed):
    story = compiled(drawn_files(seed, episodes=3))
    endings = endings_of(story)
    with open_play(story) as player:
        walks = player.walks(seed, 0, 30, {})
        met = {replay(player, walk.choices).last for walk in walks}
    assert met
    assert all(sum(each in ending for ending in endings) == 1 for each in met)

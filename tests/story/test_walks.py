"""Walks cover a story, name what they never show, and keep a way to every line."""

import random

import pytest

from drawn_stories import drawn_files
from silkreel.story.compile import InkSource, compile_ink
from silkreel.story.players import Option
from silkreel.story.playing import open_play
from silkreel.story.reach import reach
from silkreel.story.walks import Coverage, choose_fresh, every_option


def covered(player, seed=1, count=30):
    coverage = Coverage()
    for walk in player.walks(seed, 0, count, {}):
        coverage.add(walk)
    return coverage


def test_a_line_the_graph_reaches_and_no_walk_shows_is_named(heiress_json):
    with open_play(heiress_json) as player:
        coverage = covered(player)
    assert coverage.walks == 30
    assert coverage.missed(sorted(reach(heiress_json).reached)) == ("ep002_corridor_R9R9",)


def test_the_same_seed_walks_the_same_on_both_runtimes():
    story = compile_ink(InkSource("script/main.ink", drawn_files(3))).json()
    with open_play(story, runtime="bink") as one, open_play(story, runtime="inkjs") as other:
        assert one.walks(7, 0, 10, {}) == other.walks(7, 0, 10, {})
        assert one.walks(7, 0, 10, {}) != one.walks(8, 0, 10, {})


@pytest.mark.parametrize("seed", range(3))
def test_every_witness_leads_to_its_line(seed):
    story = compile_ink(InkSource("script/main.ink", drawn_files(seed))).json()
    with open_play(story) as player:
        for line_id, log in covered(player).witnesses.items():
            stops = [player.restart(), *(player.choose(each) for each in log)]
            shown = {line.id for stop in stops for line in stop.lines}
            assert line_id in shown | set(log)


@pytest.mark.parametrize("seed", range(3))
def test_the_quick_test_takes_every_option_that_walks_meet(seed):
    story = compile_ink(InkSource("script/main.ink", drawn_files(seed))).json()
    with open_play(story) as player:
        quick = every_option(player, limit=200)
        options = {each for walk in player.walks(1, 0, 40, {}) for each in walk.choices}
    assert options <= set(quick.times)
    assert quick.walks < 40


def test_an_option_not_taken_yet_is_preferred():
    options = (Option("a", "A"), Option("b", "B"))
    source = random.Random(1)
    taken = [choose_fresh(options, {"a": 5}, source).id for _ in range(200)]
    assert 150 < taken.count("b") < 200

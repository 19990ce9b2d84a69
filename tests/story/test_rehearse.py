"""Rehearsing reports on every line: whether anything leads to it, how often it was shown, and how."""

from drawn_stories import HEIRESS, drawn_files, write_story
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.playing import open_play
from silkreel.story.project import open_story
from silkreel.story.rehearse import rehearse


def test_every_line_has_a_report_with_a_way_to_it(heiress, heiress_json):
    told = rehearse(heiress, heiress_json, walks=20)
    reports = {line.line_id: line for line in told.lines}
    assert list(reports) == list(heiress.ids)
    dead = [line for line in told.lines if line.dead]
    assert [line.line_id for line in dead] == ["ep002_corridor_R9R9"]
    row = 1 + HEIRESS[: HEIRESS.index("Ask your mother")].count("\n")
    assert str(dead[0].at) == f"script/main.ink:{row}"
    assert reports["ep002_corridor_H8H8"].witness == ("ep001_terrace_C001",)
    assert told.shown == len(reports) - 1
    assert told.silent_loops == ()


def test_the_quick_test_alone_covers_what_hundreds_of_walks_do(tmp_path):
    story = open_story(write_story(tmp_path, drawn_files(11, episodes=8)))
    made = compile_ink(ink_of(story)).json()
    quick, long = rehearse(story, made, walks=0), rehearse(story, made, walks=150)
    assert quick.walks < 50
    assert quick.shown >= long.shown - 2


def test_progress_is_told(heiress, heiress_json):
    told = []
    rehearse(heiress, heiress_json, walks=30, progress=lambda done, of: told.append((done, of)))
    assert told == [(25, 30), (30, 30)]


def test_a_story_that_would_hang_is_not_walked(tmp_path):
    files = {"script/main.ink": "Hi. #id:ep001_A1X9\n-> a\n=== a ===\n-> a\n"}
    story = open_story(write_story(tmp_path, files))
    told = rehearse(story, compile_ink(ink_of(story)).json(), walks=5)
    assert (told.walks, told.silent_loops) == (0, (("a",),))


def test_batches_walk_as_one_long_run_does(heiress_json):
    with open_play(heiress_json) as player:
        whole = player.walks(1, 0, 6, {})
        used = {}
        parts = []
        for first in (0, 3):
            parts += player.walks(1, first, 3, used)
            for walk in parts[-3:]:
                for each in walk.choices:
                    used[each] = used.get(each, 0) + 1
    assert tuple(parts) == whole

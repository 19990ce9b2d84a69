"""Seconds of a line: by cues whose ids agree, else by the words, in order; never across."""

from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.flows.story_cues import join_lines, line_at, read_track
from silkreel.story.forms.vtt import Cue

STORY = (
    ("a", "这盏灯一灭，铺子就归我。"),
    ("b", "还没到子时，急什么？"),
    ("c", "你爹欠我三万大洋，拿什么还？"),
)


def test_lines_that_were_read_from_the_picture_are_joined_by_their_words():
    read = (
        ("x1", "这盏灯一灭 铺子就归我"),
        ("x2", "还没到子时 急什么？"),
        ("x3", "你爹欠我三万大洋 拿什么还？"),
    )
    assert join_lines(STORY, read) == {"a": "x1", "b": "x2", "c": "x3"}


def test_a_line_nobody_read_and_one_that_was_made_up_are_left_alone():
    read = (("x1", "这盏灯一灭 铺子就归我"), ("x9", "灯笼街"), ("x3", "你爹欠我三万大洋 拿什么还"))
    assert join_lines(STORY, read) == {"a": "x1", "c": "x3"}


def test_the_same_words_said_twice_are_joined_in_their_order():
    twice = (("a", "好。"), ("b", "走吧，天亮了。"), ("c", "好。"))
    read = (("1", "好"), ("2", "走吧 天亮了"), ("3", "好"))
    assert join_lines(twice, read) == {"a": "1", "b": "2", "c": "3"}


def test_the_same_id_needs_no_words():
    assert join_lines(STORY, (("b", ""), ("a", ""))) == {"a": "a", "b": "b"}


@settings(max_examples=60, deadline=None)
@given(
    kept=st.lists(st.booleans(), min_size=12, max_size=12),
    noise=st.lists(st.integers(0, 11), max_size=4),
)
def test_joined_lines_never_cross(kept, noise):
    words = ["river", "lantern", "midnight", "umbrella", "ledger", "captain"]
    story = tuple((f"s{n}", f"{words[n % 6]} number {n} {words[(n + 2) % 6]}") for n in range(12))
    read = [(f"r{n}", text) for n, (_, text) in enumerate(story) if kept[n]]
    for place in noise:
        read.insert(place % (len(read) + 1), (f"n{place}{len(read)}", "nothing of the kind at all"))
    joined = join_lines(story, tuple(read))
    order = {line_id: n for n, (line_id, _) in enumerate(read)}
    told = [order[theirs] for _, theirs in sorted(joined.items(), key=lambda p: int(p[0][1:]))]
    assert told == sorted(told)
    assert {mine[1:] for mine in joined} <= {str(n) for n in range(12) if kept[n]}
    assert all(mine[1:] == theirs[1:] for mine, theirs in joined.items())


def test_a_line_in_parts_has_one_cue_and_a_second_finds_its_line(tmp_path):
    path = tmp_path / "s.vtt"
    path.write_text(
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"
        "ep001_7k2m\n00:00:01.200 --> 00:00:02.000 line:82%\nOne\n\n"
        "ep001_7k2m.2\n00:00:02.000 --> 00:00:03.500 line:82%\ntwo\n\n"
        "ep001_9zzz\n00:01:05.000 --> 01:00:06.000 line:82%\nthree\n",
        encoding="utf-8",
    )
    cues = read_track(path)
    assert cues == {"ep001_7k2m": Cue(1.2, 3.5), "ep001_9zzz": Cue(65.0, 3606.0)}
    found = [line_at(cues, second) for second in (0, 1.2, 30, 65, 99999)]
    assert found == ["ep001_7k2m", "ep001_7k2m", "ep001_7k2m", "ep001_9zzz", "ep001_9zzz"]
    assert line_at({}, 3) is None

"""From any line to the other media and back, and one place for one viewer over all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_stories import HEIRESS_CANON, write_story
from silkreel.story.book import doors_of
from silkreel.story.links import Link, links_of
from silkreel.story.novel import read_novel
from silkreel.story.places import Place, Progress, line_of_block, line_of_play, survivor
from silkreel.story.playing import game_only_of, open_play
from silkreel.story.project import open_story

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORDINALS = {line_id: ordinal for ordinal, line_id in enumerate(HEIRESS_CANON)}


@pytest.fixture(scope="module")
def links(heiress, heiress_json):
    with open_play(heiress_json) as player:
        walk = player.canon(game_only_of(heiress))
    return links_of(heiress, walk.ids, read_novel(heiress))


def test_a_quoted_line_is_watched_read_and_played(links):
    assert links.moment("ep001_gala_A1X9").addresses("heiress") == {
        "watch": "/s/heiress/e/1?t=ep001_gala_A1X9",
        "read": "/s/heiress/c/1#ch001_D4E5",
        "play": "/s/heiress/g?at=ep001.gala",
    }


def test_a_line_nobody_quotes_is_read_in_the_chapter_that_tells_its_scene(links):
    assert links.moment("ep001_gala_K2P0").addresses("heiress")["read"] == "/s/heiress/c/1"


def test_a_medium_a_line_is_not_in_is_absent(links):
    assert links.moment("ep002_corridor_G7G7").addresses("heiress") == {
        "play": "/s/heiress/g?at=ep002.corridor"
    }
    assert set(links.moment("ep002_car_F6F6").addresses("heiress")) == {"watch", "play"}
    assert links.moment("ep009_moon_0000") is None


def test_a_line_of_one_medium_is_met_in_no_other(tmp_path):
    rows = (
        "-> ep001\n=== ep001\n# episode:1\nSeen. #id:ep001_A001 #only:video\n"
        "Told. #id:ep001_A002 #only:novel\nBoth. #id:ep001_A003\n-> END\n"
    )
    chapter = "---\n{chapter: 1, title: A, adapts: [ep001]}\n---\n"
    (tmp_path / "novel").mkdir()
    story = open_story(write_story(tmp_path, {"script/main.ink": rows, "novel/ch001.md": chapter}))
    moments = links_of(story, story.ids, read_novel(story)).moments
    assert [set(moments[f"ep001_A00{n}"].addresses("s")) for n in (1, 2, 3)] == [
        {"watch"}, {"read"}, {"watch", "read", "play"},
    ]  # fmt: skip


def test_there_is_a_way_back_from_every_medium(links):
    assert links.lines_at("ch001_D4E5", "read") == ("ep001_gala_A1X9",)
    assert "ep002_car_F6F6" in links.lines_at("ep002", "watch")
    assert links.lines_at("ep002.car", "play") == ("ep002_car_F6F6",)
    for link in links.all:
        if link.rel != "adapts":
            assert link.source in links.lines_at(link.target, link.rel)


def test_chapters_adapt_scenes(links):
    assert Link("adapts", "ch001", "ep001.gala") in links.all


def test_doors_lead_to_the_first_line_of_a_scene(links):
    doors = doors_of(links.moments, "heiress", "https://drama.example/")
    assert doors["watch", "ep001.gala"] == "https://drama.example/s/heiress/e/1?t=ep001_gala_G7KD"
    assert doors["play", "ep001"] == "https://drama.example/s/heiress/g?at=ep001.gala"


def _after(came):
    progress = Progress()
    for place in came:
        progress = progress.come_to(place, ORDINALS)
    return progress


places = st.builds(
    Place,
    st.sampled_from([*HEIRESS_CANON, "ep002_corridor_G7G7"]),
    st.sampled_from(["video", "novel", "game"]),
    st.integers(0, 3).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
progresses = st.lists(places, max_size=6).map(_after)


@given(progresses, progresses)
def test_merging_two_devices_commutes(one, other):
    assert one.merged(other) == other.merged(one)


@given(progresses, progresses, progresses)
def test_merging_three_devices_is_the_same_in_any_order(a, b, c):
    assert a.merged(b).merged(c) == a.merged(b.merged(c))


@given(progresses)
def test_merging_with_oneself_changes_nothing(progress):
    assert progress.merged(progress) == progress
    assert progress.merged(Progress()) == progress


@given(st.lists(places, max_size=6), st.lists(places, max_size=6))
def test_two_devices_agree_with_one_that_saw_it_all(one, other):
    assert _after(one).merged(_after(other)) == _after([*one, *other])


def test_a_link_ahead_of_the_furthest_place_spoils():
    progress = Progress().come_to(Place("ep001_gala_K2P0", "video", NOW), ORDINALS)
    assert progress.spoils("ep002_car_F6F6", ORDINALS)
    assert not progress.spoils("ep001_gala_A1X9", ORDINALS)
    assert not progress.spoils("ep002_corridor_G7G7", ORDINALS)


def test_reading_leads_to_the_last_quoted_line(heiress):
    (chapter,) = read_novel(heiress)
    first = {"ep001.gala": "ep001_gala_G7KD"}
    assert line_of_block(chapter, "ch001_B2C3", first) == "ep001_gala_G7KD"
    assert line_of_block(chapter, "ch001_D4E5", first) == "ep001_gala_A1X9"
    assert line_of_block(chapter, "ch001_F6F7", first) == "ep001_gala_A1X9"
    assert line_of_block(chapter, "ch001_0000", first) is None


def test_playing_a_scene_of_the_game_leads_to_the_last_line_of_the_series():
    shown = ["ep001_terrace_Q7R2", "ep001_terrace_C001", "ep002_corridor_G7G7"]
    assert line_of_play(shown, ORDINALS) == "ep001_terrace_Q7R2"


def test_a_place_on_a_retired_line_moves_to_the_next_that_lives():
    living = frozenset(HEIRESS_CANON) - {"ep001_gala_A1X9", "ep001_gala_K2P0"}
    assert survivor("ep001_gala_A1X9", HEIRESS_CANON, living) == "ep001_gala_ZZ81"
    assert survivor("ep002_car_F6F6", HEIRESS_CANON, living) == "ep002_car_F6F6"
    assert survivor("ep002_car_F6F6", HEIRESS_CANON, frozenset()) is None
    assert survivor("ep009_moon_0000", HEIRESS_CANON, living) is None

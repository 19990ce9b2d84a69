"""Episode numbers out of file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.catalogue.numbering import chinese_number, episode_number

HABITS = {
    "01": 1,
    "ep1": 1,
    "EP07": 7,
    "E12": 12,
    "Episode 3": 3,
    "剧名 - 第1集": 1,
    "第十二集": 12,
    "重生千金 第100集": 100,
    "第一百零三集 大结局": 103,
    "12集": 12,
    "S01E05": 5,
    "My.Show.s02e11.1080p.x264": 11,
    "Love 2077 - ep 4": 4,
    "drama_08_720x1280": 8,
    "drama 08 [1080p]": 8,
    "Capítulo 9": 9,
    "Episódio 10": 10,
    "Tập 6": 6,
    "#15 the return": 15,
    "show-03-v2": 3,
    "The CEO (2024) 21": 21,
    "０５": 5,
}


@pytest.mark.parametrize(("name", "number"), HABITS.items())
def test_every_common_habit_gives_its_number(name, number):
    assert episode_number(name) == number


@pytest.mark.parametrize("name", ["trailer", "final cut", "", "1080p", "第零集"])
def test_a_name_without_a_number_gives_none(name):
    assert episode_number(name) is None


def test_a_year_or_hash_alone_is_no_episode():
    assert episode_number("show 20240131") is None


@given(st.integers(1, 9999))
def test_any_number_comes_back_out_of_its_own_name(number):
    assert episode_number(f"剧 - 第{number}集") == number
    assert episode_number(f"show_ep{number:03d}") == number


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("二十", 20), ("二十一", 21), ("一百", 100), ("两百零五", 205), ("一〇三", 103)],
)
def test_chinese_numerals_have_their_value(text, value):
    assert chinese_number(text) == value

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.media.geometry import Size
from silkreel.media.rungs import NoSuchRung, RungAboveSource, plan_ladder, plan_rung

RATE = Fraction(25)


def names(width, height):
    return [plan.name for plan in plan_ladder(Size(width, height), RATE)]


def test_a_full_hd_vertical_master_gets_the_three_rungs_largest_first():
    plans = plan_ladder(Size(1080, 1920), RATE)
    assert [(p.name, p.size.width_pixels, p.size.height_pixels) for p in plans] == [
        ("v720", 720, 1280),
        ("v540", 540, 960),
        ("v360", 360, 640),
    ]
    assert [(p.profile, p.level, p.crf, p.peak_bps) for p in plans] == [
        ("high", "3.1", 24, 2_000_000),
        ("main", "3.1", 25, 1_000_000),
        ("main", "3.0", 26, 450_000),
    ]


def test_a_landscape_master_is_named_by_its_short_side_too():
    assert names(1280, 720) == ["v720", "v540", "v360"]
    assert plan_ladder(Size(1280, 720), RATE)[-1].size == Size(640, 360)


def test_a_source_below_all_rungs_gets_one_of_its_own_size():
    assert names(240, 426) == ["v240"]


def test_a_source_between_two_rungs_keeps_its_lines_where_the_rung_below_loses_many():
    assert names(640, 480) == ["v480", "v360"]
    assert names(576, 1024) == ["v540", "v360"]


def test_the_group_is_two_seconds_at_every_rate():
    for rate, frames in ((24, 48), (25, 50), (30, 60), (Fraction(30000, 1001), 60)):
        plans = plan_ladder(Size(720, 1280), Fraction(rate))
        assert {plan.group_frames for plan in plans} == {frames}


@given(st.integers(64, 4096), st.integers(64, 4096))
def test_no_rung_is_above_its_source_and_all_are_even_and_of_its_shape(width, height):
    source = Size(width // 2 * 2, height // 2 * 2)
    for plan in plan_ladder(source, RATE):
        size = plan.size
        assert size.short_side_pixels <= source.short_side_pixels
        assert size.width_pixels % 2 == size.height_pixels % 2 == 0
        shape = Fraction(source.width_pixels, source.height_pixels)
        assert abs(size.width_pixels - size.height_pixels * shape) <= 2 + 2 * shape


def test_the_upper_rung_is_refused_where_it_would_be_an_enlargement():
    assert plan_rung("v1080", Size(1080, 1920), RATE, preset="fast").level == "4.0"
    with pytest.raises(RungAboveSource, match="720 pixels"):
        plan_rung("v1080", Size(720, 1280), RATE, preset="fast")


def test_a_rung_nobody_knows_is_refused_with_the_list():
    with pytest.raises(NoSuchRung, match="v360, v540, v720, v1080"):
        plan_rung("v9000", Size(720, 1280), RATE, preset="fast")

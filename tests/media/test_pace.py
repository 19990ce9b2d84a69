from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.media.pace import clock, conform, frames_in, measure_pace, streamed_rate

RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(30000, 1001)]


@pytest.mark.parametrize("rate", [*RATES, Fraction(50), Fraction(60), Fraction(60000, 1001)])
@pytest.mark.parametrize("ticks", [1000, 90_000, 15_360])
def test_a_steady_picture_gives_its_own_rate_whatever_clock_wrote_it(rate, ticks):
    stamps = [round(number * ticks / rate) for number in range(150)]

    pace = measure_pace(stamps, Fraction(1, ticks), None)

    assert pace.steady
    assert pace.rate == rate
    assert pace.frame_count == 150
    assert frames_in(pace.length_seconds, rate) == 150


def test_a_telephone_that_wavers_is_variable_and_meant_as_thirty():
    stamps = [number * 33 + (20 if number % 3 == 1 else 0) for number in range(90)]

    pace = measure_pace(stamps, Fraction(1, 1000), Fraction(2000))

    assert not pace.steady
    assert pace.rate == 30


def test_one_lost_frame_in_many_is_a_gap_and_not_a_variable_rate():
    stamps = [number for number in range(300) if number not in {100, 101, 102, 103}]

    pace = measure_pace(stamps, Fraction(1, 25), None)

    assert pace.steady
    assert pace.rate == 25
    assert pace.largest_gap_seconds == Fraction(5, 25)
    assert pace.largest_gap_at_seconds == Fraction(99, 25)


def test_a_frame_lost_at_the_end_of_a_short_cut_is_no_variable_rate():
    assert measure_pace([*range(60), 61], Fraction(1, 25), None).steady


def test_a_single_frame_lasts_as_long_as_the_container_says():
    assert measure_pace([7], Fraction(1, 25), Fraction(10)).length_seconds == Fraction(1, 10)


def test_a_picture_without_frames_has_no_pace():
    with pytest.raises(ValueError, match="without frames"):
        measure_pace([], Fraction(1, 25), None)


@pytest.mark.parametrize(
    ("stored", "streamed"),
    [(24, 24), (30, 30), (48, 24), (50, 25), (60, 30), (100, 25), (120, 30)],
)
def test_fast_pictures_are_streamed_at_a_whole_part_of_their_rate(stored, streamed):
    assert streamed_rate(Fraction(stored)) == streamed


def test_ntsc_sixty_becomes_ntsc_thirty():
    assert streamed_rate(Fraction(60000, 1001)) == Fraction(30000, 1001)


@given(st.sampled_from(RATES), st.integers(1, 200))
def test_at_its_own_rate_every_frame_passes_once(rate, count):
    frames = [(number / rate, number) for number in range(count)]
    assert list(conform(frames, rate, count)) == list(range(count))


@given(st.integers(1, 100))
def test_half_the_rate_keeps_every_second_frame(count):
    frames = [(Fraction(number, 60), number) for number in range(2 * count)]
    assert list(conform(frames, Fraction(30), count)) == list(range(0, 2 * count, 2))


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=60),
    st.sampled_from(RATES),
    st.integers(1, 300),
)
def test_any_picture_conforms_to_exactly_the_frames_asked_for_and_in_order(steps, rate, count):
    at, frames = Fraction(0), []
    for number, step in enumerate(steps):
        frames.append((at, number))
        at += Fraction(step, 1000)

    conformed = list(conform(frames, rate, count))

    assert len(conformed) == count
    assert conformed == sorted(conformed)
    for place, number in enumerate(conformed):
        middle = (place + Fraction(1, 2)) / rate
        assert frames[number][0] < middle or number == 0
        assert number == len(frames) - 1 or frames[number + 1][0] >= middle


def test_jitter_below_half_a_frame_changes_nothing():
    frames = [(Fraction(number, 25) + Fraction(number % 3, 200), number) for number in range(50)]
    assert list(conform(frames, Fraction(25), 50)) == list(range(50))


def test_no_frames_give_no_frames():
    assert list(conform([], Fraction(25), 5)) == []


def test_times_read_as_minutes_seconds_and_tenths():
    assert clock(Fraction(754, 10)) == "1:15.4"
    assert clock(-0.001) == "0:00.0"
    assert clock(59.97) == "1:00.0"

"""Pieces of time, in frames and in seconds."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.kit.spans import Span, TimeSpan

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]
frames = st.integers(0, 10_000_000)


@st.composite
def spans(draw):
    first = draw(frames)
    return Span(first, first + draw(st.integers(1, 10_000)))


@pytest.mark.parametrize(("first", "end"), [(-1, 2), (3, 3), (4, 3)])
def test_a_span_is_never_empty_or_before_zero(first, end):
    with pytest.raises(ValueError, match="never empty"):
        Span(first, end)


@pytest.mark.parametrize(("start", "end"), [(-0.1, 1.0), (2.0, 1.0), (float("nan"), 1.0)])
def test_a_time_span_runs_forward_from_zero(start, end):
    with pytest.raises(ValueError, match="forward"):
        TimeSpan(start, end)


@given(spans(), st.sampled_from(RATES))
def test_frames_to_seconds_and_back_is_the_same_span(span, rate):
    assert span.seconds(rate).frames(rate) == span


@given(spans(), spans())
def test_overlap_is_mutual_and_no_longer_than_either(one, other):
    overlap = one.overlap_frames(other)
    assert overlap == other.overlap_frames(one)
    assert 0 <= overlap <= min(one.length_frames, other.length_frames)
    assert one.overlap_frames(one) == one.length_frames


@given(st.floats(0, 1e6), st.sampled_from(RATES))
def test_a_moment_has_at_least_one_frame(start, rate):
    assert TimeSpan(start, start).frames(rate).length_frames == 1


def test_neighbours_do_not_overlap():
    assert Span(0, 10).overlap_frames(Span(10, 20)) == 0

"""Speech is packed and times are mapped back: pure arithmetic, held by properties."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.engines.silero import spans
from silkreel.engines.windows import LONGEST_SECONDS, pack, unheard
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan


@st.composite
def speech(draw):
    moment, found = 0.0, []
    for rest, length in draw(
        st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 70)), max_size=20)
    ):
        found.append(TimeSpan(moment + rest, moment + rest + length))
        moment = found[-1].end_seconds
    return tuple(found)


@given(speech())
def test_all_speech_lies_in_windows_that_fit_in_order_and_once(found):
    windows = pack(found)
    pieces = [piece for window in windows for piece in window.pieces]
    assert all(window.length_seconds <= LONGEST_SECONDS + 1e-6 for window in windows)
    assert sum(p.speech.length_seconds for p in pieces) == pytest.approx(
        sum(span.length_seconds for span in found)
    )
    assert all(a.speech.end_seconds <= b.speech.start_seconds + 1e-9 for a, b in pairwise(pieces))
    for window in windows:
        assert all(a.end_seconds <= b.start_seconds + 1e-9 for a, b in pairwise(window.pieces))


@given(speech(), st.floats(0, 1))
def test_a_moment_of_speech_comes_back_from_its_window(found, share):
    for window in pack(found):
        for piece in window.pieces:
            moment = piece.speech.start_seconds + share * piece.speech.length_seconds
            inside = moment - piece.source.start_seconds + piece.start_seconds
            back = window.span(inside, inside)
            assert back.start_seconds == pytest.approx(moment, abs=1e-6)


@given(speech(), st.floats(0, 30), st.floats(0, 5))
def test_whatever_a_recogniser_says_lies_in_speech(found, start, length):
    for window in pack(found):
        span = window.span(start, start + length)
        assert any(
            piece.speech.start_seconds - 1e-9 <= span.start_seconds
            and span.end_seconds <= piece.speech.end_seconds + 1e-9
            for piece in window.pieces
        )


def test_few_windows_are_needed_for_much_silence():
    found = tuple(TimeSpan(30.0 * n, 30.0 * n + 2) for n in range(10))
    (window,) = pack(found)
    assert window.length_seconds == pytest.approx(10 * 2.24 + 9 * 0.3 - 0.12, abs=0.2)


def test_the_windows_sound_is_that_of_its_pieces():
    ramp = Sound.mono(np.arange(16_000 * 10) / 160_000, 16_000)
    (window,) = pack((TimeSpan(1, 2), TimeSpan(8, 9)))
    samples = window.samples(ramp)
    for piece in window.pieces:
        middle = round((piece.start_seconds + piece.end_seconds) / 2 * 16_000)
        expected = (piece.source.start_seconds + piece.source.end_seconds) / 2 / 10
        assert samples[middle] == pytest.approx(expected, abs=1e-3)


def test_what_lies_behind_the_last_word_is_unheard():
    (window,) = pack((TimeSpan(1, 2), TimeSpan(4, 6), TimeSpan(7, 8)))
    assert unheard(window, 5.0) == (TimeSpan(5.0, 6.0), TimeSpan(7, 8))
    assert unheard(window, 8.0) == ()


@given(st.lists(st.floats(0, 1), max_size=200))
def test_spans_of_speech_lie_apart_and_inside_whatever_the_network_says(probabilities):
    length = len(probabilities) * 0.032
    found = spans(probabilities, length)
    assert all(a.end_seconds <= b.start_seconds for a, b in pairwise(found))
    assert all(0 <= s.start_seconds <= s.end_seconds <= length + 1e-9 for s in found)


def test_a_short_rest_does_not_cut_speech_and_a_long_one_does():
    speech, rest = [0.9] * 20, [0.05]
    assert len(spans(speech + rest * 4 + speech, 1.4)) == 1
    assert len(spans(speech + rest * 12 + speech, 1.7)) == 2

"""Stretching changes a sound's length to the sample, and not its pitch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.kit.sound import Sound
from silkreel.media.stretch import resample, stretch


def tone(seconds: float, hertz: float = 220.0, sample_rate: int = 24_000) -> Sound:
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return Sound.mono(0.3 * np.sin(2 * np.pi * hertz * time), sample_rate)


def pitch(sound: Sound) -> float:
    middle = sound.flat[len(sound.flat) // 4 : -len(sound.flat) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(np.argmax(spectrum) * sound.sample_rate / len(middle))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 3.0), st.floats(0.85, 1.25))
def test_the_length_is_exact_to_the_sample(seconds, factor):
    sound = tone(seconds)
    assert len(stretch(sound, factor).samples) == round(len(sound.samples) / factor)


@pytest.mark.parametrize("factor", [0.93, 1.08, 1.25])
def test_the_pitch_stays(factor):
    assert pitch(stretch(tone(3.0), factor)) == pytest.approx(220, abs=2)


def test_stretching_and_resampling_are_one_pass():
    made = stretch(tone(2.0), 1.05, sample_rate=48_000)
    assert made.sample_rate == 48_000
    assert len(made.samples) == round(96_000 / 1.05)
    assert pitch(made) == pytest.approx(220, abs=2)


def test_what_needs_nothing_is_not_touched():
    sound = tone(1.0)
    assert resample(sound, sound.sample_rate).samples is sound.samples


def test_two_channels_stay_apart():
    left, right = tone(1.0, 220).flat, tone(1.0, 440).flat
    made = stretch(Sound(np.stack([left, right], axis=1), 24_000), 1.1)
    assert pitch(Sound.mono(made.samples[:, 0], 24_000)) == pytest.approx(220, abs=3)
    assert pitch(Sound.mono(made.samples[:, 1], 24_000)) == pytest.approx(440, abs=3)


def test_silence_of_no_length_stays_so():
    assert not len(stretch(Sound.mono([], 24_000), 1.1).samples)


@pytest.mark.parametrize("factor", [0.2, 3.0])
def test_no_speech_is_stretched_so_far(factor):
    with pytest.raises(ValueError, match="stretching"):
        stretch(tone(1.0), factor)

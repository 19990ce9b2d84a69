"""Loudness as the standard has it, checked against independent meters, and kept after coding."""

import json
import re
import shutil
import subprocess

import av
import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.kit.sound import Sound, write_sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.limiting import limit, ramped
from silkreel.media.loudness import (
    SILENCE_LUFS,
    Loudness,
    decibels,
    linear,
    loudness_of,
    measure,
    measure_file,
)
from silkreel.media.loudness_profiles import (
    UnknownLoudnessProfile,
    loudness_profile,
    loudness_profiles,
)
from silkreel.media.mastering import master
from silkreel.media.normalising import coding_margin_db, normalise
from silkreel.media.true_peak import true_peak

RATE = 48_000
needs_ffmpeg = pytest.mark.skipif(
    not shutil.which("ffmpeg"), reason="ffmpeg is not installed: the independent meter is missing"
)


def tone(seconds: float, level_dbfs: float, hertz: float = 997.0, phase: float = 0.0) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = linear(level_dbfs) * np.sin(2 * np.pi * hertz * time + phase)
    return Sound(np.stack([wave, wave], axis=1).astype(np.float32), RATE)


def programme(seed: int, seconds: float = 8.0) -> Sound:
    """Something like a programme: coloured noise that speaks and pauses, with sharp peaks."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    kernel = np.exp(-np.arange(80) / random.uniform(3, 20))
    noise = random.standard_normal((count, 2))
    coloured = np.stack([np.convolve(noise[:, c], kernel, "same") for c in range(2)], axis=1)
    steps = np.repeat(random.uniform(0, 1, count // 2400 + 1) ** 2, 2400)[:count, None]
    samples = coloured * steps / np.abs(coloured).max() * random.uniform(0.1, 0.9)
    return Sound(samples.astype(np.float32), RATE)


def joined(*sounds: Sound) -> Sound:
    return Sound(np.concatenate([sound.samples for sound in sounds]), RATE)


def test_a_full_scale_tone_in_one_channel_measures_minus_three():
    # BS.1770-5: a 0 dBFS, 997 Hz sine in one front channel reads -3.01 LKFS.
    both = tone(5, 0.0).samples.copy()
    both[:, 1] = 0
    assert measure(Sound(both, RATE)).integrated_lufs == pytest.approx(-3.01, abs=0.05)


def test_the_gates_leave_out_pauses_and_silence():
    # After EBU Tech 3341, cases 3 and 4: -36, -23, -36 dBFS tones measure -23.
    sound = joined(tone(10, -36), tone(60, -23), tone(10, -36))
    assert measure(sound).integrated_lufs == pytest.approx(-23.0, abs=0.1)
    quiet = joined(tone(10, -72), tone(10, -36), tone(60, -23), tone(10, -36), tone(10, -72))
    assert measure(quiet).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "expected"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)]
)
def test_the_range_is_as_tech_3342_has_it(levels, expected):
    sound = joined(*(tone(20, level, 1000) for level in levels))
    assert measure(sound).range_lu == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("phase", [0.0, np.pi / 4])
def test_a_peak_between_samples_is_found(phase):
    # A quarter of the sample rate, between its samples: these read 3 dB too low.
    sound = tone(1, -6.0, RATE / 4, phase)
    assert decibels(true_peak(sound)) == pytest.approx(-6.0, abs=0.2)


@pytest.mark.parametrize("seed", range(6))
def test_another_meter_agrees(seed):
    sound = programme(seed)
    independent = pyloudnorm.Meter(RATE).integrated_loudness(sound.samples.astype(np.float64))
    assert measure(sound).integrated_lufs == pytest.approx(independent, abs=0.1)


@needs_ffmpeg
@pytest.mark.parametrize("seed", range(4))
def test_ffmpegs_program_agrees(seed, tmp_path):
    sound = programme(seed)
    path = tmp_path / "sound.wav"
    soundfile.write(path, sound.samples, RATE, subtype="FLOAT")
    told = loudnorm(path)
    measured = measure(sound)
    assert measured.integrated_lufs == pytest.approx(float(told["input_i"]), abs=0.2)
    assert measured.true_peak_dbtp == pytest.approx(float(told["input_tp"]), abs=0.3)


def loudnorm(path) -> dict[str, str]:
    """What ffmpeg's loudnorm measures."""
    words = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af",
         "loudnorm=print_format=json", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    found = re.search(r"\{.*\}", words, re.DOTALL)
    assert found
    return json.loads(found.group())


@pytest.mark.parametrize("name", ["mobile", "ebu", "atsc"])
@pytest.mark.parametrize("seed", range(4))
def test_every_programme_is_brought_to_its_profile(name, seed):
    profile = loudness_profile(name)
    sound = programme(seed)
    made, report = normalise(sound, profile)
    measured = measure(made)
    assert measured.integrated_lufs == pytest.approx(profile.programme_lufs, abs=0.2)
    assert measured.true_peak_dbtp <= profile.limit_dbtp + 0.01
    assert measured.meets(profile)
    assert report.after.integrated_lufs == pytest.approx(measured.integrated_lufs, abs=0.03)
    assert report.after.short_term_max_lufs == pytest.approx(measured.short_term_max_lufs, abs=0.05)
    assert report.after.range_lu == pytest.approx(measured.range_lu, abs=0.05)
    assert made.samples.shape == sound.samples.shape


def test_where_peaks_allow_it_only_the_gain_changes():
    sound = tone(5, -30)
    made, report = normalise(sound, loudness_profile("mobile"))
    assert report.limited_db == 0
    assert np.allclose(made.samples, sound.samples * linear(report.gain_db), rtol=1e-5)


def test_silence_stays_silence():
    silence = Sound(np.zeros((RATE * 2, 2), np.float32), RATE)
    made, report = normalise(silence, loudness_profile("mobile"))
    assert not made.samples.any()
    assert report.after.integrated_lufs == SILENCE_LUFS


def test_a_single_click_does_not_lift_the_noise_without_end():
    click = np.zeros((RATE * 3, 2), np.float32)
    click[RATE : RATE + 40] = 0.9
    made, _ = normalise(Sound(click, RATE), loudness_profile("mobile"))
    assert true_peak(made) <= linear(-2.5) * 1.001


def test_dialogue_is_judged_where_there_is_enough_of_it():
    profile = loudness_profile("netflix")
    sound = joined(tone(10, -20), tone(10, -35))
    spoken = [TimeSpan(0.5, 9.5)]
    made, report = normalise(sound, profile, dialogue=spoken)
    assert report.after.dialogue_lufs == pytest.approx(-27, abs=0.2)
    assert measure(made, spoken).dialogue_lufs == pytest.approx(-27, abs=0.2)
    little, _ = normalise(sound, profile, dialogue=[TimeSpan(0.5, 2.0)])
    assert measure(little).integrated_lufs == pytest.approx(-24, abs=0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 0.9))
def test_nothing_passes_the_limiter(seed, ceiling):
    sound = programme(seed, seconds=0.5)
    assert true_peak(limit(sound, ceiling)) <= ceiling * 1.001


def test_the_limiter_leaves_alone_what_is_low_enough():
    sound = tone(1, -20)
    assert np.array_equal(limit(sound, 0.9).samples, sound.samples)


@given(st.lists(st.floats(-30, 0), min_size=1, max_size=50))
def test_a_ramped_curve_is_never_above_what_was_asked_and_never_steep(levels):
    made = ramped(np.array(levels), 2.0, 0.5)
    assert (made <= np.array(levels) + 1e-9).all()
    assert (np.diff(made) <= 0.5 + 1e-9).all()
    assert (np.diff(made) >= -2.0 - 1e-9).all()


@pytest.mark.parametrize("seconds", [0.1, 0.39, 0.4, 2.0])
def test_a_piece_of_any_length_has_a_loudness(seconds):
    assert loudness_of(tone(seconds, -20)) == pytest.approx(-20, abs=0.6)


def test_coding_is_given_the_room_that_it_needed():
    profile = loudness_profile("mobile")
    loud = Loudness(-16.0, -1.1, 5.0, -14.0)
    assert coding_margin_db(loud, profile) == pytest.approx(1.0)
    assert coding_margin_db(Loudness(-16.0, -1.7, 5.0, -14.0), profile) == 0


def test_fading_out_to_nothing_is_silence_and_no_fault_of_the_meter():
    fading = tone(6, -10).samples * np.exp(-np.arange(6 * RATE) / RATE * 12)[:, None]
    sound = joined(tone(4, -20), Sound(fading.astype(np.float32), RATE))
    independent = pyloudnorm.Meter(RATE).integrated_loudness(sound.samples.astype(np.float64))
    assert measure(sound).integrated_lufs == pytest.approx(independent, abs=0.1)


def aac(sound: Sound, path, bit_rate: int = 96_000) -> Loudness:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound.samples.T), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_the_coded_file_is_what_is_judged(tmp_path):
    profile = loudness_profile("mobile")
    made = master(programme(3), profile, lambda sound: aac(sound, tmp_path / "made.m4a", 64_000))
    judged = measure_file(made.path)
    assert judged == made.coded
    assert judged.true_peak_dbtp <= profile.true_peak_dbtp
    assert judged.integrated_lufs == pytest.approx(profile.programme_lufs, abs=0.5)


def test_sound_of_ours_measures_the_same_from_memory_and_file(tmp_path):
    sound = programme(1)
    write_sound(sound, tmp_path / "sound.flac")
    here, there = measure(sound), measure_file(tmp_path / "sound.flac")
    assert there.integrated_lufs == pytest.approx(here.integrated_lufs, abs=0.01)


def test_every_profile_names_its_source():
    for profile in loudness_profiles().values():
        assert profile.source
        assert profile.limit_dbtp < profile.true_peak_dbtp
        assert not profile.verified, "no primary source was read"


def test_an_unknown_profile_is_refused_with_those_there_are():
    with pytest.raises(UnknownLoudnessProfile, match="mobile"):
        loudness_profile("cinema")

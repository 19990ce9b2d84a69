"""A stem is decoded to its end and held against its picture before anybody believes it."""

import random

import numpy as np
import pytest
import soundfile

from silkreel.media.refusals import Empty, NotSound, StemDamaged, StemLength, StemRate
from silkreel.media.stems import probe_stem


def write(path, *, seconds=3.0, rate=48_000, channels=2, **form):
    sound = np.random.default_rng(1).normal(0, 0.05, (round(seconds * rate), channels))
    soundfile.write(path, sound, rate, **form)
    return path


@pytest.mark.parametrize(("name", "rate", "channels"), [
    ("a.me.wav", 48_000, 2), ("a.me.flac", 44_100, 1), ("a.me.wav", 96_000, 2),
])  # fmt: skip
def test_a_stem_of_the_pictures_length_fits(tmp_path, name, rate, channels):
    path = write(tmp_path / name, seconds=3.4, rate=rate, channels=channels)
    stem = probe_stem(path, length_seconds=3.0)
    assert (stem.sample_rate, stem.channels) == (rate, channels)
    assert stem.length_seconds == pytest.approx(3.4, abs=0.01)


@pytest.mark.parametrize("length_seconds", [1.9, 4.1])
def test_a_stem_more_than_a_second_longer_or_shorter_is_of_another_cut(tmp_path, length_seconds):
    path = write(tmp_path / "a.wav")
    with pytest.raises(StemLength, match=r"lasts 0:03\.0 and the picture 0:0[14]"):
        probe_stem(path, length_seconds=length_seconds)


def test_the_sound_of_a_telephone_is_no_bed(tmp_path):
    path = write(tmp_path / "a.wav", rate=8_000)
    with pytest.raises(StemRate, match="8000 samples a second"):
        probe_stem(path, length_seconds=3.0)


def test_damage_in_the_middle_is_told_where_it_is(tmp_path):
    path = write(tmp_path / "a.flac")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = random.Random(4).randbytes(20_000)
    path.write_bytes(content)
    with pytest.raises(StemDamaged, match=r"near 0:01\.[1-5]"):
        probe_stem(path, length_seconds=3.0)


@pytest.mark.parametrize(("content", "refusal"), [
    (b"", Empty),
    (b"RIFF\0\0\0\0", NotSound),
    (b"RIFF\x24\0\0\0WAVEfmt ", NotSound),
    (b"ffconcat version 1.0\nfile '/etc/hostname'\n", NotSound),
])  # fmt: skip
def test_what_is_no_sound_is_said(tmp_path, content, refusal, no_child_left):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(refusal):
        probe_stem(path, length_seconds=3.0)

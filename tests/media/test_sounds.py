import av
import numpy as np
import pytest
import soundfile

from silkreel.media.refusals import Empty, NotSound
from silkreel.media.sounds import decode_sound


@pytest.fixture
def stem(tmp_path):
    path = tmp_path / "stem.wav"
    seconds = np.arange(44_100 * 2) / 44_100
    soundfile.write(path, np.stack([np.sin(seconds * 2764), np.zeros_like(seconds)], 1) / 4, 44_100)
    return path


def test_a_wav_stem_becomes_flac_of_the_wanted_rate_and_keeps_its_sides(stem, tmp_path):
    made = decode_sound(stem, tmp_path / "out.flac")
    samples, rate = soundfile.read(made.path)
    assert (rate, made.sample_rate, made.channels) == (48_000, 48_000, 2)
    assert made.length_seconds == pytest.approx(2.0, abs=1e-3)
    assert len(samples) == made.samples
    assert np.abs(samples[1000:90_000, 0]).max() == pytest.approx(0.25, abs=0.01)
    assert not samples[:, 1].any()


@pytest.mark.parametrize(("length", "samples"), [(3.5, 168_000), (0.5, 24_000)])
def test_a_stem_is_cut_or_padded_to_the_picture(stem, tmp_path, length, samples):
    made = decode_sound(stem, tmp_path / "out.flac", length_seconds=length)
    assert made.samples == soundfile.info(made.path).frames == samples


def test_sixteen_kilohertz_mono_is_the_mean_of_both_sides(stem, tmp_path):
    made = decode_sound(stem, tmp_path / "out.flac", sample_rate=16_000, channels=1)
    samples, rate = soundfile.read(made.path)
    assert (rate, samples.ndim) == (16_000, 1)
    assert np.abs(samples[1000:30_000]).max() == pytest.approx(0.125, abs=0.01)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.m4a", "aac"), ("a.mp3", "mp3"), ("a.ogg", "libopus"), ("a.mka", "flac")]
)
def test_other_ways_to_write_a_sound_are_read_too(clip, tmp_path, name, codec):
    path = clip(name, pictures=0, sound_codec=codec, hertz=48_000, seconds=2)
    made = decode_sound(path, tmp_path / "out.flac")
    assert made.length_seconds == pytest.approx(2.0, abs=0.06)


def test_a_masters_sound_is_taken_from_its_first_sound(plain_clip, tmp_path):
    made = decode_sound(plain_clip, tmp_path / "out.flac")
    assert made.length_seconds == pytest.approx(4.4, abs=0.03)


def test_the_same_stem_gives_the_same_bytes(stem, tmp_path):
    one = decode_sound(stem, tmp_path / "one.flac").path.read_bytes()
    assert one == decode_sound(stem, tmp_path / "two.flac").path.read_bytes()


def test_nothing_is_refused_in_a_sentence_and_leaves_nothing(clip, tmp_path):
    silent = clip("mute.mp4", size=(64, 64), sound=None, seconds=0.2)
    empty = tmp_path / "empty.wav"
    empty.touch()
    damaged = tmp_path / "damaged.wav"
    damaged.write_bytes(b"RIFF\0\0\0\0WAVE" + bytes(100))
    picture = tmp_path / "picture.wav"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for path, refusal in (
        (silent, NotSound),
        (empty, Empty),
        (damaged, NotSound),
        (picture, NotSound),
    ):
        with pytest.raises(refusal):
            decode_sound(path, tmp_path / "out" / "out.flac")
    assert not list(tmp_path.rglob("*.flac"))


def test_a_gap_in_a_recording_becomes_silence(tmp_path):
    path = tmp_path / "gap.mka"
    with av.open(path, "w") as out:
        track = out.add_stream("flac", rate=48_000, layout="mono")
        for number in range(20):
            tone = np.full((1, 4800), 8000, np.int16)
            frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
            frame.sample_rate = 48_000
            frame.pts = number * 4800 + (48_000 if number >= 10 else 0)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    made = decode_sound(path, tmp_path / "out.flac")
    samples, _ = soundfile.read(made.path)
    assert made.length_seconds == pytest.approx(3.0, abs=0.1)
    assert not samples[55_000:90_000].any()
    assert samples[100_000:140_000].all()

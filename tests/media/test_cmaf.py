"""Packages as players see them, checked against FFmpeg's own reader where it is installed."""

import json
import shutil
import struct
import subprocess

import av
import numpy as np
import pytest

from silkreel.kit.children import Cancelled
from silkreel.kit.sound import Sound
from silkreel.media.boxes import BoxError, top_boxes
from silkreel.media.cmaf import (
    CmafError,
    Segment,
    SegmentIndex,
    codec_string,
    index_cmaf,
)
from silkreel.media.packing import AAC_FRAME_SAMPLES, package_sound


@pytest.fixture
def tone():
    samples = 0.3 * np.sin(np.arange(48_000 * 7) * 2 * np.pi * 440 / 48_000)
    return Sound.mono(samples, 48_000)


@pytest.mark.parametrize("length_seconds", [7.0, 7.5, 6.4321, 30 * 1001 / 30000, 0.5])
def test_the_sound_is_as_long_as_the_picture_within_one_aac_frame(tone, tmp_path, length_seconds):
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=length_seconds)

    assert abs(packed.length_seconds - length_seconds) <= AAC_FRAME_SAMPLES / 48_000
    assert packed.codec == "mp4a.40.2"
    assert packed.size_bytes == packed.path.stat().st_size


def test_segments_lie_side_by_side_to_the_end_and_last_about_two_seconds(tone, tmp_path):
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=7.0)
    place = packed.segments.init_bytes
    for segment in packed.segments.segments:
        assert segment.offset_bytes == place
        assert segment.iframe_bytes == 0
        assert segment.ticks <= 2.1 * packed.segments.timescale
        place += segment.length_bytes
    assert place == packed.size_bytes
    assert len(packed.segments.segments) == 4


def test_there_is_no_edit_list_and_the_clock_begins_at_zero(tone, tmp_path):
    content = package_sound(tone, tmp_path / "a.mp4", length_seconds=3.0).path.read_bytes()
    assert b"edts" not in content
    assert b"cmfc" in content[:64]
    decode_time = content.index(b"tfdt") + 8
    assert int.from_bytes(content[decode_time : decode_time + 8], "big") == 0


def test_the_same_sound_gives_the_same_bytes(tone, tmp_path):
    one = package_sound(tone, tmp_path / "one.mp4", length_seconds=5.0)
    two = package_sound(tone, tmp_path / "two.mp4", length_seconds=5.0)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert b"Lav" not in one.path.read_bytes()


def test_what_went_in_comes_out_by_ears_21_milliseconds_later(tone, tmp_path):
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=7.0)
    with av.open(packed.path) as container:
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    middle = heard[100_000:148_000]
    assert abs(np.abs(middle).max() - 0.3) < 0.02
    spectrum = np.abs(np.fft.rfft(middle))
    assert spectrum.argmax() == 440


def test_a_shorter_sound_ends_in_silence(tone, tmp_path):
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=9.0)
    with av.open(packed.path) as container:
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    assert np.abs(heard[-48_000:]).max() < 1e-3


def test_cancelling_leaves_no_file(tone, tmp_path):
    with pytest.raises(Cancelled):
        package_sound(tone, tmp_path / "a.mp4", length_seconds=7.0, cancelled=lambda: True)
    assert not list(tmp_path.iterdir())


def test_a_sound_of_another_rate_is_refused(tmp_path):
    silence = Sound.mono(np.zeros(44_100), 44_100)
    with pytest.raises(ValueError, match="44100 Hz"):
        package_sound(silence, tmp_path / "a.mp4", length_seconds=1.0)


def test_an_index_survives_json():
    index = SegmentIndex(700, 48_000, (Segment(700, 24_000, 96_256, 0), Segment(24_700, 9, 1, 5)))
    assert SegmentIndex.from_json(json.loads(json.dumps(index.to_json()))) == index
    assert index.starts_ticks == (0, 96_256)
    assert index.length_ticks == 96_257


def test_ffprobe_reads_each_segment_where_the_index_says(tone, tmp_path):
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed (apt-get install ffmpeg)")
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=7.0)
    content, index = packed.path.read_bytes(), packed.segments
    for number, segment in enumerate(index.segments):
        alone = tmp_path / "alone.mp4"
        end = segment.offset_bytes + segment.length_bytes
        alone.write_bytes(content[: index.init_bytes] + content[segment.offset_bytes : end])
        stamps = [int(packet["pts"]) for packet in ffprobe(alone, "packet=pts")["packets"]]
        start = index.starts_ticks[number]
        assert stamps[0] == start
        assert stamps[-1] < start + segment.ticks <= stamps[-1] + AAC_FRAME_SAMPLES


def ffprobe(path, entries):
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", entries, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_a_file_cut_inside_a_segment_is_no_package(tone, tmp_path):
    packed = package_sound(tone, tmp_path / "a.mp4", length_seconds=5.0)
    content = packed.path.read_bytes()
    packed.path.write_bytes(content[:-100])
    with pytest.raises(CmafError, match="ends inside"):
        index_cmaf(packed.path)
    packed.path.write_bytes(content[: content.rindex(b"mdat") - 4])
    with pytest.raises(CmafError, match="ends inside a segment"):
        index_cmaf(packed.path)


def test_rubbish_is_no_package(tmp_path):
    path = tmp_path / "rubbish.mp4"
    path.write_bytes(struct.pack(">I4s", 4, b"moov") + bytes(64))
    with pytest.raises(BoxError):
        index_cmaf(path)
    path.write_bytes(struct.pack(">I4s", 16, b"free") + bytes(8))
    with pytest.raises(CmafError, match="0 boxes moov"):
        codec_string(path)


def test_boxes_longer_than_four_gigabytes_are_stepped_over(tmp_path):
    path = tmp_path / "large.mp4"
    with path.open("wb") as stream:
        stream.write(struct.pack(">I4sQ", 1, b"mdat", 5 * 1024**3))
        stream.truncate(5 * 1024**3)  # a hole: takes no room on the disk
        stream.seek(0, 2)
        stream.write(struct.pack(">I4s", 8, b"free"))
    with path.open("rb") as stream:
        found = [box.kind for box in top_boxes(stream, path.stat().st_size)]
    assert found == ["mdat", "free"]

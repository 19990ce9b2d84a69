"""Every frame of a rendition comes once, in order, with its own rows."""

import contextlib
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from silkreel.kit.effort import measuring
from silkreel.media.frames import FramesLost, RenditionFrames
from silkreel.media.refusals import NotVideo

FRAMES, WIDTH, HEIGHT, RATE = 75, 160, 288, 25
BITS = 8


def picture(number: int) -> np.ndarray:
    """Grey, its number written in black and white blocks across the middle."""
    grey = np.full((HEIGHT, WIDTH), 90, np.uint8)
    for bit in range(BITS):
        left = bit * WIDTH // BITS
        grey[120:180, left : left + WIDTH // BITS] = 220 if number >> bit & 1 else 20
    grey[: HEIGHT // 4] = 40
    return grey


def number_in(luma: np.ndarray) -> int:
    block = WIDTH // BITS
    means = [luma[:, bit * block + 4 : (bit + 1) * block - 4].mean() for bit in range(BITS)]
    return sum((mean > 120) << bit for bit, mean in enumerate(means))


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """Three seconds with B-frames and a key frame every second."""
    path = tmp_path_factory.mktemp("frames") / "clip.mp4"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {
            "crf": "18", "preset": "veryfast",
            "x264-params": "keyint=25:min-keyint=25:scenecut=0:bframes=2",
        }  # fmt: skip
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number), format="gray")
            for packet in stream.encode(frame.reformat(format="yuv420p")):
                target.mux(packet)
        for packet in stream.encode():
            target.mux(packet)
    return path


def test_it_knows_size_length_and_rate_without_decoding(clip):
    frames = RenditionFrames.open(clip)
    assert (frames.width_pixels, frames.height_pixels) == (WIDTH, HEIGHT)
    assert frames.frame_count == FRAMES
    assert frames.frame_rate == Fraction(RATE)


def test_every_frame_comes_once_and_in_order(clip):
    frames = list(RenditionFrames.open(clip).bands(120 / HEIGHT, 180 / HEIGHT))
    assert [frame.index for frame in frames] == list(range(FRAMES))
    assert [number_in(frame.luma) for frame in frames] == list(range(FRAMES))


def test_a_band_is_the_same_rows_of_the_whole_picture(clip):
    rendition = RenditionFrames.open(clip)
    whole = list(rendition.bands())
    band = list(rendition.bands(0.25, 0.75))
    assert whole[7].luma.shape == (HEIGHT, WIDTH)
    top, bottom = rendition.rows(0.25, 0.75)
    assert all((a.luma[top:bottom] == b.luma).all() for a, b in zip(whole, band, strict=True))


def test_a_band_is_never_empty_and_never_outside(clip):
    rendition = RenditionFrames.open(clip)
    assert rendition.rows(0.5, 0.5)[1] - rendition.rows(0.5, 0.5)[0] == 1
    assert rendition.rows(-1, 2) == (0, HEIGHT)


@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_samples_are_frames_of_the_full_pass(clip, seconds):
    samples = list(
        RenditionFrames.open(clip).samples(120 / HEIGHT, 180 / HEIGHT, every_seconds=seconds)
    )
    assert len(samples) == pytest.approx(FRAMES / RATE / seconds, abs=1)
    assert [number_in(frame.luma) for frame in samples] == [frame.index for frame in samples]


def test_decoding_is_counted_as_effort(clip):
    with measuring() as effort:
        list(RenditionFrames.open(clip).bands(0.4, 0.6))
    assert effort.cpu_seconds["decode"] > 0


def test_a_damaged_picture_is_refused_and_never_passed_over(clip, tmp_path):
    spoiled = bytearray(clip.read_bytes())
    start = spoiled.index(b"mdat")
    length = int.from_bytes(spoiled[start - 4 : start], "big")
    for place in range(start + length // 3, start + length // 2, 5):
        spoiled[place] ^= 0xFF
    path = tmp_path / "spoiled.mp4"
    path.write_bytes(spoiled)
    with pytest.raises(FramesLost):
        list(RenditionFrames.open(path).bands())


def test_a_text_named_like_a_film_is_refused(tmp_path):
    path = tmp_path / "list.mp4"
    path.write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(NotVideo):
        RenditionFrames.open(path)


def test_a_pass_that_is_left_early_leaves_no_child(clip):
    def children() -> set[str]:
        """Living processes whose parent is this one."""
        found = set()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                words = stat.read_text().rpartition(")")[2].split()
                if words[1] == str(os.getpid()) and words[0] != "Z":
                    found.add(stat.parent.name)
        return found

    before = children()
    running = RenditionFrames.open(clip).bands()
    next(running)
    assert len(children() - before) == 1
    running.close()
    assert children() <= before

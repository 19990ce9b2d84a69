"""Frames into pieces of film, pieces and sound into an MP4: x264 and AAC, the same input to the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from time import thread_time

import av
import cv2
import numpy as np

from silkreel.kit.sound import Sound
from silkreel.media.theatre.plan import Picture
from silkreel.media.theatre.sprites import Pixels

# Every second frame repeats the one before: longer searches took twice the time to save 15 %.
THRIFT = "ref=1:trellis=0:me=dia:partitions=none:8x8dct=0:bframes=0:weightp=0"
FINAL_CODING = {
    "crf": "21",
    "preset": "veryfast",
    "x264-params": f"{THRIFT}:rc-lookahead=10:subme=1",
}
# A preview's frames mostly repeat: with one quantiser for all, x264 need not look at them ahead, nor
# keep a small copy of each to do so, which halves its time. The picture stays above 47 dB.
PREVIEW_CODING = {
    "qp": "22",
    "preset": "veryfast",
    "x264-params": f"{THRIFT}:rc-lookahead=0:mbtree=0:scenecut=0:aq-mode=0:subme=0:no-deblock=1",
}
AUDIO_BITS_PER_SECOND = 160_000
AUDIO_FRAME = 1024
BIT_EXACT = {"fflags": "+bitexact"}
BT709, BT601_MATRIX, LIMITED_RANGE = 1, 6, 1  # ISO/IEC 23091-2


def write_part(
    path: Path,
    frames: Iterator[tuple[Pixels, bool]],
    picture: Picture,
    on_frame: Callable[[int], None],
    *,
    preview: bool = False,
) -> float:
    """Write a piece of film without sound; returns the CPU seconds the codec took.

    Raises nothing of its own; a failed encode leaves only a file with a temporary name.
    """
    unfinished = path.with_suffix(".part")
    spent = 0.0
    with av.open(str(unfinished), "w", format="mp4", options=BIT_EXACT) as container:
        video = _video(container, picture, PREVIEW_CODING if preview else FINAL_CODING)
        converted: av.VideoFrame | None = None
        for number, (pixels, changed) in enumerate(_drawn_ahead(frames)):
            began = thread_time()
            if changed or converted is None:
                converted = _converted(pixels)
            converted.pts, converted.time_base = number, Fraction(1, picture.frames_per_second)
            container.mux(video.encode(converted))
            spent += thread_time() - began
            on_frame(number)
        container.mux(video.encode(None))
    unfinished.replace(path)
    return spent


def join_parts(
    path: Path, parts: Sequence[Path], sound: Sound, metadata: Mapping[str, str] | None = None
) -> float:
    """Lay pieces of film one behind the other and sound beside them; no picture is coded again.

    The sound is coded as one: joined pieces of AAC would click. Returns the codec's CPU seconds.
    """
    unfinished = path.with_suffix(".part")
    began = thread_time()
    options = {"movflags": "+faststart", **BIT_EXACT}
    with av.open(str(unfinished), "w", format="mp4", options=options) as container:
        container.metadata.update(metadata or {})
        with av.open(str(parts[0])) as first:
            video = container.add_stream_from_template(first.streams.video[0])
        audio, feed = _audio(container, sound), _AudioFeed(sound)
        for packet, seconds in _packets(parts):
            for chunk in feed.until(seconds):
                container.mux(audio.encode(chunk))
            packet.stream = video
            container.mux(packet)
        for chunk in feed.until(float("inf")):
            container.mux(audio.encode(chunk))
        container.mux(audio.encode(None))
    unfinished.replace(path)
    return thread_time() - began


def _packets(parts: Sequence[Path]) -> Iterator[tuple[av.Packet, float]]:
    """The pictures of all parts on one clock, and when each is shown."""
    start = Fraction(0)
    for part in parts:
        with av.open(str(part)) as container:
            stream = container.streams.video[0]
            end = start
            for packet in container.demux(stream):
                if packet.pts is None or packet.dts is None:
                    continue
                base = packet.time_base
                end = max(end, start + (packet.pts + packet.duration) * base)
                packet.pts += round(start / base)
                packet.dts += round(start / base)
                yield packet, float(packet.pts * base)
            start = end


def _drawn_ahead(frames: Iterator[tuple[Pixels, bool]]) -> Iterator[tuple[Pixels, bool]]:
    """The frames, each drawn on a second thread while the one before is encoded."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, frames, None)
        while (frame := coming.result()) is not None:
            coming = pool.submit(next, frames, None)
            yield frame


def _video(
    container: av.container.OutputContainer, picture: Picture, coding: Mapping[str, str]
) -> av.VideoStream:
    video = container.add_stream("libx264", rate=picture.frames_per_second)
    video.width, video.height = picture.width_pixels, picture.height_pixels
    video.pix_fmt = "yuv420p"
    # One thread: the same bytes on any machine; episodes run beside each other instead.
    video.options = {**coding, "threads": "1"}
    context = video.codec_context
    context.color_primaries = context.color_trc = BT709
    context.colorspace, context.color_range = BT601_MATRIX, LIMITED_RANGE
    return video


def _audio(container: av.container.OutputContainer, sound: Sound) -> av.AudioStream:
    audio = container.add_stream("aac", rate=sound.sample_rate)
    audio.layout = "stereo"
    audio.bit_rate = AUDIO_BITS_PER_SECOND
    audio.options = {"aac_coder": "fast"}
    return audio


def _converted(pixels: Pixels) -> av.VideoFrame:
    """Planar 4:2:0 by OpenCV's BT.601 matrix, tagged so: a seventh of what swscale takes for 709."""
    planes = cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


class _AudioFeed:
    """Hands out sound in frames, up to a time."""

    def __init__(self, sound: Sound) -> None:
        self._planes = np.ascontiguousarray(np.clip(sound.samples, -1, 1).T)
        self._rate = sound.sample_rate
        self._at = 0

    def until(self, seconds: float) -> Iterator[av.AudioFrame]:
        end = self._planes.shape[1]
        while self._at < end and self._at / self._rate < seconds:
            piece = self._planes[:, self._at : self._at + AUDIO_FRAME]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.pts = self._rate, self._at
            frame.time_base = Fraction(1, self._rate)
            self._at += piece.shape[1]
            yield frame

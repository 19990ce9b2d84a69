"""In the child: look at a video file without judging it. Walk all packets, decode six seconds."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from silkreel.media.boxes import Box, BoxError, boxes, find_all, top_boxes
from silkreel.media.facts import Facts
from silkreel.media.faults import FFmpegError, is_damage, refusal_for
from silkreel.media.pace import Pace, clock, measure_pace
from silkreel.media.refusals import Codec, Corrupt, Encrypted, NotVideo, TooBig, Truncated
from silkreel.media.sniff import Sniffed, is_cover, open_media, sniff_file
from silkreel.media.synthetic import is_animatic
from silkreel.media.worker import Report

WINDOW_SECONDS = 2
MAX_MOOV_BYTES = 64 * 1024**2  # an index of 20 minutes takes 2 MB
MAX_PACKETS = 600_000  # 20 minutes at 120 fps, sound included, twice over
REPORT_PACKETS = 2000
SILENCE_LUFS = -60.0
BLOCK_SECONDS = 0.4
PROTECTED = frozenset({"encv", "enca", "encs", "drmi", "drms"})


def examine(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Answer with `Facts`.

    Raises:
        Encrypted, Truncated, Corrupt, Codec, NotVideo: nothing more can be learned.
    """
    path = Path(order["path"])
    sniffed = sniff_file(path)
    cut = _cut_boxes(path) if sniffed.format == "mp4" else False
    try:
        with open_media(path, sniffed) as container:
            walked = _Walk(container, path.stat().st_size, report)
        with open_media(path, sniffed) as container:
            seen = _Seen(container, walked)
        silent = seen.silent and _wholly_silent(path, sniffed)
    except (FFmpegError, MemoryError) as error:
        raise refusal_for(error) from error
    return _facts(sniffed, walked, seen, cut=cut, silent=silent).to_json()


class _Walk:
    """What container and packets tell. Keeps values only: streams die with their container."""

    def __init__(self, container: Any, size_bytes: int, report: Report) -> None:
        pictures = [s for s in container.streams.video if not is_cover(s)]
        sounds = list(container.streams.audio)
        if not pictures:
            raise NotVideo(
                kind="a sound without a picture" if sounds else "a file without a picture"
            )
        for stream in (*pictures[:1], *sounds[:1]):
            if stream.codec_context is None:
                raise Codec(codec="an unknown codec")
        picture, sound = pictures[0], next(iter(sounds), None)
        self.pictures, self.sounds = len(pictures), len(sounds)
        self.picture_index = picture.index
        self.sound_index = sound.index if sound else None
        self.video_codec = picture.codec_context.name
        self.audio_codec = sound.codec_context.name if sound else None
        self.pixel_aspect = Fraction(picture.sample_aspect_ratio or 1)
        self.size_bytes = size_bytes
        self.animatic = is_animatic(container.metadata)
        self.cut = _index_end(picture) > size_bytes
        self.declared = _declared(container, picture)
        self.ended = Fraction(0)
        self.audio_start: Fraction | None = None
        self.audio_end: Fraction | None = None
        self.pace = self._pace(container, picture, sound, report)
        if picture.duration:
            self.ended = self.pace.length_seconds

    def _pace(self, container: Any, picture: Any, sound: Any, report: Report) -> Pace:
        stamps = []
        for number, packet in enumerate(self._packets(container)):
            if number > MAX_PACKETS:
                raise TooBig(what="cut into too many packets", limit=f"{MAX_PACKETS} packets")
            if packet.pts is None or packet.is_discard or not packet.size:
                continue
            end = (packet.pts + (packet.duration or 0)) * packet.time_base
            self.ended = max(self.ended, end)
            if packet.stream is picture:
                stamps.append(packet.pts)
            elif packet.stream is sound:
                self._hear(packet, end)
            if number % REPORT_PACKETS == 0:
                report(min(1.0, max(0, packet.pos or 0) / self.size_bytes))
        if not stamps:
            raise Corrupt(at=clock(0))
        return measure_pace(stamps, picture.time_base, picture.base_rate or picture.average_rate)

    def _packets(self, container: Any) -> Iterator[Any]:
        """Every packet; where reading breaks off, the place reached is where the damage is."""
        try:
            yield from container.demux()
        except FFmpegError as error:
            raise refusal_for(error, self.ended) from error

    def _hear(self, packet: Any, end: Fraction) -> None:
        start = packet.pts * packet.time_base
        self.audio_start = start if self.audio_start is None else min(start, self.audio_start)
        self.audio_end = end if self.audio_end is None else max(end, self.audio_end)


class _Seen:
    """What two seconds at the start, in the middle and at the end look and sound like."""

    def __init__(self, container: Any, walked: _Walk) -> None:
        self.frame: Any = None
        self.frames = self.interlaced = 0
        self.corrupt_at: float | None = None
        self.silent = True
        picture = container.streams[walked.picture_index]
        sound = None if walked.sound_index is None else container.streams[walked.sound_index]
        for stream in (picture, sound):
            if stream is not None:
                stream.codec_context.thread_count = 2
        start, length = walked.pace.first_seconds, walked.pace.length_seconds
        for begin, end in _windows(length):
            if begin:
                container.seek(int((start + begin) / picture.time_base), stream=picture)
            self._window(container, (picture, sound), start, start + end)
        if self.frame is None:
            raise Corrupt(at=clock(0))

    def _window(
        self, container: Any, streams: tuple[Any, Any], start: Fraction, end: Fraction
    ) -> None:
        picture = streams[0]
        key: int | None = None
        level = _Level()
        for packet in container.demux([s for s in streams if s is not None]):
            if packet.stream is picture:
                if key is None and packet.is_keyframe:
                    key = packet.pts
                for frame in _decode(packet):
                    self._look(frame, packet, key, start)
            else:
                for frame in _decode(packet):
                    level.add(frame)
            if packet.pts is not None and packet.pts * packet.time_base > end:
                break
        self.silent = self.silent and level.silent

    def _look(self, frame: Any, packet: Any, key: int | None, start: Fraction) -> None:
        if frame is None:
            if self.corrupt_at is None and packet.pts is not None:
                self.corrupt_at = max(0.0, float(packet.pts * packet.time_base - start))
            return
        self.frame = self.frame or frame
        self.frames += 1
        self.interlaced += frame.interlaced_frame
        # After a seek, pictures before the key frame lack what they lean on: that is no damage.
        fair = key is not None and frame.pts is not None and frame.pts >= key
        if frame.is_corrupt and fair and self.corrupt_at is None:
            self.corrupt_at = float(frame.pts * frame.time_base - start)


class _Level:
    """The loudest block of a sound, unweighted: only for telling nothing from something."""

    def __init__(self) -> None:
        self.loudest = -200.0
        self.resampler = av.AudioResampler(format="flt", layout="stereo", rate=16_000)

    def add(self, frame: Any) -> None:
        if frame is None:
            return
        for part in self.resampler.resample(frame):
            samples = part.to_ndarray().reshape(-1, 2)
            for first in range(0, len(samples), int(16_000 * BLOCK_SECONDS)):
                power = float(np.square(samples[first : first + 6400], dtype=np.float64).mean())
                self.loudest = max(self.loudest, 10 * np.log10(2 * power + 1e-20) - 0.691)

    @property
    def silent(self) -> bool:
        return bool(self.loudest < SILENCE_LUFS)


def _decode(packet: Any) -> Iterator[Any]:
    """The packet's frames; None stands for a packet the decoder would not take."""
    try:
        yield from packet.decode()
    except FFmpegError as error:
        if not is_damage(error):
            raise refusal_for(error, codec=packet.stream.codec_context.name) from error
        yield None


def _wholly_silent(path: Path, sniffed: Sniffed) -> bool:
    level = _Level()
    with open_media(path, sniffed) as container:
        if not container.streams.audio:
            return True
        for packet in container.demux(container.streams.audio[0]):
            for frame in _decode(packet):
                level.add(frame)
            if not level.silent:
                return False
    return True


def _windows(length: Fraction) -> list[tuple[Fraction, Fraction]]:
    if length <= 3 * WINDOW_SECONDS:
        return [(Fraction(0), length + 1)]
    begins = (Fraction(0), length / 2, length - WINDOW_SECONDS)
    return [(begin, begin + WINDOW_SECONDS) for begin in begins]


def _declared(container: Any, picture: Any) -> Fraction | None:
    """The picture's own length, else the file's: Matroska knows only that."""
    if picture.duration:
        return Fraction(picture.duration * picture.time_base)
    return Fraction(container.duration, 1_000_000) if container.duration else None


def _index_end(stream: Any) -> int:
    return max((entry.pos + entry.size for entry in stream.index_entries), default=0)


def _cut_boxes(path: Path) -> bool:
    """Whether an MP4's boxes reach beyond the file's end.

    Raises:
        Truncated: so far that the index itself is missing.
        Encrypted: the index says so.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        found: list[Box] = []
        with suppress(BoxError):  # rubbish behind the last box harms nobody
            found.extend(top_boxes(stream, size))
        end = found[-1].end if found else size
        index = next((box for box in found if box.kind == "moov" and box.end <= size), None)
        if index is None:
            length = megabytes(end) if end > size else "an unknown length"
            raise Truncated(at=megabytes(size), length=length)
        stream.seek(index.offset_bytes)
        if _is_protected(stream.read(min(index.length_bytes, MAX_MOOV_BYTES))):
            raise Encrypted
    return end > size


def _is_protected(moov: bytes) -> bool:
    try:
        return any(
            entry.kind in PROTECTED
            for stsd in find_all(moov, "moov/trak/mdia/minf/stbl/stsd")
            for entry in boxes(moov, stsd.body + 8, stsd.end)
        )
    except BoxError:
        return False


def megabytes(size_bytes: int) -> str:
    """A size as people say it."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} KB"


def _facts(sniffed: Sniffed, walked: _Walk, seen: _Seen, *, cut: bool, silent: bool) -> Facts:
    frame = seen.frame
    pixel = frame.format
    return Facts(
        container=sniffed.kind,
        size_bytes=walked.size_bytes,
        width_pixels=frame.width,
        height_pixels=frame.height,
        pixel_aspect=walked.pixel_aspect,
        rotation_degrees=int(frame.rotation),
        video_codec=walked.video_codec,
        audio_codec=walked.audio_codec,
        pixel_format=pixel.name,
        bits=max(component.bits for component in pixel.components),
        chroma=_chroma(pixel),
        transfer=int(frame.color_trc),
        interlaced=seen.interlaced * 10 > seen.frames,
        pictures=walked.pictures,
        sounds=walked.sounds,
        pace=walked.pace,
        declared_seconds=walked.declared,
        ended_seconds=walked.ended,
        audio_start_seconds=walked.audio_start,
        audio_end_seconds=walked.audio_end,
        silent=silent,
        cut=cut or walked.cut,
        corrupt_at_seconds=seen.corrupt_at,
        animatic=walked.animatic,
    )


def _chroma(pixel: Any) -> str:
    if pixel.is_rgb or pixel.has_palette:
        return "RGB"
    if len(pixel.components) < 3:
        return "grey"
    wide, high = pixel.chroma_width(16), pixel.chroma_height(16)
    name = {(8, 8): "4:2:0", (8, 16): "4:2:2", (16, 16): "4:4:4", (4, 16): "4:1:1"}
    kind = name.get((wide, high), "an unusual kind")
    return kind + " with transparency" if len(pixel.components) > 3 else kind

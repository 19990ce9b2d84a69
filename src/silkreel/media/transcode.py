"""In the child: one decode of a master into everything that is made of it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from silkreel.media.faults import FFmpegError, refusal_for
from silkreel.media.geometry import Size
from silkreel.media.pace import clock, conform
from silkreel.media.pick import write_poster
from silkreel.media.picture import Cascade, Deinterlacer, Frame
from silkreel.media.refusals import Corrupt
from silkreel.media.rung_writer import RungWriter
from silkreel.media.rungs import RungPlan
from silkreel.media.sniff import first_streams, open_media, sniff_file
from silkreel.media.soundtrack import Soundtrack, Track, decoded
from silkreel.media.watch import Watcher
from silkreel.media.worker import Report

LOST_FRAMES = 2  # fewer may be missing where an open group was cut
DECODER_THREADS = 2
REPORT_FRAMES = 8  # often enough to be heard on a busy machine, even for 4K
SOUNDS = (("sound_48k.flac", 48_000, 2), ("sound_16k.flac", 16_000, 1))

Timed = tuple[Fraction, Frame]  # seconds from the picture's first frame


def transcode(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Encode the rungs of an order; with `everything` also sound, cuts, posters and checks.

    Raises:
        Corrupt: frames are damaged or missing.
    """
    source = Path(order["source"])
    try:
        with open_media(source, sniff_file(source)) as container:
            reader = _Reader(container, _soundtrack(order) if order["everything"] else None)
            return _encode(order, reader, report)
    except (FFmpegError, MemoryError) as error:
        raise refusal_for(error) from error


def _encode(order: dict[str, Any], reader: "_Reader", report: Report) -> dict[str, Any]:
    folder = Path(order["folder"])
    rate, frame_count = Fraction(order["frame_rate"]), int(order["frame_count"])
    plans = [RungPlan(**{**plan, "size": Size(**plan["size"])}) for plan in order["plans"]]
    writers = [RungWriter(folder, plan, rate) for plan in plans]
    watcher = Watcher(rate, frame_count) if order["everything"] else None
    frames = reader.frames()
    if "interlaced" in order["fixes"]:
        frames = _whole(frames, reader)
    report(0.0)
    place = 0
    crop = "landscape_crop" in order["fixes"]
    steady = conform(frames, rate, frame_count)
    for layers in _layers(steady, [plan.size for plan in plans], reader, rate, crop=crop):
        for writer, frame in zip(writers, layers.rungs, strict=True):
            writer.write(frame)
        if watcher is not None:
            watcher.look(place, layers)
        place += 1
        if place % REPORT_FRAMES == 0:
            report(place / frame_count)
    reader.check_complete()
    report(1.0)
    for writer in writers:
        writer.close()
    answer: dict[str, Any] = {"decoded_frames": reader.decoded_frames, "frames": place}
    if watcher is not None:
        answer |= _sights(watcher, order, folder)
    if reader.soundtrack is not None:
        answer["silent"] = reader.soundtrack.close()
    return answer


def _layers(
    frames: Iterator[Frame], sizes: list[Size], reader: "_Reader", rate: Fraction, *, crop: bool
) -> Iterator[Any]:
    """Every frame on every rung."""
    cascade: Cascade | None = None
    for place, frame in enumerate(frames):
        if cascade is None:
            cascade = Cascade(frame, sizes, pixel_aspect=reader.pixel_aspect, rate=rate, crop=crop)
        frame.pts, frame.time_base = place, 1 / rate
        yield from cascade.push(frame)
    if cascade is not None:
        yield from cascade.push(None)


def _whole(frames: Iterator[Timed], reader: "_Reader") -> Iterator[Timed]:
    """Deinterlaced frames."""
    weave: Deinterlacer | None = None
    for _, frame in frames:
        weave = weave or Deinterlacer(frame, frame.time_base)
        for whole in weave.push(frame):
            yield reader.seconds(whole), whole
    if weave is not None:
        for whole in weave.push(None):
            yield reader.seconds(whole), whole


def _soundtrack(order: dict[str, Any]) -> Soundtrack:
    length = int(order["frame_count"]) / Fraction(order["frame_rate"])
    folder = Path(order["folder"])
    return Soundtrack(
        *(
            Track(
                folder / name,
                sample_rate=rate,
                channels=channels,
                total_samples=round(length * rate),
            )
            for name, rate, channels in SOUNDS
        )
    )


def _sights(watcher: Watcher, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    posters = []
    for number, candidate in enumerate(watcher.candidates()[: order["most_posters"]]):
        name = f"poster_{number}.webp"
        thumbhash = write_poster(candidate.frame, folder / name, order["most_poster_bytes"])
        posters.append(
            {
                "name": name,
                "frame": candidate.place,
                "sharpness": candidate.sharpness,
                "thumbhash": thumbhash,
            }
        )
    return {
        "cuts": watcher.cuts,
        "black": watcher.black,
        "frozen": watcher.frozen,
        "posters": posters,
    }


class _Reader:
    """The one pass over the source: pictures are handed on, sound goes to its tracks."""

    def __init__(self, container: Any, soundtrack: Soundtrack | None) -> None:
        self._container = container
        self._picture, self._sound = first_streams(container)
        self._picture.codec_context.thread_count = DECODER_THREADS
        self._picture.codec_context.thread_type = "AUTO"
        self.soundtrack = soundtrack
        self.pixel_aspect = Fraction(self._picture.sample_aspect_ratio or 1)
        self.decoded_frames = 0
        self._packets = 0
        self._start: Fraction | None = None  # settled when the first frame comes
        self._earliest: Fraction | None = None
        self._first_key: int | None = None
        self._early: list[Any] = []  # sound that came before it
        self._form: tuple[int, int, str] | None = None
        self._last = self._gap_at = Fraction(0)
        self._widest_gap = Fraction(0)

    def frames(self) -> Iterator[Timed]:
        """Every decoded frame in the order it is shown.

        Raises:
            Corrupt: a frame is damaged.
        """
        wanted = [self._picture]
        if self._sound is not None and self.soundtrack is not None:
            wanted.append(self._sound)
        for packet in self._demux(wanted):
            if packet.stream is self._picture:
                self._count(packet)
                yield from self._pictures(packet)
            else:
                for frame in decoded(packet):
                    self._hear(frame)

    def _demux(self, wanted: list[Any]) -> Iterator[Any]:
        """Every packet; where reading breaks off, the last frame seen is near the damage."""
        try:
            yield from self._container.demux(wanted)
        except FFmpegError as error:
            raise refusal_for(error, self._last) from error

    def seconds(self, frame: Frame) -> Fraction:
        """When a frame is shown, from the first one on."""
        assert self._start is not None
        return Fraction(frame.pts * frame.time_base) - self._start

    def check_complete(self) -> None:
        """Compare what was decoded with what was stored.

        Raises:
            Corrupt: frames are missing.
        """
        if not self.decoded_frames or self._packets - self.decoded_frames > LOST_FRAMES:
            raise Corrupt(at=clock(self._gap_at or self._last))

    def _count(self, packet: Any) -> None:
        if packet.pts is None or packet.is_discard or not packet.size:
            return
        self._packets += 1
        at = Fraction(packet.pts * packet.time_base)
        if self._start is None:
            self._earliest = at if self._earliest is None else min(at, self._earliest)
        if packet.is_keyframe and self._first_key is None:
            self._first_key = packet.pts

    def _pictures(self, packet: Any) -> Iterator[Timed]:
        try:
            frames = packet.decode()
        except FFmpegError as error:
            raise refusal_for(error, self._last) from error
        for frame in frames:
            if frame.pts is None:
                continue
            if self._start is None:
                self._begin(frame)
            self._inspect(frame)
            yield self.seconds(frame), frame

    def _begin(self, frame: Frame) -> None:
        at = Fraction(frame.pts * frame.time_base)
        self._start = at if self._earliest is None else min(at, self._earliest)
        self._form = (frame.width, frame.height, frame.format.name)
        for sound in self._early:
            self._hear(sound)
        self._early = []

    def _inspect(self, frame: Frame) -> None:
        self.decoded_frames += 1
        now = self.seconds(frame)
        # Pictures before the first key frame lean on what was cut away: that is no damage.
        fair = self._first_key is None or frame.pts >= self._first_key
        if frame.is_corrupt and fair:
            raise Corrupt(at=clock(now))
        if (frame.width, frame.height, frame.format.name) != self._form:
            raise Corrupt(at=clock(now))
        if now - self._last > self._widest_gap:
            self._widest_gap, self._gap_at = now - self._last, self._last
        self._last = now

    def _hear(self, frame: Any) -> None:
        if self._start is None:
            self._early.append(frame)
        elif self.soundtrack is not None:
            self.soundtrack.add(frame, self._start)

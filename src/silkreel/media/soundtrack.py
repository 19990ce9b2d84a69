"""In the child: any sound into FLAC of a known rate, beginning and ending with the picture."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soundfile

from silkreel.media.faults import FFmpegError, is_damage, refusal_for
from silkreel.media.refusals import NotSound
from silkreel.media.sniff import first_streams, open_media, sniff_file
from silkreel.media.worker import Report

Planes = npt.NDArray[np.float32]  # shape (channels, samples)

LEAP_SECONDS = Fraction(1, 50)  # smaller jumps of the clock are its rounding
SILENCE_BLOCK_SECONDS = Fraction(1, 10)
SILENCE_DBFS = -60.0
REPORT_FRAMES = 500
# A file that claims to begin hours in would be padded by as much.
MOST_PADDING_SECONDS = 30 * 60
PADDING_SAMPLES = 1 << 20


class Track:
    """One FLAC file: takes stereo at any rate, writes its own rate and channels.

    With `total_samples` it ends exactly there: cut, or padded with silence.
    """

    def __init__(
        self, path: Path, *, sample_rate: int, channels: int, total_samples: int | None
    ) -> None:
        self._file = soundfile.SoundFile(
            path, "w", sample_rate, channels, subtype="PCM_24", format="FLAC"
        )
        self._channels = channels
        self._layout = "mono" if channels == 1 else "stereo"
        self._total_samples = total_samples
        self._resampler: Any = None
        self._source_rate = 0
        self._taken = 0
        self.samples = 0

    def write(self, planes: Planes, source_rate: int) -> None:
        """Resample and append."""
        if self._channels == 1:
            planes = planes.mean(axis=0, keepdims=True, dtype=np.float32)
        if source_rate == self._file.samplerate:
            self._flush()
            self._append(planes.T)
            return
        if self._resampler is None or source_rate != self._source_rate:
            self._flush()
            self._source_rate, self._taken = source_rate, 0
            self._resampler = av.AudioResampler("fltp", self._layout, self._file.samplerate)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes), format="fltp", layout=self._layout
        )
        frame.sample_rate, frame.pts = source_rate, self._taken
        frame.time_base = Fraction(1, source_rate)
        self._taken += planes.shape[1]
        for part in self._resampler.resample(frame):
            self._append(part.to_ndarray().T)

    def close(self) -> None:
        """Write what is left and finish the file."""
        self._flush()
        while self._total_samples is not None and self.samples < self._total_samples:
            left = min(self._total_samples - self.samples, PADDING_SAMPLES)
            self._append(np.zeros((left, self._channels), np.float32))
        self._file.close()

    def _flush(self) -> None:
        if self._resampler is not None:
            for part in self._resampler.resample(None):
                self._append(part.to_ndarray().T)
            self._resampler = None

    def _append(self, samples: Planes) -> None:
        if self._total_samples is not None:
            samples = samples[: max(0, self._total_samples - self.samples)]
        if len(samples):
            self._file.write(np.clip(samples, -1, 1))
            self.samples += len(samples)


class Soundtrack:
    """Decoded frames in, tracks out; gaps become silence and overlaps are cut."""

    def __init__(self, *tracks: Track) -> None:
        self._tracks = tracks
        self._form: tuple[str, int, int] | None = None
        self._resampler: Any = None
        self._place: int | None = None  # the next sample, at the source's rate
        self._meter = _SilenceMeter()

    def add(self, frame: Any, start_seconds: Fraction) -> None:
        """Place a frame on the picture's clock, which begins at `start_seconds`."""
        rate = frame.sample_rate
        self._heed_form(frame)
        planes = self._planes(frame)
        leap = self._leap(frame, start_seconds)
        if leap > 0:
            self._write(np.zeros((2, min(leap, MOST_PADDING_SECONDS * rate)), np.float32), rate)
        self._write(planes[:, max(0, -leap) :], rate)

    def close(self) -> list[list[float]]:
        """Finish all tracks; answers with the silences as pairs of seconds."""
        for track in self._tracks:
            track.close()
        return self._meter.silences()

    def _leap(self, frame: Any, start_seconds: Fraction) -> int:
        """Samples between where we are and where the frame says it belongs."""
        first, place = self._place is None, self._place or 0
        self._place = place
        if frame.pts is None:
            return 0
        seconds = frame.pts * frame.time_base - start_seconds
        leap = round(seconds * frame.sample_rate) - place
        return leap if first or abs(leap) > LEAP_SECONDS * frame.sample_rate else 0

    def _heed_form(self, frame: Any) -> None:
        """Broadcast streams change rate or channels on the way: begin a new count."""
        form = (frame.format.name, frame.sample_rate, frame.layout.nb_channels)
        if form == self._form:
            return
        if self._form is not None and self._place is not None:
            self._place = round(Fraction(self._place, self._form[1]) * frame.sample_rate)
        layout = "stereo" if frame.layout.nb_channels > 2 else None
        self._form, self._resampler = form, av.AudioResampler("fltp", layout)

    def _planes(self, frame: Any) -> Planes:
        """Two planes of float32 at the frame's own rate; one channel is heard on both sides."""
        parts = [part.to_ndarray() for part in self._resampler.resample(frame)]
        if not parts:
            return np.zeros((2, 0), np.float32)
        planes: Planes = np.concatenate(parts, axis=1)
        return np.repeat(planes, 2, axis=0) if planes.shape[0] == 1 else planes

    def _write(self, planes: Planes, rate: int) -> None:
        if planes.shape[1]:
            assert self._place is not None
            self._place += planes.shape[1]
            self._meter.add(planes, rate)
            for track in self._tracks:
                track.write(planes, rate)


class _SilenceMeter:
    """Which tenths of a second hold nothing to hear."""

    def __init__(self) -> None:
        self._silent: list[bool] = []
        self._rest: Planes = np.zeros((2, 0), np.float32)

    def add(self, planes: Planes, rate: int) -> None:
        block = round(SILENCE_BLOCK_SECONDS * rate)
        pending = np.concatenate([self._rest, planes], axis=1)
        whole = pending.shape[1] // block
        if whole:
            blocks = pending[:, : whole * block].reshape(2, whole, block)
            power = np.square(blocks, dtype=np.float64).mean(axis=(0, 2))
            self._silent.extend((power < 10 ** (SILENCE_DBFS / 10)).tolist())
        self._rest = pending[:, whole * block :]

    def silences(self) -> list[list[float]]:
        """Runs of silent blocks as start and end in seconds."""
        return runs(self._silent, SILENCE_BLOCK_SECONDS)


def runs(flags: list[bool], step_seconds: Fraction) -> list[list[float]]:
    """Where flags are up, as pairs of seconds: [[start, end], ...]."""
    found: list[list[float]] = []
    start: int | None = None
    for place, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            found.append([float(start * step_seconds), float(place * step_seconds)])
            start = None
    return found


def decode(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Decode the first sound of `source` into a FLAC file at `out`.

    Raises:
        NotSound: the file holds no sound we can decode.
    """
    source = Path(order["source"])
    sniffed = sniff_file(source)
    if sniffed.format is None:
        raise NotSound(kind=sniffed.kind)
    length, sample_rate = order["length_seconds"], order["sample_rate"]
    track = Track(
        Path(order["out"]),
        sample_rate=sample_rate,
        channels=order["channels"],
        total_samples=None if length is None else round(length * sample_rate),
    )
    soundtrack = Soundtrack(track)
    try:
        with open_media(source, sniffed) as container:
            start = _picture_start(container)
            for number, frame in enumerate(_sound_frames(container)):
                soundtrack.add(frame, start)
                if number % REPORT_FRAMES == 0:
                    report(0.5)
    except FFmpegError as error:
        if not is_damage(error):
            raise refusal_for(error) from error
        raise NotSound(kind=f"damaged {sniffed.kind.partition(' ')[2]}") from error
    soundtrack.close()
    if not track.samples:
        raise NotSound(kind="a file without sound")
    return {"samples": track.samples}


def _sound_frames(container: Any) -> Iterator[Any]:
    if not container.streams.audio:
        raise NotSound(kind="a file without sound")
    for packet in container.demux(container.streams.audio[0]):
        yield from decoded(packet)


def decoded(packet: Any) -> Iterator[Any]:
    """A sound packet's frames; a damaged packet gives none and becomes silence."""
    try:
        yield from packet.decode()
    except FFmpegError as error:
        if not is_damage(error):
            raise


def _picture_start(container: Any) -> Fraction:
    """When the picture begins, where there is one: sound is placed on its clock."""
    picture, _ = first_streams(container)
    if picture is None or picture.start_time is None:
        return Fraction(0)
    return Fraction(picture.start_time * picture.time_base)

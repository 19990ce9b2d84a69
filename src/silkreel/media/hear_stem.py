"""In the child: decode a sound from beginning to end and keep nothing but its measures."""

from pathlib import Path
from typing import Any

from silkreel.media.faults import FFmpegError, is_damage, refusal_for
from silkreel.media.refusals import NotSound
from silkreel.media.sniff import open_media, sniff_file
from silkreel.media.worker import Report

REPORT_PACKETS = 500
LEAP_SECONDS = 0.05  # smaller ones are the rounding of a container's clock


def hear(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Answer with length, rate, channels, and where the first damage is.

    Raises:
        NotSound: the file holds no sound we can decode.
    """
    source = Path(order["source"])
    sniffed = sniff_file(source)
    if sniffed.format is None:
        raise NotSound(kind=sniffed.kind)
    measure = _Measure()
    try:
        with open_media(source, sniffed) as container:
            if not container.streams.audio:
                raise NotSound(kind="a file without sound")
            for number, packet in enumerate(container.demux(container.streams.audio[0])):
                measure.add(packet)
                if number % REPORT_PACKETS == 0:
                    report(0.5)
    except FFmpegError as error:
        if not is_damage(error):
            raise refusal_for(error) from error
        raise NotSound(kind=f"damaged {sniffed.kind.partition(' ')[2]}") from error
    if not measure.samples:
        raise NotSound(kind="a file without sound")
    return measure.to_json()


class _Measure:
    """What passes, counted; a packet that cannot be decoded or a leap of the clock is damage."""

    def __init__(self) -> None:
        self.samples = self.sample_rate = self.channels = 0
        self.length_seconds = 0.0
        self.damaged_at_seconds: float | None = None
        self._start_seconds: float | None = None

    def add(self, packet: Any) -> None:
        """Decode a packet and count what it holds."""
        try:
            frames = packet.decode()
        except FFmpegError as error:
            if not is_damage(error):
                raise
            self._damaged()
            return
        for frame in frames:
            self._leap(frame)
            self.samples += frame.samples
            self.length_seconds += frame.samples / frame.sample_rate
            self.sample_rate, self.channels = frame.sample_rate, frame.layout.nb_channels

    def _leap(self, frame: Any) -> None:
        """Readers pass over frames they cannot use: then the clock is ahead of what was heard."""
        if frame.pts is None:
            return
        at = float(frame.pts * frame.time_base)
        if self._start_seconds is None:
            self._start_seconds = at - self.length_seconds
        place = at - self._start_seconds
        if place - self.length_seconds > LEAP_SECONDS:
            self._damaged()
            self.length_seconds = place

    def _damaged(self) -> None:
        if self.damaged_at_seconds is None:
            self.damaged_at_seconds = self.length_seconds

    def to_json(self) -> dict[str, Any]:
        """The measures as they travel."""
        return {
            "length_seconds": self.length_seconds,
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "damaged_at_seconds": self.damaged_at_seconds,
        }

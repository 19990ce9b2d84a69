"""One sound of our own into AAC in a single CMAF file, exactly as long as the picture.

These samples were made or decoded by us: coding them needs no child, as media from elsewhere would,
and a child's start costs more than the coding of an episode.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from silkreel.kit.children import Cancelled
from silkreel.kit.effort import spend
from silkreel.kit.sound import Samples, Sound
from silkreel.media.cmaf import SegmentIndex, codec_string, index_cmaf
from silkreel.media.errands import Asked, move_into, private_folder

AAC_SAMPLE_RATE = 48_000
AAC_FRAME_SAMPLES = 1024
AAC_BITRATE_BPS = 96_000
SEGMENT_MICROSECONDS = 2_000_000
# No edit list, decode time from zero, one `moof` per piece: what hls.js and Safari both play.
CMAF_FLAGS = "cmaf+empty_moov+default_base_moof+skip_trailer"
# docs/decisions/0050: half the time, and nearer to the sound without its two tools for few bits.
AAC_OPTIONS = {"aac_coder": "fast", "aac_tns": "0", "aac_pns": "0", "flags": "+bitexact"}
BLOCK_SAMPLES = 64 * AAC_FRAME_SAMPLES  # handed over at once; then: does anybody still want it?


@dataclass(frozen=True, slots=True)
class PackagedSound:
    """One language of sound, ready to be streamed."""

    path: Path
    codec: str
    segments: SegmentIndex
    size_bytes: int
    length_seconds: float


def package_sound(
    sound: Sound,
    out: Path,
    *,
    length_seconds: float,
    bitrate_bps: int = AAC_BITRATE_BPS,
    cancelled: Asked | None = None,
) -> PackagedSound:
    """Encode a sound of 48 kHz as AAC-LC stereo into single-file CMAF at `out`.

    The track is padded or trimmed to the picture's `length_seconds`, within one AAC frame; else
    the end of the episode stalls. The same sound gives the same bytes.

    Raises:
        Cancelled: `cancelled` answered yes.
        ValueError: the sound has another rate.
    """
    if sound.sample_rate != AAC_SAMPLE_RATE:
        raise ValueError(f"{sound.sample_rate} Hz; packages hold {AAC_SAMPLE_RATE}")
    with private_folder(out.parent) as folder:
        made = folder / out.name
        _encode(sound, made, length_seconds, bitrate_bps, cancelled or (lambda: False))
        move_into(made, out.parent)
    segments = index_cmaf(out)
    size_bytes = out.stat().st_size
    return PackagedSound(out, codec_string(out), segments, size_bytes, segments.length_seconds)


def _encode(
    sound: Sound, out: Path, length_seconds: float, bitrate_bps: int, cancelled: Asked
) -> None:
    """Write the file.

    The encoder puts 1,024 samples before the sound (priming). They stay, because players of HLS
    read no edit list; the sound's end is cut by as much, so that the track ends with the picture.
    """
    total = max(1, round(length_seconds * AAC_SAMPLE_RATE) - AAC_FRAME_SAMPLES)
    options = {
        "movflags": CMAF_FLAGS,
        "frag_duration": str(SEGMENT_MICROSECONDS),
        "fflags": "+bitexact",
    }
    started = time.thread_time()
    with av.open(str(out), "w", format="mp4", options=options) as container:
        stream = container.add_stream(
            "aac", rate=AAC_SAMPLE_RATE, layout="stereo", options=AAC_OPTIONS
        )
        stream.bit_rate = bitrate_bps
        for start, planes in _blocks(sound.samples, total):
            if cancelled():
                raise Cancelled
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate = AAC_SAMPLE_RATE
            frame.pts, frame.time_base = start, Fraction(1, AAC_SAMPLE_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    spend("aac encoder", time.thread_time() - started)


def _blocks(samples: Samples, total: int) -> Iterator[tuple[int, Samples]]:
    """`total` samples as planar stereo in blocks, each with its first sample; silence behind the end."""
    stereo = np.broadcast_to(samples[:total, :2], (min(total, len(samples)), 2))
    for start in range(0, total, BLOCK_SAMPLES):
        planes = np.zeros((2, min(BLOCK_SAMPLES, total - start)), dtype=np.float32)
        piece = stereo[start : start + planes.shape[1]]
        planes[:, : len(piece)] = piece.T
        yield start, planes

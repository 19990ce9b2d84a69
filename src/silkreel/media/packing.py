"""In the child: one sound into AAC in a single CMAF file, exactly as long as the picture."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

from silkreel.media.cmaf import AAC_FRAME_SAMPLES, AAC_SAMPLE_RATE
from silkreel.media.worker import Report

SEGMENT_MICROSECONDS = 2_000_000
# No edit list, decode time from zero, one `moof` per piece: what hls.js and Safari both play.
CMAF_FLAGS = "cmaf+empty_moov+default_base_moof+skip_trailer"
AAC_OPTIONS = {"aac_coder": "fast", "flags": "+bitexact"}  # docs/decisions/0050: half the time
BLOCK_SAMPLES = 64 * AAC_FRAME_SAMPLES


def pack_audio(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Encode `source` (FLAC or WAV of our own) as 48 kHz stereo AAC-LC into `out`.

    The encoder puts 1,024 samples before the sound (priming). They stay, because players of HLS
    read no edit list; the sound's end is cut by as much, so that the track ends with the picture.
    """
    picture_samples = round(float(order["length_seconds"]) * AAC_SAMPLE_RATE)
    total = max(1, picture_samples - AAC_FRAME_SAMPLES)
    options = {
        "movflags": CMAF_FLAGS,
        "frag_duration": str(SEGMENT_MICROSECONDS),
        "fflags": "+bitexact",
    }
    with av.open(order["out"], "w", format="mp4", options=options) as container:
        stream = container.add_stream(
            "aac", rate=AAC_SAMPLE_RATE, layout="stereo", options=AAC_OPTIONS
        )
        stream.bit_rate = int(order["bitrate_bps"])
        done = 0
        for samples in _frames(Path(order["source"]), total):
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.sample_rate = AAC_SAMPLE_RATE
            frame.pts, frame.time_base = done, Fraction(1, AAC_SAMPLE_RATE)
            container.mux(stream.encode(frame))
            done += samples.shape[1]
            if done % BLOCK_SAMPLES < AAC_FRAME_SAMPLES:
                report(done / total)
        container.mux(stream.encode(None))
    return {}


def _frames(source: Path, total: int) -> Iterator[np.ndarray[Any, np.dtype[np.float32]]]:
    """`total` samples as planar stereo in pieces of one AAC frame, silence behind the end."""
    left = total
    with soundfile.SoundFile(source) as file:
        if file.samplerate != AAC_SAMPLE_RATE:
            raise ValueError(f"{source.name} has {file.samplerate} Hz; decode_sound makes 48,000")
        while left > 0:
            wanted = min(BLOCK_SAMPLES, left)
            block = file.read(wanted, dtype="float32", always_2d=True, fill_value=0.0)
            planes = np.ascontiguousarray(_stereo(block).T)
            for start in range(0, wanted, AAC_FRAME_SAMPLES):
                yield np.ascontiguousarray(planes[:, start : start + AAC_FRAME_SAMPLES])
            left -= wanted


def _stereo(block: np.ndarray[Any, np.dtype[np.float32]]) -> Any:
    return np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block[:, :2]

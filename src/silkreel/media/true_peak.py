"""How high a sound really rises: between samples too (ITU-R BS.1770-5, annex 2, four times over).

The signal is interpolated by a windowed sinc in blocks, as one product of matrices, and only where
the samples nearby are high enough to matter: that changes nothing in the result.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from silkreel.kit.sound import Samples, Sound

OVERSAMPLING = 4
TAPS = 24  # samples that an interpolated value is made of
BLOCK_SAMPLES = 32  # a power of two
WINDOW_SHAPE = 7.0  # of the Kaiser window: stop band about 70 dB down
BATCH_BLOCKS = 65536  # bounds memory

Floats = npt.NDArray[np.float32]


def true_peak(sound: Sound) -> float:
    """The highest absolute value between and on samples, linear; 0 for silence."""
    if not len(sound.samples):
        return 0.0
    highest = max(float(sound.samples.max()), -float(sound.samples.min()))
    return float(peaks_over(sound, highest * (1 - 1e-6)).max())


def peaks_over(sound: Sound, level: float) -> Floats:
    """True peak of each block of 32 samples, exact where it may exceed `level`.

    Elsewhere the highest sample stands for it. Of several channels the loudest counts.
    """
    count = -(-len(sound.samples) // BLOCK_SAMPLES)
    best = np.zeros(count, dtype=np.float32)
    for channel in sound.samples.T:
        padded = np.zeros((count + 2) * BLOCK_SAMPLES, dtype=np.float32)
        padded[BLOCK_SAMPLES : BLOCK_SAMPLES + len(channel)] = channel
        highest = _highest(padded)
        near = np.maximum(np.maximum(highest[:-2], highest[1:-1]), highest[2:])
        peaks = highest[1:-1].copy()
        chosen = np.flatnonzero(near * _gain() > level)
        for first in range(0, len(chosen), BATCH_BLOCKS):
            some = chosen[first : first + BATCH_BLOCKS]
            peaks[some] = np.maximum(peaks[some], _between(padded, some))
        best = np.maximum(best, peaks)
    return best


def _highest(samples: Samples) -> Floats:
    """The highest absolute sample of each block; neighbours are folded, far faster than an axis."""
    folded = np.abs(samples)
    while len(folded) > len(samples) // BLOCK_SAMPLES:
        folded = np.maximum(folded[::2], folded[1::2])
    return folded


def _between(padded: Samples, blocks: npt.NDArray[np.intp]) -> Floats:
    """Highest interpolated value in each of these blocks."""
    width = BLOCK_SAMPLES + TAPS - 1
    starts = (blocks + 1) * BLOCK_SAMPLES - (TAPS // 2 - 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[starts]
    values = windows @ _interpolation()
    return np.asarray(np.maximum(values.max(axis=1), -values.min(axis=1)))


@cache
def _interpolation() -> Floats:
    """Matrix from a window of samples to the values between those of its block."""
    kernels = _kernels()
    matrix = np.zeros((BLOCK_SAMPLES + TAPS - 1, BLOCK_SAMPLES * len(kernels)), dtype=np.float32)
    for at in range(BLOCK_SAMPLES):
        for phase, kernel in enumerate(kernels):
            matrix[at : at + TAPS, at * len(kernels) + phase] = kernel
    return matrix


@cache
def _kernels() -> npt.NDArray[np.float64]:
    """Weights of the samples around, for each place between two of them."""
    shifts = np.arange(1, OVERSAMPLING) / OVERSAMPLING
    offsets = np.arange(TAPS) - (TAPS // 2 - 1) - shifts[:, None]
    inside = np.clip(1 - (offsets / (TAPS / 2)) ** 2, 0, None)
    kernels = np.sinc(offsets) * np.i0(WINDOW_SHAPE * np.sqrt(inside)) / np.i0(WINDOW_SHAPE)
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True))


@cache
def _gain() -> float:
    """How far above the samples around it an interpolated value can be at most."""
    return float(np.abs(_kernels()).sum(axis=1).max())

"""A limiter that looks ahead: no peak, not even between samples, passes its ceiling."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.kit.sound import Sound
from silkreel.media.true_peak import BLOCK_SAMPLES, Floats, peaks_over, true_peak

ATTACK_DB_PER_SECOND = 1200.0  # 6 dB in 5 ms, before the peak
RELEASE_DB_PER_SECOND = 60.0
Levels = npt.NDArray[np.floating[Any]]

DEEPEST_DB = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Crest:
    """What a limiter has to know of a sound, per block of 32 samples."""

    peaks: Floats  # exact above `level`
    energies: Floats
    step_seconds: float
    level: float

    @classmethod
    def of(cls, sound: Sound, level: float) -> "Crest":
        """Look at a sound whose peaks matter where they pass `level`."""
        peaks = peaks_over(sound, level)
        values = BLOCK_SAMPLES * sound.samples.shape[1]
        squares = np.zeros(len(peaks) * values, dtype=np.float32)
        squares[: sound.samples.size] = np.square(sound.samples).ravel()
        energies = squares.reshape(-1, values) @ np.ones(values, dtype=np.float32)
        return cls(peaks, energies, BLOCK_SAMPLES / sound.sample_rate, level)

    @property
    def highest(self) -> float:
        """The true peak of the whole, exact where it is above `level`."""
        return float(self.peaks.max(initial=0.0))

    def serves(self, gain: float, ceiling: float) -> bool:
        """Whether every peak that `gain` lifts over `ceiling` is known exactly."""
        return gain * self.level <= ceiling

    def curve(self, gain: float, ceiling: float) -> Floats:
        """Gain at the edges of the blocks: `gain`, and less where peaks would pass `ceiling`.

        Full reduction over each peak, ramps in decibels before and after it.
        """
        floor = ceiling * 10 ** (-DEEPEST_DB / 20)
        needed = np.minimum(0.0, 20 * np.log10(ceiling / np.maximum(self.peaks * gain, floor)))
        edges = np.minimum(np.append(needed, 0.0), np.insert(needed, 0, 0.0))
        attack, release = ATTACK_DB_PER_SECOND, RELEASE_DB_PER_SECOND
        eased = ramped(edges, attack * self.step_seconds, release * self.step_seconds)
        return (gain * 10 ** (eased / 20)).astype(np.float32)


def limit(sound: Sound, ceiling: float) -> Sound:
    """The sound with a true peak of at most `ceiling` (linear)."""
    return limited(sound, Crest.of(sound, ceiling).curve(1.0, ceiling), ceiling)[0]


def limited(sound: Sound, curve: Floats, ceiling: float) -> tuple[Sound, float]:
    """The sound under a curve of gains, and its true peak.

    What a changing gain lifts over the ceiling between samples is taken off the whole.
    """
    gains = drawn(curve, BLOCK_SAMPLES, len(sound.samples))
    output = Sound(sound.samples * gains[:, None], sound.sample_rate)
    peak = true_peak(output)
    if peak <= ceiling:
        return output, peak
    return scaled(output, ceiling / peak), ceiling


def scaled(sound: Sound, gain: float) -> Sound:
    """The sound `gain` times as high."""
    return Sound(sound.samples * np.float32(gain), sound.sample_rate)


def ramped(levels_db: Levels, attack_db: float, release_db: float) -> Levels:
    """Levels lowered so that each step falls at most `attack_db` and rises at most `release_db`.

    Falling starts ahead of time: no level is higher than it was.
    """
    index = np.arange(len(levels_db))
    after = np.minimum.accumulate(levels_db - release_db * index) + release_db * index
    ahead = np.minimum.accumulate((levels_db + attack_db * index)[::-1])[::-1] - attack_db * index
    return np.asarray(np.minimum(after, ahead))


def drawn(edges: Floats, step_samples: int, length: int) -> Floats:
    """Values at the edges of steps, drawn straight to `length` samples between them."""
    ramp = (np.arange(step_samples, dtype=np.float32) + np.float32(0.5)) / step_samples
    values = edges[:-1, None] + np.diff(edges)[:, None] * ramp
    return values.reshape(-1)[:length].astype(np.float32, copy=False)

"""Where somebody speaks, by how loud the voice's band is over its own floor: no model, no child.

The plain fallback where Silero cannot run. Loud music counts as speech to it.
"""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from silkreel.engines.contracts import EngineCard
from silkreel.engines.silero import SAMPLE_RATE, SURE, spans
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Samples, Sound
from silkreel.kit.spans import TimeSpan

VERSION = "1"
STEP = 512  # samples: the steps that `spans` counts in
VOICE_HERTZ = (150.0, 4000.0)
FLOOR_SECONDS = 8.0  # the floor is what is quietest round about: a scene's room, its rain
FLOOR_PERCENTILE = 10
LOWEST_FLOOR_DECIBELS = -60.0  # below this nobody meant to be heard
SPEECH_OVER_FLOOR_DECIBELS = 9.0  # where speech is sure; hiss stays within 3 of its own floor
DECIBELS_TO_CERTAIN = 24.0  # from no probability to all of it
SILENT = 1e-12

Decibels = npt.NDArray[np.float64]


class EnergyVoiceActivity:
    """Finds what stands out of the noise in 16 kHz sound."""

    def __init__(self) -> None:
        self.card = EngineCard(
            name="energy",
            version=VERSION,
            languages=None,
            code_licence="Apache-2.0",
            weights_licence=None,
            model_sha256=None,
        )

    @classmethod
    def open(cls, settings: Settings) -> "EnergyVoiceActivity":  # noqa: ARG003 - every engine's way in
        """Ready at once: it needs nothing."""
        return cls()

    def speech(self, sound: Sound) -> tuple[TimeSpan, ...]:
        """Spans of sound louder than its floor, in order, apart."""
        if sound.sample_rate != SAMPLE_RATE:
            raise ValueError(f"speech is looked for in 16 kHz sound, not {sound.sample_rate}")
        levels = voice_levels(sound.flat)
        if not len(levels):
            return ()
        over = levels - floor_of(levels)
        sure = np.clip(SURE + (over - SPEECH_OVER_FLOOR_DECIBELS) / DECIBELS_TO_CERTAIN, 0, 1)
        return spans(sure.tolist(), sound.length_seconds)

    def close(self) -> None:
        """Nothing to give back."""


def voice_levels(samples: Samples) -> Decibels:
    """Level of the voice's band in each whole step of 32 ms, dB of full scale."""
    steps = samples[: len(samples) // STEP * STEP].reshape(-1, STEP)
    power = np.square(np.abs(np.fft.rfft(steps * np.hanning(STEP), axis=1)))
    hertz = np.fft.rfftfreq(STEP, 1 / SAMPLE_RATE)
    band = power[:, (hertz >= VOICE_HERTZ[0]) & (hertz <= VOICE_HERTZ[1])].sum(axis=1)
    return np.asarray(10 * np.log10(band * 4 / STEP**2 + SILENT), dtype=np.float64)


def floor_of(levels: Decibels) -> Decibels:
    """The floor under each step: a low percentile of the levels round about it."""
    half = min(round(FLOOR_SECONDS / 2 * SAMPLE_RATE / STEP), len(levels) - 1)
    around = np.pad(levels, half, mode="reflect") if half else levels
    floor = np.percentile(sliding_window_view(around, 2 * half + 1), FLOOR_PERCENTILE, axis=1)
    return np.maximum(floor, LOWEST_FLOOR_DECIBELS)

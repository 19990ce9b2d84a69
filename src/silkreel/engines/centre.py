"""Voice and bed of a stereo mix by what both channels share: dialogue is mixed to the centre.

No model. It takes everything in the middle with the voice, bass and drums below and above speech
excepted, and refuses sound whose channels are alike: there the middle is all there is.
"""

import numpy as np
import numpy.typing as npt

from silkreel.engines.contracts import EngineCard, Stems
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Samples, Sound

VERSION = "1"
SAMPLE_RATE = 48_000
FRAME, HOP = 2048, 512  # 43 ms: pitch is resolved, syllables are not smeared
VOICE_HERTZ = (90.0, 12_000.0)
SMOOTHING = 0.8  # of the spectra from frame to frame: chance likeness averages out
# A bin counts as voice by how much of its power both channels share, this often multiplied: less of
# the bed goes with the voice, and a little more of the voice stays in the bed.
SHARPNESS = 1.5
LEAST_SIDE_SHARE = 0.003  # of the energy: below this the channels are alike
TINY = 1e-12

Spectra = npt.NDArray[np.complex128]
Levels = npt.NDArray[np.float64]


class NothingBeside(Refusal):
    """Mono, or the same on both channels."""

    status = 422
    message = (
        "The centre cannot be taken out of sound whose channels are alike; hand over a "
        "music-and-effects stem, or let another separator try."
    )


class CentreSeparator:
    """Takes 48 kHz stereo apart into its centre, where the voice is, and the rest."""

    def __init__(self) -> None:
        self.card = EngineCard(
            name="centre",
            version=VERSION,
            languages=None,
            code_licence="Apache-2.0",
            weights_licence=None,
            model_sha256=None,
            workers_allowed=2,
        )

    @classmethod
    def open(cls, settings: Settings) -> "CentreSeparator":  # noqa: ARG003 - every engine's way in
        """Ready at once: it needs nothing."""
        return cls()

    def separate(self, sound: Sound) -> Stems:
        """Voice and bed of 48 kHz sound, each as long as the sound, together the sound again.

        Raises:
            NothingBeside: the channels are alike.
        """
        if sound.sample_rate != SAMPLE_RATE:
            raise ValueError(f"voice is taken out of 48 kHz sound, not {sound.sample_rate}")
        if _alike(sound.samples):
            raise NothingBeside
        left, right = (_spectra(sound.samples[:, channel]) for channel in (0, 1))
        centre = _shared(left, right) * (left + right) / 2
        voice = _sound(centre, len(sound.samples))
        both = np.repeat(voice[:, None], 2, axis=1)
        bed = np.asarray(sound.samples - both, dtype=np.float32)
        return Stems(Sound(both, SAMPLE_RATE), Sound(bed, SAMPLE_RATE))

    def close(self) -> None:
        """Nothing to give back."""


def _alike(samples: Samples) -> bool:
    if samples.shape[1] != 2:
        return True
    side = np.square(samples[:, 0] - samples[:, 1], dtype=np.float64).sum() / 2
    return bool(side <= LEAST_SIDE_SHARE * np.square(samples, dtype=np.float64).sum())


def _spectra(samples: Samples) -> Spectra:
    """Short-time spectra (frames, bins), the sound padded so that every sample is in whole frames."""
    padded = np.pad(samples.astype(np.float64), (FRAME, FRAME + -len(samples) % HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    return np.asarray(np.fft.rfft(frames * _window(), axis=1), dtype=np.complex128)


def _shared(left: Spectra, right: Spectra) -> Levels:
    """How much of each bin is the same on both channels, 0..1, none outside of the voice's band."""
    cross = _smooth((left * right.conj()).real)
    power = _smooth((np.square(np.abs(left)) + np.square(np.abs(right))) / 2)
    share = np.clip(cross / (power + TINY), 0.0, 1.0) ** SHARPNESS
    hertz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    return np.asarray(share * ((hertz >= VOICE_HERTZ[0]) & (hertz <= VOICE_HERTZ[1])))


def _smooth(values: Levels) -> Levels:
    """Averages that run forward and back over the frames, so that nothing is late."""
    result = values.copy()
    for order in (range(1, len(values)), range(len(values) - 2, -1, -1)):
        for at in order:
            before = at - 1 if order.step == 1 else at + 1
            result[at] = SMOOTHING * result[before] + (1 - SMOOTHING) * result[at]
    return result


def _sound(spectra: Spectra, length: int) -> Samples:
    """The sound of spectra by overlap and add; both windows together add up to one."""
    frames = np.fft.irfft(spectra, FRAME, axis=1) * _window()
    total = np.zeros(FRAME + HOP * len(frames))
    weight = np.zeros_like(total)
    for number, frame in enumerate(frames):
        at = number * HOP
        total[at : at + FRAME] += frame
        weight[at : at + FRAME] += np.square(_window())
    whole = total / np.maximum(weight, TINY)
    return np.ascontiguousarray(whole[FRAME : FRAME + length], dtype=np.float32)


def _window() -> Levels:
    return np.sqrt(np.hanning(FRAME + 1)[:-1])

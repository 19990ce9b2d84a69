"""Voice and bed of a mix by DeepFilterNet3: made for noise, so some music goes with the voice."""

import platform

import numpy as np

from silkreel.engines.contracts import EngineCard, EngineMissing, Stems
from silkreel.engines.weights import model, model_file
from silkreel.kit.children import Child, Limits
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Samples, Sound
from silkreel.kit.words import words

VERSION = "1"
SAMPLE_RATE = 48_000
# Channels that differ by less than this share of their energy are one voice heard once.
SAME_SHARE = 1e-4
LIMITS = Limits(cpu_seconds=None, silence_seconds=120.0)


class DeepFilterSeparator:
    """Takes 48 kHz sound apart; the bed is what is left of the mix without the voice."""

    def __init__(self, settings: Settings) -> None:
        self._weights = model_file("deepfilternet3", settings)
        self._library = model_file("deepfilternet3", settings, "libdeepfilter.so")
        self._child = Child("silkreel.engines.deepfilter_worker", LIMITS)
        self.card = EngineCard(
            name="deepfilter",
            version=VERSION,
            languages=None,
            code_licence="MIT or Apache-2.0",
            weights_licence="MIT or Apache-2.0",
            model_sha256=model("deepfilternet3").file(None).sha256,
        )

    @classmethod
    def open(cls, settings: Settings) -> "DeepFilterSeparator":
        """Find weights and library.

        Raises:
            EngineMissing: they are not here, or not made for this machine.
        """
        if platform.system() != "Linux" or platform.machine() != "x86_64":
            raise EngineMissing(
                engine="deepfilter",
                why=words("its library is pinned for Linux on x86-64 only"),
                mend=words(
                    "Hand over a music-and-effects stem; without one the original is ducked."
                ),
            )
        return cls(settings)

    def separate(self, sound: Sound) -> Stems:
        """Voice and bed of 48 kHz sound, each as long as the sound, together the sound again."""
        if sound.sample_rate != SAMPLE_RATE:
            raise ValueError(f"voice is taken out of 48 kHz sound, not {sound.sample_rate}")
        heard = sound.flat.reshape(-1, 1) if _alike(sound.samples) else sound.samples
        asked = {"library": str(self._library), "weights": str(self._weights)}
        found = self._child.ask(asked, [heard]).arrays[0]
        voice = np.ascontiguousarray(np.broadcast_to(found, sound.samples.shape))
        bed = np.asarray(sound.samples - voice, dtype=np.float32)
        return Stems(Sound(voice, SAMPLE_RATE), Sound(bed, SAMPLE_RATE))

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _alike(samples: Samples) -> bool:
    """Whether all channels are the same, so that one pass serves them all."""
    middle = samples.mean(axis=1, keepdims=True)
    apart = float(np.square(samples - middle, dtype=np.float64).sum())
    return apart <= SAME_SHARE * float(np.square(samples, dtype=np.float64).sum())

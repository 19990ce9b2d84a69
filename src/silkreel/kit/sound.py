"""Sound in memory and as files of our own making (FLAC or WAV; never untrusted media)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Samples as float32 in [-1, 1], shape (frames, channels), at `sample_rate` Hz."""

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError("samples are float32 with shape (frames, channels)")

    @classmethod
    def mono(cls, samples: npt.ArrayLike, sample_rate: int) -> "Sound":
        """A sound of one channel out of a flat array."""
        flat = np.asarray(samples, dtype=np.float32).reshape(-1, 1)
        return cls(np.ascontiguousarray(flat), sample_rate)

    @property
    def length_seconds(self) -> float:
        """How long the sound lasts."""
        return len(self.samples) / self.sample_rate

    @property
    def flat(self) -> Samples:
        """The channels' mean, shape (frames,)."""
        return np.asarray(self.samples.mean(axis=1, dtype=np.float32))

    def cut(self, start_seconds: float, end_seconds: float) -> "Sound":
        """The piece between two times, clipped to the sound."""
        first = max(0, round(start_seconds * self.sample_rate))
        end = max(first, round(end_seconds * self.sample_rate))
        return Sound(np.ascontiguousarray(self.samples[first:end]), self.sample_rate)


def read_sound(path: Path) -> Sound:
    """Read a FLAC or WAV file that this program wrote."""
    samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Sound(samples, sample_rate)


def write_sound(sound: Sound, path: Path) -> None:
    """Write FLAC (24 bit) or WAV (16 bit), by the file's ending; the same sound, the same bytes."""
    subtype = "PCM_24" if path.suffix == ".flac" else "PCM_16"
    soundfile.write(path, np.clip(sound.samples, -1, 1), sound.sample_rate, subtype=subtype)

"""What is wrong with a take's sound that nobody has to listen for: clipping, an offset, holes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from silkreel.kit.sound import Samples, Sound

FULL_SCALE = 0.999
CLIPPED_RUN = 3  # so many samples at full scale in a row are a flattened peak, one is none
BLOCK_SECONDS = 0.02
SILENT_BELOW = 0.01  # 40 dB under the take's own loud blocks
LOUD_QUANTILE = 0.95


@dataclass(frozen=True, slots=True)
class TakeSound:
    """Shares of a take's length, and the mean of its samples on a scale of 1."""

    clipped_share: float
    offset: float
    silent_share: float

    @classmethod
    def of(cls, sound: Sound) -> "TakeSound":
        """Measure a take; one without a sample has nothing wrong with it."""
        flat = sound.flat
        if not len(flat):
            return cls(0.0, 0.0, 0.0)
        return cls(
            clipped_share=round(_clipped(flat), 6),
            offset=round(abs(float(flat.mean(dtype=np.float64))), 6),
            silent_share=round(_silent(flat, sound.sample_rate), 4),
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> "TakeSound | None":
        """As it was kept beside the take; None for takes from before it was."""
        return None if value is None else cls(**value)

    def to_json(self) -> dict[str, float]:
        """As it is kept beside the take."""
        return asdict(self)


def _clipped(flat: Samples) -> float:
    full = np.abs(flat) >= FULL_SCALE
    edges = np.flatnonzero(np.diff(np.concatenate(([False], full, [False])).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= CLIPPED_RUN].sum()) / len(flat)


def _silent(flat: Samples, sample_rate: int) -> float:
    step = max(1, round(BLOCK_SECONDS * sample_rate))
    whole = flat[: len(flat) // step * step].reshape(-1, step)
    if not len(whole):
        return 0.0
    levels = np.sqrt(np.mean(np.square(whole), axis=1))
    return float(np.mean(levels < SILENT_BELOW * np.quantile(levels, LOUD_QUANTILE)))

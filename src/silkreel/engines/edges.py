"""Silence at the edges of speech, cut by the clip's own floor."""

import numpy as np

from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Samples

FRAME_SECONDS = 0.005
KEEP_SECONDS = 0.02
OVER_FLOOR = 4.0  # 12 dB over the quietest tenth of the clip is somebody's voice ...
UNDER_PEAK = (0.0032, 0.032)  # ... but never less than 50 dB or more than 30 dB under its peak


class NothingToSay(Refusal):
    """The text holds no sound."""

    status = 422
    message = "There is nothing to speak in “{text}”."


def refuse_silence(text: str) -> None:
    """Refuse a text without a single letter or digit."""
    if not any(character.isalnum() for character in text):
        raise NothingToSay(text=text)


def trim_edges(samples: Samples, sample_rate: int) -> Samples:
    """The flat clip from its first sound to its last, with 20 ms of air; silence gives nothing."""
    step = max(1, round(FRAME_SECONDS * sample_rate))
    count = -(-len(samples) // step)
    padded = np.zeros(count * step, dtype=np.float32)
    padded[: len(samples)] = samples
    levels = np.sqrt(np.mean(padded.reshape(count, step) ** 2, axis=1)) if count else padded
    loud = np.flatnonzero(levels > _threshold(levels))
    if not loud.size:
        return samples[:0]
    keep = round(KEEP_SECONDS * sample_rate)
    first = max(0, int(loud[0]) * step - keep)
    return samples[first : (int(loud[-1]) + 1) * step + keep]


def _threshold(levels: Samples) -> float:
    if not levels.size:
        return 0.0
    peak = float(levels.max())
    floor = float(np.quantile(levels, 0.1)) * OVER_FLOOR
    return min(max(floor, peak * UNDER_PEAK[0]), peak * UNDER_PEAK[1])

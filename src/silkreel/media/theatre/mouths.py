"""How wide a mouth stands: the loudness of the voice, drawing by drawing."""

import numpy as np
import numpy.typing as npt

from silkreel.kit.sound import Sound

# Shares of the loud parts of a line at which the mouth opens a little, half and wide.
STEPS = (0.10, 0.34, 0.66)
LOUD_PERCENTILE = 92


def envelope(sound: Sound, drawings_per_second: float) -> npt.NDArray[np.float64]:
    """Loudness of a voice, one figure per drawing; 1.0 is where the voice is loud."""
    step = sound.sample_rate / drawings_per_second
    flat = sound.flat.astype(np.float64)
    count = max(1, int(np.ceil(len(flat) / step)))
    edges = np.minimum((np.arange(count + 1) * step).astype(int), len(flat))
    sums = np.concatenate([[0.0], np.cumsum(flat**2)])
    lengths = np.maximum(np.diff(edges), 1)
    loudness = np.sqrt(np.diff(sums[edges]) / lengths)
    loud = float(np.percentile(loudness, LOUD_PERCENTILE))
    return np.minimum(loudness / loud, 1.0) if loud > 1e-5 else np.zeros(count)


def mouths(sound: Sound, drawings_per_second: float) -> tuple[int, ...]:
    """Mouth positions 0 (closed) to 3 (wide), one per drawing."""
    levels = np.searchsorted(np.array(STEPS), envelope(sound, drawings_per_second), side="right")
    return tuple(int(level) for level in levels)

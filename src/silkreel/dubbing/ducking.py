"""How far the bed steps back while somebody speaks: a curve of decibels, a hundred a second."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from silkreel.dubbing.bed import SAMPLE_RATE, Bed
from silkreel.kit.sound import Samples
from silkreel.kit.spans import TimeSpan
from silkreel.media.limiting import drawn, ramped
from silkreel.media.loudness import BLOCK_SECONDS, STEP_SECONDS

STEPS_PER_SECOND = 100
STEP_SAMPLES = SAMPLE_RATE // STEPS_PER_SECOND
CLEAR_LU = 10.0  # the bed stays so far under the dialogue ...
DEEPEST_DB = 18.0  # ... but is never taken lower than this
ORIGINAL_DB = 15.0  # an original whose voice is still in it: between 12 and 18
HOLD_SECONDS = 0.3  # between two lines close together the bed stays back
ATTACK_DB_PER_SECOND, RELEASE_DB_PER_SECOND = 120.0, 30.0

Curve = npt.NDArray[np.float64]


def duck_curve(
    bed: Bed, length_seconds: float, spoken: Sequence[TimeSpan], kept: Sequence[TimeSpan]
) -> Curve:
    """Decibels (0 or less) at every hundredth of a second, from the start past the end.

    `spoken` is where the dub speaks, with an original as bed also where its own voice does; in
    `kept` the original is heard and stays as loud as it is.
    """
    count = int(np.ceil(length_seconds * STEPS_PER_SECOND)) + 2
    if bed.kind == "ducked":
        depth = np.full(count, ORIGINAL_DB)
    else:
        depth = np.clip(bed_levels(bed, count) + CLEAR_LU - bed.dialogue_lufs, 0.0, DEEPEST_DB)
    active = _within(spoken, count, HOLD_SECONDS) & ~_within(kept, count, 0.0)
    wanted = np.where(active, -depth, 0.0)
    step = 1 / STEPS_PER_SECOND
    return np.asarray(ramped(wanted, ATTACK_DB_PER_SECOND * step, RELEASE_DB_PER_SECOND * step))


def bed_levels(bed: Bed, count: int) -> Curve:
    """The bed's momentary loudness at every hundredth of a second."""
    if not bed.momentary_lufs:
        return np.full(count, -70.0)
    middles = np.arange(len(bed.momentary_lufs)) * STEP_SECONDS + BLOCK_SECONDS / 2
    return np.interp(np.arange(count) / STEPS_PER_SECOND, middles, bed.momentary_lufs)


def gains(curve: Curve, length: int) -> Samples:
    """The curve as a factor for each sample."""
    edges = (10 ** (curve / 20)).astype(np.float32)
    return drawn(edges, STEP_SAMPLES, length)


def _within(spans: Sequence[TimeSpan], count: int, hold_seconds: float) -> npt.NDArray[np.bool_]:
    inside = np.zeros(count, dtype=np.bool_)
    for span in spans:
        first = int(span.start_seconds * STEPS_PER_SECOND)
        end = int(np.ceil((span.end_seconds + hold_seconds) * STEPS_PER_SECOND)) + 1
        inside[first:end] = True
    return inside

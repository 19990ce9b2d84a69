"""Which of a line's wordings is worth speaking: speech is the largest cost of a dub."""

from collections.abc import Callable, Sequence

import numpy as np

from silkreel.dubbing.fitting_cost import FASTEST, MEANING_WEIGHT, rate_cost
from silkreel.dubbing.studio import DubWording

HOPELESS_COST = 1e3  # of a wording that is expected to pass the fastest rate
MUCH_BETTER = 1.0  # how much cheaper another wording must be expected to be spoken too

Seconds = Callable[[DubWording], float]


def first_choice(
    wordings: Sequence[DubWording], window_seconds: float, seconds_for: Seconds
) -> DubWording:
    """The wording that is expected to cost least in its window."""
    return min(wordings, key=lambda w: expected_cost(w, seconds_for(w) / window_seconds))


def next_choice(
    untried: Sequence[DubWording], now: DubWording, rate: float, seconds_for: Seconds
) -> DubWording | None:
    """A wording that is expected to be much better than `now`, which came out at `rate`."""
    per_second = rate / seconds_for(now)
    costs = {w: expected_cost(w, per_second * seconds_for(w)) for w in untried}
    best = min(costs, key=lambda w: costs[w], default=None)
    if best is None or expected_cost(now, rate) - costs[best] <= MUCH_BETTER:
        return None
    return best


def expected_cost(wording: DubWording, rate: float) -> float:
    """What the fit would count for this wording at this rate."""
    fast = float(rate_cost(np.log(np.array(max(rate, 1.0)))))
    hopeless = HOPELESS_COST * rate if rate > FASTEST else 0.0
    return fast + hopeless + MEANING_WEIGHT * wording.meaning_loss

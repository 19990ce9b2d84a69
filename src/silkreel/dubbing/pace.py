"""How fast a voice really speaks: engines do not hit the rate they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from silkreel.dubbing.fitting_cost import STRETCH_REACH

LEAST_ASKED, MOST_ASKED = 0.5, 2.0
RATE_STEP = 0.02  # rates are asked in steps, so that a plan that moved a little finds its takes
HAIR = 1e-6
# What engines are known to give for what they are asked (measured); a stranger's is believed.
KNOWN_RATES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {"kokoro": ((0.7, 0.68), (0.85, 0.87), (1.15, 1.10), (1.3, 1.20), (1.5, 1.43), (2.0, 1.69))}
)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a voice gives for the rates it is asked: pairs of asked and came, both rising."""

    points: tuple[tuple[float, float], ...] = ((1.0, 1.0),)

    @classmethod
    def of(cls, engine: str) -> "Pace":
        """What is known of an engine before its first take."""
        return cls(tuple(sorted({(1.0, 1.0), *KNOWN_RATES.get(engine, ())})))

    def learn(self, asked: float, came: float) -> "Pace":
        """The pace after a take asked at one rate came at another; what contradicts it goes."""
        if (asked - 1.0) * (came - 1.0) <= 0:  # no faster for asking: nothing is learnt from it
            return self
        agreeing = [
            (a, c) for a, c in self.points if a == 1.0 or (a != asked and (a < asked) == (c < came))
        ]
        return Pace(tuple(sorted({*agreeing, (asked, came)})))

    def ask(self, wanted: float) -> float:
        """The rate to ask for, so that about `wanted` comes."""
        asked_rates, came_rates = zip(*self.points, strict=True)
        nearest = min(max(wanted, came_rates[0]), came_rates[-1])
        asked = float(np.interp(nearest, came_rates, asked_rates)) * wanted / nearest
        bounded = min(max(asked, LEAST_ASKED), MOST_ASKED)
        return float(round(round(bounded / RATE_STEP) * RATE_STEP, 3))


def within_reach(factor: float) -> bool:
    """Whether stretching by this factor stays unheard."""
    return 1 / STRETCH_REACH - HAIR <= factor <= STRETCH_REACH + HAIR

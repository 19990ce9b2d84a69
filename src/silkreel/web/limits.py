"""How often one address may ask: a bucket of tokens that refills with time."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted

PLAYS_PER_MINUTE = 600  # a household or an office behind one address, swiping as fast as it can
PURCHASES_PER_MINUTE = 600  # prices looked at and coins spent; a mobile network is one address too
ADDRESSES = 20_000  # remembered; the one silent for longest is forgotten first


class TooOften(Refusal):
    """An address asked too often."""

    status = 429
    message = Counted(
        "Too many requests from here; try again in {seconds} seconds.",
        one="Too many requests from here; try again in {seconds} second.",
        by="seconds",
    )


@dataclass(slots=True)
class RateLimit:
    """Tokens by address; not exact across processes, and need not be."""

    per_minute: int = PLAYS_PER_MINUTE
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, address: str) -> None:
        """Use one token.

        Raises:
            TooOften: none is left.
        """
        moment = time.monotonic()
        left, seen = self._buckets.pop(address, (float(self.per_minute), moment))
        left = min(float(self.per_minute), left + (moment - seen) * self.per_minute / 60)
        self._buckets[address] = (max(0.0, left - 1), moment)
        while len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooOften(seconds=max(1, round(60 / self.per_minute)))

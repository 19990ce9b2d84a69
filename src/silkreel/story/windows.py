"""How long an interactive episode waits for an answer: `#window:12` on an option of the set."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from silkreel.story.script import Choice, tag_value

WINDOW_SECONDS = 8.0  # to read two or three short options; the films of the kind give ten
SHORTEST_WINDOW_SECONDS = 3.0  # two options of two words are read in less
LONGEST_WINDOW_SECONDS = 30.0  # the picture holds all the while; whoever thinks longer taps anyway
_SECONDS = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*s?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A window somebody wrote: on which option, what, and how many seconds that is."""

    choice: Choice
    told: str
    seconds: float | None  # None where it is no number

    @property
    def fits(self) -> bool:
        """Whether a player can keep it."""
        return (
            self.seconds is not None
            and SHORTEST_WINDOW_SECONDS <= self.seconds <= LONGEST_WINDOW_SECONDS
        )


def windows_of(options: Iterable[Choice]) -> tuple[Asked, ...]:
    """Every window written on a set of options, in order."""
    told = ((choice, tag_value(choice.tags, "window")) for choice in options)
    return tuple(Asked(choice, each, _seconds(each)) for choice, each in told if each is not None)


def window_seconds(options: Iterable[Choice]) -> float | None:
    """The window of a set as it is published; None where nobody wrote one that a player can keep."""
    return next((each.seconds for each in windows_of(options) if each.fits), None)


def _seconds(told: str) -> float | None:
    found = _SECONDS.fullmatch(told.strip())
    return float(found["amount"]) if found else None

"""What a place for a line costs: rates, windows and the weights between them.

The figures are the first values of the design (section 5), to be tuned on labelled scenes.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

GAP_FRAMES = 2  # g: between two lines
LEAD_FRAMES = 3  # lambda: how early a line may start
LATE_FRAMES = 6  # mu: how late
ON_SCREEN_TAIL_FRAMES = 12  # tau: how long a seen mouth may have been closed
# tau of a mouth that is not seen. A seen one may go so far too rather than stay unspoken: the cost
# of a tail rises with its square, and such a line is named as one to word again.
OFF_SCREEN_TAIL_SECONDS = 1.5

SLOWEST, FASTEST = 0.85, 1.25  # never beyond
ACCEPTED_FASTEST = 1.20
TARGET_SLOWEST, TARGET_FASTEST = 0.90, 1.12  # sounds right
STRETCH_REACH = 1.08  # what is stretched after speaking; beyond it another take is spoken
# A short line is slowed to fill its span, as far as its take can be stretched: slower would cost a
# second synthesis of a line that fits already.
FILL_SLOWEST = max(TARGET_SLOWEST, 1 / STRETCH_REACH)

FAST_WEIGHT, SLOW_WEIGHT, TAIL_WEIGHT, MEANING_WEIGHT = 8.0, 2.0, 0.5, 4.0
UNPLACED_COST = 1e3  # above any sum of the others over a scene
UNPLACED_KEPT_COST = 1e5  # a line that was placed gives way last

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """Where a line is in the original, and the frames it can use at most."""

    first: int  # a
    end: int  # b, exclusive
    tail: int  # tau: as far behind `end` it should end
    earliest: int
    latest_end: int

    def not_before(self, frame: int) -> "Window":
        """The window without what lies before `frame`."""
        return replace(self, earliest=max(self.earliest, frame))

    def not_after(self, frame: int) -> "Window":
        """The window without what lies from `frame` on."""
        return replace(self, latest_end=min(self.latest_end, frame))

    @property
    def wanted_end(self) -> int:
        """Where a line should have ended that is not in need."""
        return min(self.latest_end, self.end + self.tail)

    @property
    def starts(self) -> range:
        """Frames the line may start at."""
        return range(self.earliest, min(self.first + LATE_FRAMES, self.latest_end - 1) + 1)


def off_screen_tail_frames(frame_rate: Fraction) -> int:
    """Tail of a speaker who is not seen, at the picture's rate."""
    return round(OFF_SCREEN_TAIL_SECONDS * frame_rate)


def rate_bounds(spoken_rate: float | None) -> tuple[float, float]:
    """Slowest and fastest rate: all that is allowed, or what a take can be stretched to."""
    if spoken_rate is None:
        return SLOWEST, FASTEST
    return max(SLOWEST, spoken_rate / STRETCH_REACH), min(FASTEST, spoken_rate * STRETCH_REACH)


def fill_rate(length: float, window: Window, spoken_rate: float | None) -> float:
    """Rate of a line that has room: 1, or slower so that it lasts as long as the original."""
    slowest, fastest = rate_bounds(spoken_rate)
    wanted = max(FILL_SLOWEST, min(1.0, length / (window.end - window.first)))
    return min(max(wanted, slowest), fastest)


def rate_cost(log_rate: Floats) -> Floats:
    """Speeding up hurts, slowing down a little less."""
    fast = np.maximum(0.0, log_rate / np.log(TARGET_FASTEST))
    slow = np.maximum(0.0, -log_rate / np.log(1 / TARGET_SLOWEST))
    return np.asarray(FAST_WEIGHT * fast**2 + SLOW_WEIGHT * slow**2)


def start_cost(start: Ints, window: Window) -> Floats:
    """Being early or late."""
    return np.asarray(((start - window.first) / LEAD_FRAMES) ** 2)


def tail_cost(end: Ints, window: Window) -> Floats:
    """Speaking on after the mouth has closed."""
    return np.asarray(TAIL_WEIGHT * (np.maximum(0, end - window.end) / window.tail) ** 2)

"""The pace of a picture: its frame rate, whether it is steady, and how to make it so."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median_low
from typing import TypeVar

Item = TypeVar("Item")

MAX_RATE = Fraction(30)  # what phones show evenly; faster sources are divided: 60 -> 30, 50 -> 25
STANDARD_RATES = tuple(
    sorted(
        {Fraction(whole) for whole in (12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120)}
        | {Fraction(whole * 1000, 1001) for whole in (24, 30, 48, 60, 120)}
    )
)
STEADY_STEP = Fraction(1, 10)  # a step off the median by more is irregular
STEADY_SHARE = Fraction(1, 100)  # more irregular steps than this make a variable frame rate
STRAY_STEPS = 2  # a copied cut loses a frame or two at its ends: that is no variable rate
NOMINAL = Fraction(1, 20)  # a varying rate is meant as the standard one this near
SNAP = Fraction(3, 10_000)  # 29.97 and 30 differ by ten times as much as a clock's rounding


@dataclass(frozen=True, slots=True)
class Pace:
    """What the time stamps of a picture say."""

    frame_count: int
    first_seconds: Fraction
    length_seconds: Fraction  # from the first frame's start to the last frame's end
    rate: Fraction  # as stored; the nominal one where it varies
    steady: bool
    largest_gap_seconds: Fraction
    largest_gap_at_seconds: Fraction  # from the first frame


def measure_pace(stamps: Sequence[int], time_base: Fraction, hint: Fraction | None) -> Pace:
    """Judge presentation times (any order); `hint` is for a single frame.

    Raises:
        ValueError: there are no frames.
    """
    if not stamps:
        raise ValueError("a picture without frames has no pace")
    ordered = sorted(set(stamps))
    steps = [b - a for a, b in pairwise(ordered)]
    if not steps:
        rate = hint or Fraction(25)
        first = ordered[0] * time_base
        return Pace(1, first, 1 / rate, rate, True, Fraction(0), Fraction(0))
    middle = median_low(steps)
    # One tick is the clock's own rounding: a step of 33 ms beside one of 34 ms is steady.
    slack = max(middle * STEADY_STEP, Fraction(1))
    odd = sum(abs(step - middle) > slack for step in steps)
    steady = odd <= STRAY_STEPS or odd <= len(steps) * STEADY_SHARE
    rate = _rate(ordered, middle, time_base, steady=steady)
    gap = max(steps)
    return Pace(
        frame_count=len(ordered),
        first_seconds=ordered[0] * time_base,
        length_seconds=(ordered[-1] - ordered[0]) * time_base + 1 / rate,
        rate=rate,
        steady=steady,
        largest_gap_seconds=gap * time_base,
        largest_gap_at_seconds=(ordered[steps.index(gap)] - ordered[0]) * time_base,
    )


def streamed_rate(rate: Fraction) -> Fraction:
    """The rate at which a picture is streamed: its own up to 30, else a whole part of it."""
    return rate / max(1, math.ceil(rate / MAX_RATE))


def frames_in(length_seconds: Fraction, rate: Fraction) -> int:
    """Frames that fill a length, to the nearest."""
    return max(1, math.floor(length_seconds * rate + Fraction(1, 2)))


def conform(
    frames: Iterable[tuple[Fraction, Item]], rate: Fraction, frame_count: int
) -> Iterator[Item]:
    """Exactly `frame_count` items at a constant rate, from items with rising times from zero.

    Each place k shows the last item that began before its middle, (k + 1/2) / rate. At the same
    rate this passes every item on once; it repeats and drops as few as can be.
    """
    place = 0
    held: Item | None = None
    for seconds, item in frames:
        if held is not None:
            while place < frame_count and (place + Fraction(1, 2)) / rate <= seconds:
                yield held
                place += 1
        held = item
    while held is not None and place < frame_count:
        yield held
        place += 1


def clock(seconds: Fraction | float) -> str:
    """A time as people read it: minutes, seconds, tenths."""
    whole, tenths = divmod(max(0, round(float(seconds) * 10)), 10)
    return f"{whole // 60}:{whole % 60:02d}.{tenths}"


def _rate(ordered: Sequence[int], middle: int, time_base: Fraction, *, steady: bool) -> Fraction:
    if not steady:
        return _snap(1 / (middle * time_base), NOMINAL)
    # The mean over whole steps only: a rare gap must not bend the rate.
    whole = sum(max(1, round((b - a) / middle)) for a, b in pairwise(ordered))
    ticks = ordered[-1] - ordered[0]
    return _snap(whole / (ticks * time_base), max(SNAP, Fraction(1, ticks)))


def _snap(measured: Fraction, slack: Fraction) -> Fraction:
    place = bisect_left(STANDARD_RATES, measured)
    near = min(STANDARD_RATES[max(0, place - 1) : place + 1], key=lambda rate: abs(rate - measured))
    if abs(near / measured - 1) <= slack:
        return near
    return measured.limit_denominator(1001)

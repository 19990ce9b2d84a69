"""Where an ad may stand between episodes: a pure decision over what was watched.

Ads are items of the feed, between two episodes and never inside one. The figures are rows of a
market; the defaults are ours, to be tested.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

ADULT, CHILD = 18, 13


@dataclass(frozen=True, slots=True)
class PlacementRules:
    """How much a market bears."""

    first_after_episode: int = 3  # never before the viewer has seen so many of the series
    episodes_apart: int = 3
    seconds_apart: int = 240
    an_hour: int = 12
    skippable_after_seconds: int = 5
    quiet_around_sheet: timedelta = timedelta(seconds=30)  # of a cliff-hanger's unlock sheet
    quiet_after_recharge: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Watched:
    """Something that was played to its end, or an ad that was shown, and when it ended."""

    kind: Literal["episode", "ad"]
    length_seconds: int
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What one viewer did in this series and, for ads, everywhere; oldest first."""

    watched: Sequence[Watched]
    next_episode: int
    age_years: int | None  # None: not told, taken as an adult's
    has_vip: bool = False
    recharged_at: datetime | None = None
    sheet_at: datetime | None = None  # when an unlock sheet was or will be shown


@dataclass(frozen=True, slots=True)
class Slot:
    """An ad before an episode; always labelled as one."""

    before_episode: int
    skippable_after_seconds: int
    personal: bool  # whether the ad may be chosen by what is known of the viewer
    label: Literal["ad"] = "ad"


def next_slot(history: History, rules: PlacementRules, at: datetime) -> Slot | None:
    """The ad to show before the next episode, or None."""
    if why_none(history, rules, at):
        return None
    adult = history.age_years is None or history.age_years >= ADULT
    return Slot(history.next_episode, rules.skippable_after_seconds, personal=adult)


def why_none(history: History, rules: PlacementRules, at: datetime) -> str:
    """What keeps an ad away before the next episode; nothing where one is due."""
    reasons = {
        "vip": history.has_vip,
        "child": history.age_years is not None and history.age_years < CHILD,
        "beginning": history.next_episode <= rules.first_after_episode,
        "recharged": _just_recharged(history, rules, at),
        "sheet": _near_sheet(history, rules, at),
        "too_close": _too_close(history, rules),
        "enough": _ads_of_the_hour(history, at) >= rules.an_hour,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _just_recharged(history: History, rules: PlacementRules, at: datetime) -> bool:
    return (
        history.recharged_at is not None and at < history.recharged_at + rules.quiet_after_recharge
    )


def _near_sheet(history: History, rules: PlacementRules, at: datetime) -> bool:
    return history.sheet_at is not None and abs(at - history.sheet_at) < rules.quiet_around_sheet


def _too_close(history: History, rules: PlacementRules) -> bool:
    """Too few episodes, or too few seconds of them, since the last ad (or since the beginning)."""
    since = list(takewhile(lambda each: each.kind == "episode", reversed(history.watched)))
    seconds = sum(each.length_seconds for each in since)
    return len(since) < rules.episodes_apart or seconds < rules.seconds_apart


def _ads_of_the_hour(history: History, at: datetime) -> int:
    hour = at - timedelta(hours=1)
    return sum(each.kind == "ad" and each.ended_at > hour for each in history.watched)

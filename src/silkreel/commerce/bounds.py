"""What bounds a viewer's spending: limits they set, time they shut themselves out, their age.

Pure. Days are any 24 hours and months any 30 days: no midnight at which a limit starts anew, and no
time zone to turn back. Less takes effect at once, more after a day.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

DAY, MONTH = timedelta(days=1), timedelta(days=30)
RAISED_AFTER = timedelta(hours=24)  # a night between the wish and more spending
RULES = Path(__file__).parent / "data" / "viewer_rights.toml"
ANYWHERE = "001"

Age = Literal["", "child", "teen", "adult"]  # "" where nobody said
Why = Literal["excluded", "age", "cap"]


@dataclass(frozen=True, slots=True)
class Limit:
    """Coins in a stretch of time; `coins` None: no limit. `next_at` says when `next_coins` comes."""

    coins: int | None = None
    next_coins: int | None = None
    next_at: datetime | None = None

    def at(self, now: datetime) -> int | None:
        """The limit in force."""
        return self.next_coins if self.next_at is not None and self.next_at <= now else self.coins

    def wish(self, coins: int | None, now: datetime) -> "Limit":
        """The limit after a viewer asked for another: at once if it is less, in a day if more."""
        current = self.at(now)
        if current is None or (coins is not None and coins <= current):
            return Limit(coins)
        return Limit(current, coins, now + RAISED_AFTER)

    def stricter(self, other: "Limit", now: datetime) -> "Limit":
        """The lower of two, without a raise that waits: of a guest and the account they become."""
        both = [coins for each in (self, other) if (coins := each.at(now)) is not None]
        return Limit(min(both, default=None))


@dataclass(frozen=True, slots=True)
class MarketRights:
    """What a market gives or bounds, from a day on; coins are those of that market's book."""

    market: str
    in_force: date
    spends_from: int  # years of age; younger spend nothing
    adult_from: int  # years of age
    teen_month_coins: int  # bought or spent by somebody between the two, in 30 days
    ceiling_coins: int  # bought and not yet used
    withdraw_days: int  # in which unused bought coins are given back in money

    def age_of(self, years: int) -> Age:
        """The group that somebody of so many years belongs to."""
        if years < self.spends_from:
            return "child"
        return "teen" if years < self.adult_from else "adult"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why coins stay where they are; `beyond_coins` is by how much the limit would be passed."""

    why: Why
    beyond_coins: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """A viewer's limits, and what they spent (or, before a purchase, bought) in their stretches."""

    day: Limit = Limit()
    month: Limit = Limit()
    excluded_until: datetime | None = None
    age: Age = ""
    day_coins: int = 0
    month_coins: int = 0

    def after(self, coins: int) -> "Bounds":
        """The same once more coins were moved."""
        return replace(self, day_coins=self.day_coins + coins, month_coins=self.month_coins + coins)

    def stop(self, coins: int, rights: MarketRights, now: datetime) -> Stop | None:
        """The no to so many coins more; None where nothing speaks against it."""
        if self.shut(now):
            return Stop("excluded")
        if self.age == "child":
            return Stop("age")
        beyond_age = self.month_coins + coins - rights.teen_month_coins
        if self.age == "teen" and beyond_age > 0:
            return Stop("age", beyond_age)
        limits = ((self.day, self.day_coins), (self.month, self.month_coins))
        beyond = [used + coins - cap for each, used in limits if (cap := each.at(now)) is not None]
        worst = max(beyond, default=0)
        return Stop("cap", worst) if worst > 0 else None

    def shut(self, now: datetime) -> bool:
        """Whether the viewer shut themselves out."""
        return self.excluded_until is not None and now < self.excluded_until


@cache
def all_rights() -> tuple[MarketRights, ...]:
    """Every dated line of the data file."""
    told = tomllib.loads(RULES.read_text(encoding="utf-8"))["rights"]
    return tuple(
        MarketRights(
            each["market"], each["in_force"], each["spends_from"], each["adult_from"],
            each["teen_month_coins"], each["ceiling_coins"], each["withdraw_days"],
        )
        for each in told
    )  # fmt: skip


def rights_in(market: str, now: datetime) -> MarketRights:
    """The newest line in force of a market, else of the world."""
    dated = [each for each in all_rights() if each.in_force <= now.date()]
    mine = [each for each in dated if each.market == market]
    return max(mine or [e for e in dated if e.market == ANYWHERE], key=lambda e: e.in_force)

"""Money and days as people write them in the language in force."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from silkreel.kit.money import COIN, Money
from silkreel.kit.words import language_in_force

if TYPE_CHECKING:
    from babel import Locale


def written(money: Money) -> str:
    """An amount with its currency's sign, where the language has one: $4.99, ¥4,800, R$ 6,90."""
    from babel.numbers import format_currency

    if money.currency == COIN:
        return str(money.minor)
    return str(format_currency(money.decimal, money.currency, locale=_locale(language_in_force())))


def written_day(at: datetime) -> str:
    """The day of a moment, in UTC: Nov 23, 2026."""
    from babel.dates import format_date

    return str(format_date(at, format="medium", locale=_locale(language_in_force())))


def written_time(at: datetime) -> str:
    """A moment to the minute, in UTC, which it says."""
    from babel.dates import format_datetime

    told = format_datetime(at, "short", locale=_locale(language_in_force()))
    return f"{told} UTC"


@cache
def _locale(language: str) -> "Locale":
    from babel import Locale  # a child that never speaks need not load it

    return Locale.parse(language, sep="-")

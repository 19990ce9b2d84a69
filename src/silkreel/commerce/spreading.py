"""VIP and ad money over series and markets: pure, by largest remainder, to the last unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from silkreel.commerce.waterfall import Earning
from silkreel.kit.money import Money, split

Title = tuple[str, str]  # series, market


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What a subscriber paid for the period, net, and what they watched of it."""

    currency: str
    net_minor: int
    watched_seconds: Mapping[Title, int]


@dataclass(frozen=True, slots=True)
class AdReport:
    """A network's final figure for a day, country and unit: what it pays more than it said before.

    `shown` counts our impressions there by title; all of them are in `market`.
    """

    market: str
    currency: str
    amount_minor: int
    shown: Mapping[str, int]  # series -> impressions


def spread_vip(subscribers: Sequence[Subscriber]) -> list[Earning]:
    """Each subscriber's own money over what they watched (user-centric).

    The money of those who watched nothing goes by everybody's watch time in their currency's
    pool; where nobody watched anything, it stays with the operator.
    """
    sums: dict[tuple[str, Title], int] = {}
    for currency in sorted({each.currency for each in subscribers}):
        mine = [each for each in subscribers if each.currency == currency]
        total: dict[Title, int] = {}
        idle = 0
        for each in mine:
            for title, seconds in each.watched_seconds.items():
                total[title] = total.get(title, 0) + seconds
            if any(each.watched_seconds.values()):
                _add(sums, currency, each.net_minor, each.watched_seconds)
            else:
                idle += each.net_minor
        if any(total.values()):
            _add(sums, currency, idle, total)
    return [
        Earning(series, market, "vip", currency, minor)
        for (currency, (series, market)), minor in sorted(sums.items())
        if minor
    ]


def spread_ads(reports: Sequence[AdReport]) -> list[Earning]:
    """Final ad revenue over the titles that showed the ads; unshown money is the operator's."""
    sums: dict[tuple[str, Title], int] = {}
    for report in reports:
        shown = {(series, report.market): count for series, count in report.shown.items()}
        if any(shown.values()):
            _add(sums, report.currency, report.amount_minor, shown)
    return [
        Earning(series, market, "ad", currency, minor)
        for (currency, (series, market)), minor in sorted(sums.items())
        if minor
    ]


def _add(
    sums: dict[tuple[str, Title], int], currency: str, minor: int, weights: Mapping[Title, int]
) -> None:
    titles = sorted(weights)
    parts = split(Money(minor, currency), tuple(weights[title] for title in titles))
    for title, part in zip(titles, parts, strict=True):
        sums[currency, title] = sums.get((currency, title), 0) + part.minor

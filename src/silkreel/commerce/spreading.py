"""VIP and ad money over series and markets: pure, by largest remainder, to the last unit.

Each source (a subscription's order, a line of an ad report) is spread by itself, so that a later
correction of it moves what it earned and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from silkreel.commerce.terms import VipModel
from silkreel.commerce.waterfall import Earning
from silkreel.kit.money import Money, split

Title = tuple[str, str]  # series, market
NOBODYS: Title = ("", "")  # money that no title earned: the operator's own
POOL = "pool"  # the source of what idle subscribers paid, by currency
Key = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a source's money of a month that a title earned."""

    stream: str  # vip | ad
    about: str  # the month it was earned in
    source: str
    series_id: str
    market: str
    currency: str
    minor: int
    weight: int = 0  # seconds watched, or ads shown
    refund: bool = False

    @property
    def key(self) -> Key:
        """What shares of different closings have in common."""
        return (self.stream, self.about, self.source, self.currency, self.series_id, self.market)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What an order of VIP earned in a month, net, and whose it is."""

    source: str
    viewer: str
    currency: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class AdReport:
    """A network's final figure for a day, country and unit.

    `shown` counts our impressions there by series; all of them are in `market`.
    """

    source: str
    about: str
    market: str
    currency: str
    amount_minor: int
    shown: Mapping[str, int]


def spread_vip(
    about: str,
    subscribers: Sequence[Subscriber],
    watched: Mapping[str, Mapping[Title, int]],
    model: VipModel = "user_centric",
) -> list[Share]:
    """Each subscriber's own money over what they watched; `watched` is seconds by viewer and title.

    The money of those who watched nothing (with `pro_rata`: of everybody) goes by all subscribers'
    watch time in their currency's pool; where nobody watched anything, it is the operator's.
    """
    shares = []
    for currency in sorted({each.currency for each in subscribers}):
        mine = [each for each in subscribers if each.currency == currency]
        total: dict[Title, int] = {}
        for viewer in sorted({each.viewer for each in mine}):
            for title, seconds in watched.get(viewer, {}).items():
                total[title] = total.get(title, 0) + seconds
        pool = 0
        for each in mine:
            seen = watched.get(each.viewer, {})
            if model == "user_centric" and any(seen.values()):
                shares += _spread("vip", about, each.source, currency, each.net_minor, seen)
            else:
                pool += each.net_minor
        shares += _spread("vip", about, POOL, currency, pool, total)
    return shares


def spread_ads(reports: Iterable[AdReport]) -> list[Share]:
    """Final ad revenue over the titles that showed the ads; unshown money is the operator's."""
    return [
        share
        for each in reports
        for share in _spread(
            "ad", each.about, each.source, each.currency, each.amount_minor,
            {(series, each.market): count for series, count in each.shown.items()},
            nobodys=("", each.market),
        )
    ]  # fmt: skip


def still_due(whole: Iterable[Share], posted: Mapping[Key, int], period: str) -> list[Share]:
    """What the whole comes to beyond what was posted before: a later closing adds the difference.

    VIP money that went back after its month was closed is marked as a refund.
    """
    now = {share.key: share for share in whole}
    shares = []
    for key in sorted(now.keys() | posted.keys()):
        share = now.get(key) or _gone(key)
        minor = share.minor - posted.get(key, 0)
        if minor:
            shares.append(replace(share, minor=minor))
    back = _going_back(shares, period)
    return [
        replace(each, refund=each.minor < 0 and (each.about, each.source, each.currency) in back)
        for each in shares
    ]


def earnings(numbered: Iterable[tuple[int, Share]], period: str) -> list[Earning]:
    """Shares by title, market and currency, as lines that name the range of their numbers."""

    def line(each: tuple[int, Share]) -> tuple[str, str, str, str, str, bool]:
        share = each[1]
        corrects = share.about if share.about != period else ""
        return (share.stream, share.series_id, share.market, share.currency, corrects, share.refund)

    found = []
    for (stream, series, market, currency, corrects, refund), group in groupby(
        sorted(numbered, key=lambda each: (*line(each), each[0])), key=line
    ):
        parts = list(group)
        first, last = (f"{stream}:{parts[place][0]}" for place in (0, -1))
        minor = sum(share.minor for _, share in parts)
        found.append(
            Earning(series, market, stream, currency, minor, 0, first, last, corrects, refund)
        )
    return found


def _going_back(shares: Iterable[Share], period: str) -> set[tuple[str, str, str]]:
    sums: dict[tuple[str, str, str], int] = {}
    for share in shares:
        if share.stream == "vip" and share.about != period:
            name = (share.about, share.source, share.currency)
            sums[name] = sums.get(name, 0) + share.minor
    return {name for name, minor in sums.items() if minor < 0}


def _gone(key: Key) -> Share:
    stream, about, source, currency, series, market = key
    return Share(stream, about, source, series, market, currency, 0)


def _spread(
    stream: str, about: str, source: str, currency: str, minor: int,
    weights: Mapping[Title, int], *, nobodys: Title = NOBODYS,
) -> list[Share]:  # fmt: skip
    if not minor:
        return []
    titles = sorted(title for title, weight in weights.items() if weight)
    if not titles:
        return [Share(stream, about, source, *nobodys, currency, minor)]
    parts = split(Money(minor, currency), tuple(weights[title] for title in titles))
    return [
        Share(stream, about, source, *title, currency, part.minor, weights[title])
        for title, part in zip(titles, parts, strict=True)
        if part.minor
    ]

"""What VIP and ads earned up to a month's end, read from their rows, and the shares of a closing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from silkreel.commerce.ad_days import Shown, shown_by_day
from silkreel.commerce.ad_reports import known_zone
from silkreel.commerce.spreading import (
    AdReport,
    Key,
    Share,
    Subscriber,
    Title,
    spread_ads,
    spread_vip,
    still_due,
)
from silkreel.commerce.tables import (
    AdFinalRow,
    OrderRow,
    SettlementRow,
    StreamShareRow,
    VipPeriodRow,
    VipRow,
    VipWatchRow,
)
from silkreel.commerce.terms import VipModel, read_terms
from silkreel.kit.database import Session

QUALIFIED_SECONDS = 30  # or a third of the episode, whichever is less
THIRD = 3
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PaidTime:
    """Time of a subscription that an order paid for, and what was kept of its price."""

    order_id: str
    viewer: str
    currency: str
    net_minor: int
    starts_on: date
    ends_on: date  # the first day after it

    def earned_between(self, start: date, end: date) -> int:
        """What of it the days from `start` up to `end` earned: such parts add up to the whole."""
        days = max(1, (self.ends_on - self.starts_on).days)

        def until(day: date) -> int:
            return self.net_minor * min(days, max(0, (day - self.starts_on).days)) // days

        return until(end) - until(start)


def shares_due(tx: Session, period: str, ends_at: datetime, terms: str) -> list[Share]:
    """Shares of a month's closing: all that was earned by its end, less what was posted before."""
    whole = [*vip_earned(tx, period, ends_at, terms), *ads_earned(tx, period, ends_at)]
    return still_due(whole, _posted(tx), period)


def vip_earned(tx: Session, period: str, ends_at: datetime, terms: str) -> list[Share]:
    """All that VIP earned by a month's end, month by month, each with the model of its terms."""
    models = {row.period: row.terms for row in tx.scalars(sa.select(SettlementRow))}
    models = {each: text for each, text in models.items() if each < period} | {period: terms}
    first = min(models)
    times = _paid_times(tx, ends_at.date())
    shares: list[Share] = []
    for month, start, end in _months(min((t.starts_on for t in times), default=None), ends_at):
        earned = [
            Subscriber(t.order_id, t.viewer, t.currency, minor)
            for t in times
            if (minor := t.earned_between(start, end))
        ]
        about = max(month, first)  # before the first closing, all is that month's
        model: VipModel = read_terms(models[about]).vip_model
        shares += spread_vip(about, earned, _watched(tx, start, end), model)
    return _joined(shares)


def ads_earned(tx: Session, period: str, ends_at: datetime) -> list[Share]:
    """All that networks finally reported of days before a month's end, as the newest versions say.

    A day is the network's own, and our impressions are counted by the same days.
    """
    first = tx.scalar(sa.select(sa.func.min(SettlementRow.period))) or period
    finals = newest_finals(tx, ends_at.date())
    shown = _shown(tx, finals, ends_at.date())
    reports = [
        AdReport(
            f"{row.network}/{row.unit_id}/{row.country}/{row.day}",
            max(f"{row.day:%Y-%m}", min(first, period)), row.country, row.currency,
            row.amount_minor,
            shown[row.zone].get((row.network, row.unit_id, row.country, str(row.day)), {}),
        )
        for row in finals
    ]  # fmt: skip
    return spread_ads(reports)


def newest_finals(tx: Session, before: date) -> list[AdFinalRow]:
    """The last version of each network's figure for the days before a day."""
    found: dict[tuple[str, str, str, date], AdFinalRow] = {}
    rows = sa.select(AdFinalRow).where(AdFinalRow.day < before).order_by(AdFinalRow.version)
    for row in tx.scalars(rows):
        found[row.network, row.unit_id, row.country, row.day] = row
    return [found[key] for key in sorted(found)]


def numbered(tx: Session, shares: Sequence[Share]) -> list[tuple[int, Share]]:
    """Shares with the numbers they get when they are written."""
    last = tx.scalar(sa.select(sa.func.max(StreamShareRow.id))) or 0
    return list(enumerate(shares, start=last + 1))


def write_shares(tx: Session, period: str, shares: Iterable[tuple[int, Share]]) -> None:
    """Keep a closing's shares; nothing changes them after."""
    rows = [
        {"id": number, "period": period, "about": share.about, "stream": share.stream,
         "source": share.source, "series_id": share.series_id, "market": share.market,
         "currency": share.currency, "weight": share.weight, "minor": share.minor,
         "refund": share.refund}
        for number, share in shares
    ]  # fmt: skip
    if rows:
        tx.execute(sa.insert(StreamShareRow), rows)


def read_shares(tx: Session, period: str) -> list[tuple[int, Share]]:
    """The shares of a closing."""
    rows = sa.select(StreamShareRow).where(StreamShareRow.period == period)
    return [(row.id, _share(row)) for row in tx.scalars(rows.order_by(StreamShareRow.id))]


def _share(row: StreamShareRow) -> Share:
    return Share(row.stream, row.about, row.source, row.series_id, row.market, row.currency,
                 row.minor, row.weight, row.refund)  # fmt: skip


def _posted(tx: Session) -> dict[Key, int]:
    """What all closings posted, by what it was for."""
    row = StreamShareRow
    names = (row.stream, row.about, row.source, row.currency, row.series_id, row.market)
    query = sa.select(*names, sa.func.sum(row.minor)).group_by(*names)
    return {tuple(found[:6]): int(found[6]) for found in tx.execute(query)}  # type: ignore[misc]


def _joined(shares: Iterable[Share]) -> list[Share]:
    """Shares of the same key as one: months before the first closing count as that one."""
    found: dict[Key, Share] = {}
    for share in shares:
        known = found.get(share.key)
        found[share.key] = share if known is None else _sum(known, share)
    return list(found.values())


def _sum(one: Share, other: Share) -> Share:
    return Share(*_names(one), one.minor + other.minor, one.weight + other.weight)


def _names(share: Share) -> tuple[str, str, str, str, str, str]:
    return (share.stream, share.about, share.source, share.series_id, share.market, share.currency)


def _paid_times(tx: Session, before: date) -> list[PaidTime]:
    query = (
        sa.select(VipPeriodRow, VipRow.viewer_id, VipRow.brand_id)
        .join(VipRow, VipRow.id == VipPeriodRow.vip_id)
        .join(OrderRow, OrderRow.id == VipPeriodRow.order_id)
        .where(VipPeriodRow.net_minor != 0, OrderRow.environment == "production")
        .order_by(VipPeriodRow.order_id, VipPeriodRow.starts_at)
    )
    return [
        PaidTime(row.order_id or "", f"{brand}:{viewer}", row.currency, row.net_minor,
                 row.starts_at.date(), row.ends_at.date())
        for row, viewer, brand in tx.execute(query)
        if row.starts_at.date() < before
    ]  # fmt: skip


def _months(first: date | None, ends_at: datetime) -> list[tuple[str, date, date]]:
    """Months from the first day's up to the one that ends then: name, first day, day after."""
    found = []
    end = ends_at.date()
    while first is not None and end > first:
        start = (end - DAY).replace(day=1)
        found.append((f"{start:%Y-%m}", start, end))
        end = start
    return found[::-1]


def _watched(tx: Session, start: date, end: date) -> Mapping[str, Mapping[Title, int]]:
    """Seconds that count, by viewer and title: 30 of them, or a third of the episode."""
    rows = sa.select(VipWatchRow).where(
        VipWatchRow.day >= start,
        VipWatchRow.day < end,
        sa.or_(
            VipWatchRow.seconds >= QUALIFIED_SECONDS,
            VipWatchRow.seconds * THIRD >= VipWatchRow.length_seconds,
        ),
    )
    found: dict[str, dict[Title, int]] = {}
    for row in tx.scalars(rows):
        seen = found.setdefault(f"{row.brand_id}:{row.viewer_id}", {})
        title = (row.series_id, row.market)
        seen[title] = seen.get(title, 0) + row.seconds
    return found


def _shown(tx: Session, finals: Sequence[AdFinalRow], before: date) -> dict[str, Shown]:
    """Our impressions for the networks' figures, by time zone."""
    zones: dict[str, set[str]] = {}
    for row in finals:
        zones.setdefault(row.zone, set()).add(row.network)
    return {
        zone: shown_by_day(tx, sorted(networks), known_zone(zone), before)
        for zone, networks in zones.items()
    }

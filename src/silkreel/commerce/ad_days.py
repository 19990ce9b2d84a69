"""Our ad impressions by the days of a network's own time zone, so that its figures meet ours.

AdMob reports in the account's zone, often America/Los_Angeles: eight hours of each of its days are
the next day in UTC. A zone keeps one offset for months, so one query counts for each such stretch.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from silkreel.commerce.tables import AdImpressionRow
from silkreel.kit.database import Session

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)  # what offsets change at
Shown = dict[tuple[str, str, str, str], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time through which a zone keeps one offset from UTC."""

    starts_at: datetime
    ends_at: datetime  # the first moment after it
    offset: timedelta


def shown_by_day(tx: Session, networks: Collection[str], zone: ZoneInfo, before: date) -> Shown:
    """Impressions by network, unit, country and day in `zone`, then by series; of days before one."""
    first = tx.scalar(
        sa.select(sa.func.min(AdImpressionRow.at)).where(AdImpressionRow.network.in_(networks))
    )
    found: Shown = {}
    if first is None:
        return found
    end = datetime.combine(before, time(), zone).astimezone(UTC)
    for stretch in stretches(first, end, zone):
        for key, series, count in _counted(tx, networks, stretch):
            counts = found.setdefault(key, {})  # the day on which the offset changes has two
            counts[series] = counts.get(series, 0) + count
    return found


def stretches(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    """The time from `start` up to `end`, cut where the zone's offset changes."""
    while start < end:
        offset = _offset(start, zone)
        change = start
        while change < end and _offset(min(change + DAY, end), zone) == offset:
            change = min(change + DAY, end)
        if change < end:
            change = _change_after(change, zone)
        yield Stretch(start, min(change, end), offset)
        start = change


def _change_after(start: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `start` with another offset; there is one within a day."""
    low, high = start, start + DAY
    offset = _offset(start, zone)
    while high - low > SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return high.replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _counted(
    tx: Session, networks: Collection[str], stretch: Stretch
) -> Iterator[tuple[tuple[str, str, str, str], str, int]]:
    at = AdImpressionRow.at
    if tx.get_bind().dialect.name == "sqlite":
        day = sa.func.date(at, f"{int(stretch.offset.total_seconds())} seconds")
    else:
        day = sa.func.date(sa.func.timezone("UTC", at) + stretch.offset)
    line = (AdImpressionRow.network, AdImpressionRow.unit_id, AdImpressionRow.country, day)
    query = (
        sa.select(*line, AdImpressionRow.series_id, sa.func.count())
        .where(at >= stretch.starts_at, at < stretch.ends_at, AdImpressionRow.network.in_(networks))
        .group_by(*line, AdImpressionRow.series_id)
    )
    for network, unit, country, on, series, count in tx.execute(query):
        yield (network, unit, country, str(on)), series, count

"""Final reports of ad networks fetched by key: what a network's reporting API promises, and a month.

A month is fetched whole, in the days of the network's own time zone, and is final a while after it
ended there; until then its figures are estimates, shown and never kept. Whole, because rests below
a cent go round a month (`ad_reports.whole_units`), and because a line that is named no more is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from silkreel.commerce.ad_reports import (
    FinalLine,
    Imported,
    ReportedRow,
    keep_report,
    newest_lines,
    whole_units,
)
from silkreel.commerce.settle import month_end
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor

DAY = timedelta(days=1)
UNKNOWN_UNIT = "unknown"  # a network tells of money without its unit; the money counts


class ReportsMissing(Refusal):
    """Nothing is set up to fetch a network's reports with."""

    status = 409
    message = "Reports of {network} cannot be fetched here: {why}. {mend}"


class ReportRefused(Refusal):
    """The network says no."""

    status = 502
    message = (
        "{network} gives no report: {why}. Look at its key in your settings and at what the key "
        "may read, then fetch again; a file of its dashboard can be imported meanwhile."
    )


class ReportSilent(Refusal):
    """No answer, however often it was asked."""

    status = 504
    message = "{network} does not answer ({why}). Nothing was changed: fetch again in an hour."


class ReportUnreadable(Refusal):
    """An answer that is no report."""

    status = 502
    message = (
        "What {network} answered is no report: {why}. Nothing was changed: fetch again in an hour, "
        "or import a file of its dashboard."
    )


class NotYetReported(Refusal):
    """Not one day of the month is over where the network counts its days."""

    status = 409
    message = "No day of {month} is over in {zone}, where {network} counts its days."


class NothingReported(Refusal):
    """An empty report of a month that had figures: a mistake is likelier than a loss of all."""

    status = 409
    message = (
        "{network} names no ad of {month}, and had named some before. Nothing was changed: look "
        "at its dashboard, and import its file if that is so."
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """What a network answered; `unfinished` where it says itself that figures are still to come."""

    rows: tuple[ReportedRow, ...]
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A network's month in whole units of its own currency; kept only where it is final."""

    network: str
    month: str
    zone: str
    last_day: date  # the last that was asked for
    lines: tuple[FinalLine, ...]
    final: bool
    final_from: datetime

    @property
    def totals_minor(self) -> dict[str, int]:
        """What it comes to, by currency."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.currency] = found.get(line.currency, 0) + line.amount_minor
        return found


class Reporter(Protocol):
    """A network's reporting API, opened with this installation's keys."""

    name: ClassVar[str]
    settles_after: ClassVar[timedelta]  # the month's end in its zone, as its figures come to rest

    def zone(self) -> str:
        """The IANA name of the time zone of its days.

        Raises:
            ReportRefused, ReportSilent, ReportUnreadable.
        """
        ...

    def report(self, first: date, last: date, today: date) -> Reported:
        """Its rows by day, country and unit, from the first day to the last, all of them.

        Raises:
            ReportRefused, ReportSilent, ReportUnreadable.
        """
        ...


def fetch_month(reporter: Reporter, month: str, at: datetime) -> MonthReport:
    """Ask a network for a month, such as 2026-10, or for the days of it that are over.

    Raises:
        NotYetReported: none is over there.
        NoSuchMonth, and what the network's own verbs raise.
    """
    until = month_end(month).date()
    first = (until - DAY).replace(day=1)
    name = reporter.zone()
    zone = ZoneInfo(name)
    today = at.astimezone(zone).date()
    last = min(until, today) - DAY
    if last < first:
        raise NotYetReported(month=month, zone=name, network=reporter.name)
    told = reporter.report(first, last, today)
    rows = [row for row in told.rows if first <= row.day <= last]
    ends_at = datetime.combine(until, time(), zone).astimezone(UTC)
    final_from = ends_at + reporter.settles_after
    final = at >= final_from and not told.unfinished
    return MonthReport(
        reporter.name, month, name, last, tuple(whole_units(rows)), final, final_from
    )


def keep_month(tx: Session, report: MonthReport, by: Actor) -> Imported:
    """Keep a final month the way a file is kept; lines it names no more become 0.

    Raises:
        NothingReported: it is empty, and the month was not.
        BadAdReport: a currency has changed.
    """
    first = report.last_day.replace(day=1)
    known = newest_lines(tx, report.network, [first, report.last_day])
    if known and not report.lines:
        raise NothingReported(network=report.network, month=report.month)
    named = {(line.unit_id, line.country, line.day) for line in report.lines}
    gone = [
        FinalLine(row.unit_id, row.country, row.day, 0, 0, row.currency)
        for key, row in known.items()
        if key not in named
    ]
    lines: Sequence[FinalLine] = [*report.lines, *gone]
    done = keep_report(tx, report.network, lines, by, report.zone)
    return replace(done, lines=len(report.lines))

"""Final reports of ad networks, fetched by key: asked outside of any transaction, kept in one."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from silkreel.commerce.ad_reporting import (
    MonthReport,
    ReportsMissing,
    fetch_month,
    keep_month,
)
from silkreel.commerce.ad_reports import Imported
from silkreel.commerce.registry import names, open_reporter
from silkreel.commerce.tables import AdFinalRow, AdImpressionRow
from silkreel.kit.database import Database, Session
from silkreel.kit.settings import Settings
from silkreel.people.actors import Actor

RIGHT = "money.settle"
OURS = ("beacons",)  # our own ads: nobody reports them to us


@dataclass(frozen=True, slots=True)
class Fetched:
    """A month as the network told it, and what was kept of it: nothing while it is an estimate."""

    report: MonthReport
    kept: Imported | None


@dataclass(frozen=True, slots=True)
class ReportNetwork:
    """A network, whether its reports can be fetched here, and up to which day they are known."""

    name: str
    ready: bool
    mend: str  # why not and what to do, where it is not ready
    last_day: date | None


def fetch_ad_report(
    settings: Settings, database: Database, network: str, month: str, by: Actor
) -> Fetched:
    """Ask a network for a month, and keep it where it is final.

    Raises:
        NotYours, ReportsMissing, and what `fetch_month` and `keep_month` raise.
    """
    by.need(RIGHT)
    report = fetch_month(open_reporter(network, settings), month, by.at)
    if not report.final:
        return Fetched(report, None)
    with database.transaction() as tx:
        return Fetched(report, keep_month(tx, report, by))


def report_networks(tx: Session, settings: Settings) -> list[ReportNetwork]:
    """Every network that reports to us: those registered, and those whose ads or files we know."""
    reported = sa.select(AdFinalRow.network, sa.func.max(AdFinalRow.day))
    known = {row[0]: row[1] for row in tx.execute(reported.group_by(AdFinalRow.network))}
    shown = set(tx.scalars(sa.select(AdImpressionRow.network).distinct()))
    found = sorted({*names("adnetworks"), *known, *shown} - set(OURS))
    return [_standing(name, settings, known.get(name)) for name in found]


def _standing(name: str, settings: Settings, last_day: date | None) -> ReportNetwork:
    try:
        open_reporter(name, settings)
    except ReportsMissing as missing:
        return ReportNetwork(name, False, str(missing), last_day)
    return ReportNetwork(name, True, "", last_day)

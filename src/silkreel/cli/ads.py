"""`silkreel ads`: films of our own, what networks finally pay, what ads were guessed to be worth."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.files import read_named
from silkreel.cli.opening import opened, operator
from silkreel.commerce.ad_impressions import estimates
from silkreel.commerce.ad_reports import UTC_ZONE, Imported, keep_report, read_report
from silkreel.commerce.settle import month_end
from silkreel.flows.fetch_ad_reports import fetch_ad_report, report_networks
from silkreel.kit.money import Money
from silkreel.kit.words import Counted, words

MICROS = 1_000_000
LINES = Counted("{count} lines", one="{count} line")
ADS = Counted("{count} ads", one="{count} ad")

app = App(name="ads", help="Ads: films of your own, final reports of networks, and estimates.")
app.command(
    "silkreel.cli.house_ads:add", name="add", help="Show a film of your own where ads stand."
)
app.command(
    "silkreel.cli.house_ads:list_all",
    name="list",
    help="List your own films, and how often each ran.",
)
app.command("silkreel.cli.house_ads:end", name="end", help="Show a film of your own no longer.")
report = App(name="report", help="Final reports of ad networks.")
app.command(report)


@report.command(name="import")
def import_file(
    file: Path,
    /,
    *,
    network: Annotated[str, Parameter(help="admob, applovin, unity, ...")],
    zone: Annotated[str, Parameter(help="time zone of its days, such as Europe/Lisbon")] = UTC_ZONE,
    json: bool = False,
) -> None:
    """Take in a network's final report; the next month that is closed pays what it changed.

    Args:
        file: CSV by day, country and ad unit
        network: whose it is
        zone: where its days begin and end: for AdMob the account's reporting time zone
        json: print machine-readable results
    """
    lines = read_report(read_named(file), network)
    with opened() as house, house.workshop.transaction() as tx:
        done = keep_report(tx, network, lines, operator(), zone)
    if json:
        show.print_json(_as_json(done))
        return
    _tell(done)


@report.command
def fetch(
    month: str,
    /,
    *,
    network: Annotated[str, Parameter(help="admob, applovin or unity")],
    json: bool = False,
) -> None:
    """Fetch a network's report of a month by key; kept once it is final, an estimate until then.

    Safe to repeat: what is the same changes nothing, what is corrected is a line of the next closing.

    Args:
        month: such as 2026-10
        network: whose it is
        json: print machine-readable results
    """
    with opened() as house:
        found = fetch_ad_report(house.settings, house.workshop.database, network, month, operator())
    report, kept = found.report, found.kept
    if json:
        show.print_json(
            {"network": report.network, "month": report.month, "zone": report.zone,
             "last_day": str(report.last_day), "final": report.final,
             "final_from": report.final_from.isoformat(), "total_minor": report.totals_minor,
             "kept": _as_json(kept) if kept else None}
        )  # fmt: skip
        return
    total = ", ".join(str(Money(minor, code)) for code, minor in report.totals_minor.items()) or "0"
    if kept is not None:
        print(words("{network} pays {total} for {month}, by the days of {zone}.",
                    network=network, total=total, month=month, zone=report.zone))  # fmt: skip
        _tell(kept)
        return
    print(
        words(
            "{network} guesses {total} up to {day}. It is an estimate, so nothing was kept: fetch "
            "again after {moment} UTC, when the month has come to rest.",
            network=network,
            total=total,
            day=str(report.last_day),
            moment=f"{report.final_from:%Y-%m-%d %H:%M}",
        )
    )


@report.command(name="networks")
def list_networks(*, json: bool = False) -> None:
    """List networks whose reports can be fetched, what is to set for the others, and what is known.

    Args:
        json: print machine-readable results
    """
    with opened() as house, house.workshop.database.reading() as tx:
        found = report_networks(tx, house.settings)
    if json:
        show.print_json(
            [
                {"network": each.name, "ready": each.ready, "mend": each.mend,
                 "last_day": str(each.last_day) if each.last_day else None}
                for each in found
            ]
        )  # fmt: skip
        return
    rows = [
        (each.name, str(each.last_day or "–"), words("ready") if each.ready else each.mend)
        for each in found
    ]
    columns = (words("network"), words("known up to"), words("fetching"))
    show.print_table(words("Reports of ad networks"), columns, rows)


def _as_json(done: Imported) -> dict[str, object]:
    return {"lines": done.lines, "changed": done.changed,
            "difference_minor": dict(done.difference_minor)}  # fmt: skip


def _tell(done: Imported) -> None:
    moved = [str(Money(minor, currency)) for currency, minor in done.difference_minor.items()]
    print(
        words(
            "{lines} read; {changed} new or different ({difference}).",
            lines=words(LINES, count=done.lines),
            changed=done.changed,
            difference=", ".join(moved) or "0",
        )
    )


@app.command(name="estimates")
def show_estimates(month: str, /, *, json: bool = False) -> None:
    """Show what the ads of a month were guessed to be worth. A guess: statements never hold it.

    Args:
        month: such as 2026-10
        json: print machine-readable results
    """
    end = month_end(month)
    start = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)
    with opened() as house, house.workshop.database.reading() as tx:
        found = estimates(tx, start, end)
    if json:
        show.print_json(
            [
                {"network": e.network, "currency": e.currency, "precision": e.precision,
                 "impressions": e.impressions, "estimate_micros": e.micros}
                for e in found
            ]
        )  # fmt: skip
        return
    if not found:
        print(words("No ads were shown in {month}.", month=month))
        return
    rows = [
        (e.network, words(ADS, count=e.impressions), f"{e.micros / MICROS:.2f} {e.currency}",
         e.precision)
        for e in found
    ]  # fmt: skip
    columns = (words("network"), words("shown"), words("guessed worth"), words("how sure"))
    show.print_table(words("Estimates, never paid by"), columns, rows)

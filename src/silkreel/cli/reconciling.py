"""`silkreel reconcile`: the provider's books, ours and the ledger, side by side."""

from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.commerce.reconcile import Report
from silkreel.commerce.registry import open_provider
from silkreel.flows.take_payments import compare_books
from silkreel.kit.clock import now


def reconcile(
    provider: str,
    /,
    *,
    days: Annotated[int, Parameter(help="how far to look back")] = 7,
    json: bool = False,
) -> int:
    """Take in what nobody told us, then compare; the exit code is 1 where books differ.

    Args:
        provider: stripe, apple, google_play, ...
        days: how far to look back
        json: print machine-readable results
    """
    with opened() as house:
        opened_provider = open_provider(provider, house.settings)
        at = now()
        since = at - timedelta(days=days)
        report = compare_books(house.workshop.database, opened_provider, since, at)
    if json:
        show.print_json(report.to_json())
    else:
        print_report(report)
    return DONE if report.clean else REFUSED


def print_report(report: Report) -> None:
    """What differs, and how much does not."""
    differ = [line for line in report.lines if line.verdict != "matched"]
    rows = [
        (
            line.verdict.replace("_", " "),
            line.name,
            line.ours_minor,
            line.theirs_minor,
            line.currency,
        )
        for line in differ
    ]
    if rows:
        columns = ("verdict", "order", "ours (minor)", "theirs (minor)", "currency")
        show.print_table(f"Books of {report.provider} that differ", columns, rows)
    for coins in report.coins:
        print(f"Order {coins.order_id}: {coins.granted_coins} coins, {coins.earned_coins} earned.")
    print(
        f"{report.count('matched')} of {len(report.lines)} orders match ({report.matched_share:.2%})."
    )

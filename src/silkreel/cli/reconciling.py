"""`silkreel reconcile`: the provider's books, ours and the ledger, side by side."""

from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.commerce.reconcile import Report
from silkreel.flows.take_payments import compare_books
from silkreel.flows.ways_to_pay import provider_here
from silkreel.kit.clock import now
from silkreel.kit.words import Counted, words

VERDICT_SENTENCES = {
    "only_ours": "only ours", "only_theirs": "only theirs", "amount_differs": "amount differs",
}  # fmt: skip
GRANTED = Counted(
    "Order {order}: {coins} coins, {earned} earned.",
    one="Order {order}: {coins} coin, {earned} earned.",
    by="coins",
)


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
        opened_provider = provider_here(provider, house.settings, house.workshop.database)
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
            words(VERDICT_SENTENCES[line.verdict]),
            line.name,
            line.ours_minor,
            line.theirs_minor,
            line.currency,
        )
        for line in differ
    ]
    if rows:
        columns = (
            words("difference"), words("order"), words("ours (minor)"), words("theirs (minor)"),
            words("currency"),
        )  # fmt: skip
        title = words("Books of {provider} that differ", provider=report.provider)
        show.print_table(title, columns, rows)
    for coins in report.coins:
        print(
            words(
                GRANTED,
                order=coins.order_id,
                coins=coins.granted_coins,
                earned=coins.earned_coins,
            )
        )
    print(
        words(
            "{matched} of {orders} orders match ({share:.2%}).",
            matched=report.count("matched"),
            orders=len(report.lines),
            share=report.matched_share,
        )
    )

"""`silkreel refund`: money back through the provider that took it, and coins with it."""

from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.cli.orders import print_sheet
from silkreel.flows.orders_desk import refund_order
from silkreel.kit.clock import now


def refund(
    order: str,
    /,
    *,
    amount: Annotated[str | None, Parameter(help="e.g. 2.50; by default all that is left")] = None,
    json: bool = False,
) -> None:
    """Give an order's money back; unused coins go first, then what the market's rules allow.

    Args:
        order: the order's number
        amount: how much, in the order's currency
        json: print machine-readable results
    """
    with opened() as house:
        sheet = refund_order(house.settings, house.workshop.database, order, amount, now())
    if json:
        show.print_json(sheet.to_json())
    else:
        print_sheet(sheet)

"""`silkreel orders`: purchases, their history, and a round of asking about the open ones."""

from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.flows.orders_desk import (
    OrderSheet,
    check_payments,
    list_orders,
    order_json,
    show_order,
)
from silkreel.kit.clock import now
from silkreel.kit.money import Money
from silkreel.kit.words import words

app = App(name="orders", help="Purchases: list, show, and ask about those that are open.")


@app.command(name="list")
def list_all(
    *,
    state: Annotated[str | None, Parameter(help="only orders of a state, e.g. mismatch")] = None,
    limit: Annotated[int, Parameter(help="how many, the newest first")] = 50,
    json: bool = False,
) -> None:
    """List the newest orders.

    Args:
        state: only orders of this state
        limit: how many
        json: print machine-readable results
    """
    with opened() as house:
        found = list_orders(house.workshop, state, limit)
    if json:
        show.print_json([order_json(order) for order in found])
        return
    rows = [
        (order.id, order.state.value, order.sku, Money(order.gross_minor, order.currency),
         order.provider, order.viewer_id, f"{order.made_at:%Y-%m-%d %H:%M}")
        for order in found
    ]  # fmt: skip
    columns = (
        words("order"), words("state"), words("item"), words("price"), words("paid through"),
        words("viewer"), words("made (UTC)"),
    )  # fmt: skip
    show.print_table(words("Orders"), columns, rows)


@app.command(name="show")
def show_one(order: str, /, *, json: bool = False) -> None:
    """Show an order and all that its provider told us.

    Args:
        order: the order's number
        json: print machine-readable results
    """
    with opened() as house:
        sheet = show_order(house.workshop.database, order)
    if json:
        show.print_json(sheet.to_json())
    else:
        print_sheet(sheet)


@app.command
def check(*, json: bool = False) -> None:
    """Apply messages that wait and ask about open orders, once; run it every minute.

    Args:
        json: print machine-readable results
    """
    with opened() as house:
        done = check_payments(house.settings, house.workshop.database, now())
    if json:
        show.print_json({"applied": done.applied, "parked": done.parked, "later": done.later})
        return
    print(
        words(
            "{applied} done, {later} to ask again, {parked} for a person to look at.",
            applied=done.applied,
            later=done.later,
            parked=done.parked,
        )
    )


def print_sheet(sheet: OrderSheet) -> None:
    """An order for people."""
    order = sheet.order
    price = Money(order.gross_minor, order.currency)
    kept = Money(sheet.standing.kept_minor, order.currency)
    print(
        words(
            "Order {order}: {sku} for {price}, {state}; we hold {kept}.",
            order=order.id,
            sku=order.sku,
            price=price,
            state=order.state.value,
            kept=kept,
        )
    )
    rows = [
        (fact.kind.value, fact.provider_object, Money(fact.amount_minor, fact.currency),
         f"{fact.occurred_at:%Y-%m-%d %H:%M}")
        for fact in sheet.facts
    ]  # fmt: skip
    if rows:
        columns = (words("what"), words("object"), words("amount"), words("when (UTC)"))
        show.print_table(words("What the provider told us"), columns, rows)

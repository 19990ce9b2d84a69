"""`silkreel statements`: what was issued to payees."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.cli.settling import print_statements, put, statement_json
from silkreel.commerce.settle import Issued, issued_statements
from silkreel.commerce.statement_files import HEADINGS, cells, footnote, title
from silkreel.kit.refusals import Refusal

app = App(name="statements", help="Statements of payees: list, show, and make their files again.")


class NoStatement(Refusal):
    """There is no such statement."""

    status = 404
    message = (
        "{payee} has no statement for {month}; `silkreel statements list` shows those there are."
    )


@app.command(name="list")
def list_all(
    *,
    month: Annotated[str | None, Parameter(help="only of a month, such as 2026-10")] = None,
    json: bool = False,
) -> None:
    """List statements, newest month first.

    Args:
        month: only of this month
        json: print machine-readable results
    """
    with opened() as house, house.workshop.database.reading() as tx:
        found = tuple(issued_statements(tx, month))
    if json:
        show.print_json([statement_json(each) for each in found])
        return
    print_statements(found)


@app.command(name="show")
def show_one(
    payee: str,
    month: str,
    /,
    *,
    out: Annotated[Path | None, Parameter(help="a folder for its files")] = None,
    json: bool = False,
) -> None:
    """Show a payee's statements of a month, line by line; --out makes their files again.

    Args:
        payee: the payee's id
        month: such as 2026-10
        out: a folder for CSV, workbook and PDF
        json: print machine-readable results
    """
    found = _find(payee, month)
    if out is not None:
        put(found, out)
    if json:
        show.print_json([statement_json(each) for each in found])
        return
    for issued in found:
        show.print_table(title(issued.rows), HEADINGS, [cells(row) for row in issued.rows])
        print(footnote(issued.rows, issued.sha256))


def _find(payee: str, month: str) -> tuple[Issued, ...]:
    with opened() as house, house.workshop.database.reading() as tx:
        found = tuple(each for each in issued_statements(tx, month) if each.payee == payee)
    if not found:
        raise NoStatement(payee=payee, month=month)
    return found

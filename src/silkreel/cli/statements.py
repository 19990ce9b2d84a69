"""`silkreel statements`: what was issued to payees."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.files import read_named, write_named
from silkreel.cli.opening import opened, operator
from silkreel.cli.settling import TERMS, print_statements, put, statement_json
from silkreel.commerce.settle import Issued, issued_statements
from silkreel.commerce.statement_files import HEADINGS, cells, footnote, title
from silkreel.commerce.statement_steps import Standing, issue, mark_paid, standings, take_back
from silkreel.commerce.statement_uses import uses_of_line
from silkreel.flows.pay_statements import make_pay_files
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted, words

USES = Counted("{count} uses", one="{count} use")

Payee = Annotated[str | None, Parameter(help="only this payee's")]
app = App(name="statements", help="Statements of payees: list, show, issue, pay.")


class NoStatement(Refusal):
    """There is no such statement."""

    status = 404
    message = (
        "{payee} has no statement for {month}; `silkreel statements list` shows those there are."
    )


class NothingApproved(Refusal):
    """Nobody has said yes yet."""

    status = 409
    message = (
        "No statement of {month} is approved. Somebody who did not close it approves it at the desk, "
        "under Statements."
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
        states = {each.sha256: each.state for each in standings(tx, month)}
    if json:
        show.print_json([statement_json(each) | {"state": states[each.sha256]} for each in found])
        return
    print_statements(found, states)


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


@app.command
def uses(payee: str, month: str, line: int, /, *, json: bool = False) -> None:
    """Show what a line was added up from, use by use; no viewer is named.

    Args:
        payee: the payee's id
        month: such as 2026-10
        line: the number of an earning line
        json: print machine-readable results
    """
    with opened() as house, house.workshop.database.reading() as tx:
        found = [uses_of_line(tx, each, line) for each in _standings(tx, payee, month)]
    if json:
        show.print_json(
            [
                {"stream": each.stream, "count": each.count, "total_minor": each.total_minor,
                 "currency": each.currency,
                 "uses": [{"ref": u.ref, "quantity": u.quantity, "minor": u.minor,
                           "about": u.about} for u in each.shown]}
                for each in found
            ]
        )  # fmt: skip
        return
    columns = (words("use"), words("quantity"), words("amount"), words("of"))
    for each in found:
        total = Money(each.total_minor, each.currency)
        rows = [(u.ref, u.quantity, Money(u.minor, u.currency), u.about) for u in each.shown]
        show.print_table(words("What the line was added up from"), columns, rows)
        print(words("{uses} of {stream}: {total} in all.", uses=words(USES, count=each.count),
                    stream=each.stream, total=str(total)))  # fmt: skip


@app.command(name="issue")
def issue_month(month: str, /, *, payee: Payee = None) -> None:
    """Issue what somebody else approved at the desk; from then on it stays as it is.

    Args:
        month: such as 2026-10
        payee: only this payee's
    """
    by = operator()
    with opened() as house, house.workshop.transaction() as tx:
        ready = [each for each in _standings(tx, payee, month) if each.state == "approved"]
        if not ready:
            raise NothingApproved(month=month)
        for each in ready:
            issue(tx, each.id, by)
    for each in ready:
        print(words("The statement of {payee} for {month} is issued.", payee=each.payee,
                    month=month))  # fmt: skip


@app.command
def pay(
    month: str,
    /,
    *,
    out: Annotated[Path, Parameter(help="a folder for the file")],
    form: Annotated[Literal["xml", "csv"], Parameter(name="--format")] = "xml",
    on: Annotated[date | None, Parameter(help="the day to pay; by default tomorrow")] = None,
    terms: Annotated[Path | None, Parameter(help="payers' and payees' accounts")] = None,
) -> None:
    """Make the file a bank pays from: ISO 20022 (pain.001) for each currency, or a CSV.

    Args:
        month: such as 2026-10
        out: a folder for the file
        form: xml or csv
        on: the day to pay
        terms: the file of contracts, payees and rates; by default settlement.toml in the home
    """
    by = operator()
    with opened() as house:
        text = read_named(terms or house.settings.home / TERMS).decode()
        with house.workshop.transaction() as tx:
            files = make_pay_files(
                tx, month, text, on or now().date() + timedelta(days=1), by, form
            )
    for each in files:
        write_named(out / each.name, each.content)
        print(words("{path} is written; it holds bank accounts.", path=str(out / each.name)))


@app.command
def paid(
    payee: str, month: str, /, *, reference: Annotated[str, Parameter(help="the bank's")]
) -> None:
    """Note that the bank paid a statement.

    Args:
        payee: the payee's id
        month: such as 2026-10
        reference: how the bank calls the payment
    """
    with opened() as house, house.workshop.transaction() as tx:
        for each in _standings(tx, payee, month):
            mark_paid(tx, each.id, reference, operator())
    print(words("The statement of {payee} for {month} is paid.", payee=payee, month=month))


@app.command(name="take-back")
def take_back_month(month: str, /, *, reason: str) -> None:
    """Open the month that was closed last again, while none of its statements is issued.

    Args:
        month: such as 2026-10
        reason: why; it is kept in the log
    """
    with opened() as house, house.workshop.transaction() as tx:
        take_back(tx, month, operator(), reason)
    print(words("{month} is open again; its drafts are gone.", month=month))


def _standings(tx: Session, payee: str | None, month: str) -> list[Standing]:
    found = [each for each in standings(tx, month) if payee in (None, each.payee)]
    if not found:
        raise NoStatement(payee=payee or "*", month=month)
    return found


def _find(payee: str, month: str) -> tuple[Issued, ...]:
    with opened() as house, house.workshop.database.reading() as tx:
        found = tuple(each for each in issued_statements(tx, month) if each.payee == payee)
    if not found:
        raise NoStatement(payee=payee, month=month)
    return found

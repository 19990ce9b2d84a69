"""`silkreel settle`: close a month, or look at what closing it would give."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import show
from silkreel.cli.files import CannotWrite, read_named
from silkreel.cli.opening import opened, operator
from silkreel.commerce.settle import Issued, Month
from silkreel.flows.settle_month import settle_month, write_files
from silkreel.kit.money import Money
from silkreel.kit.words import words

TERMS = "settlement.toml"


def settle(
    month: str,
    /,
    *,
    dry_run: bool = False,
    out: Annotated[Path | None, Parameter(help="a folder for the statements' files")] = None,
    terms: Annotated[Path | None, Parameter(help="contracts, payees and rates")] = None,
    json: bool = False,
) -> None:
    """Close a month: freeze what belongs to it and draft what each payee gets.

    Closed again, it is computed again and compared; nothing is issued twice.

    Args:
        month: such as 2026-10
        dry_run: show what it would give, and write nothing
        out: a folder for the statements as CSV, workbook and PDF
        terms: the file of contracts, payees and rates; by default settlement.toml in the home
    """
    with opened() as house:
        text = read_named(terms or house.settings.home / TERMS).decode()
        done = settle_month(house.workshop.database, month, text, operator(), dry_run=dry_run)
    if json:
        show.print_json(month_json(done))
    else:
        print_month(done, dry_run=dry_run)
    if out is not None:
        put(done.statements, out)


def put(statements: tuple[Issued, ...], folder: Path) -> None:
    """Write files and say where.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    try:
        write_files(statements, folder)
    except OSError as problem:
        raise CannotWrite(path=str(folder), why=problem.strerror) from None


def month_json(month: Month) -> dict[str, object]:
    """A month as machines read it."""
    balances = [
        {"currency": b.currency, "net_minor": b.net_minor, "recognised_minor": b.recognised_minor,
         "refunded_minor": b.refunded_minor, "deferred_minor": b.deferred_minor,
         "breakage_minor": b.breakage_minor}
        for b in month.balances
    ]  # fmt: skip
    own = [
        {"series": e.series_id, "market": e.market, "stream": e.stream, "minor": e.minor,
         "currency": e.currency}
        for e in month.unassigned
    ]  # fmt: skip
    statements = [statement_json(each) for each in month.statements]
    return {"month": month.period, "to_txn": month.to_txn_id, "statements": statements,
            "balances": balances, "under_no_contract": own}  # fmt: skip


def statement_json(issued: Issued) -> dict[str, object]:
    """A statement as machines read it."""
    return {
        "payee": issued.payee, "month": issued.period, "currency": issued.currency,
        "version": issued.version, "sha256": issued.sha256, "lines": issued.rows,
    }  # fmt: skip


def print_month(month: Month, *, dry_run: bool) -> None:
    """Who gets what, and where the money of all bought coins is."""
    print_statements(month.statements, {})
    for balance in month.balances:
        net, earned, back, left = (
            Money(minor, balance.currency)
            for minor in (balance.net_minor, balance.recognised_minor, balance.refunded_minor,
                          balance.deferred_minor)
        )  # fmt: skip
        print(
            words(
                "Coins sold for {net} net: {earned} earned, {back} refunded, {left} not yet used.",
                net=str(net), earned=str(earned), back=str(back), left=str(left),
            )
        )  # fmt: skip
    for each in month.unassigned:
        amount = Money(each.minor, each.currency)
        print(
            words(
                "{series} in {market} has no contract: {amount} stays with you.",
                series=each.series_id or words("What no title earned"), market=each.market or "?",
                amount=str(amount),
            )
        )  # fmt: skip
    if dry_run:
        print(words("{month} is as it was: nothing was written.", month=month.period))
    else:
        print(words("{month} is closed up to txn {txn}.", month=month.period, txn=month.to_txn_id))
        if month.statements:
            print(
                words(
                    "Its statements are drafts until somebody else approves them at the desk; "
                    "`silkreel statements list` says how far they are."
                )
            )


def print_statements(statements: tuple[Issued, ...], states: Mapping[str, str]) -> None:
    """Statements, one a line, and how far they are (`states`, by hash)."""
    rows = []
    for issued in statements:
        paid = issued.rows[-1]
        amount = Money(int(paid["amount_minor"]), paid["currency"])
        state = states.get(issued.sha256, "-")
        rows.append((issued.period, issued.payee, paid["name"], amount, state, issued.sha256[:12]))
    columns = (words("month"), words("payee"), words("name"), words("payable"), words("state"),
               "sha256")  # fmt: skip
    show.print_table(words("Statements"), columns, rows)

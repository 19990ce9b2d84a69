"""`silkreel report`: figures that an authority asks for."""

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.files import write_named
from silkreel.cli.opening import opened
from silkreel.commerce.prepaid import (
    Balance,
    day_in_japan,
    last_base_day,
    to_csv,
    unused_balance,
)
from silkreel.kit.clock import now
from silkreel.kit.money_words import written
from silkreel.kit.words import words

app = App(name="report", help="Figures an authority asks for: japan.")


@app.command
def japan(
    *,
    on: Annotated[date | None, Parameter(help="the day; by default the last reference day")] = None,
    out: Annotated[Path | None, Parameter(help="a CSV file to write")] = None,
    json: bool = False,
) -> None:
    """Unused bought coins in Japan at the end of a day, and what its Payment Services Act asks for.

    Reference days are 31 March and 30 September. Counted from the ledger as it was then.

    Args:
        on: the day, such as 2026-03-31
        out: a CSV file to write
        json: print machine-readable results
    """
    at = now()
    with opened() as house, house.workshop.database.reading() as tx:
        balance = unused_balance(tx, on or last_base_day(day_in_japan(at)), at)
    if out is not None:
        write_named(out, to_csv(balance).encode())
    if json:
        show.print_json(balance_json(balance))
        return
    columns = (
        words("brand"), words("purchases"), words("unused coins"), words("worth"),
        words("bonus coins"),
    )  # fmt: skip
    rows = [
        (e.brand_id, str(e.purchases), str(e.coins), written(e.value), str(e.bonus_coins))
        for e in balance.lines
    ]
    day = balance.on.isoformat()
    show.print_table(words("Unused coins in Japan at the end of {day}", day=day), columns, rows)
    for sentence in _sentences(balance):
        print(sentence)


def balance_json(balance: Balance) -> dict[str, object]:
    """The balance for machines."""
    lines = [
        {"brand": e.brand_id, "currency": e.value.currency, "purchases": e.purchases,
         "unused_coins": e.coins, "unused_minor": e.value.minor, "bonus_coins": e.bonus_coins}
        for e in balance.lines
    ]  # fmt: skip
    return {
        "on": balance.on.isoformat(), "reference_day": balance.counts, "lines": lines,
        "total_minor": balance.total.minor, "currency": balance.total.currency,
        "threshold_minor": balance.rule.threshold.minor, "above": balance.above,
        "deposit_minor": balance.deposit.minor, "due_by": balance.due_by.isoformat(),
        "foreign": [{"minor": e.minor, "currency": e.currency} for e in balance.foreign],
    }  # fmt: skip


def _sentences(balance: Balance) -> list[str]:
    total, free = written(balance.total), written(balance.rule.threshold)
    told = []
    if balance.above and balance.counts:
        told.append(
            words(
                "{total} is above {free}: notify the Local Finance Bureau and deposit at least "
                "{deposit} by {day}.",
                total=total, free=free, deposit=written(balance.deposit),
                day=balance.due_by.isoformat(),
            )
        )  # fmt: skip
    elif balance.above:
        told.append(
            words(
                "{total} is above {free}. Duties begin on a reference day, 31 March or 30 September.",
                total=total, free=free,
            )
        )  # fmt: skip
    else:
        told.append(
            words("{total} is not above {free}: nothing is due.", total=total, free=free)
        )  # fmt: skip
    told += [
        words("{money} was sold for other money: add it at the day's rate.", money=written(money))
        for money in balance.foreign
    ]
    told.append(words("Let counsel check it; the figures of the law are dated data."))
    return told

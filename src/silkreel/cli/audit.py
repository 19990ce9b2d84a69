"""`silkreel audit`: what was done by whom, and whether the log is as it was written."""

from datetime import UTC, datetime
from typing import Annotated, Any

from cyclopts import App, Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted, words
from silkreel.people.audit import Wanted, read_anchor, read_log
from silkreel.people.audit import verify as verify_log
from silkreel.people.tables import AuditRow

ROWS = 50
MAX_ROWS = 10_000
INTACT = Counted(
    "Intact: {rows} rows. Note this head outside the machine: {head}",
    one="Intact: {rows} row. Note this head outside the machine: {head}",
    by="rows",
)

app = App(name="audit", help="What was done by whom, and whether the log is as it was written.")


class BadSince(Refusal):
    """A day or a time is written as ISO 8601 has it."""

    message = "A day is written like 2026-03-31, a time like 2026-03-31T18:00; {since} is neither."


@app.default
def log(
    *,
    since: Annotated[str | None, Parameter(help="a day or time, ISO 8601, UTC")] = None,
    search: str = "",
    limit: int = ROWS,
    json: bool = False,
) -> None:
    """Show what was done, newest first.

    Args:
        since: only from this day or time on
        search: words in who, what, on what and why
        limit: rows to show
        json: print machine-readable results
    """
    wanted = Wanted(search, _moment(since), None, min(max(limit, 1), MAX_ROWS))
    with opened() as house, house.workshop.reading() as tx:
        rows = read_log(tx, None, wanted)
    if json:
        show.print_json([_plain(row) for row in rows])
        return
    if not rows:
        print(words("Nothing was done yet." if not since and not search else "Nothing fits."))
        return
    cells = [
        (row.number, row.at.strftime("%Y-%m-%d %H:%M:%S"), row.actor_name or row.actor_kind,
         row.action, row.subject, _changes(row))
        for row in rows
    ]  # fmt: skip
    columns = (
        words("no."), words("when (UTC)"), words("who"), words("what was done"),
        words("on what"), words("change"),
    )  # fmt: skip
    show.print_table(words("Log"), columns, cells)


@app.command
def verify(*, anchor: str | None = None, json: bool = False) -> int:
    """Walk the whole chain and name the first row that is not as it was written.

    Args:
        anchor: NUMBER:HASH as an earlier run printed it; catches a log written anew
        json: print machine-readable results
    """
    noted = read_anchor(anchor) if anchor else None
    with opened() as house, house.workshop.reading() as tx:
        verdict = verify_log(tx, noted)
    if json:
        told = {"intact": verdict.intact, "rows": verdict.rows, "head": str(verdict.head)}
        show.print_json(told | {"bad_row": verdict.bad_number, "reason": verdict.reason})
    elif verdict.intact:
        print(words(INTACT, rows=verdict.rows, head=verdict.head))
    else:
        print(
            words(
                "Row {number} is bad: {reason}. Rows before it are intact.",
                number=verdict.bad_number,
                reason=verdict.reason,
            )
        )
    return DONE if verdict.intact else REFUSED


def _moment(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise BadSince(since=since) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _changes(row: AuditRow) -> str:
    changed = [
        f"{key}: {row.before[key]} → {value}" if key in row.before else f"{key}: {value}"
        for key, value in row.after.items()
    ]
    return "; ".join([*changed, row.reason] if row.reason else changed)


def _plain(row: AuditRow) -> dict[str, Any]:
    return {
        "number": row.number, "at": row.at.isoformat(), "brand": row.brand_id,
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "action": row.action, "subject": row.subject, "before": row.before, "after": row.after,
        "reason": row.reason, "request_id": row.request_id, "hash": row.hash,
    }  # fmt: skip

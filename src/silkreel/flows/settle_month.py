"""Settling a month: nothing waits, what belongs to it is frozen, statements are issued, files made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from silkreel.commerce import recompute_statement
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import Issued, Month, close, month_end, preview
from silkreel.commerce.statement_files import to_pdf, to_xlsx
from silkreel.commerce.tables import InboxEventRow
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal
from silkreel.media.theatre.fonts import find
from silkreel.people.actors import Actor


class MessagesWait(Refusal):
    """Messages about payments were taken in and not yet applied."""

    status = 409
    message = (
        "Messages of payment providers still wait to be applied ({count}). Run "
        "`silkreel orders check`, then settle again."
    )


Ending = Literal["csv", "xlsx", "pdf"]
ENDINGS: tuple[Ending, ...] = ("csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class Statements:
    """The files of one statement, by the end of their name."""

    stem: str
    files: dict[str, bytes]


def settle_month(
    database: Database, period: str, terms: str, by: Actor, *, dry_run: bool = False
) -> Month:
    """Close a month, or only look at what closing it would give: coins, VIP and ads.

    Raises:
        MessagesWait: money may have moved that the ledger does not know of.
        StillMoving, and what `commerce.settle.close` raises.
    """
    month_end(period)
    newest = settled_txn(database)
    if dry_run:
        with database.reading() as tx:
            return preview(tx, period, terms, newest)
    try:
        return _close(database, period, terms, newest, by)
    except sa.exc.IntegrityError:  # somebody closed it at this moment; read what they issued
        return _close(database, period, terms, newest, by)


def statement_files(issued: Issued) -> Statements:
    """A statement as CSV (which is what was issued), workbook and page."""
    return Statements(stem(issued), {each: statement_file(issued, each) for each in ENDINGS})


def statement_file(issued: Issued, ending: Ending) -> bytes:
    """A statement in one format; only the page needs letters.

    Raises:
        FontMissing: there are none for the page.
    """
    if ending == "csv":
        return issued.content.encode()
    if ending == "xlsx":
        return to_xlsx(issued.rows, issued.sha256)
    return to_pdf(issued.rows, issued.sha256, *find("sans"))


def stem(issued: Issued) -> str:
    """What a statement's files are called, without their ending."""
    return f"{issued.period}-{issued.payee}-{issued.currency}-v{issued.version}"


def write_files(statements: Sequence[Issued], folder: Path) -> list[Path]:
    """Every statement into a folder, with the script that computes one again from its CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for issued in statements:
        made = statement_files(issued)
        for ending, content in made.files.items():
            path = folder / f"{made.stem}.{ending}"
            path.write_bytes(content)
            written.append(path)
    script = folder / "recompute_statement.py"
    script.write_bytes(Path(recompute_statement.__file__).read_bytes())
    return [*written, script]


def _close(database: Database, period: str, terms: str, newest: int, by: Actor) -> Month:
    with database.transaction() as tx:
        nothing_waits(tx, month_end(period))
        return close(tx, period, terms, newest, by)


def nothing_waits(tx: Session, ends_at: datetime) -> None:
    """Pass where every message that came before a moment is applied.

    Raises:
        MessagesWait.
    """
    count = tx.scalar(
        sa.select(sa.func.count())
        .select_from(InboxEventRow)
        .where(InboxEventRow.state == "new", InboxEventRow.received_at < ends_at)
    )
    if count:
        raise MessagesWait(count=count)

"""Closing a month at the desk: which is next, what is missing for it, what it would give, its files."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from silkreel.commerce import recompute_statement
from silkreel.commerce.settle import Issued, Month, issued_statements, month_end
from silkreel.commerce.tables import AdFinalRow, AdImpressionRow, SettlementRow, TxnRow
from silkreel.flows.settle_month import MessagesWait, nothing_waits, settle_month, statement_files
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words
from silkreel.people.actors import Actor

RIGHT = "money.settle"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same statements give the same archive


class ChangedSince(Refusal):
    """The month would now give something else than was looked at."""

    status = 409
    message = "{month} has changed since you looked at it. Nothing was closed: look at it again."


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a month waits for, in a sentence; what does not block comes as a correction later."""

    kind: str  # not_over | terms | messages | ads
    sentence: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """A month before it is closed."""

    period: str
    missing: tuple[Missing, ...]
    would: Month | None  # None where what is missing keeps it from being computed

    @property
    def can_close(self) -> bool:
        """Whether nothing stands in the way."""
        return self.would is not None and not any(each.blocks for each in self.missing)

    @property
    def seen(self) -> str:
        """By which a yes names what it is a yes to."""
        parts = [] if self.would is None else [self.period, str(self.would.to_txn_id)]
        parts += [] if self.would is None else [each.sha256 for each in self.would.statements]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def next_month(tx: Session) -> str | None:
    """The month that is closed next: after the last, else that of the first txn; None without any."""
    last = tx.scalar(sa.select(sa.func.max(SettlementRow.ends_at)))
    first = last or tx.scalar(sa.select(sa.func.min(TxnRow.recorded_at)))
    return f"{first:%Y-%m}" if first is not None else None


def look_ahead(database: Database, period: str, terms: str | None, by: Actor) -> Outlook:
    """What closing a month would give now, and what is missing. Writes nothing.

    Raises:
        NoSuchMonth, OutOfOrder, NotYours.
    """
    by.need(RIGHT)
    with database.reading() as tx:
        missing = [*_too_early(period, by.at), *_messages(tx, period), *_reports(tx, period)]
    if terms is None:
        no_terms = words("There is no settlement.toml in the home: contracts, payees and rates.")
        return Outlook(period, (Missing("terms", no_terms, blocks=True), *missing), None)
    try:
        would = settle_month(database, period, terms, by, dry_run=True)
    except Refusal as problem:
        if problem.code in ("commerce.out_of_order", "commerce.no_such_month"):
            raise
        missing.insert(0, Missing("terms", str(problem), blocks=True))
        return Outlook(period, tuple(missing), None)
    return Outlook(period, tuple(missing), would)


def close_seen(database: Database, period: str, terms: str, seen: str, by: Actor) -> Month:
    """Close the month that was looked at; a second person approves its statements.

    Raises:
        ChangedSince, NotYours, and what `settle_month` raises.
    """
    if look_ahead(database, period, terms, by).seen != seen:
        raise ChangedSince(month=period)
    return settle_month(database, period, terms, by)


def month_files(tx: Session, period: str) -> bytes:
    """A month's statements in every format, with the script that computes one again: a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for issued in issued_statements(tx, period):
            for name, content in _files(issued):
                archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
        script = Path(recompute_statement.__file__)
        archive.writestr(zipfile.ZipInfo(script.name, EPOCH), script.read_bytes())
    return packed.getvalue()


def _files(issued: Issued) -> list[tuple[str, bytes]]:
    made = statement_files(issued)
    return [(f"{made.stem}.{ending}", content) for ending, content in made.files.items()]


def _too_early(period: str, at: datetime) -> list[Missing]:
    ends = month_end(period)
    if at >= ends:
        return []
    told = words("The month is not over; it can be closed from {day} on.", day=str(ends.date()))
    return [Missing("not_over", told, blocks=True)]


def _messages(tx: Session, period: str) -> list[Missing]:
    try:
        nothing_waits(tx, month_end(period))
    except MessagesWait as wait:
        return [Missing("messages", str(wait), blocks=True)]
    return []


def _reports(tx: Session, period: str) -> list[Missing]:
    """Networks that showed ads in the month and sent no figure for any of its days."""
    ends = month_end(period)
    year, month = int(period[:4]), int(period[5:])
    starts = ends.replace(year=year, month=month)
    shown = sa.select(AdImpressionRow.network).where(
        AdImpressionRow.at >= starts, AdImpressionRow.at < ends
    )
    told = sa.select(AdFinalRow.network).where(
        AdFinalRow.day >= starts.date(), AdFinalRow.day < ends.date()
    )
    silent = sorted(set(tx.scalars(shown.distinct())) - set(tx.scalars(told.distinct())))
    return [
        Missing(
            "ads",
            words(
                "{network} showed ads and has sent no final report. Without it they earn nothing in "
                "this month; a report that comes later is a line of the next.",
                network=network,
            ),
            blocks=False,
        )
        for network in silent
    ]  # fmt: skip

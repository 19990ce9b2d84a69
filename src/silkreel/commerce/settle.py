"""Closing a month: what belongs to it is frozen, what it earned becomes statements, for ever.

A month's txns are those after the month before up to its own last one, so that none is lost and
none is counted twice. Months are closed in order. Closed again, a month is computed again from
its rows and its own terms, and must give the same bytes.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import sqlalchemy as sa

from silkreel.commerce.recognition import Balance, Earned, Mark, recognise
from silkreel.commerce.recognition_reading import read_events, read_paid_lots
from silkreel.commerce.spreading import earnings
from silkreel.commerce.statements import Row, cited, digest, from_csv, to_csv
from silkreel.commerce.streams import numbered, read_shares, shares_due, write_shares
from silkreel.commerce.tables import (
    SettlementRow,
    StatementLineRow,
    StatementRow,
    StatementStepRow,
    TxnRow,
)
from silkreel.commerce.terms import Terms, read_terms
from silkreel.commerce.waterfall import Carry, Earning, Statement, settle_period, unassigned
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record

FIRST_VERSION = 1  # corrections are lines of the next month, so a month is issued once
DECEMBER = 12


class NoSuchMonth(Refusal):
    """What was named is no month."""

    message = "{month} is no month; write it as 2026-10."


class NotOver(Refusal):
    """The month has not ended."""

    status = 409
    message = "{month} is not over; close it from {day} on, or look at it with --dry-run."


class OutOfOrder(Refusal):
    """Months are closed one after the other."""

    status = 409
    message = "{last} was closed last, so the next is {next}; close that first."


class NotReproduced(Refusal):
    """A closed month, computed again, is not what was issued."""

    status = 500
    message = (
        "The statement of {payee} for {month} is not what its rows give now. Run "
        "`silkreel ledger verify` to find what was changed."
    )


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement and its bytes."""

    payee: str
    period: str
    currency: str
    version: int
    content: str
    sha256: str

    @property
    def rows(self) -> list[Row]:
        """The lines, as the file has them."""
        return from_csv(self.content)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's settlement: its statements, and where the money of all bought coins is."""

    period: str
    to_txn_id: int
    statements: tuple[Issued, ...]
    balances: tuple[Balance, ...]
    unassigned: tuple[Earning, ...]  # under no contract: the operator's own


@dataclass(frozen=True, slots=True)
class _Computed:
    month: Month
    statements: tuple[Statement, ...]
    carry: Carry


def month_end(period: str) -> datetime:
    """The first moment after a month, in UTC.

    Raises:
        NoSuchMonth: it is none.
    """
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", period):
        raise NoSuchMonth(month=period)
    year, month = int(period[:4]), int(period[5:])
    first = (year + 1, 1) if month == DECEMBER else (year, month + 1)
    return datetime(*first, 1, tzinfo=UTC)


def preview(tx: Session, period: str, terms: str, settled_txn: int) -> Month:
    """What closing the month would give now; nothing is written.

    Raises:
        NoSuchMonth, OutOfOrder, BadTerms, TwoContracts, NoRate, NoWithholding.
    """
    closed = _closed(tx)
    if any(row.period == period for row in closed):
        return _again(tx, closed, period)
    mark = _mark(tx, closed, period, settled_txn)
    shares = numbered(tx, shares_due(tx, period, mark.ends_at, terms))
    return _compute(tx, closed, mark, terms, earnings(shares, period)).month


def close(tx: Session, period: str, terms: str, settled_txn: int, by: Actor) -> Month:
    """Freeze the month and draft its statements; closed before, it is checked and read.

    `settled_txn` is the txn below which no row can appear any more (`seal.settled_txn`). Rows are
    flushed, not committed. A draft is issued with the yes of a second person (`statement_steps`).

    Raises:
        NotOver: the month has not ended.
        NotReproduced: it was closed before, and its rows now give something else.
        NoSuchMonth, OutOfOrder, BadTerms, TwoContracts, NoRate, NoWithholding.
    """
    closed = _closed(tx)
    if any(row.period == period for row in closed):
        return _again(tx, closed, period)
    ends_at = month_end(period)
    if by.at < ends_at:
        raise NotOver(month=period, day=str(ends_at.date()))
    mark = _mark(tx, closed, period, settled_txn)
    shares = numbered(tx, shares_due(tx, period, ends_at, terms))
    others = earnings(shares, period)
    computed = _compute(tx, closed, mark, terms, others)
    write_shares(tx, period, shares)
    tx.add(
        SettlementRow(
            period=period, to_txn_id=mark.to_txn_id, ends_at=mark.ends_at, terms=terms,
            carry=_carry_text(computed.carry), closed_at=by.at,
            sources=canonical_json([asdict(each) for each in others]),
        )
    )  # fmt: skip
    for issued, statement in zip(computed.month.statements, computed.statements, strict=True):
        _write(tx, issued, statement, by)
    tx.flush()
    after = {"to_txn": mark.to_txn_id, "statements": [s.sha256 for s in computed.month.statements]}
    record(tx, by, "settlement.closed", f"settlement:{period}", after=after)
    return computed.month


def issued_statements(tx: Session, period: str | None = None) -> list[Issued]:
    """Statements as they were issued, newest month first."""
    query = sa.select(StatementRow).order_by(
        StatementRow.period.desc(), StatementRow.payee, StatementRow.currency
    )
    if period is not None:
        query = query.where(StatementRow.period == period)
    return [
        Issued(row.payee, row.period, row.currency, row.version, row.content, row.sha256)
        for row in tx.scalars(query)
    ]


def earnings_of(pieces: Iterable[Earned]) -> list[Earning]:
    """A month's coin revenue by series, market and currency; settled debts are nobody's share."""

    def line(piece: Earned) -> tuple[str, str, str, str, bool]:
        return piece.series_id, piece.market, piece.currency, piece.corrects, piece.refund

    found = []
    rows = sorted((piece for piece in pieces if piece.series_id), key=line)
    for (series, market, currency, corrects, refund), group in groupby(rows, key=line):
        parts = list(group)
        refs = sorted((part.txn_id, part.lot_id) for part in parts)
        first, last = (f"{txn}:{lot}" for txn, lot in (refs[0], refs[-1]))
        found.append(
            Earning(series, market, "coin", currency, sum(part.minor for part in parts),
                    sum(part.coins for part in parts), first, last, corrects, refund)
        )  # fmt: skip
    return found


def _closed(tx: Session) -> list[SettlementRow]:
    return list(tx.scalars(sa.select(SettlementRow).order_by(SettlementRow.period)))


def _mark(tx: Session, closed: Sequence[SettlementRow], period: str, settled_txn: int) -> Mark:
    """The month's last txn: the newest that was recorded in it and that nothing can precede."""
    ends_at = month_end(period)
    if closed:
        following = f"{closed[-1].ends_at:%Y-%m}"
        if period != following:
            raise OutOfOrder(last=closed[-1].period, next=following)
    last = tx.scalar(
        sa.select(sa.func.max(TxnRow.id)).where(
            TxnRow.id <= settled_txn, TxnRow.recorded_at < ends_at
        )
    )
    before = closed[-1].to_txn_id if closed else 0
    return Mark(period, max(last or 0, before), ends_at)


def _compute(
    tx: Session, before: Sequence[SettlementRow], mark: Mark, terms: str, others: Sequence[Earning]
) -> _Computed:
    marks = [Mark(row.period, row.to_txn_id, row.ends_at) for row in before] + [mark]
    lots, events = read_paid_lots(tx, mark.to_txn_id), read_events(tx, mark.to_txn_id)
    found = recognise(lots, events, marks)
    coins = earnings_of(e for e in found.earned if e.period == mark.period)
    read = read_terms(terms)
    last_day = (mark.ends_at - timedelta(days=1)).date()
    pay_day = last_day + timedelta(days=read.pay_after_days)
    carry = _read_carry(before[-1].carry) if before else Carry()
    statements, carry = _settled(tx, [*coins, *others], read, mark.period, last_day, pay_day, carry)
    month = Month(
        mark.period, mark.to_txn_id, tuple(_issue(each) for each in statements), found.balances,
        tuple(unassigned([*coins, *others], read, last_day)),
    )  # fmt: skip
    return _Computed(month, statements, carry)


def _settled(
    tx: Session, earnings: Sequence[Earning], terms: Terms, period: str, last_day: date,
    pay_day: date, carry: Carry,
) -> tuple[tuple[Statement, ...], Carry]:  # fmt: skip
    """The month's statements, whose corrections name the lines of before."""
    statements, carry = settle_period(earnings, terms, period, last_day, pay_day, carry)
    old: dict[tuple[str, str, str], list[Row]] = {}
    for period_ in {e.corrects for e in earnings if e.corrects}:
        for each in issued_statements(tx, period_):
            old[each.payee, each.currency, period_] = each.rows
    named = tuple(
        cited(each, lambda was, each=each: old.get((each.payee.id, each.currency, was), []))  # type: ignore[misc]
        for each in statements
    )
    return named, carry


def _again(tx: Session, closed: Sequence[SettlementRow], period: str) -> Month:
    """A closed month from its own rows and terms, held against what was issued."""
    place = next(n for n, row in enumerate(closed) if row.period == period)
    row = closed[place]
    others = [Earning(**each) for each in json.loads(row.sources)]
    if earnings(read_shares(tx, period), period) != others:
        raise NotReproduced(payee="*", month=period)
    mark = Mark(period, row.to_txn_id, row.ends_at)
    computed = _compute(tx, closed[:place], mark, row.terms, others)
    issued = {(e.payee, e.currency): e for e in issued_statements(tx, period)}
    now = {(e.payee, e.currency): e for e in computed.month.statements}
    for key in sorted(issued.keys() | now.keys()):
        if issued.get(key) != now.get(key):
            raise NotReproduced(payee=key[0], month=period)
    if _carry_text(computed.carry) != row.carry:
        raise NotReproduced(payee="*", month=period)
    return computed.month


def _issue(statement: Statement) -> Issued:
    content = to_csv(statement, FIRST_VERSION)
    return Issued(statement.payee.id, statement.period, statement.currency, FIRST_VERSION,
                  content, digest(content))  # fmt: skip


def _write(tx: Session, issued: Issued, statement: Statement, by: Actor) -> None:
    row = StatementRow(
        payee=issued.payee, period=issued.period, currency=issued.currency, state="draft",
        version=issued.version, sha256=issued.sha256, content=issued.content,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    tx.add(
        StatementStepRow(
            statement_id=row.id, step="closed", actor_kind=by.kind, actor_id=by.id,
            actor_name=by.name, at=by.at,
        )
    )  # fmt: skip
    tx.add_all(
        StatementLineRow(
            statement_id=row.id, n=n, series_id=line.series_id, market=line.market,
            stream=line.stream or line.step, base_minor=line.base_minor, share_bp=line.share_bp,
            amount_minor=line.amount_minor, from_ref=line.from_ref, to_ref=line.to_ref,
            corrects=line.corrects or None,
        )
        for n, line in enumerate(statement.lines, start=1)
        if line.step != "payment"
    )  # fmt: skip


def _carry_text(carry: Carry) -> str:
    balances = [[*key, minor] for key, minor in sorted(carry.balances.items())]
    return canonical_json({"recouped": dict(carry.recouped), "balances": balances})


def _read_carry(text: str) -> Carry:
    told = json.loads(text)
    balances = {(payee, currency): minor for payee, currency, minor in told["balances"]}
    return Carry(told["recouped"], balances)

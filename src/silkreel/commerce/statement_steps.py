"""A statement's way: closed as a draft, approved by somebody else, issued, paid.

Who closed a month never approves its statements, and the database itself refuses to issue one
without that yes. A closing can be taken back whole while all of its statements are drafts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import sqlalchemy as sa

from silkreel.commerce.tables import (
    OutboxRow,
    SettlementRow,
    StatementLineRow,
    StatementRow,
    StatementStepRow,
    StreamShareRow,
)
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.four_eyes import Work, sign

State = Literal["draft", "approved", "issued", "paid"]
STEPS = ("closed", "approved", "issued", "paid")
APPROVE, SETTLE = "money.approve", "money.settle"


class NoSuchStatement(Refusal):
    """There is no such statement."""

    status = 404
    message = "There is no statement {number} here. Look it up under Statements."


class NotThatFar(Refusal):
    """A step was left out, or was taken before."""

    status = 409
    message = "The statement of {payee} for {month} is {state}, so it cannot be {step} now."


class NotTheLast(Refusal):
    """Only the last closing can be taken back."""

    status = 409
    message = "{month} was not closed last; take {last} back first."


class AlreadyIssued(Refusal):
    """A closing of which something went out."""

    status = 409
    message = (
        "Statements of {month} are issued, so it stays closed. What is wrong in them is put right "
        "by a line of the next month."
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Who took it there, when."""

    step: str
    actor_kind: str
    actor_id: str
    actor_name: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A statement and how far it is."""

    id: int
    payee: str
    period: str
    currency: str
    version: int
    state: State
    sha256: str
    content: str
    steps: tuple[Step, ...]

    @property
    def makers(self) -> frozenset[str]:
        """Whoever of the staff closed it."""
        return frozenset(
            each.actor_id
            for each in self.steps
            if each.step == "closed" and each.actor_kind == "staff"
        )


def standings(tx: Session, period: str | None = None) -> list[Standing]:
    """Statements and how far they are, newest month first."""
    query = sa.select(StatementRow).order_by(
        StatementRow.period.desc(), StatementRow.payee, StatementRow.currency
    )
    if period is not None:
        query = query.where(StatementRow.period == period)
    rows = tx.scalars(query).all()
    steps = _steps(tx, [row.id for row in rows])
    return [_standing(row, steps.get(row.id, ())) for row in rows]


def find(tx: Session, number: int) -> Standing:
    """One statement.

    Raises:
        NoSuchStatement.
    """
    row = tx.get(StatementRow, number)
    if row is None:
        raise NoSuchStatement(number=number)
    return _standing(row, _steps(tx, [number]).get(number, ()))


def approve(tx: Session, number: int, seen_hash: str, by: Actor, reason: str = "") -> Standing:
    """Say yes to a draft that somebody else closed.

    Raises:
        NoSuchStatement, NotThatFar; what `four_eyes.sign` raises.
    """
    draft = _at(tx, number, "draft", "approved")
    work = Work(f"statement:{number}", draft.sha256, draft.makers)
    sign(tx, work, right=APPROVE, seen_hash=seen_hash, by=by, reason=reason)
    return _go(tx, draft, "approved", by, reason)


def issue(tx: Session, number: int, by: Actor) -> Standing:
    """Send an approved statement out: from now on it stays as it is.

    Raises:
        NoSuchStatement, NotThatFar, NotYours, SecondFactorRequired.
    """
    by.need(SETTLE)
    approved = _at(tx, number, "approved", "issued")
    done = _go(tx, approved, "issued", by)
    payload = {"statement": number, "payee": done.payee, "period": done.period}
    tx.add(OutboxRow(topic="statement.issued", key=f"statement:{number}", payload=payload,
                     made_at=by.at))  # fmt: skip
    return done


def mark_paid(tx: Session, number: int, reference: str, by: Actor) -> Standing:
    """Note that the bank paid it; `reference` is the bank's.

    Raises:
        NoSuchStatement, NotThatFar, NotYours, SecondFactorRequired.
    """
    by.need(SETTLE)
    return _go(tx, _at(tx, number, "issued", "paid"), "paid", by, reference)


def returnable(tx: Session) -> str | None:
    """The month that could be taken back: the last that was closed, while nothing of it is issued."""
    last = _last_closed(tx)
    if last is None or any(each.state not in ("draft", "approved") for each in standings(tx, last)):
        return None
    return last


def _last_closed(tx: Session) -> str | None:
    return tx.scalar(sa.select(sa.func.max(SettlementRow.period)))


def take_back(tx: Session, period: str, by: Actor, reason: str) -> None:
    """Undo a closing of which nothing is issued, so that the month can be closed with other terms.

    Raises:
        NotTheLast, AlreadyIssued, NotYours, SecondFactorRequired.
    """
    by.need(SETTLE)
    last = _last_closed(tx)
    if last != period:
        raise NotTheLast(month=period, last=last or "-")
    if returnable(tx) != period:
        raise AlreadyIssued(month=period)
    drafts = standings(tx, period)
    numbers = [each.id for each in drafts]
    tx.execute(sa.delete(StatementLineRow).where(StatementLineRow.statement_id.in_(numbers)))
    tx.execute(sa.delete(StatementStepRow).where(StatementStepRow.statement_id.in_(numbers)))
    tx.execute(sa.delete(StatementRow).where(StatementRow.id.in_(numbers)))
    tx.execute(sa.delete(SettlementRow).where(SettlementRow.period == period))
    tx.execute(sa.delete(StreamShareRow).where(StreamShareRow.period == period))
    tx.expire_all()
    before = {"statements": [each.sha256 for each in drafts]}
    record(tx, by, "settlement.taken_back", f"settlement:{period}", before=before, reason=reason)


def _at(tx: Session, number: int, state: State, step: str) -> Standing:
    """The statement, locked, if it is that far."""
    tx.get(StatementRow, number, with_for_update=True, populate_existing=True)
    found = find(tx, number)
    if found.state != state:
        raise NotThatFar(payee=found.payee, month=found.period, state=found.state, step=step)
    return found


def _go(tx: Session, standing: Standing, step: State, by: Actor, note: str = "") -> Standing:
    tx.add(
        StatementStepRow(
            statement_id=standing.id, step=step, actor_kind=by.kind, actor_id=by.id,
            actor_name=by.name, at=by.at, note=note,
        )
    )  # fmt: skip
    tx.flush()
    if step != "approved":
        row = tx.get_one(StatementRow, standing.id)
        row.state = step
        row.issued_at = row.issued_at or by.at
    tx.flush()
    before, after = {"state": standing.state}, {"state": step, "sha256": standing.sha256}
    record(tx, by, f"statement.{step}", f"statement:{standing.id}", before=before, after=after,
           reason=note)  # fmt: skip
    return find(tx, standing.id)


def _steps(tx: Session, numbers: Sequence[int]) -> dict[int, tuple[Step, ...]]:
    query = sa.select(StatementStepRow).where(StatementStepRow.statement_id.in_(numbers))
    found: dict[int, tuple[Step, ...]] = {}
    for row in sorted(tx.scalars(query), key=lambda row: STEPS.index(row.step)):
        step = Step(row.step, row.actor_kind, row.actor_id, row.actor_name, row.at, row.note)
        found[row.statement_id] = (*found.get(row.statement_id, ()), step)
    return found


def _standing(row: StatementRow, steps: Sequence[Step]) -> Standing:
    approved = row.state == "draft" and any(step.step == "approved" for step in steps)
    state = "approved" if approved else row.state
    return Standing(row.id, row.payee, row.period, row.currency, row.version, cast("State", state),
                    row.sha256, row.content, tuple(steps))  # fmt: skip

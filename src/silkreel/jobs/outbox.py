"""The rows that say which jobs there are: the truth, in app.db, whatever happens to the engine.

Every change names the state and the attempt it starts from, so that two processes which decide
the same thing at once do it once, and a worker that slept through a change can do no harm.
"""

from typing import Any

import sqlalchemy as sa

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.engine import ENDED, JobCancelled, JobState, NoSuchJob
from silkreel.jobs.journeys import JobOrder, refusal_payload
from silkreel.jobs.tables import JobRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

UNFINISHED: tuple[JobState, ...] = ("waiting", "running")


def put_order(tx: Session, order: JobOrder) -> str:
    """Write the order down unless it is there, and return the job's id."""
    insert_once(
        tx,
        JobRow,
        {
            "id": order.id, "journey": order.journey, "arguments": order.arguments,
            "priority": order.priority, "attempt": 1, "state": "waiting", "asked_at": now(),
        },
    )  # fmt: skip
    return order.id


def find_job(tx: Session, job: str) -> JobRow:
    """The job's row.

    Raises:
        NoSuchJob: it was never ordered.
    """
    row = tx.get(JobRow, job)
    if row is None:
        raise NoSuchJob(job=job)
    return row


def claim(tx: Session, attempt: Attempt) -> bool:
    """Take a waiting attempt to start it; of many who try, one is told yes."""
    return _change(tx, attempt, ("waiting",), {"state": "running"})


def end(
    tx: Session,
    attempt: Attempt,
    state: JobState,
    *,
    result: dict[str, Any] | None = None,
    refusal: dict[str, Any] | None = None,
) -> bool:
    """Write down how an attempt ended, unless a later attempt or a cancellation came first."""
    values = {"state": state, "result": result, "refusal": refusal, "ended_at": now()}
    return _change(tx, attempt, UNFINISHED, values)


def put_cancellation(tx: Session, job: str, *, by: str, reason: str) -> bool:
    """Mark a job as cancelled, unless it has ended."""
    row = find_job(tx, job)
    refusal: Refusal = JobCancelled(by=by, reason=reason)
    attempt = Attempt(job, row.attempt)
    return end(tx, attempt, "cancelled", refusal=dict(refusal_payload(refusal)))


def start_over(tx: Session, attempt: Attempt, *, ended: bool) -> bool:
    """Replace an attempt by the next: an `ended` one somebody retries, or one that was lost."""
    values = {
        "attempt": attempt.number + 1, "state": "waiting", "result": None, "refusal": None,
        "ended_at": None,
    }  # fmt: skip
    return _change(tx, attempt, ENDED if ended else UNFINISHED, values)


def _change(
    tx: Session, attempt: Attempt, states: tuple[JobState, ...], values: dict[str, Any]
) -> bool:
    values = {
        name: sa.null() if value is None and name in ("result", "refusal") else value
        for name, value in values.items()
    }
    changed = tx.execute(
        sa.update(JobRow)
        .where(
            JobRow.id == attempt.job,
            JobRow.attempt == attempt.number,
            JobRow.state.in_(states),
        )
        .values(values)
        .execution_options(synchronize_session=False)
        .returning(JobRow.id)
    )
    return changed.first() is not None

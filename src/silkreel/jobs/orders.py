"""Ordering and watching jobs from any process: rows only, no engine under it."""

from threading import Event

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board
from silkreel.jobs.engine import ENDED, JobState, JobStatus, OnProgress
from silkreel.jobs.journeys import JobOrder
from silkreel.jobs.outbox import find_job, put_cancellation, put_order, start_over
from silkreel.jobs.patience import patiently
from silkreel.jobs.progress import Typical, job_progress
from silkreel.jobs.tables import JobRow
from silkreel.kit.database import Database, Session

LOOK_SECONDS = 2.0  # a look costs some 10 ms; this process says at once that a job has ended


class Orders:
    """The port of a job engine as far as rows go: workers see to the rest within a second."""

    def __init__(self, database: Database, board: Board) -> None:
        self.database = database
        self.board = board
        self._typical = Typical()
        self._ended = Event()

    def submit(self, order: JobOrder, tx: Session | None = None) -> str:
        """Order a job; with `tx` it exists if and only if that transaction commits."""
        if tx is not None:
            return put_order(tx, order)
        with self.database.reading() as known:
            if known.get(JobRow, order.id) is not None:
                return order.id
        with self.database.transaction() as own:
            return put_order(own, order)

    def status(self, job: str) -> JobStatus:
        """How far the job is.

        Raises:
            NoSuchJob: it was never ordered.
        """
        with self.database.reading() as tx:
            row = find_job(tx, job)
        attempt = Attempt(row.id, row.attempt)
        return JobStatus(
            id=row.id, journey=row.journey, state=_state(row), attempt=row.attempt,
            progress=job_progress(self.database, self.board, attempt, self._typical),
            result=row.result, refusal=row.refusal,
        )  # fmt: skip

    def wait(self, job: str, on_progress: OnProgress | None = None) -> JobStatus:
        """Wait until the job has ended; `on_progress` hears of it every other second."""
        while True:
            self._ended.clear()
            if on_progress is not None or patiently(lambda: self._has_ended(job), job):
                status = patiently(lambda: self.status(job), job)
                if on_progress is not None:
                    on_progress(status)
                if status.ended:
                    return status
            self._ended.wait(LOOK_SECONDS)

    def cancel(self, job: str, *, by: str, reason: str) -> None:
        """Mark the job as cancelled; whoever works on it stops within a second."""
        with self.database.transaction() as tx:
            put_cancellation(tx, job, by=by, reason=reason)
        self.tell_ended()

    def retry(self, job: str) -> str:
        """Order an ended job once more; one that is under way stays so."""
        with self.database.transaction() as tx:
            row = find_job(tx, job)
            if start_over(tx, Attempt(job, row.attempt), ended=True):
                self.board.forget(job, starts=True)
        return job

    def tell_ended(self) -> None:
        """Wake those who wait in this process: some job has ended."""
        self._ended.set()

    def _has_ended(self, job: str) -> bool:
        with self.database.reading() as tx:
            return _state(find_job(tx, job)) in ENDED


def _state(row: JobRow) -> JobState:
    state: JobState = row.state  # type: ignore[assignment]  # only outbox.py writes it
    return state

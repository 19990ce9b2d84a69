"""The till: requests of many callers wait in line, and one commit takes whatever waits.

No timer: while a commit is under way the line grows, and the next commit takes all of it. SQLite
has one lane, for it has one writer; PostgreSQL may have several, and a wallet is always of one
lane, so that a process never waits for itself.
"""

import queue
import random
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

import psycopg
import sqlalchemy as sa
import structlog

from silkreel.commerce.ledger import apply_batch
from silkreel.commerce.ledger_writing import AccountNumbers
from silkreel.commerce.requests import Answer, Request
from silkreel.kit.clock import now as clock_now
from silkreel.kit.database import Database
from silkreel.kit.refusals import Refusal

MAX_WAITING = 2_000  # requests; a lane serves them in a second, and longer nobody waits
MAX_BATCH = 256  # requests in a commit; beyond it locks are held longer and little is won
POSTGRESQL_LANES = 1  # measured on two cores: a second lane halves the batches and gains nothing
TRIES = 6  # of a batch that met a deadlock or a serialization failure
WAIT_SECONDS = 0.01  # before the second try; doubles, with jitter
RETRIED = {"40001", "40P01"}
log = structlog.get_logger()


class TillBusy(Refusal):
    """More waits than can be done soon."""

    status = 503
    message = "Too many payments wait just now. Try again in a few seconds; the same key is safe."


class TillClosed(Refusal):
    """The program is ending."""

    status = 503
    message = "The till is closing. Try again in a few seconds; the same key is safe."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in line, and where its answer goes."""

    request: Request
    answer: Future[Answer] = field(default_factory=Future)


class Till:
    """Writes requests in batches; open it as a context or close it when done."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = clock_now,
        lanes: int | None = None,
        max_waiting: int = MAX_WAITING,
        max_batch: int = MAX_BATCH,
    ) -> None:
        self._database = database
        self._clock = clock
        self._max_batch = max_batch
        self._closed = False
        self._door = threading.Lock()  # nobody gets into line behind the last one
        sqlite = database.engine.dialect.name == "sqlite"
        count = 1 if sqlite else (lanes or POSTGRESQL_LANES)
        self._lanes = [_Lane(self, number, max_waiting) for number in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def ring(self, request: Request) -> Future[Answer]:
        """Put a request in line; its answer comes when it is committed.

        Raises:
            TillBusy: the line is full.
            TillClosed: the till is closing.
        """
        lane = self._lanes[_lane_number(request, len(self._lanes))]
        waiting = Waiting(request)
        with self._door:
            if self._closed:
                raise TillClosed
            try:
                lane.line.put_nowait(waiting)
            except queue.Full:
                raise TillBusy from None
        return waiting.answer

    def close(self) -> None:
        """Finish what waits, and stop."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        for lane in self._lanes:
            lane.line.put(None)
        for lane in self._lanes:
            lane.thread.join()

    def write(self, requests: Sequence[Request], accounts: AccountNumbers) -> tuple[Answer, ...]:
        """One batch in a transaction of its own, tried again after deadlocks."""
        for attempt in range(TRIES):
            try:
                with self._database.transaction() as tx:
                    written = apply_batch(tx.connection(), requests, self._clock(), accounts)
            except (sa.exc.DBAPIError, psycopg.Error) as error:
                if not may_be_tried_again(error) or attempt == TRIES - 1:
                    raise
                pause = WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
                time.sleep(pause)
            else:
                accounts.learn(written.accounts)  # only now is it sure that they are there
                return written.answers
        raise AssertionError("the last try raises")


class _Lane:
    """A line and the thread that serves it."""

    def __init__(self, till: Till, number: int, max_waiting: int) -> None:
        self.line: queue.Queue[Waiting | None] = queue.Queue(max_waiting)
        self.thread = threading.Thread(target=self._serve, name=f"till-{number}", daemon=True)
        self._till = till
        self._accounts = AccountNumbers()
        self.thread.start()

    def _serve(self) -> None:
        while True:
            batch, last = self._take()
            if batch:
                self._write(batch)
            if last:
                return

    def _take(self) -> tuple[list[Waiting], bool]:
        """Wait for one, then take all that wait; whether the line is closed."""
        batch: list[Waiting] = []
        found = self.line.get()
        while found is not None:
            if found.answer.set_running_or_notify_cancel():
                batch.append(found)
            if len(batch) == self._till._max_batch:  # noqa: SLF001 - a lane is part of its till
                return batch, False
            try:
                found = self.line.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _write(self, batch: Sequence[Waiting]) -> None:
        """Write a batch; where it fails, each alone, so that only the faulty one fails."""
        try:
            answers = self._till.write([each.request for each in batch], self._accounts)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for it
            if len(batch) == 1:
                log.error("till.failed", kind=batch[0].request.kind, error=repr(error))  # noqa: TRY400 - raised to who asked
                batch[0].answer.set_exception(error)
                return
            for each in batch:
                self._write([each])
            return
        for each, answer in zip(batch, answers, strict=True):
            each.answer.set_result(answer)


def _lane_number(request: Request, lanes: int) -> int:
    if lanes == 1:
        return 0
    return zlib.crc32(f"{request.viewer_id}\0{request.brand_id}".encode()) % lanes


def may_be_tried_again(error: Exception) -> bool:
    """Whether the database gave up a transaction that crossed another: a deadlock, or its like."""
    told = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return getattr(told, "sqlstate", None) in RETRIED

"""The worker's own clockwork: signs of life, orders not yet begun, work lost with a dead worker.

It decides from rows and from what the engine remembers, and asks the engine to act. A worker that
shows no sign of life for `dead_seconds` is given up: its jobs start over under the next attempt,
where finished stages are found by their keys. If it was only asleep, its attempt is over when it
wakes, and whatever it still makes lands on the same content hash.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board, WorkerNotice
from silkreel.jobs.journeys import QueueName, refusal_payload
from silkreel.jobs.outbox import UNFINISHED, claim, end, start_over
from silkreel.jobs.stage_run import Outcome, StageBroke
from silkreel.jobs.tables import JobRow
from silkreel.jobs.waits import Waits
from silkreel.kit.database import Database

DAY_SECONDS = 86_400.0
IDLE_FACTOR = 2  # with nothing in hand there is nothing to cancel: look less often

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How often a worker looks at what."""

    look_seconds: float = 1.0  # new orders, cancellations, outcomes from elsewhere
    poll_seconds: float = 2.0  # the queues; a lone worker hardly needs them
    beat_seconds: float = 5.0  # sign of life
    dead_seconds: float = 30.0  # silence after which a worker is given up
    compare_seconds: float = 60.0  # outbox against engine
    tidy_seconds: float = 60.0  # after the start, then once a day


@dataclass(frozen=True, slots=True)
class JobOnRow:
    """A job as its row says, enough to start it."""

    attempt: Attempt
    state: str
    journey: str
    arguments: dict[str, object]
    priority: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the engine remembers of an attempt."""

    state: Literal["going", "done", "broken", "cancelled"]
    version: str
    words: str = ""


class Machine(Protocol):
    """What the clockwork asks of the engine."""

    def start(self, job: JobOnRow) -> None:
        """Begin an attempt; begun twice it is one."""
        ...

    def drop(self, attempt: Attempt) -> None:
        """Cancel an attempt with all that belongs to it."""
        ...

    def remembered(self, attempts: Iterable[Attempt]) -> Mapping[Attempt, Remembered]:
        """What is known of these attempts."""
        ...

    def tidy(self) -> None:
        """Drop what ended long ago."""
        ...

    def in_hand(self) -> Iterable[tuple[str, Attempt]]:
        """Every worker that has something in hand, with the attempt it is for."""
        ...

    def outcomes(self, names: Iterable[str]) -> Mapping[str, Outcome | None]:
        """Outcomes of finished work by name; None where it was cancelled."""
        ...


class Keeper:
    """One thread that keeps a worker in step with everybody else."""

    def __init__(
        self,
        machine: Machine,
        database: Database,
        board: Board,
        waits: Waits,
        *,
        name: str,
        version: str,
        queues: tuple[QueueName, ...],
        tempo: Tempo,
    ) -> None:
        self._machine, self._database, self._board, self._waits = machine, database, board, waits
        self.name, self.version, self.queues, self.tempo = name, version, queues, tempo
        self._active: dict[Attempt, int] = {}
        self._over: set[Attempt] = set()
        self._shared: frozenset[str] = frozenset()
        self._silent: dict[str, float] = {}
        self._lock = Lock()
        self._stopping, self._nudge = Event(), Event()
        self._thread = Thread(target=self._keep, name="silkreel-keeper", daemon=True)

    def start(self) -> None:
        """Begin; a sign of life was given before."""
        self._thread.start()

    def stop(self) -> None:
        """End; the sign of life stays on the board."""
        self._stopping.set()
        self._nudge.set()
        if self._thread.ident is not None:
            self._thread.join()

    def nudge(self) -> None:
        """Look now."""
        self._nudge.set()

    def is_over(self, attempt: Attempt) -> bool:
        """Whether an attempt was cancelled or replaced by the next."""
        return attempt in self._over

    def shares(self, queue: QueueName) -> bool:
        """Whether another living worker takes work from this queue."""
        return queue in self._shared

    def enter(self, attempt: Attempt) -> None:
        """Work of this attempt begins in this process: watch over it."""
        with self._lock:
            self._active[attempt] = self._active.get(attempt, 0) + 1

    def leave(self, attempt: Attempt) -> None:
        """Work of this attempt ends here."""
        with self._lock:
            self._active[attempt] -= 1
            if not self._active[attempt]:
                del self._active[attempt]
                self._over.discard(attempt)

    def first_beat(self) -> None:
        """Give a sign of life before the engine can act on what others left."""
        self._board.beat(self.name, self.version, self.queues)

    def beat(self) -> None:
        """Give a sign of life, and look who else does."""
        self._board.beat(self.name, self.version, self.queues)
        others = [notice for notice in self._board.workers() if notice.name != self.name]
        self._shared = frozenset(
            queue
            for notice in others
            if notice.age_seconds <= self.tempo.dead_seconds and notice.version == self.version
            for queue in notice.queues
        )
        self._give_up({notice.name for notice in others if self._is_dead(notice)})

    def look(self) -> None:
        """Begin orders, stop what is over, and hear outcomes from elsewhere."""
        with self._lock:
            active = set(self._active)
        rows = self._rows(active)
        for job in rows:
            if job.state == "waiting":
                self._begin(job)
        unfinished = {job.attempt for job in rows if job.state in UNFINISHED}
        for attempt in active - unfinished - self._over:
            self._call_off(attempt)
        elsewhere = self._waits.elsewhere
        if elsewhere:
            for name, outcome in self._machine.outcomes(elsewhere).items():
                if outcome is None:
                    self._waits.hand_back([name])
                else:
                    self._waits.deliver(name, outcome)

    def compare(self) -> None:
        """Set right where the outbox and the engine say different things."""
        with self._database.reading() as tx:
            running = [_on_row(row) for row in tx.scalars(_select("running"))]
        if not running:
            return
        notices = [n for n in self._board.workers() if n.age_seconds <= self.tempo.dead_seconds]
        versions = {notice.version for notice in notices} | {self.version}
        names = {notice.name for notice in notices} | {self.name}
        known = self._machine.remembered(job.attempt for job in running)
        for job in running:
            self._set_right(job, known.get(job.attempt), versions)
        strays = {attempt for worker, attempt in self._machine.in_hand() if worker not in names}
        for attempt in strays & {job.attempt for job in running}:
            self._start_over(attempt, "its worker is gone")

    def _set_right(self, job: JobOnRow, known: Remembered | None, versions: set[str]) -> None:
        if known is None:
            log.info("begun again: %s", job.attempt.id)
            self._machine.start(job)
        elif known.state == "broken":
            refusal = refusal_payload(StageBroke(label=job.journey, error=known.words))
            with self._database.transaction() as tx:
                end(tx, job.attempt, "failed", refusal=dict(refusal))
        elif known.state in ("done", "cancelled"):
            self._start_over(job.attempt, f"the engine calls it {known.state}")
        elif known.version not in versions:
            self._start_over(job.attempt, f"no worker runs version {known.version}")

    def _begin(self, job: JobOnRow) -> None:
        with self._database.transaction() as tx:
            mine = claim(tx, job.attempt)
        if mine:
            if job.attempt.number > 1:
                self._machine.drop(Attempt(job.attempt.job, job.attempt.number - 1))
            self._machine.start(job)

    def _call_off(self, attempt: Attempt) -> None:
        self._over.add(attempt)
        self._machine.drop(attempt)
        self._waits.hand_back_all_of(attempt)

    def _is_dead(self, notice: WorkerNotice) -> bool:
        """Silent for long, and seen silent twice: after a laptop's sleep everybody looks dead."""
        if notice.age_seconds <= self.tempo.dead_seconds:
            self._silent.pop(notice.name, None)
            return False
        first_seen = self._silent.setdefault(notice.name, time.monotonic())
        return time.monotonic() - first_seen > 2 * self.tempo.beat_seconds

    def _give_up(self, dead: set[str]) -> None:
        if not dead:
            return
        for attempt in {attempt for worker, attempt in self._machine.in_hand() if worker in dead}:
            self._start_over(attempt, "its worker is silent")
        for name in dead:
            log.warning("worker given up: %s", name)
            self._board.leave(name)
            self._silent.pop(name, None)

    def _start_over(self, attempt: Attempt, why: str) -> None:
        with self._database.transaction() as tx:
            if start_over(tx, attempt, ended=False):
                log.warning("started over: %s, %s", attempt.id, why)
        self.nudge()

    def _rows(self, active: set[Attempt]) -> list[JobOnRow]:
        query = _select("waiting")
        if active:
            jobs = {attempt.job for attempt in active}
            query = sa.select(JobRow).where(sa.or_(JobRow.state == "waiting", JobRow.id.in_(jobs)))
        with self._database.reading() as tx:
            return [_on_row(row) for row in tx.scalars(query.order_by(JobRow.priority))]

    def _keep(self) -> None:
        beat_at = time.monotonic() + self.tempo.beat_seconds
        compare_at, tidy_at = 0.0, time.monotonic() + self.tempo.tidy_seconds
        while not self._stopping.is_set():
            self._nudge.clear()
            try:
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + self.tempo.beat_seconds
                    self.beat()
                if time.monotonic() >= compare_at:
                    compare_at = time.monotonic() + self.tempo.compare_seconds
                    self.compare()
                if time.monotonic() >= tidy_at:
                    tidy_at = time.monotonic() + DAY_SECONDS
                    self._machine.tidy()
                self.look()
            except Exception:
                if self._stopping.is_set():
                    return
                log.exception("the keeper stumbled; it goes on")
            self._nudge.wait(self.tempo.look_seconds * (1 if self._active else IDLE_FACTOR))


def _select(state: str) -> sa.Select[Any]:
    return sa.select(JobRow).where(JobRow.state == state)


def _on_row(row: JobRow) -> JobOnRow:
    return JobOnRow(
        Attempt(row.id, row.attempt), row.state, row.journey, row.arguments, row.priority
    )

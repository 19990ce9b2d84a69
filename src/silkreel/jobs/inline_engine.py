"""Journeys run at once in this process, with a memory that a test can break and hand on."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board, jobs_engine
from silkreel.jobs.engine import HandBack, JobState, JobStatus, OnProgress
from silkreel.jobs.journey_run import journey_outcome
from silkreel.jobs.journeys import (
    Answer,
    JobOrder,
    JourneyCall,
    StageCall,
    StageFailed,
    find_stage,
)
from silkreel.jobs.orders import Orders
from silkreel.jobs.outbox import UNFINISHED, claim, end, find_job
from silkreel.jobs.slots import SlotPlan, Slots
from silkreel.jobs.stage_run import Outcome, StageOrder, StageRunner, as_answer, check_labels
from silkreel.jobs.tables import JobRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.settings import Settings

MANY_THREADS = 10_000  # a journey that waits keeps its thread; idle ones are used again

Memory = dict[str, Outcome]  # outcomes by the name of the work; outlives the engine in tests


class Crashed(BaseException):
    """The process "died" where a test asked for it."""


class InlineEngine:
    """The job engine for tests and for single calls: nothing is queued, nothing runs beside it.

    `crash_at` names a point: "before LABEL", "after LABEL" (done, not remembered), "kept LABEL".
    Another engine with the same `memory` goes on from there with `go_on`.
    """

    def __init__(
        self,
        settings: Settings,
        workshop: Workshop,
        *,
        memory: Memory | None = None,
        crash_at: str | None = None,
        plan: SlotPlan | None = None,
    ) -> None:
        self.workshop, self.memory, self.crash_at = (
            workshop,
            {} if memory is None else memory,
            crash_at,
        )
        self.board = Board(jobs_engine(settings))
        self.orders = Orders(workshop.database, self.board)
        self.slots = Slots(plan or SlotPlan.for_cores(settings.cores))
        self.runner = StageRunner(settings, workshop, self.board, "inline", pause=lambda _: None)
        self.stopping = Event()
        # Threads that stay: a child dies with the thread that started it.
        self.threads = ThreadPoolExecutor(MANY_THREADS, thread_name_prefix="silkreel-inline")

    def submit(self, order: JobOrder, tx: Session | None = None) -> str:
        """Order a job and run it, or, with `tx`, leave it for `wait` or `go_on`."""
        job = self.orders.submit(order, tx)
        if tx is None:
            self._run_if_waiting(job)
        return job

    def status(self, job: str) -> JobStatus:
        """How far the job is."""
        return self.orders.status(job)

    def wait(self, job: str, on_progress: OnProgress | None = None) -> JobStatus:
        """Run the job if nobody did, and wait until it has ended."""
        self._run_if_waiting(job)
        return self.orders.wait(job, on_progress)

    def cancel(self, job: str, *, by: str, reason: str) -> None:
        """Stop a job that another thread runs here."""
        self.orders.cancel(job, by=by, reason=reason)

    def retry(self, job: str) -> str:
        """Run an ended job once more."""
        self.orders.retry(job)
        self._run_if_waiting(job)
        return job

    def go_on(self) -> None:
        """Run whatever was left unfinished, as after a restart."""
        with self.workshop.reading() as tx:
            rows = list(tx.scalars(sa.select(JobRow).where(JobRow.state.in_(UNFINISHED))))
        for row in rows:
            self._run(row)

    def stop(self) -> bool:
        """End; work in other threads is put down."""
        self.stopping.set()
        self.threads.shutdown(wait=True)
        self.board.close()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def crash_point(self, name: str) -> None:
        """Die here if the test asked for it."""
        if self.crash_at == name:
            raise Crashed(name)

    def gives_up(self, attempt: Attempt) -> Callable[[], bool]:
        """Whether work for this attempt should be put down."""

        def asked() -> bool:
            if self.stopping.is_set():
                return True
            with self.workshop.reading() as tx:
                row = tx.get(JobRow, attempt.job)
            return row is None or row.attempt != attempt.number or row.state not in UNFINISHED

        return asked

    def _run_if_waiting(self, job: str) -> None:
        with self.workshop.transaction() as tx:
            row = find_job(tx, job)
            mine = row.state == "waiting" and claim(tx, Attempt(job, row.attempt))
        if mine:
            self._run(row)

    def _run(self, row: JobRow) -> None:
        attempt = Attempt(row.id, row.attempt)
        run = InlineRun(self, attempt, "")
        try:
            outcome = journey_outcome(row.journey, run, row.arguments, attempt.id)
        except HandBack:
            return
        refusal = outcome.get("refusal")
        state: JobState = "done" if refusal is None else "failed"
        with self.workshop.transaction() as tx:
            end(tx, attempt, state, result=outcome.get("answer"), refusal=refusal)
        self.board.forget(attempt.job, starts=True)
        self.orders.tell_ended()


@dataclass(frozen=True, slots=True)
class InlineRun:
    """What a journey calls its stages through; threads for those that run together."""

    engine: InlineEngine
    attempt: Attempt
    path: str

    def stage(self, call: StageCall) -> Answer | StageFailed:
        """Run one stage and wait for its answer."""
        return self.together([call])[0]

    def together(self, calls: Sequence[StageCall]) -> list[Answer | StageFailed]:
        """Run stages beside each other; answers in the calls' order."""
        check_labels(self.path, [call.label for call in calls])
        if len(calls) > 1:
            stages = {self.path + call.label: call.stage for call in calls}
            self.engine.board.expect(self.attempt, stages)
        return self._all([(call.label, self._stage, call) for call in calls])

    def branches(self, journeys: Sequence[JourneyCall]) -> list[Answer | StageFailed]:
        """Run journeys beside each other and wait for all."""
        check_labels(self.path, [call.label for call in journeys])
        return self._all([(call.label, self._journey, call) for call in journeys])

    def expects(self, calls: Sequence[str]) -> None:
        """Tell progress which labels will come."""
        self.engine.board.expect(self.attempt, {self.path + label: "" for label in calls})

    def _all(self, works: Sequence[tuple[str, Callable[[Any], Outcome], Any]]) -> list[Any]:
        futures = [self.engine.threads.submit(work, call) for _, work, call in works]
        outcomes = [future.result() for future in futures]
        labels = [label for label, _, _ in works]
        return [as_answer(*pair) for pair in zip(labels, outcomes, strict=True)]

    def _journey(self, call: JourneyCall) -> Outcome:
        run = InlineRun(self.engine, self.attempt, f"{self.path}{call.label}/")
        return journey_outcome(call.journey, run, call.arguments, self.attempt.id)

    def _stage(self, call: StageCall) -> Outcome:
        label, engine = self.path + call.label, self.engine
        name = f"{self.attempt.id}:{label}"
        if name in engine.memory:
            return engine.memory[name]
        gives_up = engine.gives_up(self.attempt)
        with engine.slots.held(find_stage(call.stage).queue, call.priority, gives_up) as held:
            if not held:
                raise HandBack
            engine.crash_point(f"before {label}")
            order = StageOrder(self.attempt, label, call.stage, call.arguments)
            outcome = engine.runner.run(order, gives_up)
            engine.crash_point(f"after {label}")
            engine.memory[name] = outcome
            engine.crash_point(f"kept {label}")
            return outcome

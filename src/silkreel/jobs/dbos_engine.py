"""Journeys and stages as DBOS workflows: durable, shared among processes. The only user of dbos.

A journey is a workflow; each stage call is a child workflow of one remembered step. A lone worker
starts its stages itself, at once and within its slots; where other workers are alive the calls go
to the queues, for whoever is free first. DBOS keeps what is under way; the outbox in app.db keeps
what was ordered, so the engine's own database may be lost. Only public calls of DBOS are used, and
it is imported when an engine is opened (that costs two CPU seconds).
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event, Lock
from types import TracebackType
from typing import Any, Self

from silkreel.jobs.attempts import Attempt, attempt_of
from silkreel.jobs.board import Board, jobs_engine
from silkreel.jobs.dbos_plain import plain_logger, plain_serializer
from silkreel.jobs.dbos_rows import (
    ENDED_STATES,
    NAMES_AT_ONCE,
    batches,
    outcome_of,
    queue_of,
    remembered,
)
from silkreel.jobs.dbos_run import DbosRun
from silkreel.jobs.engine import HandBack, JobState, JobStatus, OnProgress
from silkreel.jobs.journey_run import journey_outcome
from silkreel.jobs.journeys import QUEUES, JobOrder, QueueName
from silkreel.jobs.keeper import JobOnRow, Keeper, Remembered, Tempo
from silkreel.jobs.names import take_name
from silkreel.jobs.orders import Orders
from silkreel.jobs.outbox import end
from silkreel.jobs.patience import patiently
from silkreel.jobs.slots import Reserved, SlotPlan, Slots
from silkreel.jobs.stage_run import (
    DEATHS_ALLOWED,
    Outcome,
    StageOrder,
    StageRunner,
)
from silkreel.jobs.waits import Waits
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.settings import Settings

APP_NAME = "silkreel"
NEVER_SECONDS = 86_400.0  # between looks for schedules, which we do not use
QUICK_SECONDS = 0.1  # of a listener that hears nothing but must end soon when asked
RETENTION_DAYS = 14.0  # of ended work in the engine's database; jobs and artifacts stay
STOP_SECONDS = 15.0  # for the work in hand to be put down

log = logging.getLogger(__name__)


class EngineOpenError(RuntimeError):
    """DBOS keeps one engine per process."""


class DbosEngine:
    """A worker for the jobs of one home, and the port through which jobs are ordered.

    `version` is that of the journeys: work begun under another is begun anew. Register stages and
    journeys before. Use it as a context manager: leaving it, by Ctrl-C too, puts the work in hand
    down, ends every child and hands unfinished work back to the queues.
    """

    def __init__(
        self,
        settings: Settings,
        workshop: Workshop,
        *,
        version: str,
        name: str | None = None,
        queues: tuple[QueueName, ...] = QUEUES,
        plan: SlotPlan | None = None,
        tempo: Tempo | None = None,
        deaths_allowed: int = DEATHS_ALLOWED,
    ) -> None:
        self.workshop, self.version, self.queues = workshop, version, queues
        self.plan = plan or SlotPlan.for_cores(settings.cores)
        self.tempo = tempo or Tempo()
        self._settings = settings
        self._closing, self._stopping = Event(), Event()
        with ExitStack() as opened:
            opened.enter_context(_the_only_one())
            self._engine = jobs_engine(settings)
            opened.callback(self._engine.dispose)
            name_lock = take_name(settings, self._engine, name)
            opened.callback(name_lock.release)
            self.name = name_lock.name
            self.board = Board(self._engine)
            self.slots, self.waits, self.reserved = Slots(self.plan), Waits(), Reserved()
            self.orders = Orders(workshop.database, self.board)
            self.runner = StageRunner(settings, workshop, self.board, self.name, deaths_allowed)
            self.keeper = Keeper(
                self, workshop.database, self.board, self.waits,
                name=self.name, version=version, queues=queues, tempo=self.tempo,
            )  # fmt: skip
            # DBOS calls outside a workflow's context, so that they are not taken for its steps.
            self._outside = ThreadPoolExecutor(4, thread_name_prefix="silkreel-outside")
            opened.callback(self._outside.shutdown, wait=False, cancel_futures=True)
            opened.callback(self._destroy)
            self._launch()
            self._opened = opened.pop_all()

    # -- the port

    def submit(self, order: JobOrder, tx: Session | None = None) -> str:
        """Order a job; with `tx` it exists if and only if that transaction commits."""
        job = self.orders.submit(order, tx)
        self.keeper.nudge()
        return job

    def status(self, job: str) -> JobStatus:
        """How far the job is."""
        return self.orders.status(job)

    def wait(self, job: str, on_progress: OnProgress | None = None) -> JobStatus:
        """Wait until the job has ended; `on_progress` hears of it about once a second."""
        self.keeper.nudge()
        return self.orders.wait(job, on_progress)

    def cancel(self, job: str, *, by: str, reason: str) -> None:
        """Stop a job; its children are gone a few seconds later."""
        self.orders.cancel(job, by=by, reason=reason)
        self.keeper.nudge()

    def retry(self, job: str) -> str:
        """Order an ended job once more; finished stages are found, not redone."""
        self.orders.retry(job)
        self.keeper.nudge()
        return job

    def stop(self, grace_seconds: float = 0.0) -> bool:
        """Take nothing new, give stages in hand `grace_seconds`, then end and hand back the rest.

        Returns whether everything was put down; otherwise some stage does not listen, and other
        workers take its job over once this process is silent.
        """
        if self._stopping.is_set():
            return True
        self._closing.set()
        self._wait_until(lambda: not self.reserved.working, grace_seconds)
        self._stopping.set()
        self.keeper.stop()
        self.waits.close()
        put_down = self._wait_until(lambda: not self.waits.here, STOP_SECONDS)
        self._destroy()
        if put_down:
            self._hand_back()
            self.board.leave(self.name)
        self._opened.close()
        return put_down

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- what the keeper asks

    def start(self, job: JobOnRow) -> None:
        """Begin an attempt; begun twice it is one."""
        spec = {
            "job": job.attempt.job, "attempt": job.attempt.number, "path": "",
            "journey": job.journey, "arguments": job.arguments, "priority": job.priority,
        }  # fmt: skip
        self.start_journey(job.attempt.id, spec)

    def drop(self, attempt: Attempt) -> None:
        """Cancel an attempt with all that belongs to it."""
        self._dbos.cancel_workflow(attempt.id, cancel_children=True)

    def remembered(self, attempts: Iterable[Attempt]) -> Mapping[Attempt, Remembered]:
        """What DBOS knows of these attempts."""
        known = {}
        for batch in batches([attempt.id for attempt in attempts]):
            for flow in self._dbos.list_workflows(workflow_ids=batch, load_input=False):
                known[attempt_of(flow.workflow_id)] = remembered(flow)
        return known

    def tidy(self, days: float = RETENTION_DAYS) -> None:
        """Drop what ended long ago, whole trees: an orphan could replay an old answer."""
        before = now() - timedelta(days=days)
        old = self._dbos.list_workflows(
            has_parent=False, completed_before=before.isoformat(), limit=NAMES_AT_ONCE,
            load_input=False, load_output=False,
        )  # fmt: skip
        if old:
            self._dbos.delete_workflows([flow.workflow_id for flow in old], delete_children=True)

    def in_hand(self) -> Iterable[tuple[str, Attempt]]:
        """Every worker with a workflow under way, and the attempt it is for."""
        flows = self._dbos.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {(flow.executor_id or "", attempt_of(flow.workflow_id)) for flow in flows}

    def outcomes(self, names: Iterable[str]) -> Mapping[str, Outcome | None]:
        """Outcomes of finished workflows by name; None where they were cancelled."""
        found: dict[str, Outcome | None] = {}
        for batch in batches(list(names)):
            for flow in self._dbos.list_workflows(
                workflow_ids=batch, status=ENDED_STATES, load_input=False
            ):
                found[flow.workflow_id] = outcome_of(flow)
        return found

    # -- what journeys and stages ask

    def children_of(self, name: str) -> dict[str, Outcome | None]:
        """Children a workflow has already, from before a crash, with the outcomes there are."""
        flows = self._outside.submit(
            self._dbos.list_workflows, parent_workflow_id=name, load_input=False
        ).result()
        return {
            flow.workflow_id: outcome_of(flow) if flow.status in ENDED_STATES else None
            for flow in flows
        }

    def take_slot(self, name: str, queue: QueueName, priority: int, attempt: Attempt) -> bool:
        """Wait for a slot here; False where the queue should decide who runs the stage."""
        if queue == "api" or queue not in self.queues:  # the queue itself limits calls outside
            return False
        gives_up = self.gives_up(attempt)
        taken = self.slots.take(queue, priority, lambda: gives_up() or self.keeper.shares(queue))
        if taken:
            self.reserved.add(name)
        elif gives_up():
            raise HandBack
        return taken

    def start_stage(self, name: str, spec: dict[str, Any]) -> None:
        """Run a stage in this process, or meet again the one that was begun."""
        try:
            with self._set_workflow_id(name):
                self._dbos.start_workflow(self._stage_workflow, spec)
        except BaseException:
            if self.reserved.claim(name):
                self.slots.give(spec["queue"])
            raise

    def enqueue_stage(self, name: str, spec: dict[str, Any]) -> None:
        """Put a stage on its queue."""
        with self._set_workflow_id(name), self._set_enqueue_options(priority=spec["priority"]):
            self._dbos.enqueue_workflow(spec["queue"], self._stage_workflow, spec)

    def start_journey(self, name: str, spec: dict[str, Any]) -> None:
        """Run a journey in this process, or meet again the one that was begun."""
        with self._set_workflow_id(name):
            self._dbos.start_workflow(self._journey_workflow, spec)

    def gives_up(self, attempt: Attempt) -> Callable[[], bool]:
        """Whether work for this attempt should be put down, as a question to ask often."""
        return lambda: self._stopping.is_set() or self.keeper.is_over(attempt)

    @contextmanager
    def doing(self, name: str) -> Iterator[Attempt]:
        """Watch over a workflow that runs in this process."""
        attempt = attempt_of(name)
        self.waits.begin_here(name)
        self.keeper.enter(attempt)
        try:
            yield attempt
        finally:
            self.keeper.leave(attempt)
            self.waits.end_here(name)

    # -- the workflows

    def _run_journey(self, spec: dict[str, Any]) -> Outcome:
        name = self._dbos.workflow_id
        with self.doing(name) as attempt:
            if self._closing.is_set():
                raise HandBack
            run = DbosRun(self, attempt, name, spec)
            outcome = journey_outcome(spec["journey"], run, spec["arguments"], name)
            if name == attempt.id:
                self._end_job(attempt, outcome)
            self.waits.deliver(name, outcome)
            return outcome

    def _end_job(self, attempt: Attempt, outcome: Outcome) -> None:
        refusal = outcome.get("refusal")
        state: JobState = "done" if refusal is None else "failed"

        def write() -> None:
            with self.workshop.transaction() as tx:
                end(tx, attempt, state, result=outcome.get("answer"), refusal=refusal)
            self.board.forget(attempt.job, starts=True)

        patiently(write, attempt.id)
        self.orders.tell_ended()

    def _run_stage(self, spec: dict[str, Any]) -> Outcome:
        name, queue = self._dbos.workflow_id, spec["queue"]
        with self.doing(name) as attempt:
            if queue not in self.queues:  # begun by a worker that died: to those who can do it
                self._outside.submit(self._dbos.resume_workflow, name, queue_name=queue).result()
                raise HandBack
            with self._slot(name, queue, spec["priority"], attempt):
                outcome: Outcome = self._dbos.run_step({"name": "stage"}, self._stage_outcome, spec)
            self.waits.deliver(name, outcome)
            return outcome

    def _stage_outcome(self, spec: dict[str, Any]) -> Outcome:
        attempt = Attempt(spec["job"], spec["attempt"])
        order = StageOrder(attempt, spec["label"], spec["stage"], spec["arguments"])
        with self.reserved.work():
            return self.runner.run(order, self.gives_up(attempt))

    @contextmanager
    def _slot(self, name: str, queue: QueueName, priority: int, attempt: Attempt) -> Iterator[None]:
        give_up = self.gives_up(attempt)
        if not self.reserved.claim(name) and not self.slots.take(
            queue, priority, lambda: self._closing.is_set() or give_up()
        ):
            raise HandBack
        try:
            yield
        finally:
            self.slots.give(queue)

    # -- begin and end

    def _launch(self) -> None:
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

        plain_logger()
        self._set_workflow_id, self._set_enqueue_options = SetWorkflowID, SetEnqueueOptions
        self._dbos = DBOS
        DBOS(config=self._config())
        self._name_workflows()
        DBOS.listen_queues(list(self.queues))
        self.keeper.first_beat()
        DBOS.launch()
        for queue in QUEUES:
            self._register(queue)
        self.keeper.start()

    def _config(self) -> Any:
        return {
            "name": APP_NAME,
            "system_database_url": self._settings.jobs_database,
            "system_database_engine": self._engine,
            "application_version": self.version,
            "executor_id": self.name,
            "serializer": plain_serializer(),
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": QUICK_SECONDS,
            "scheduler_polling_interval_sec": NEVER_SECONDS,
            "log_level": "WARNING",
        }

    def _name_workflows(self) -> None:
        def journey(spec: dict[str, Any]) -> Outcome:
            return self._run_journey(spec)

        def stage(spec: dict[str, Any]) -> Outcome:
            return self._run_stage(spec)

        always = {"max_recovery_attempts": None}  # the board counts what a stage takes with it
        self._journey_workflow = self._dbos.workflow(name="journey", **always)(journey)
        self._stage_workflow = self._dbos.workflow(name="stage", **always)(stage)

    def _destroy(self) -> None:
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)

    def _register(self, queue: QueueName) -> None:
        limiter: Any = None
        if queue == "api":
            limiter = {"limit": self.plan.api_starts, "period": self.plan.api_seconds}
        self._dbos.register_queue(
            queue,
            worker_concurrency=self.plan.of(queue) + 1,  # one more, to begin when a slot is free
            limiter=limiter,
            polling_interval_sec=self.tempo.poll_seconds,
            on_conflict="always_update",
        )

    def _hand_back(self) -> None:
        """Give to the queues what this worker leaves unfinished; nobody here works on it."""
        from dbos import DBOSClient

        client = DBOSClient(
            system_database_url=self._settings.jobs_database,
            system_database_engine=self._engine,
            serializer=plain_serializer(),
            application_name=APP_NAME,
        )
        try:
            for flow in client.list_workflows(
                status="PENDING", executor_id=self.name, app_version=self.version, load_output=False
            ):
                client.resume_workflow(flow.workflow_id, queue_name=queue_of(flow))
        finally:
            client.destroy()

    def _wait_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not reached():
            if time.monotonic() >= deadline:
                return False
            time.sleep(QUICK_SECONDS / 4)
        return True


_open = Lock()  # held by the engine of this process


@contextmanager
def _the_only_one() -> Iterator[None]:
    if not _open.acquire(blocking=False):
        raise EngineOpenError("close the other engine of this process first")
    try:
        yield
    finally:
        _open.release()

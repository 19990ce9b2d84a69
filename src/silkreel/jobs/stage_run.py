"""How one stage is run, whichever engine runs it: given a desk, measured, and never let loose.

What comes back is always an outcome, an answer or a refusal, as JSON. A stage that was cancelled
has no outcome: its work is handed back.
"""

import json
import logging
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board, ShareNotes
from silkreel.jobs.engine import HandBack
from silkreel.jobs.journeys import Answer, Desk, StageFailed, find_stage, refusal_payload
from silkreel.jobs.patience import Result, patiently
from silkreel.jobs.tables import StageRunRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.children import Cancelled, ChildCrashed, ChildTooSlow
from silkreel.kit.clock import now
from silkreel.kit.database import insert_once
from silkreel.kit.effort import Effort, measuring
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

Outcome = dict[str, Any]  # {"answer": ...} or {"refusal": ...}

SUSPECT_LOOK_SECONDS = 0.5
DEATHS_ALLOWED = 3  # a stage that took so many workers with it is parked
MAX_ANSWER_BYTES = 4 * 1024 * 1024  # hashes and ids travel, never contents
LABEL_CHARACTERS = 160

log = logging.getLogger(__name__)


class StageBroke(Refusal):
    """A stage stopped with an error nobody foresaw; the log has all of it."""

    status = 500
    message = (
        "The step {label} stopped with an unexpected error ({error}). "
        "The log says where; run the same command again once it is mended."
    )


class StageParked(Refusal):
    """A stage was in hand each time when several workers died."""

    status = 500
    message = (
        "The step {label} was in hand when {deaths} workers died, so it is not tried again. "
        "Check memory and disk, then retry the job."
    )


class AnswerTooLarge(Refusal):
    """A stage answered with contents instead of their hash."""

    status = 500
    message = "The step {label} answered with {size_bytes} bytes; the limit is {limit_bytes}."


@dataclass(frozen=True, slots=True)
class StageOrder:
    """A stage to run for an attempt at a job; `label` is unique in the whole job."""

    attempt: Attempt
    label: str
    stage: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StageRunner:
    """Runs stages in this process and leaves a row for each."""

    settings: Settings
    workshop: Workshop
    board: Board
    worker: str
    deaths_allowed: int = DEATHS_ALLOWED
    pause: Callable[[float], None] = time.sleep
    suspects: Lock = field(default_factory=Lock)

    def run(self, order: StageOrder, cancelled: Callable[[], bool]) -> Outcome:
        """Run a stage and return its outcome; a stage that this attempt finished is not run again.

        Raises:
            HandBack: `cancelled` said yes while it ran.
        """
        finished = self._patiently(lambda: self._finished(order), order)
        if finished is not None:
            return finished
        with self._apart_if_suspect(order, cancelled):
            deaths = self._patiently(
                lambda: self.board.start(order.attempt, order.label, order.stage, self.worker),
                order,
            )
            try:
                if deaths >= self.deaths_allowed:
                    log.error("parked after %d deaths: %s", deaths, order.label)
                    return refused(StageParked(label=order.label, deaths=deaths))
                return self._measured(order, cancelled)
            finally:
                self._patiently(lambda: self.board.stop(order.attempt, order.label), order)

    @contextmanager
    def _apart_if_suspect(self, order: StageOrder, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Run those that were in hand when a worker died one at a time.

        The next death is then counted against the one that caused it, not its neighbours.
        """
        if not self._patiently(lambda: self.board.deaths(order.attempt, order.label), order):
            yield
            return
        while not self.suspects.acquire(timeout=SUSPECT_LOOK_SECONDS):
            if cancelled():
                raise HandBack
        try:
            yield
        finally:
            self.suspects.release()

    def _measured(self, order: StageOrder, cancelled: Callable[[], bool]) -> Outcome:
        started = time.monotonic()
        with measuring() as effort:
            outcome = self._outcome(order, cancelled)
        wall_seconds = time.monotonic() - started
        self._patiently(lambda: self._keep_run(order, outcome, effort, wall_seconds), order)
        return outcome

    def _outcome(self, order: StageOrder, cancelled: Callable[[], bool]) -> Outcome:
        desk = Desk(
            settings=self.settings,
            workshop=self.workshop,
            cancelled=cancelled,
            progress=ShareNotes(self.board, order.attempt, order.label),
        )
        try:
            stage = find_stage(order.stage)
            answer = patiently(
                lambda: stage.function(desk, order.arguments),
                order.label,
                give_up=cancelled,
                pause=self.pause,
            )
            return _fitting(order, answer)
        except Exception as error:
            if cancelled() and not _is_answer(error):
                raise HandBack from None
            if isinstance(error, Refusal):
                return refused(error)
            log.exception("broke: %s %s", order.attempt.id, order.label)
            return refused(StageBroke(label=order.label, error=last_words(error)))

    def _patiently(self, work: Callable[[], Result], order: StageOrder) -> Result:
        return patiently(work, order.label, pause=self.pause)

    def _finished(self, order: StageOrder) -> Outcome | None:
        """What the stage came to, if a worker died between its row and the engine's own note."""
        key = (order.attempt.job, order.label, order.attempt.number)
        with self.workshop.reading() as tx:
            row = tx.get(StageRunRow, key)
            if row is None:
                return None
            return {"answer": row.answer} if row.refusal is None else {"refusal": row.refusal}

    def _keep_run(
        self, order: StageOrder, outcome: Outcome, effort: Effort, wall_seconds: float
    ) -> None:
        refusal = outcome.get("refusal")
        values = {
            "job_id": order.attempt.job, "label": order.label, "attempt": order.attempt.number,
            "stage": order.stage, "state": "done" if refusal is None else "refused",
            "worker": self.worker, "wall_seconds": wall_seconds,
            "engine_seconds": dict(effort.cpu_seconds), "ended_at": now(),
        }  # fmt: skip
        if refusal is None:
            values["answer"] = outcome["answer"]
        else:
            values["refusal"] = refusal
        with self.workshop.transaction() as tx:
            insert_once(tx, StageRunRow, values)


def refused(refusal: Refusal) -> Outcome:
    """A refusal as an outcome."""
    return {"refusal": dict(refusal_payload(refusal))}


def as_answer(label: str, outcome: Mapping[str, Any]) -> Answer | StageFailed:
    """What a journey gets for an outcome."""
    if "refusal" in outcome:
        return StageFailed(label, dict(outcome["refusal"]))
    answer: Answer = outcome["answer"]
    return answer


def check_labels(path: str, labels: Sequence[str]) -> None:
    """Refuse labels that are not unique beside each other, or too long for a row."""
    if len(set(labels)) != len(labels):
        raise ValueError(f"labels stand once: {sorted(labels)}")
    for label in labels:
        if not 0 < len(path + label) <= LABEL_CHARACTERS:
            raise ValueError(
                f"a label with its path has 1 to {LABEL_CHARACTERS} characters: {path + label}"
            )


def as_json(value: Any) -> Any:
    """The value as it is after a journey through JSON; what JSON cannot say is an error here."""
    return json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _fitting(order: StageOrder, answer: Answer) -> Outcome:
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    size_bytes = len(text.encode())
    if size_bytes > MAX_ANSWER_BYTES:
        raise AnswerTooLarge(label=order.label, size_bytes=size_bytes, limit_bytes=MAX_ANSWER_BYTES)
    return {"answer": json.loads(text)}


def _is_answer(error: Exception) -> bool:
    """Whether a stage said no of its own accord, not because its work was taken from it."""
    return isinstance(error, Refusal) and not isinstance(
        error, (Cancelled, ChildCrashed, ChildTooSlow)
    )


def last_words(error: BaseException) -> str:
    """An error's kind and sentence, cut to a row's measure."""
    return traceback.format_exception_only(error)[-1].strip()[:300]

"""A journey under way on DBOS: how its calls become workflows and their outcomes its answers."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board
from silkreel.jobs.journeys import (
    Answer,
    JourneyCall,
    QueueName,
    StageCall,
    StageFailed,
    find_stage,
)
from silkreel.jobs.patience import patiently
from silkreel.jobs.stage_run import Outcome, as_answer, check_labels
from silkreel.jobs.waits import Waits

PRIORITY_STEP = 1000  # a job's priority comes before its stages'


class Starter(Protocol):
    """What a journey under way asks of the engine it runs on."""

    board: Board
    waits: Waits

    def children_of(self, name: str) -> Mapping[str, Outcome | None]:
        """Children a workflow has already, from before a crash, with the outcomes there are."""
        ...

    def take_slot(self, name: str, queue: QueueName, priority: int, attempt: Attempt) -> bool:
        """Wait for a slot here; False where the queue should decide who runs the stage."""
        ...

    def start_stage(self, name: str, spec: dict[str, Any]) -> None:
        """Run a stage in this process, or meet again the one that was begun."""
        ...

    def enqueue_stage(self, name: str, spec: dict[str, Any]) -> None:
        """Put a stage on its queue."""
        ...

    def start_journey(self, name: str, spec: dict[str, Any]) -> None:
        """Run a journey in this process, or meet again the one that was begun."""
        ...


class DbosRun:
    """What a journey calls its stages through.

    The workflows of its calls are started in the calls' order, always, so that a journey which is
    replayed after a crash meets the same ones again.
    """

    def __init__(self, engine: Starter, attempt: Attempt, name: str, spec: dict[str, Any]) -> None:
        self.name = name
        self._engine, self._attempt = engine, attempt
        self._path, self._priority = spec["path"], spec["priority"]
        self._begun = engine.children_of(name)

    def stage(self, call: StageCall) -> Answer | StageFailed:
        """Run one stage and wait for its answer."""
        return self.together([call])[0]

    def together(self, calls: Sequence[StageCall]) -> list[Answer | StageFailed]:
        """Put stages on their queues at once and wait for all; answers in the calls' order."""
        check_labels(self._path, [call.label for call in calls])
        if len(calls) > 1:
            self._expect({self._path + call.label: call.stage for call in calls})
        futures = [self._start_stage(call) for call in calls]
        return _answers([call.label for call in calls], futures)

    def branches(self, journeys: Sequence[JourneyCall]) -> list[Answer | StageFailed]:
        """Run journeys beside each other and wait for all."""
        check_labels(self._path, [call.label for call in journeys])
        futures = [self._start_journey(call) for call in journeys]
        return _answers([call.label for call in journeys], futures)

    def expects(self, calls: Sequence[str]) -> None:
        """Tell progress which labels will come."""
        self._expect({self._path + label: "" for label in calls})

    def _expect(self, stages: Mapping[str, str]) -> None:
        patiently(lambda: self._engine.board.expect(self._attempt, stages), self.name)

    def _start_stage(self, call: StageCall) -> Future[Outcome]:
        label, queue = self._path + call.label, find_stage(call.stage).queue
        name = f"{self._attempt.id}:{label}"
        spec = {
            "job": self._attempt.job, "attempt": self._attempt.number, "label": label,
            "stage": call.stage, "arguments": call.arguments, "queue": queue,
            "priority": self._priority * PRIORITY_STEP + call.priority,
        }  # fmt: skip
        future = self._engine.waits.expect(name)
        here = name in self._begun or self._engine.take_slot(
            name, queue, spec["priority"], self._attempt
        )
        if here:
            self._engine.start_stage(name, spec)
        else:
            self._engine.enqueue_stage(name, spec)
        self._tell_known(name)
        return future

    def _start_journey(self, call: JourneyCall) -> Future[Outcome]:
        name = f"{self._attempt.id}>{self._path}{call.label}"
        spec = {
            "job": self._attempt.job, "attempt": self._attempt.number,
            "path": f"{self._path}{call.label}/", "journey": call.journey,
            "arguments": call.arguments, "priority": self._priority,
        }  # fmt: skip
        future = self._engine.waits.expect(name)
        self._engine.start_journey(name, spec)
        self._tell_known(name)
        return future

    def _tell_known(self, name: str) -> None:
        outcome = self._begun.get(name)
        if outcome is not None:
            self._engine.waits.deliver(name, outcome)


def _answers(
    labels: Sequence[str], futures: Sequence[Future[Outcome]]
) -> list[Answer | StageFailed]:
    outcomes = [future.result() for future in futures]
    return [as_answer(label, outcome) for label, outcome in zip(labels, outcomes, strict=True)]

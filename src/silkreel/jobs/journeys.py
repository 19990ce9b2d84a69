"""How a journey is written: stages are functions with a name, a queue and a version.

A *stage* does one durable piece of work and answers with JSON. A *journey* is a function that
calls stages in order through its `Run`; it decides from their answers only, so that it can be
replayed after a crash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from silkreel.kit.artifacts import Workshop
from silkreel.kit.keys import canonical_json, text_hash
from silkreel.kit.refusals import Refusal, Value
from silkreel.kit.settings import Settings

Arguments = Mapping[str, Any]
Answer = dict[str, Any]
QueueName = Literal["cpu", "speech", "api"]
QUEUES: tuple[QueueName, ...] = ("cpu", "speech", "api")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a stage has to work with: settings, the workshop, and whether it was cancelled."""

    settings: Settings
    workshop: Workshop
    cancelled: Callable[[], bool]
    progress: Callable[[float], None]  # share of this stage done, 0..1


StageFunction = Callable[[Desk, Arguments], Answer]


@dataclass(frozen=True, slots=True)
class Stage:
    """A named, durable piece of work."""

    name: str
    queue: QueueName
    function: StageFunction
    weight: float  # rough share of the cost, until measured ones are known


@dataclass(frozen=True, slots=True)
class StageCall:
    """A stage to run with its arguments; `label` is unique within the journey."""

    stage: str
    label: str
    arguments: dict[str, Any] = field(default_factory=dict)
    priority: int = 10  # lower runs first


@dataclass(frozen=True, slots=True)
class StageFailed:
    """A stage's no, in place of its answer: the rest of the journey goes on."""

    label: str
    refusal: dict[str, Any]  # code, values, sentence


class Run(Protocol):
    """A journey under way."""

    def stage(self, call: StageCall) -> Answer | StageFailed:
        """Run one stage and wait for its answer."""
        ...

    def together(self, calls: Sequence[StageCall]) -> list[Answer | StageFailed]:
        """Put stages on their queues at once and wait for all; answers in the calls' order."""
        ...

    def branches(self, journeys: Sequence["JourneyCall"]) -> list[Answer | StageFailed]:
        """Run journeys beside each other and wait for all."""
        ...

    def expects(self, calls: Sequence[str]) -> None:
        """Tell progress which labels will come, so that an estimate can be made."""
        ...


JourneyFunction = Callable[[Run, Arguments], Answer]


@dataclass(frozen=True, slots=True)
class JourneyCall:
    """A journey as part of another."""

    journey: str
    label: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A journey to run; equal orders are one job."""

    journey: str
    arguments: dict[str, Any]
    priority: int = 10

    @property
    def id(self) -> str:
        """The job's id: a hash of journey and arguments."""
        return text_hash(canonical_json([self.journey, self.arguments]))[:32]


class NoSuchStage(Refusal):
    """A stage or journey of that name is not registered."""

    status = 500
    message = "This program knows no {kind} named {name}; all workers must run the same version."


class JobFailed(Refusal):
    """A journey ended with a no."""

    status = 422
    message = "{sentence}"


STAGES: dict[str, Stage] = {}
JOURNEYS: dict[str, JourneyFunction] = {}


def stage(
    name: str, *, queue: QueueName = "cpu", weight: float = 1.0
) -> Callable[[StageFunction], StageFunction]:
    """Register a function as the stage `name`."""

    def register(function: StageFunction) -> StageFunction:
        STAGES[name] = Stage(name, queue, function, weight)
        return function

    return register


def journey(name: str) -> Callable[[JourneyFunction], JourneyFunction]:
    """Register a function as the journey `name`."""

    def register(function: JourneyFunction) -> JourneyFunction:
        JOURNEYS[name] = function
        return function

    return register


def find_stage(name: str) -> Stage:
    """The stage registered under `name`."""
    if name not in STAGES:
        raise NoSuchStage(kind="stage", name=name)
    return STAGES[name]


def find_journey(name: str) -> JourneyFunction:
    """The journey registered under `name`."""
    if name not in JOURNEYS:
        raise NoSuchStage(kind="journey", name=name)
    return JOURNEYS[name]


def refusal_payload(refusal: Refusal) -> dict[str, Value | dict[str, Value]]:
    """A refusal as a job row keeps it: code, values and the sentence."""
    return {"code": refusal.code, "values": dict(refusal.values), "sentence": str(refusal)}

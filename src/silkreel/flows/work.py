"""Working: this process takes steps from the queues until its job is done or it is stopped."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from silkreel.flows import VERSION
from silkreel.flows.at_hand import close_shelves
from silkreel.jobs.journeys import QUEUES, QueueName
from silkreel.kit.artifacts import Workshop
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

if TYPE_CHECKING:
    from silkreel.jobs.dbos_engine import DbosEngine


class NoSuchQueue(Refusal):
    """A queue that is none."""

    message = "There is no queue {name}; the queues are cpu, speech and api."


@contextmanager
def working(
    settings: Settings,
    workshop: Workshop,
    *,
    name: str | None = None,
    queues: Sequence[QueueName] = QUEUES,
) -> Iterator["DbosEngine"]:
    """An engine that takes steps while the block runs; leaving it ends every child."""
    from silkreel.flows import journeys  # noqa: F401 - registers every stage and journey
    from silkreel.jobs.dbos_engine import DbosEngine

    with DbosEngine(settings, workshop, version=VERSION, name=name, queues=tuple(queues)) as engine:
        try:
            yield engine
        finally:
            close_shelves()


def work_until_stopped(
    settings: Settings, workshop: Workshop, *, name: str | None, queues: Sequence[str]
) -> None:
    """Take steps until SIGTERM or Ctrl-C.

    Raises:
        NoSuchQueue: a name that is no queue.
    """
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    with working(settings, workshop, name=name, queues=[_queue(each) for each in queues]):
        stop.wait()


def _queue(name: str) -> QueueName:
    for queue in QUEUES:
        if queue == name.strip():
            return queue
    raise NoSuchQueue(name=name)

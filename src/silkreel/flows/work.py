"""Working: this process takes steps from the queues until its job is done or it is stopped."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from silkreel.flows import VERSION
from silkreel.flows.at_hand import close_shelves
from silkreel.flows.postman import postman
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

    try:
        engine = DbosEngine(settings, workshop, version=VERSION, name=name, queues=tuple(queues))
        with engine:
            yield engine
    finally:  # after the engine has put the work in hand down
        close_shelves()


def work_until_stopped(settings: Settings, *, name: str | None, queues: Sequence[str]) -> None:
    """Take steps until SIGTERM or Ctrl-C; stages in hand get a few seconds to finish.

    Raises:
        NoSuchQueue: a name that is no queue.
        NameTaken: a living worker has this name.
    """
    chosen = tuple(_queue(each) for each in queues)
    from silkreel.flows import journeys  # noqa: F401 - registers every stage and journey
    from silkreel.jobs.worker import work

    try:
        with postman(settings):
            work(settings, version=VERSION, queues=chosen, name=name)
    finally:
        close_shelves()


def _queue(name: str) -> QueueName:
    for queue in QUEUES:
        if queue == name.strip():
            return queue
    raise NoSuchQueue(name=name)

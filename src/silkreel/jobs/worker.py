"""A process that does nothing but work: it takes what one home has to do until told to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from silkreel.jobs.dbos_engine import DbosEngine
from silkreel.jobs.journeys import QUEUES, QueueName
from silkreel.jobs.keeper import Tempo
from silkreel.jobs.slots import SlotPlan
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

GRACE_SECONDS = 5.0  # stages that end within it are kept; the rest is handed back


def work(
    settings: Settings,
    *,
    version: str,
    queues: tuple[QueueName, ...] = QUEUES,
    name: str | None = None,
    plan: SlotPlan | None = None,
    tempo: Tempo | None = None,
    until: Event | None = None,
) -> bool:
    """Work until SIGTERM, Ctrl-C or `until`; returns whether everything was put down in time.

    Register stages and journeys before.

    Raises:
        NameTaken: a living worker has this name.
    """
    stop = until or Event()
    workshop = open_workshop(settings)
    try:
        with _told_by_signals(stop):
            engine = DbosEngine(
                settings, workshop, version=version, name=name, queues=queues, plan=plan,
                tempo=tempo,
            )  # fmt: skip
            try:
                stop.wait()
            finally:
                put_down = engine.stop(GRACE_SECONDS)
            return put_down
    finally:
        workshop.database.close()


@contextmanager
def ctrl_c_on_termination() -> Iterator[None]:
    """Inside, SIGTERM is Ctrl-C: a command that waits for its own jobs ends them in order."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _told_by_signals(stop: Event) -> Iterator[None]:
    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

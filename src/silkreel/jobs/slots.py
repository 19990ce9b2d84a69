"""How many stages of each queue run beside each other in this process, most urgent first."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock

from silkreel.jobs.journeys import QUEUES, QueueName

LOOK_SECONDS = 0.5  # how often a waiter asks whether it should give up


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """Stages that run at once in one process, by queue.

    `cpu` has one per core. A `speech` engine works on one thread, so it has as many. Stages
    on `api` only wait for somebody else's machine; `api_starts` of them may start in
    `api_seconds`, over all workers together.
    """

    cpu: int
    speech: int
    api: int = 8
    api_starts: int = 16
    api_seconds: float = 2.0

    @classmethod
    def for_cores(cls, cores: int) -> "SlotPlan":
        """The plan for a machine with so many cores."""
        return cls(cpu=cores, speech=cores)

    def of(self, queue: QueueName) -> int:
        """Slots of one queue."""
        return {"cpu": self.cpu, "speech": self.speech, "api": self.api}[queue]


@dataclass(slots=True)
class _Ticket:
    """Somebody who waits for a slot; a slot is handed to one, so that only one wakes."""

    given: bool = False
    gone: bool = False
    woken: Event = field(default_factory=Event)


class Slots:
    """Hands out a queue's slots: the lowest priority number first, then who came first."""

    def __init__(self, plan: SlotPlan) -> None:
        self._free = {queue: plan.of(queue) for queue in QUEUES}
        self._waiting: dict[QueueName, list[tuple[int, int, _Ticket]]] = {
            queue: [] for queue in QUEUES
        }
        self._numbers = count()
        self._lock = Lock()

    def take(self, queue: QueueName, priority: int, give_up: Callable[[], bool]) -> bool:
        """Wait for a slot and take it; False when `give_up` said yes first."""
        if give_up():
            return False
        ticket = _Ticket()
        with self._lock:
            heapq.heappush(self._waiting[queue], (priority, next(self._numbers), ticket))
            self._hand_out(queue)
        while not ticket.woken.wait(LOOK_SECONDS):
            if give_up():
                with self._lock:
                    ticket.gone = not ticket.given
                break
        if not ticket.given:
            return False
        if give_up():  # while it waited
            self.give(queue)
            return False
        return True

    def give(self, queue: QueueName) -> None:
        """Give a slot back."""
        with self._lock:
            self._free[queue] += 1
            self._hand_out(queue)

    def _hand_out(self, queue: QueueName) -> None:
        waiting = self._waiting[queue]
        while self._free[queue] > 0 and waiting:
            _, _, ticket = heapq.heappop(waiting)
            if not ticket.gone:
                self._free[queue] -= 1
                ticket.given = True
                ticket.woken.set()

    @contextmanager
    def held(self, queue: QueueName, priority: int, give_up: Callable[[], bool]) -> Iterator[bool]:
        """Hold a slot inside; yields False when `give_up` said yes first."""
        taken = self.take(queue, priority, give_up)
        try:
            yield taken
        finally:
            if taken:
                self.give(queue)


class Reserved:
    """Slots a journey took for stages it started itself, and how many stages are being run."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._lock = Lock()
        self.working = 0

    def add(self, name: str) -> None:
        """Note that a slot is taken for this stage."""
        with self._lock:
            self._names.add(name)

    def claim(self, name: str) -> bool:
        """Whether a slot was taken for this stage; it is now the stage's to give back."""
        with self._lock:
            known = name in self._names
            self._names.discard(name)
            return known

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count a stage that is being run."""
        with self._lock:
            self.working += 1
        try:
            yield
        finally:
            with self._lock:
                self.working -= 1

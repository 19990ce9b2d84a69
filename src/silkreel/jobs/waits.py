"""Who waits in this process for which outcome; a neighbour tells at once, else the database."""

from collections.abc import Iterable
from concurrent.futures import Future
from threading import Lock

from silkreel.jobs.attempts import Attempt, attempt_of
from silkreel.jobs.engine import HandBack
from silkreel.jobs.stage_run import Outcome


class Waits:
    """Outcomes by the name of the work, and the work that is done in this process."""

    def __init__(self) -> None:
        self._futures: dict[str, Future[Outcome]] = {}
        self._here: set[str] = set()
        self._closed = False
        self._lock = Lock()

    def expect(self, name: str) -> Future[Outcome]:
        """The future outcome of a piece of work."""
        with self._lock:
            if self._closed:
                raise HandBack
            return self._futures.setdefault(name, Future())

    def deliver(self, name: str, outcome: Outcome) -> None:
        """Give an outcome to whoever waits for it."""
        with self._lock:
            future = self._futures.pop(name, None)
        if future is not None:
            future.set_result(outcome)

    def begin_here(self, name: str) -> None:
        """Note that this process does the work itself."""
        with self._lock:
            self._here.add(name)

    def end_here(self, name: str) -> None:
        """Note that this process does it no longer."""
        with self._lock:
            self._here.discard(name)

    @property
    def here(self) -> set[str]:
        """Work under way in this process."""
        with self._lock:
            return set(self._here)

    @property
    def elsewhere(self) -> list[str]:
        """Work somebody here waits for that this process does not do."""
        with self._lock:
            return sorted(self._futures.keys() - self._here)

    def hand_back(self, names: Iterable[str]) -> None:
        """Let those who wait for these put their own work down."""
        with self._lock:
            futures = [self._futures.pop(name, None) for name in names]
        for future in futures:
            if future is not None:
                future.set_exception(HandBack())

    def hand_back_all_of(self, attempt: Attempt) -> None:
        """Let everybody put their work down who waits for something of an attempt."""
        with self._lock:
            names = [name for name in self._futures if attempt_of(name) == attempt]
        self.hand_back(names)

    def close(self) -> None:
        """Let everybody put their work down, now and from now on."""
        with self._lock:
            self._closed = True
            names = list(self._futures)
        self.hand_back(names)

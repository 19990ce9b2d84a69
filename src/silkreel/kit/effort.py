"""CPU seconds that machine skills and codecs burn, counted by name while they work.

The whole pipeline's CPU time is held against this sum: what lies between is our own overhead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class Effort:
    """CPU seconds by engine or codec name."""

    cpu_seconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str, cpu_seconds: float) -> None:
        """Count work done under `name`."""
        with self._lock:
            self.cpu_seconds[name] = self.cpu_seconds.get(name, 0.0) + cpu_seconds


_current: ContextVar[Effort | None] = ContextVar("effort", default=None)


def spend(name: str, cpu_seconds: float) -> None:
    """Count work on whoever is measuring now; outside a measurement nothing happens."""
    effort = _current.get()
    if effort is not None:
        effort.add(name, cpu_seconds)


@contextmanager
def measuring() -> Iterator[Effort]:
    """Collect every `spend` inside."""
    effort = Effort()
    token = _current.set(effort)
    try:
        yield effort
    finally:
        _current.reset(token)

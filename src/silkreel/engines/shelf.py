"""Engines of this process: opened once, lent to one user at a time, closed together."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from silkreel.engines.contracts import EngineCard, EngineMissing
from silkreel.engines.registry import Skill, open_engine
from silkreel.kit.settings import Settings


@dataclass(slots=True)
class _Drawer:
    """All copies of one engine."""

    first: Any = None
    idle: list[Any] = field(default_factory=list)
    lent: int = 0
    card: EngineCard | None = None


class EngineShelf:
    """Lends engines by skill and name; each copy serves one user at a time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._drawers: dict[tuple[Skill, str], _Drawer] = {}
        self._changed = threading.Condition()

    @contextmanager
    def lend(self, skill: Skill, name: str) -> Iterator[Any]:
        """An engine for the time of the block; waits while all allowed copies are lent.

        Raises:
            EngineMissing: it cannot run here.
        """
        engine = self._take(skill, name)
        try:
            yield engine
        finally:
            with self._changed:
                drawer = self._drawers[skill, name]
                drawer.lent -= 1
                drawer.idle.append(engine)
                self._changed.notify_all()

    def available(
        self, skill: Skill, names: Sequence[str]
    ) -> tuple[list[str], list[EngineMissing]]:
        """Names that can run here, in the order given, and why the others cannot."""
        here, missing = [], []
        for name in names:
            try:
                self.card(skill, name)
            except EngineMissing as refusal:
                missing.append(refusal)
            else:
                here.append(name)
        return here, missing

    def card(self, skill: Skill, name: str) -> EngineCard:
        """The card of an engine.

        Raises:
            EngineMissing: it cannot run here.
        """
        with self._changed:
            drawer = self._drawers.setdefault((skill, name), _Drawer())
            if drawer.card is None:
                engine = open_engine(skill, name, self.settings)
                drawer.card, drawer.first = engine.card, engine
                drawer.idle.append(engine)
            return drawer.card

    def look_at(self, skill: Skill, name: str) -> Any:
        """An engine to ask what it can do, while others may be using it; never to work with.

        Raises:
            EngineMissing: it cannot run here.
        """
        self.card(skill, name)
        with self._changed:
            return self._drawers[skill, name].first

    def close(self) -> None:
        """Close every engine that is not lent."""
        with self._changed:
            engines = [engine for drawer in self._drawers.values() for engine in drawer.idle]
            self._drawers.clear()
        for engine in engines:
            engine.close()

    def _take(self, skill: Skill, name: str) -> Any:
        card = self.card(skill, name)
        with self._changed:
            drawer = self._drawers[skill, name]
            while not drawer.idle and drawer.lent >= max(card.workers_allowed, 1):
                self._changed.wait()
            drawer.lent += 1
            if drawer.idle:
                return drawer.idle.pop()
        try:
            return open_engine(skill, name, self.settings)
        except BaseException:
            with self._changed:
                drawer.lent -= 1
                self._changed.notify_all()
            raise

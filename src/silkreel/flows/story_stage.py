"""Players that stay open: a log is played again in a child that has its story loaded already."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from silkreel.kit.children import Child
from silkreel.kit.refusals import Refusal
from silkreel.story.compile import MEMORY_BYTES, WORKER
from silkreel.story.playing import ChildPlayer, StoryEndless, play_limits
from silkreel.story.replay import Playthrough

OPEN_STORIES = 3  # children of some 50 MB each; one more story closes the one silent for longest


@dataclass(slots=True)
class _Booth:
    """A child with a story loaded; one log at a time."""

    story: str
    known: tuple[str, ...]
    child: Child = field(default_factory=lambda: Child(WORKER, play_limits("bink")))
    loaded: bool = False
    lock: Any = field(default_factory=Lock)

    def replay(self, log: Sequence[str]) -> Playthrough:
        with self.lock:
            if not self.loaded:
                order = {"do": "open", "runtime": "bink", "memory_bytes": MEMORY_BYTES}
                self.child.ask({**order, "story": self.story})
                self.loaded = True
            try:
                return ChildPlayer(self.child, {}).replay(log, self.known)
            except Refusal:
                self.close()  # it may be gone, and the next one starts without a story
                raise

    def close(self) -> None:
        self.loaded = False
        with suppress(OSError):
            self.child.close()


class Stage:
    """Replays logs of the stories that are played now."""

    def __init__(self) -> None:
        self._booths: OrderedDict[str, _Booth] = OrderedDict()
        self._lock = Lock()

    def replay(
        self, digest: str, story: str, known: Sequence[str], log: Sequence[str]
    ) -> Playthrough:
        """A log of choices played again; once more where the child was not new, for it grows old.

        Raises:
            StoryEndless, StoryFault, StoryTooLong: the story does not come to a choice or an end.
        """
        booth = self._booth(digest, story, known)
        old = booth.loaded
        try:
            return booth.replay(log)
        except StoryEndless:
            if not old:
                raise
            return booth.replay(log)

    def close(self) -> None:
        """End every child."""
        with self._lock:
            booths, self._booths = list(self._booths.values()), OrderedDict()
        for booth in booths:
            with booth.lock:
                booth.close()

    def _booth(self, digest: str, story: str, known: Sequence[str]) -> _Booth:
        leaving: list[_Booth] = []
        with self._lock:
            booth = self._booths.get(digest)
            if booth is None:
                booth = self._booths[digest] = _Booth(story, tuple(known))
            self._booths.move_to_end(digest)
            while len(self._booths) > OPEN_STORIES:
                leaving.append(self._booths.popitem(last=False)[1])
        for each in leaving:
            with each.lock:
                each.close()
        return booth

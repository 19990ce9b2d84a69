"""The runtimes themselves, imported in the child only: native code plays foreign stories here."""

from collections.abc import Sequence
from typing import Any

from silkreel.story.ink_engines import Racer
from silkreel.story.players import ADVANCE_SECONDS, Pause, Runtime, RuntimePlayer


class InkjsRuntime:
    """inkjs in V8."""

    def __init__(self, story: str, memory_bytes: int) -> None:
        self._racer = Racer(memory_bytes)
        self._racer.call("open", story, seconds=ADVANCE_SECONDS)

    def restart(self) -> None:
        """Back to the beginning."""
        self._racer.call("restart", seconds=ADVANCE_SECONDS)

    def advance(self, line_limit: int) -> Pause:
        """On to the next choice."""
        told = self._racer.call("advance", line_limit, seconds=ADVANCE_SECONDS)
        return Pause(**told)

    def choose(self, index: int) -> None:
        """Take an option by its position."""
        self._racer.call("choose", index, seconds=ADVANCE_SECONDS)


class BinkRuntime:
    """bink, written in Rust; it has no time limit of its own, the child has."""

    def __init__(self, story: str) -> None:
        from bink.story import Story

        self._story = Story(story)

    def restart(self) -> None:
        """Back to the beginning."""
        self._story.reset_state()

    def advance(self, line_limit: int) -> Pause:
        """On to the next choice."""
        lines: list[tuple[str, Sequence[str]]] = []
        fault = None
        try:
            while self._story.can_continue() and len(lines) < line_limit:
                lines.append((self._story.cont(), list(self._story.tags)))
        except RuntimeError as problem:
            # It looks ahead: the line it had made is there, though it was not handed over.
            lines.append((self._story.current_text, list(self._story.tags)))
            fault = str(problem).rpartition("first issue was: ")[2]
        return Pause(lines, self._options(), fault is None and self._story.can_continue(), fault)

    def choose(self, index: int) -> None:
        """Take an option by its position."""
        self._story.choose_choice_index(index)

    def _options(self) -> list[tuple[str, Sequence[str]]]:
        options: Any = self._story.choices
        return [(options[n], list(options.get_tags(n))) for n in range(len(options))]


def open_player(runtime: str, story: str, memory_bytes: int) -> RuntimePlayer:
    """A player on the runtime of that name: bink or inkjs."""
    made: Runtime = BinkRuntime(story) if runtime == "bink" else InkjsRuntime(story, memory_bytes)
    return RuntimePlayer(made)

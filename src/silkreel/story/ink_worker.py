"""The child in which ink is compiled and played: foreign text runs here and nowhere else."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from silkreel.kit.children import Emit, Handler, Message, serve_parent
from silkreel.story.canon import Walk, canon_walk
from silkreel.story.ink_engines import COMPILERS
from silkreel.story.players import ADVANCE_SECONDS, Player, Stop
from silkreel.story.replay import Playthrough, replay
from silkreel.story.runtimes import open_player
from silkreel.story.walks import walk_once


class Desk:
    """Answers requests; the story opened last stays open."""

    def __init__(self) -> None:
        self._player: Player | None = None

    def answer(self, request: Message, emit: Emit) -> Message:
        """Do what is asked: `compile`, `open`, `restart`, `choose`, `canon`, `replay`, `walks`."""
        value = request.value
        match value["do"]:
            case "compile":
                compiler = COMPILERS[value["engine"]]
                made = compiler(
                    value["entry"], value["files"], value["seconds"], value["memory_bytes"]
                )
                return Message(made)
            case "open":
                self._player = open_player(value["runtime"], value["story"], value["memory_bytes"])
                return Message({})
            case "canon":
                return Message(asdict(self._canon(value)))
            case "replay":
                return Message(asdict(self._replay(value)))
            case "walks":
                return Message({"walks": list(self._walks(value, emit))})
        return Message(asdict(self._play(value)))

    def _play(self, value: dict[str, Any]) -> Stop:
        assert self._player is not None, "open a story first"
        with within_cpu_seconds(ADVANCE_SECONDS):
            if value["do"] == "restart":
                return self._player.restart()
            return self._player.choose(value["option"])

    def _canon(self, value: dict[str, Any]) -> Walk:
        assert self._player is not None, "open a story first"
        with within_cpu_seconds(ADVANCE_SECONDS):
            return canon_walk(self._player, game_only=frozenset(value["game_only"]))

    def _replay(self, value: dict[str, Any]) -> Playthrough:
        assert self._player is not None, "open a story first"
        with within_cpu_seconds(ADVANCE_SECONDS):
            return replay(self._player, value["log"], value["known"])

    def _walks(self, value: dict[str, Any], emit: Emit) -> Iterator[dict[str, Any]]:
        assert self._player is not None, "open a story first"
        used = dict(value["used"])
        for number in range(value["first"], value["first"] + value["count"]):
            with within_cpu_seconds(ADVANCE_SECONDS):
                walk = walk_once(self._player, seed=value["seed"], number=number, used=used)
            emit(Message({"walked": number}))
            yield {"log": list(walk.choices), "ids": list(walk.ids)}


@contextmanager
def within_cpu_seconds(seconds: float) -> Iterator[None]:
    """Die by SIGPROF when the inside computes for longer: native code hears nothing gentler."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def handler() -> Handler:
    """A desk's answer, for the child's loop."""
    return Desk().answer


if __name__ == "__main__":
    serve_parent(handler())

"""Play a compiled story in a child: whatever the story does, the caller gets an answer in time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from silkreel.kit.children import Child, ChildCrashed, ChildTooSlow, Limits
from silkreel.kit.refusals import Refusal
from silkreel.story.canon import Walk
from silkreel.story.compile import MEMORY_BYTES, WORDS_BYTES, WORKER
from silkreel.story.inkjs import EngineGaveUp
from silkreel.story.players import (
    NotOffered,
    Option,
    OptionWithoutId,
    Shown,
    Stop,
    StoryFault,
    StoryTooLong,
)
from silkreel.story.project import Story
from silkreel.story.replay import Divergence, Playthrough
from silkreel.story.script import At

RuntimeName = Literal["bink", "inkjs"]
WALL_SECONDS = 60.0  # for one answer on a machine that is busy; computing itself is bounded to 5
CPU_SECONDS = 900  # of one child: some thousands of walks

Places = Mapping[str, At]


class StoryEndless(Refusal):
    """The story computes without showing a line, or eats all memory."""

    status = 422
    message = (
        "{place} the story runs on without showing a line or asking anything; look for a divert or a "
        "function that comes back to itself (`silkreel story check` names it)."
    )


@dataclass(slots=True)
class ChildPlayer:
    """A player whose runtime lives in a child."""

    child: Child
    places: Places
    after: str = ""

    def restart(self) -> Stop:
        """From the beginning to the first choice."""
        self.after = ""
        return self._go({"do": "restart"})

    def choose(self, option_id: str) -> Stop:
        """Take an option and go on to the next choice."""
        return self._go({"do": "choose", "option": option_id}, taken=option_id)

    def canon(self, game_only: Collection[str] = ()) -> Walk:
        """The canon walk, walked in the child: a whole work in one question."""
        told = self._ask({"do": "canon", "game_only": sorted(game_only)})
        return Walk(tuple(told["ids"]), tuple(told["choices"]))

    def replay(self, log: Sequence[str], known: Collection[str] | None = None) -> Playthrough:
        """A log played again in the child, and the player left at its end; see `replay.replay`."""
        ids = None if known is None else sorted(known)
        told = self._ask({"do": "replay", "log": list(log), "known": ids})
        stop = _stop(told)
        self.after = next(iter(reversed(told["log"])), "")
        divergences = tuple(Divergence(**each) for each in told["divergences"])
        return Playthrough(stop.lines, stop.options, tuple(told["log"]), divergences, told["asked"])

    def walks(self, seed: int, first: int, count: int, used: dict[str, int]) -> tuple[Walk, ...]:
        """Seeded walks, numbered from `first`; `used` counts options earlier walks took."""
        order = {"do": "walks", "seed": seed, "first": first, "count": count, "used": used}
        told = self._ask(order)["walks"]
        return tuple(Walk(tuple(each["ids"]), tuple(each["log"])) for each in told)

    def _go(self, order: dict[str, Any], taken: str = "") -> Stop:
        told = self._ask(order, taken)
        stop = _stop(told)
        self.after = next((x.id for x in reversed(stop.lines) if x.id), taken or self.after)
        return stop

    def _ask(self, order: dict[str, Any], taken: str = "") -> dict[str, Any]:
        try:
            return self.child.ask(order).value
        except (ChildTooSlow, ChildCrashed, EngineGaveUp) as refusal:
            raise StoryEndless(place=_after(taken or self.after, self.places)) from refusal
        except (StoryFault, StoryTooLong, OptionWithoutId, NotOffered) as refusal:
            raise self._with_place(refusal) from None

    def _with_place(self, refusal: Refusal) -> Refusal:
        """The same no, with file and line beside the id."""
        after = str(refusal.values["after"])
        at = self.places.get(after)
        told = after if at is None else f"{after} ({at})"
        return type(refusal)(**{**refusal.values, "after": told})


@contextmanager
def open_play(
    story: str, places: Places | None = None, runtime: RuntimeName = "bink"
) -> Iterator[ChildPlayer]:
    """A player of a compiled story, at no place yet: `restart` it.

    Args:
        story: what `Compilation.json` gave.
        places: file and line by id, for what has to be said about the story.
        runtime: bink is the faster one, inkjs the one the web plays with.

    Raises:
        StoryEndless: from the player, when the story hangs; the child is gone then.
    """
    with Child(WORKER, play_limits(runtime)) as child:
        order = {"do": "open", "runtime": runtime, "story": story, "memory_bytes": MEMORY_BYTES}
        child.ask(order)
        yield ChildPlayer(child, places or {})


def places_of(story: Story) -> dict[str, At]:
    """File and line of every id."""
    return {line.id: line.at for line in story.lines if line.id is not None}


def media_of(story: Story) -> dict[str, str]:
    """Lines that exist in one medium only, and which: by their own tag, their scene's or episode's."""
    return {
        line_id: only
        for placed in story.walk()
        if (line_id := getattr(placed.node, "id", None)) is not None
        and (only := placed.inherited("only")) is not None
    }


def game_only_of(story: Story) -> frozenset[str]:
    """Ids the series does not show."""
    return frozenset(line_id for line_id, only in media_of(story).items() if only == "game")


def not_in_game_of(story: Story) -> frozenset[str]:
    """Ids the game does not show: they play on, unseen, so that the story is one."""
    return frozenset(line_id for line_id, only in media_of(story).items() if only != "game")


def play_limits(runtime: RuntimeName) -> Limits:
    """What a playing child may use; V8 bounds its own memory."""
    return Limits(
        address_space_bytes=MEMORY_BYTES if runtime == "bink" else None,
        cpu_seconds=CPU_SECONDS, wall_seconds=CPU_SECONDS,
        silence_seconds=WALL_SECONDS, file_size_bytes=WORDS_BYTES,
    )  # fmt: skip


def _after(line_id: str, places: Places) -> str:
    if not line_id:
        first = min(places.values(), default=None)
        return "At the beginning" if first is None else f"{first.file}:1: at the beginning"
    at = places.get(line_id)
    return f"After {line_id}" if at is None else f"{at}: after {line_id}"


def _stop(told: dict[str, Any]) -> Stop:
    lines = (Shown(each["text"], tuple(each["tags"])) for each in told["lines"])
    options = (Option(each["id"], each["text"], tuple(each["tags"])) for each in told["options"])
    return Stop(tuple(lines), tuple(options))

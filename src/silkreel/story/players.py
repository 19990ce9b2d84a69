"""Two runtimes that play compiled ink by ids: inkjs in V8, and bink, which is the faster.

What a reader sees is told by id: a story is played by choosing option ids, never positions, so that
a log of choices outlives every edit that keeps its ids. Both runtimes run in the child only; a
parent plays through `playing.ChildPlayer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from silkreel.kit.refusals import Refusal

MOST_LINES = 10_000  # in one playthrough; a work of 80 episodes shows some 5,000
MOST_CHOICES = 1_000  # in one playthrough; a work of 80 episodes asks some 160
ADVANCE_SECONDS = 5.0  # of computing between two choices; a whole work takes a tenth of one
FAULT_LENGTH = 200

Tags = tuple[str, ...]


class StoryTooLong(Refusal):
    """A playthrough went over the caps."""

    status = 422
    message = (
        "After {after} the story had shown {lines} lines and asked {choices} choices without an end; "
        "look for a loop that shows lines (`silkreel story check` names those that show none)."
    )


class StoryFault(Refusal):
    """The story runs into something that cannot be played."""

    status = 422
    message = "After {after} the story cannot go on: {problem}"


class NotOffered(Refusal):
    """That option is not on offer here."""

    status = 409
    message = "{option} is not on offer after {after}; choose one of {options}."


class OptionWithoutId(Refusal):
    """An option nobody could choose."""

    status = 422
    message = "The option “{text}” after {after} has no id; run `silkreel story stamp`."


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as a runtime shows it."""

    text: str
    tags: Tags = ()

    @property
    def id(self) -> str | None:
        """Its line id."""
        return tag_of(self.tags, "id")


@dataclass(frozen=True, slots=True)
class Option:
    """A choice on offer."""

    id: str
    text: str
    tags: Tags = ()

    @property
    def canon(self) -> bool:
        """Whether the series goes this way."""
        return tag_of(self.tags, "canon") is not None

    @property
    def price_coins(self) -> int:
        """What the writer suggests it costs."""
        told = tag_of(self.tags, "price") or ""
        return int(told) if told.isascii() and told.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Stop:
    """Lines since the last choice, and what is on offer now; nothing on offer is the end."""

    lines: tuple[Shown, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the story is over."""
        return not self.options


class Player(Protocol):
    """Plays one story; a log of option ids always leads to the same place."""

    def restart(self) -> Stop:
        """From the beginning to the first choice."""

    def choose(self, option_id: str) -> Stop:
        """Take an option and go on to the next choice.

        Raises:
            NotOffered: that option is not on offer now.
            StoryTooLong, StoryFault: the story does not come to a choice or an end.
        """


class Runtime(Protocol):
    """A machine for compiled ink, by positions, in this process."""

    def restart(self) -> None:
        """Back to the beginning."""

    def advance(self, line_limit: int) -> "Pause":
        """On to the next choice, or until so many lines are shown."""

    def choose(self, index: int) -> None:
        """Take an option by its position."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What a runtime shows, as it came: texts with their tags."""

    lines: Sequence[tuple[str, Sequence[str]]]
    options: Sequence[tuple[str, Sequence[str]]]
    more: bool
    fault: str | None


class RuntimePlayer:
    """A player over a runtime: ids for positions, trimmed tags, and caps."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._after = "the beginning"
        self._lines = self._choices = 0
        self._options: tuple[Option, ...] = ()

    def restart(self) -> Stop:
        """From the beginning to the first choice."""
        self._after = "the beginning"
        self._lines = self._choices = 0
        self._runtime.restart()
        return self._advance()

    def choose(self, option_id: str) -> Stop:
        """Take an option and go on to the next choice."""
        offered = [option.id for option in self._options]
        if option_id not in offered:
            told = ", ".join(offered) or "nothing: the story is over"
            raise NotOffered(option=option_id, after=self._after, options=told)
        self._choices += 1
        self._after = option_id
        self._runtime.choose(offered.index(option_id))
        return self._advance()

    def _advance(self) -> Stop:
        pause = self._runtime.advance(MOST_LINES - self._lines)
        shown = (Shown(text.strip(), _trimmed(tags)) for text, tags in pause.lines)
        lines = tuple(line for line in shown if line.text)
        self._lines += len(pause.lines)
        self._after = next((line.id for line in reversed(lines) if line.id), self._after)
        if pause.fault is not None:
            raise StoryFault(after=self._after, problem=pause.fault[:FAULT_LENGTH])
        if pause.more or self._choices > MOST_CHOICES:
            raise StoryTooLong(after=self._after, lines=self._lines, choices=self._choices)
        self._options = tuple(self._option(text, tags) for text, tags in pause.options)
        return Stop(lines, self._options)

    def _option(self, text: str, tags: Sequence[str]) -> Option:
        trimmed = _trimmed(tags)
        option_id = tag_of(trimmed, "id")
        if option_id is None:
            raise OptionWithoutId(text=text[:80], after=self._after)
        return Option(option_id, text.strip(), trimmed)


def tag_of(tags: Tags, name: str) -> str | None:
    """The value of the last tag of that name: empty for a bare tag, None where there is none.

    The last, because tags of a knot and its stitch arrive before those of the first line.
    """
    for tag in reversed(tags):
        head, _, value = tag.partition(":")
        if head.strip() == name:
            return value.strip()
    return None


def _trimmed(tags: Sequence[str]) -> Tags:
    return tuple(tag.strip() for tag in tags)

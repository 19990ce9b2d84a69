"""The canon walk: the one way through the compiled story that the plain series takes.

At each set of choices it takes the option tagged `#canon`, else the only one there is, else it
refuses. Lines only the game shows are left out. The walk is the order of everything linear: print,
shot lists, dub sheets, subtitles, and how far a viewer has come.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from silkreel.kit.refusals import Refusal

MOST_CHOICES = 1000  # a work of 80 episodes asks some 160


class OffersOption(Protocol):
    """An option of a player, as far as the walk looks at it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def canon(self) -> bool:
        """Whether the series goes this way."""


class ShowsLine(Protocol):
    """A line of a player."""

    @property
    def id(self) -> str | None:
        """Its id."""


class Halt(Protocol):
    """Where a player stops: lines shown since, options on offer; no option is the end."""

    @property
    def lines(self) -> Sequence[ShowsLine]:
        """Lines since the last choice."""

    @property
    def options(self) -> Sequence[OffersOption]:
        """What is on offer."""


class Plays(Protocol):
    """A player of the compiled story."""

    def restart(self) -> Halt:
        """From the beginning to the first choice."""

    def choose(self, option_id: str, /) -> Halt:
        """Take an option and go on to the next choice."""


class NoCanon(Refusal):
    """The walk meets choices and none is the series' own."""

    status = 422
    message = "The series does not know which way to go after {after}: tag one of {options} #canon."


class CanonLoops(Refusal):
    """The canon way never ends."""

    status = 422
    message = "The canon way meets {choices} choices without an end; let one of them lead on."


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through the story."""

    ids: tuple[str, ...]  # lines and taken options, in the order met
    choices: tuple[str, ...] = ()  # the options taken


def canon_walk(player: Plays, *, game_only: Collection[str] = ()) -> Walk:
    """The canon way; `game_only` are ids of lines the series does not show.

    Raises:
        NoCanon: a set of choices has no canon option.
        CanonLoops: the way does not end.
    """
    ids: list[str] = []
    taken: list[str] = []
    halt = player.restart()
    while True:
        ids += [line.id for line in halt.lines if line.id and line.id not in game_only]
        if not halt.options:
            return Walk(tuple(ids), tuple(taken))
        if len(taken) >= MOST_CHOICES:
            raise CanonLoops(choices=len(taken))
        option = _canon_option(halt.options, after=ids[-1] if ids else "the beginning")
        ids.append(option.id)
        taken.append(option.id)
        halt = player.choose(option.id)


def canon_questions(player: Plays) -> tuple[tuple[str, ...], ...]:
    """What the story asks on the canon way: the options on offer at each choice, in order.

    Conditions are computed: an option that only another way opens is not among them.

    Raises:
        NoCanon: a set of choices has no canon option.
        CanonLoops: the way does not end.
    """
    asked: list[tuple[str, ...]] = []
    halt = player.restart()
    while halt.options:
        if len(asked) >= MOST_CHOICES:
            raise CanonLoops(choices=len(asked))
        asked.append(tuple(option.id for option in halt.options))
        halt = player.choose(_canon_option(halt.options, after=asked[-1][0]).id)
    return tuple(asked)


def _canon_option(options: Sequence[OffersOption], *, after: str) -> OffersOption:
    canon = [option for option in options if option.canon] or list(options)
    if len(canon) != 1:
        raise NoCanon(after=after, options=", ".join(option.id for option in options))
    return canon[0]

"""Saves are logs of choices, played again on the server; they outlive every edit that keeps ids.

Ink's own saved state does not: loaded into an edited story it repeats lines and takes other branches
(inkle/ink#118, #310, #670).
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words
from silkreel.story.players import Option, Player, Shown, Stop

MOST_LOGGED = 1_000  # choices in a save; more is no save

Detour = Literal["gone", "elsewhere", "new"]
SENTENCES: dict[Detour, str] = {
    "gone": "A choice you made is no longer in the story; from there it went on as the series does.",
    "elsewhere": "A choice you made is no longer offered here; it went on as the series does.",
    "new": "The story asks something new on your way; it was answered as the series does.",
}


class BadSave(Refusal):
    """Something that is no save."""

    status = 422
    message = "This is no save of a game; begin anew, or take the file `silkreel story play` wrote."


@dataclass(frozen=True, slots=True)
class Save:
    """A place in a game: the version it was played on, and the options taken."""

    digest: str
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where a replay could not do as the log says."""

    kind: Detour
    logged: str  # the option of the log; empty where the story asks something new
    taken: str  # the option taken in its place; empty where the reader is asked again

    def sentence(self) -> str:
        """What to tell the reader."""
        return words(SENTENCES[self.kind])


@dataclass(frozen=True, slots=True)
class Playthrough:
    """A log played again: what was shown, what is on offer now, and the log that leads here."""

    lines: tuple[Shown, ...]
    options: tuple[Option, ...]
    log: tuple[str, ...]
    divergences: tuple[Divergence, ...] = ()
    asked: int = 0  # how many of the lines were shown before the last option was taken

    @property
    def last(self) -> str | None:
        """What was met last: a line, or the option after which there was none."""
        if len(self.lines) > self.asked:
            return self.lines[-1].id
        return self.log[-1] if self.log else None

    @property
    def ended(self) -> bool:
        """Whether the story is over."""
        return not self.options

    @property
    def diverged_at(self) -> str | None:
        """The first logged option that could not be taken, or the first one taken unasked."""
        first = next(iter(self.divergences), None)
        return None if first is None else first.logged or first.taken


def replay(player: Player, log: Sequence[str], known: Collection[str] | None = None) -> Playthrough:
    """Play a log again.

    Where the story asks what the log does not answer, the canon option is taken as long as a later
    choice of the log is met again; where none is, the reader is asked again at that choice.

    Args:
        player: a player of the version to play on.
        log: options as they were taken on this or an older version.
        known: every id of the version, to tell a choice that is gone from one that is elsewhere.

    Raises:
        StoryTooLong, StoryFault, StoryEndless: the player's.
    """
    path = _Path(player, known)
    waiting = list(log)
    while waiting and not path.stop.ended:
        offered = [option.id for option in path.stop.options]
        met = next((n for n, each in enumerate(waiting) if each in offered), None)
        if met is not None:
            path.skip(waiting[:met])
            path.take(waiting[met])
            del waiting[: met + 1]
        elif not path.detour(waiting):
            break
    path.back_to_sure_ground(waiting)
    return path.playthrough()


class _Path:
    """A replay under way: the sure ground behind the last choice of the log, and a detour from it."""

    def __init__(self, player: Player, known: Collection[str] | None) -> None:
        self._player = player
        self._known = None if known is None else frozenset(known)
        self._sure: list[str] = []
        self._detour: list[str] = []
        self._divergences: list[Divergence] = []
        self._pending: list[Divergence] = []
        self._begin()

    def _begin(self) -> None:
        self.stop: Stop = self._player.restart()
        self._lines = list(self.stop.lines)
        self._asked = 0

    def take(self, option_id: str) -> None:
        """Take an option of the log: everything up to here is sure."""
        self._go(option_id)
        self._sure += [*self._detour, option_id]
        self._divergences += self._pending
        self._detour, self._pending = [], []

    def skip(self, gone: Sequence[str]) -> None:
        """Choices of the log that were not met before the next one was."""
        told = {each.logged for each in self._pending}
        for logged in gone:
            if logged not in told:
                self._pending.append(Divergence(self._kind(logged), logged, self._answered_for()))

    def _answered_for(self) -> str:
        """The option a detour took where nothing was known to be missing: it stood for this one."""
        unasked = next((each for each in self._pending if not each.logged), None)
        if unasked is None:
            return ""
        self._pending.remove(unasked)
        return unasked.taken

    def detour(self, waiting: Sequence[str]) -> bool:
        """Take the canon option in place of what the log says; False where none is told."""
        marked = [option for option in self.stop.options if option.canon]
        followed = marked or list(self.stop.options)
        if len(followed) != 1:
            return False
        option = followed[0]
        told = {each.logged for each in self._pending}
        lost = waiting[0] if waiting[0] not in told and self._kind(waiting[0]) == "gone" else ""
        kind: Detour = "gone" if lost else "new"
        self._pending.append(Divergence(kind, lost, option.id))
        self._detour.append(option.id)
        self._go(option.id)
        return True

    def back_to_sure_ground(self, left: Sequence[str]) -> None:
        """Give up a detour that met nothing of the log again: the reader is asked there."""
        if not left:
            return
        self._divergences.append(Divergence(self._kind(left[0]), left[0], ""))
        if self._detour:
            self._begin()
            for option_id in self._sure:
                self._go(option_id)

    def playthrough(self) -> Playthrough:
        """Where the replay has come to."""
        return Playthrough(
            tuple(self._lines), self.stop.options, tuple(self._sure), tuple(self._divergences),
            self._asked,
        )  # fmt: skip

    def _go(self, option_id: str) -> None:
        self.stop = self._player.choose(option_id)
        self._asked = len(self._lines)
        self._lines += self.stop.lines

    def _kind(self, option_id: str) -> Detour:
        return "gone" if self._known is None or option_id not in self._known else "elsewhere"


def digest_of(texts: Mapping[str, str]) -> str:
    """The name of a version: the same for the same files with the same names."""
    told = hashlib.sha256()
    for name, text in sorted(texts.items()):
        for part in (name, text):
            content = part.encode()
            told.update(len(content).to_bytes(8, "big") + content)
    return told.hexdigest()


def save_to_json(save: Save) -> str:
    """A save as a file."""
    return json.dumps({"version": save.digest, "log": list(save.log)}, ensure_ascii=False)


def save_from_json(text: str) -> Save:
    """A save from a file or from a client, which is trusted with nothing but ids.

    Raises:
        BadSave: it is none, or longer than any play.
    """
    try:
        told = json.loads(text)
        digest, log = told["version"], told["log"]
    except (ValueError, KeyError, TypeError):
        raise BadSave from None
    ids = isinstance(log, list) and all(isinstance(each, str) for each in log)
    if not ids or not isinstance(digest, str) or len(log) > MOST_LOGGED:
        raise BadSave
    return Save(digest, tuple(log))

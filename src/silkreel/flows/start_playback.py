"""A viewer presses play: may they, and what do they get? One decision, one bundle.

A decision stands on rows. Where the database can say that nobody has written since (SQLite), the
last decision still stands; else the rows are read anew. Bundles are remembered under all the rows
they were composed from. So a changed row is never answered from memory.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from silkreel.catalogue.browse import (
    AUDIO,
    ORIGINAL,
    SUBTITLES,
    VIDEO,
    NotShown,
    language_of,
    open_door,
)
from silkreel.flows.playback_bundle import (
    Address,
    Bundle,
    Choices,
    Shown,
    ShownTrack,
    compose_bundle,
)
from silkreel.flows.playback_rows import NotReady, PlayFacts, Row, read_facts
from silkreel.kit.data_version import DataVersion
from silkreel.kit.database import Database
from silkreel.kit.languages import best_language

REMEMBERED_BUNDLES = 1024  # of some 15 KB each
REMEMBERED_DECISIONS = 4096  # a few KB each, mostly shared

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for what: their market, and languages they would like, best first."""

    market: str
    languages: tuple[str, ...] = ()
    audio: str | None = None  # a tag, or "original"


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes: from these rows, these renditions, beginning with these tracks."""

    facts: PlayFacts
    shown: Shown
    choices: Choices


class Remembered(Generic[Made]):
    """Values made before, by all that went into them; the least recently used goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[object, Made] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object, make: Callable[[], Made]) -> Made:
        """The value under `key`, made now if it is not there."""
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
                return known
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return made


class Shelf:
    """What was decided and composed before, and whether anybody has written since."""

    def __init__(self, database: Database) -> None:
        self.version = DataVersion(database)
        self.decisions: Remembered[Decision] = Remembered(REMEMBERED_DECISIONS)
        self.bundles: Remembered[Bundle] = Remembered(REMEMBERED_BUNDLES)


def start_playback(
    database: Database,
    episode_id: str,
    wish: Wish,
    address: Callable[[str, str], Address],
    shelf: Shelf,
) -> Bundle:
    """Decide whether a viewer may play an episode, and hand over all that a player needs.

    `address` signs the way to an asset for a market.

    Raises:
        NotShown: there is no such episode, or none for this market.
        NotReady: it is released but not packaged.
    """
    decision = _decide(database, episode_id, wish, shelf)
    where = address(decision.facts.episode.asset, wish.market)
    reader = wish.languages[:1]

    def compose() -> Bundle:
        with database.reading() as tx:
            return compose_bundle(
                tx, decision.facts, decision.shown, decision.choices, where=where, reader=reader
            )

    return shelf.bundles.get((decision.facts.key, decision.choices, where, reader), compose)


def _decide(database: Database, episode_id: str, wish: Wish, shelf: Shelf) -> Decision:
    """The decision from the rows as they are now.

    The version is read before the rows: a commit in between makes the next reader look again.
    Noes are not remembered, for time alone can open a door. Time closes none.
    """

    def decide() -> Decision:
        with database.reading() as tx:
            facts = read_facts(tx, episode_id, wish.market)
        shown = _shown(facts, wish.market)
        return Decision(facts, shown, _choose(shown, facts.episode.source_language, wish))

    version = shelf.version.read()
    if version is None:
        return decide()
    return shelf.decisions.get((version, episode_id, wish), decide)


@dataclass(frozen=True, slots=True)
class _Release:
    market: str
    languages: Sequence[str]
    drafts_allowed: bool
    released_at: datetime
    withdrawn_at: datetime | None


def _shown(facts: PlayFacts, market: str) -> Shown:
    door = open_door(map(_release, facts.releases), market)
    if door is None:
        raise NotShown
    pictures = tuple(r for r in facts.renditions if r.kind == VIDEO)
    if not pictures:
        raise NotReady
    tracks: dict[str, list[ShownTrack]] = {AUDIO: [], SUBTITLES: []}
    for row in facts.renditions:
        language = language_of(row.language, facts.episode.source_language)
        edition = row if row.made_as is not None else None
        if row.kind in tracks and door.lets_through(language, edition):
            tracks[row.kind].append((row, language))
    for each in tracks.values():  # the original first, as people look for it there
        each.sort(key=lambda track: track[1] != facts.episode.source_language)
    return Shown(pictures, tuple(tracks[AUDIO]), tuple(tracks[SUBTITLES]))


def _release(row: Row) -> _Release:
    return _Release(
        row.market, json.loads(row.languages), row.drafts_allowed, row.released_at, row.withdrawn_at
    )


def _choose(shown: Shown, source_language: str, wish: Wish) -> Choices:
    """The wished voice, else the viewer's language, else the original with subtitles."""
    heard = {language: row.id for row, language in shown.sounds}
    asked = source_language if wish.audio == ORIGINAL else wish.audio
    wishes = [w for w in (asked, *wish.languages, source_language) if w]
    audio = best_language(list(heard), wishes) or next(iter(heard), None)
    reader = wish.languages[0] if wish.languages else None
    read = {language: row.id for row, language in shown.subtitles}
    understood = audio is not None and reader is not None and best_language([audio], [reader])
    text = best_language(list(read), wish.languages) if not understood else None
    return Choices(heard.get(audio or ""), read.get(text or ""))

"""What is known of a story as it stands: compiled, played and checked once for each state of its files."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from silkreel.story.checking import check, look_into
from silkreel.story.compile import Compilation, compile_ink, ink_of
from silkreel.story.desk.saving import paths_of, place_of
from silkreel.story.findings import Finding
from silkreel.story.lints.evidence import Evidence, Outside
from silkreel.story.playing import open_play, places_of
from silkreel.story.project import Story, open_story
from silkreel.story.provenance import RECORD_FILE
from silkreel.story.walks import every_option

_BESIDE = ("ids.lock", RECORD_FILE)  # what the checks read and nobody edits
MOST_KEPT = 8  # stories somebody is at; each takes a few megabytes
MOST_AT_ONCE = 2  # children that compile; a machine at home has two cores
SHORT_WALKS = 40
Beyond = Callable[[Story], Outside]  # tells what the home knows that a story's folder does not say


@dataclass(frozen=True)
class Look:
    """A story in one state of its files, and of what was known beyond them."""

    digest: str
    evidence: Evidence
    findings: tuple[Finding, ...]

    @cached_property
    def compiled(self) -> Compilation:
        """The story compiled."""
        return compile_ink(ink_of(self.evidence.story))

    @cached_property
    def ways(self) -> Mapping[str, tuple[str, ...]]:
        """Options that lead to each line, by a short way.

        Raises:
            StoryTooLong, StoryFault, StoryEndless, InkRefused: it cannot be played.
        """
        with open_play(self.compiled.json(), places_of(self.evidence.story)) as player:
            return every_option(player, SHORT_WALKS).witnesses


class Looks:
    """Keeps the last few looks, so that one save is compiled once for all who watch."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Look] = OrderedDict()
        self._lock = threading.Lock()
        self._children = threading.BoundedSemaphore(MOST_AT_ONCE)

    def at(self, folder: Path, beyond: Beyond | None = None) -> Look:
        """A story as it stands now.

        Without `beyond` nobody looks further than the folder, or than somebody did before. With it
        the checks run again where the home knows something new.

        Raises:
            NoStory, BadStoryFile, InkTooBig: a file of it cannot be read.
        """
        digest = digest_of(folder)
        look = self._kept_as(digest)
        if look is None:
            with self._children:
                story = open_story(folder)
                outside = beyond(story) if beyond is not None else None
                return self._keep(digest, look_into(story, outside=outside))
        outside = beyond(look.evidence.story) if beyond is not None else look.evidence.outside
        if outside == look.evidence.outside:
            return look
        return self._keep(digest, replace(look.evidence, outside=outside))

    def _kept_as(self, digest: str) -> Look | None:
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
            return self._kept.get(digest)

    def _keep(self, digest: str, evidence: Evidence) -> Look:
        look = Look(digest, evidence, check(evidence))
        with self._lock:
            self._kept[digest] = look
            self._kept.move_to_end(digest)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return look


def digest_of(folder: Path) -> str:
    """The name of a story's state: over the paths and bytes of all its files."""
    digest = sha256(folder.name.encode())
    for path in (*paths_of(folder), *_BESIDE):
        place = folder / path if path in _BESIDE else place_of(folder, path)
        content = place.read_bytes() if place.is_file() else b""
        digest.update(f"\0{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

"""How much of a game somebody has seen: found by playing their log again, told in numbers only."""

from collections import Counter
from dataclasses import dataclass

from silkreel.audience.seen import Met, met_by, note_met
from silkreel.flows.play_story import Resumed
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.story.published import GameMap, Published


class NotCounted(Refusal):
    """The story was published before its scenes were counted."""

    status = 404
    message = (
        "Nobody counted the scenes of this story when it was published; `silkreel story publish` "
        "counts them."
    )


@dataclass(frozen=True, slots=True)
class EpisodeSeen:
    """How many scenes of an episode the game has, and how many of them somebody has seen."""

    number: int
    scenes_seen: int
    scenes_total: int


@dataclass(frozen=True, slots=True)
class Seen:
    """How much there is of a game, and how much of it somebody has seen. It names nothing."""

    scenes_seen: int
    scenes_total: int
    endings_seen: int
    endings_total: int
    episodes: tuple[EpisodeSeen, ...]


def seen_by(tx: Session, version: Published, viewer_id: str | None) -> Seen:
    """How much a viewer has seen of a version, in whichever version they saw it.

    Raises:
        NotCounted: nobody knows how much there is.
    """
    known = met_by(tx, viewer_id, version.work_id) if viewer_id is not None else Met()
    return seen_of(version, known)


def seen_of(version: Published, met: Met) -> Seen:
    """How much of a version those lines show.

    Raises:
        NotCounted: nobody knows how much there is.
    """
    game = _map(version)
    scenes = _scenes(version, met)
    total = Counter(version.scenes[each].episode for each in game.scenes)
    seen = Counter(version.scenes[each].episode for each in game.scenes if each in scenes)
    return Seen(
        seen.total(), total.total(),
        sum(1 for each in game.endings if each & met.endings), len(game.endings),
        tuple(EpisodeSeen(each, seen[each], total[each]) for each in sorted(total)),
    )  # fmt: skip


def note_seen(
    tx: Session, version: Published, viewer_id: str, resumed: Resumed, reached: str | None = None
) -> Met:
    """Remember what a log shows: all before its last option, and what follows as far as `reached`.

    Answers all that the viewer has met by now, so that nobody has to read it again.

    Nothing is believed but how far the reader has come in what the log leads to anyway: a line that
    it does not show there, or none, is the option itself.
    """
    run = resumed.shown[resumed.asked :]
    come = run.index(reached) + 1 if reached in run else 0
    unread = [each for each in run[come:] if version.lines[each].played]
    ended = resumed.ended and resumed.last is not None and not unread
    known = met_by(tx, viewer_id, version.work_id)
    fresh: dict[str, str] = {}
    for each in (*resumed.shown[: resumed.asked], *run[:come]):
        if version.lines[each].played:
            fresh.setdefault(version.lines[each].scene, each)
    old = _scenes(version, known)
    first = frozenset(line_id for scene, line_id in fresh.items() if scene not in old)
    last = frozenset({resumed.last} if ended and resumed.last else ())
    note_met(tx, viewer_id, version.work_id, Met(first, last) - known)
    return known | Met(first, last)


def _map(version: Published) -> GameMap:
    if version.game is None:
        raise NotCounted
    return version.game


def _scenes(version: Published, met: Met) -> set[str]:
    """Scenes of this version in which those lines stand today."""
    return {version.lines[each].scene for each in met.scenes if each in version.lines}

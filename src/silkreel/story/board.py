"""An episode as the camera takes it: its shots in order, each with what it shows of the script.

A shot list says which shots there are. Where there is none, one is proposed: a shot a line, a wide
one where a place is new, a two-shot where two people trade short lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from silkreel.media.theatre.plan import Size
from silkreel.story.flow import Fork, Items, Options
from silkreel.story.forms.vtt import NoSuchEpisode
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import BadStoryFile, Project
from silkreel.story.rhythm import amount_of
from silkreel.story.script import At, Beat, Choice, Episode, Scene, tag_value
from silkreel.story.shots import Shot, ShotList

QUICK_CHARACTERS = {"zh": 8, "ja": 10, "ko": 10}  # of a line that is said in a breath
QUICK_WORDS = 5
QUICK_LINES = 3  # of an exchange in one two-shot; more is a scene nobody cuts
TURNING_POINTS = ("hook", "reversal", "payoff", "cliffhanger")
UNSEEN = ("V.O.", "O.S.", "PHONE")  # who speaks is not in the picture


@dataclass(frozen=True, slots=True)
class Question:
    """A choice of the game, where the series goes one way."""

    options: tuple[Choice, ...]
    canon: int

    @property
    def id(self) -> str:
        """The id of the way the series takes."""
        return self.options[self.canon].id or ""


Moment = Beat | Question


@dataclass(frozen=True, slots=True)
class BoardShot:
    """A shot and what of the script it shows."""

    shot: Shot
    scene: Scene
    moments: tuple[Moment, ...]
    at: At  # where the board asks for it, or the script where nobody drew a board

    @property
    def beats(self) -> tuple[Beat, ...]:
        """The lines it covers."""
        return tuple(each for each in self.moments if isinstance(each, Beat))


@dataclass(frozen=True, slots=True)
class Board:
    """One episode's shots."""

    episode: Episode
    shots: tuple[BoardShot, ...]
    path: str = ""  # of the shot list; empty where the shots are proposed


def board_of(evidence: Evidence, number: int) -> Board:
    """The shots of an episode, from its shot list or proposed.

    Raises:
        NoSuchEpisode: the series has no such episode.
        BadStoryFile: a line has no id of its own, or a shot list does not cover the episode once
            and in order; told with its line.
    """
    episode = next((e for e in evidence.numbered if e.number == number), None)
    if episode is None:
        known = ", ".join(str(e.number) for e in evidence.numbered) or "none"
        raise NoSuchEpisode(number=number, known=known)
    _stamped(evidence, episode)
    beats = evidence.beats.get(episode.name, ())
    scenes = _scenes(evidence)
    listed = next((x for x in evidence.shot_lists if x.episode == episode.name), None)
    if listed is None:
        shots = tuple(_proposed(episode, beats, scenes, evidence.story.project.language))
    else:
        _known_people(listed, evidence.story.project)
        shots = tuple(_listed(listed, beats, scenes))
    asked = _questions(evidence)
    return Board(episode, tuple(_asking(shots, asked)), listed.path if listed is not None else "")


def _stamped(evidence: Evidence, episode: Episode) -> None:
    """Every line has an id, and no two the same: takes, shots and cues hang on them."""
    met: dict[str, At] = {}
    for placed in evidence.story.walk():
        if placed.episode is not episode or not isinstance(placed.node, Beat | Choice):
            continue
        line = placed.node
        if line.id is None:
            raise _bad(line.at, "this line has no id; run `silkreel story stamp` first (DRM002).")
        if line.id in met:
            raise _bad(line.at, f"{line.id} stands in {met[line.id]} already (DRM002).")
        met[line.id] = line.at


def _scenes(evidence: Evidence) -> dict[str, Scene]:
    """Scenes by the ids of their lines, and by their own."""
    found: dict[str, Scene] = {}
    for placed in evidence.story.walk():
        line_id = getattr(placed.node, "id", None)
        if placed.scene is not None:
            found[placed.scene.id] = placed.scene
            if line_id is not None:
                found[line_id] = placed.scene
        elif placed.episode is not None and line_id is not None:
            found[line_id] = Scene(placed.episode.name, "")
    return found


def _known_people(listed: ShotList, project: Project) -> None:
    """Whoever a shot names is in the cast, and whatever it directs it covers."""
    for number, shot in enumerate(listed.shots):
        stage = shot.stage
        for who in (*shot.cast, *stage.bare, *filter(None, [stage.enter])):
            if project.cast and project.character(who) is None:
                raise _bad(listed.at(number), f"{shot.id} shows {who}, who is not in the cast.")
        for line_id in stage.acting:
            if line_id not in shot.covers:
                problem = f"{shot.id} directs {line_id}, a line it does not cover."
                raise _bad(listed.at(number), problem)


def _listed(
    listed: ShotList, beats: Sequence[Beat], scenes: Mapping[str, Scene]
) -> Iterator[BoardShot]:
    """The shots of a list, once it is sure that they cover the episode."""
    waiting = {beat.id: beat for beat in beats if beat.id}
    before: Scene | None = scenes.get(beats[0].id or "") if beats else None
    for number, shot in enumerate(listed.shots):
        at = listed.at(number)
        covered = tuple(_claimed(line_id, waiting, shot, at) for line_id in shot.covers)
        scene = scenes.get(shot.stage.scene or (shot.covers[0] if shot.covers else ""), before)
        if scene is None:
            raise _bad(at, f"{shot.id} covers no line; say its scene in `stage`.")
        if shot.stage.scene and shot.stage.scene not in scenes:
            raise _bad(at, f"{shot.id} is set in {shot.stage.scene}, which is no scene.")
        before = scene
        yield BoardShot(shot, scene, covered, at)
    if waiting:
        raise _bad(At(listed.path, 1), f"no shot covers {next(iter(waiting))} (DRM013).")


def _claimed(line_id: str, waiting: dict[str, Beat], shot: Shot, at: At) -> Beat:
    """The line a shot claims, which must be the next one."""
    if line_id not in waiting:
        raise _bad(
            at, f"{shot.id} covers {line_id}, which is no line left of this episode (DRM013)."
        )
    first = next(iter(waiting))
    if line_id != first:
        raise _bad(at, f"{shot.id} covers {line_id} before {first} (DRM013).")
    return waiting.pop(line_id)


def _bad(at: At, problem: str) -> BadStoryFile:
    return BadStoryFile(path=at.file, line=at.line, problem=problem)


def _proposed(
    episode: Episode, beats: Sequence[Beat], scenes: Mapping[str, Scene], language: str
) -> Iterator[BoardShot]:
    before: Scene | None = None
    people: dict[str, list[str]] = {}
    for beat in filter(seen, beats):
        people.setdefault(scenes[beat.id or ""].id, []).append(beat.speaker)
    for number, group in enumerate(_groups(beats, scenes, language), start=1):
        scene = scenes[group[0].id or ""]
        fresh = before is None or scene.location != before.location or scene.id != before.id
        size = _size(group, fresh=fresh)
        here = people.get(scene.id, []) if size == "WS" else [b.speaker for b in group if seen(b)]
        shot = Shot(
            id=f"ep{episode.number or 0:03}_s{number:02}",
            covers=tuple(beat.id or "" for beat in group),
            size=size,
            move="push_in" if _turns(group[0]) and not fresh else "still",
            cast=tuple(dict.fromkeys(here)),
        )
        before = scene
        yield BoardShot(shot, scene, tuple(group), group[0].at)


def seen(beat: Beat) -> bool:
    """Whether who speaks stands in the picture."""
    unseen = any(mark in UNSEEN for mark in beat.qualifiers)
    return bool(beat.spoken) and not unseen and beat.speaker.upper() != "NARRATOR"


def _groups(beats: Sequence[Beat], scenes: Mapping[str, Scene], language: str) -> list[list[Beat]]:
    """One line a shot, but quick exchanges of two people together."""
    groups: list[list[Beat]] = []
    for beat in beats:
        last = groups[-1] if groups else []
        quick = (
            0 < len(last) < QUICK_LINES
            and scenes[last[0].id or ""] is scenes[beat.id or ""]
            and all(seen(b) and _short(b, language) for b in (*last, beat))
            and len({b.speaker for b in (*last, beat)}) == 2
            and all(a.speaker != b.speaker for a, b in pairwise((*last, beat)))
        )
        if quick:
            last.append(beat)
        else:
            groups.append([beat])
    return groups


def _short(beat: Beat, language: str) -> bool:
    tag = language.split("-", maxsplit=1)[0]
    if tag in QUICK_CHARACTERS:
        return amount_of(beat.text, "chars") <= QUICK_CHARACTERS[tag]
    return amount_of(beat.text, "words") <= QUICK_WORDS


def _size(group: Sequence[Beat], *, fresh: bool) -> Size:
    if fresh or not any(seen(beat) for beat in group):
        return "WS"
    if len(group) > 1:
        return "two"
    return "CU" if _turns(group[0]) else "MCU"


def _turns(beat: Beat) -> bool:
    return tag_value(beat.tags, "beat") in TURNING_POINTS


def _questions(evidence: Evidence) -> dict[str, Question]:
    """Choices the canon way takes, by the id of the line before."""
    if evidence.canon is None:
        return {}
    taken = set(evidence.canon.choices)
    sets = {}
    for options in (o for part in evidence.parts.values() for o in _options(part.items)):
        for place, option in enumerate(options.choices):
            if option.id in taken and len(options.choices) > 1:
                sets[option.id] = Question(options.choices, place)
    before = {after: line for line, after in pairwise(evidence.canon.ids)}
    return {before[i]: question for i, question in sets.items() if i and i in before}


def _options(items: Items) -> Iterator[Options]:
    for item in items:
        if isinstance(item, Options):
            yield item
            for body in item.bodies:
                yield from _options(body)
        elif isinstance(item, Fork):
            for branch in item.branches:
                yield from _options(branch)


def _asking(shots: Sequence[BoardShot], asked: Mapping[str, Question]) -> Iterator[BoardShot]:
    """Shots with the choices that follow their lines."""
    for each in shots:
        moments: list[Moment] = []
        for beat in each.beats:
            moments.append(beat)
            if beat.id is not None and beat.id in asked:
                moments.append(asked[beat.id])
        yield replace(each, moments=tuple(moments))

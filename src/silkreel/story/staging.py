"""From a board to a play: who stands where, in which place, and what the paper theatre draws.

stage.yaml beside the script directs it: which puppet plays whom, which place a scene is set in,
where people stand. What it leaves out is drawn without it: a silhouette for each of the cast, a
sketched place for each location, everybody at a mark of their own.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from silkreel.media.theatre import plan
from silkreel.story.board import Board, BoardShot, Question, seen
from silkreel.story.project import STRICT, BadStoryFile, Project, Story, line_of, read_declared
from silkreel.story.script import Beat, Scene
from silkreel.story.shots import Acting

DUSK = ("DUSK", "EVENING", "SUNSET", "DAWN", "SUNRISE")
NIGHT = ("NIGHT", "MIDNIGHT")
GOING_ON = ("CONTINUOUS", "LATER", "SAME")
# Where people stand nobody placed: in the order they appear, by how many there are.
MARKS: dict[int, tuple[float, ...]] = {
    1: (-40,), 2: (-195, 195), 3: (-265, 30, 285), 4: (-320, -110, 110, 320),
}  # fmt: skip
CROWD_STEP = 170.0


@checked(frozen=True, slots=True, config=STRICT)
class VoiceWish:
    """Which preset voices suit a character, best first, and how to bend them."""

    presets: tuple[str, ...] = ()
    rate: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    pitch_semitones: Annotated[float, Field(ge=-12, le=12)] = 0.0


@checked(frozen=True, slots=True, config=STRICT)
class Part:
    """Who plays a character."""

    puppet: plan.PuppetName = "silhouette"
    gender: str = ""
    voice: VoiceWish = Field(default_factory=VoiceWish)


@checked(frozen=True, slots=True, config=STRICT)
class StageMark:
    """Where somebody stands."""

    x: float
    facing: plan.Facing
    pose: plan.Pose = "stand"


@checked(frozen=True, slots=True, config=STRICT)
class Setting:
    """A scene's place, and where people stand in it."""

    place: plan.PlaceName | None = None
    weather: plan.Weather = "clear"
    mood: plan.Mood = "plain"
    marks: Mapping[str, StageMark] = Field(default_factory=dict)  # by cast id


@checked(frozen=True, slots=True, config=STRICT)
class Pace:
    """How short and how long the final cut of an episode may be."""

    length_seconds: tuple[float, float] = (40.0, 60.0)


@checked(frozen=True, slots=True, config=STRICT)
class Staging:
    """What a stage.yaml says."""

    cast: Mapping[str, Part] = Field(default_factory=dict)  # by cast id
    scenes: Mapping[str, Setting] = Field(default_factory=dict)  # by scene id
    episodes: Mapping[str, Pace] = Field(default_factory=dict)  # by knot

    def part(self, who: str) -> Part:
        """Who plays a character; a silhouette where nobody was chosen."""
        return self.cast.get(who, Part())


def read_staging(story: Story) -> Staging:
    """What a story's stage.yaml says; nothing where there is none.

    Raises:
        BadStoryFile: it is no YAML, says something impossible, or directs what is not there.
    """
    path = story.folder / "stage.yaml"
    if not path.is_file():
        return Staging()
    staging = read_declared(path, Staging)
    for steps, name in _strangers(staging, story):
        problem = f"{steps[0]}: the story has no {name}."
        raise BadStoryFile(path=path.name, line=line_of(path, steps), problem=problem)
    return staging


def _strangers(staging: Staging, story: Story) -> Iterator[tuple[list[str], str]]:
    """What is directed and does not exist: the way to it in the file, and its name."""
    cast = {each.id for each in story.project.cast}
    scenes = {scene.id for episode in story.episodes for scene in episode.scenes}
    episodes = {episode.name for episode in story.episodes}
    told = (("cast", staging.cast, cast), ("scenes", staging.scenes, scenes),
            ("episodes", staging.episodes, episodes))  # fmt: skip
    for part, named, known in told:
        yield from (([part, name], name) for name in named if name not in known)
    for scene, setting in staging.scenes.items():
        away = (who for who in setting.marks if who not in cast)
        yield from ((["scenes", scene, "marks", who], who) for who in away)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the play puts the script into words, and how long what has no voice lasts."""

    caption: Callable[[Beat], str]
    option: Callable[[Question], tuple[str, ...]]
    still_seconds: Callable[[Beat], float]
    question_seconds: float = 2.0
    language: str = ""  # in which names are written, where story.yaml has them


@dataclass(frozen=True, slots=True)
class Titles:
    """What stands in the picture besides lines."""

    series: str = ""
    episode: str = ""


@dataclass(frozen=True, slots=True)
class Art:
    """Pictures that were given, by what they stand for; absolute paths."""

    shots: Mapping[str, str] = field(default_factory=dict)  # by shot id
    backdrops: Mapping[str, str] = field(default_factory=dict)  # by location


def play_of(
    board: Board,
    project: Project,
    staging: Staging,
    wording: Wording,
    *,
    titles: Titles | None = None,
    art: Art | None = None,
) -> plan.Play:
    """A board as the theatre plays it."""
    number, titles, art = board.episode.number or 0, titles or Titles(), art or Art()
    shortest, longest = staging.episodes.get(board.episode.name, Pace()).length_seconds
    hours = _hours(board)
    scenes = tuple(
        _scene(scene, tuple(shots), project, staging, wording, art, hours[scene.id])
        for scene, shots in groupby(board.shots, key=lambda each: each.scene)
    )
    on_stage = dict.fromkeys(mark.who for scene in scenes for mark in scene.marks)
    speaking = dict.fromkeys(
        cast_id(beat.speaker, project) for s in board.shots for beat in s.beats if beat.spoken
    )
    return plan.Play(
        number=number,
        title=plan.TitleCard(titles.series, titles.episode),
        watermark=titles.series,
        cast=tuple(
            _actor(who, project, staging, wording.language)
            for who in dict.fromkeys((*on_stage, *speaking))
        ),
        scenes=scenes,
        seed=number,
        shortest_seconds=shortest,
        longest_seconds=longest,
        language=wording.language,
    )


def cast_id(speaker: str, project: Project) -> str:
    """The id of somebody the script calls by a name or an alias."""
    known = project.character(speaker)
    return known.id if known is not None else speaker


def seed_of(*words: str) -> int:
    """The same words, the same seed, on every machine."""
    return int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:4], "big")


def _actor(who: str, project: Project, staging: Staging, language: str) -> plan.Actor:
    known = project.character(who)
    name = known.names.get(language) or known.name or known.id if known is not None else who
    places = [each.id for each in project.cast]
    # Everybody of the cast is drawn by their number: no two alike, and nobody changes as others join.
    number = places.index(who) if who in places else len(places) + seed_of(who) % 60
    return plan.Actor(who, staging.part(who).puppet, name, number)


def _scene(
    scene: Scene, shots: Sequence[BoardShot], project: Project, staging: Staging,
    wording: Wording, art: Art, hour: plan.Hour,
) -> plan.Scene:  # fmt: skip
    setting = staging.scenes.get(scene.id, Setting())
    return plan.Scene(
        place=setting.place or _sketch(scene, art, hour),
        weather=setting.weather,
        mood=setting.mood,
        marks=_marks(setting, shots, project),
        shots=tuple(_shot(each, project, wording, art) for each in shots),
    )


def _hours(board: Board) -> dict[str, plan.Hour]:
    """What time it is in each scene; what goes on from another scene has its hour."""
    hours: dict[str, plan.Hour] = {}
    hour: plan.Hour = "day"
    for each in board.shots:
        time = each.scene.heading.upper().rpartition(" - ")[2]
        if any(word in time for word in NIGHT):
            hour = "night"
        elif any(word in time for word in DUSK):
            hour = "dusk"
        elif not any(word in time for word in GOING_ON):
            hour = "day"
        hours.setdefault(each.scene.id, hour)
    return hours


def _sketch(scene: Scene, art: Art, hour: plan.Hour) -> plan.Sketch:
    """A place drawn from its name, inside or outside as the heading says."""
    where = scene.location or scene.id
    indoors = scene.heading.upper().startswith(("INT", "I/E"))
    return plan.Sketch(seed_of(where), indoors, hour, art.backdrops.get(where, ""))


def _marks(setting: Setting, shots: Sequence[BoardShot], project: Project) -> tuple[plan.Mark, ...]:
    """Whom the stage places; then everybody else who is seen, at marks of their own."""
    placed = [plan.Mark(who, m.x, m.facing, m.pose) for who, m in setting.marks.items()]
    if placed:
        return tuple(placed)
    told = (who for each in shots for who in (*each.shot.cast, *_speakers(each)))
    people = list(dict.fromkeys(cast_id(who, project) for who in told))
    places = MARKS.get(len(people)) or tuple(
        (place - (len(people) - 1) / 2) * CROWD_STEP for place in range(len(people))
    )
    return tuple(
        plan.Mark(who, x, "right" if x < sum(places) / len(places) + 1 else "left")
        for who, x in zip(people, places, strict=True)
    )


def _speakers(each: BoardShot) -> list[str]:
    return [beat.speaker for beat in each.beats if seen(beat)]


def _shot(each: BoardShot, project: Project, wording: Wording, art: Art) -> plan.Shot:
    shot, stage = each.shot, each.shot.stage
    on = shot.cast or (tuple(dict.fromkeys(_speakers(each))) if stage.at is None else ())
    return plan.Shot(
        id=shot.id,
        size=shot.size,
        on=tuple(cast_id(who, project) for who in on),
        at=stage.at,
        move=shot.move,
        angle=shot.angle,
        art=art.shots.get(shot.id, ""),
        asked_seconds=shot.length_seconds or 0.0,
        before_seconds=stage.before,
        after_seconds=stage.after,
        effect=stage.effect,
        enter=cast_id(stage.enter, project) if stage.enter else None,
        bare=tuple(cast_id(who, project) for who in stage.bare),
        writing=stage.writing,
        lines=tuple(
            _question(m, wording)
            if isinstance(m, Question)
            else _line(m, stage.acting.get(m.id or "", Acting()), project, wording)
            for m in each.moments
        ),
    )


def _line(beat: Beat, acting: Acting, project: Project, wording: Wording) -> plan.Line:
    kind: plan.LineKind = "action"
    if beat.speaker:
        kind = "speech" if beat.spoken else "sign"
    return plan.Line(
        id=beat.id or "",
        who=cast_id(beat.speaker, project) if beat.speaker else "",
        caption=wording.caption(beat),
        gesture=acting.gesture,
        before_seconds=acting.before,
        after_seconds=acting.after,
        turn=acting.turn,
        kind=kind,
        still_seconds=0.0 if kind == "speech" else wording.still_seconds(beat),
    )


def _question(question: Question, wording: Wording) -> plan.Line:
    return plan.Line(
        id=question.id,
        who="",
        caption="",
        kind="choice",
        still_seconds=wording.question_seconds,
        options=wording.option(question),
        canon=question.canon,
    )

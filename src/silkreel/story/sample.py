"""The demo's drama: three episodes written for it, with their approved wordings."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from silkreel.kit.refusals import Refusal
from silkreel.media.theatre import plan

SAMPLES = Path(__file__).parent / "samples"
SOURCE_LANGUAGE = "zh-Hans"
TARGETS = ("en", "es", "pt-BR")
CAPTION_STOPS = str.maketrans({"，": " ", "。": " ", "、": " ", "…": " ", "；": " "})

Texts = dict[str, str]
Known = TypeVar("Known")


class StoryBroken(Refusal):
    """A story file does not say what it must."""

    status = 422
    message = "{path}: {where}: {problem}"


@checked(frozen=True, slots=True)
class VoiceWish:
    """Which preset voices suit a character, best first, and how to bend them."""

    presets: tuple[str, ...]
    rate: float = 1.0
    pitch_semitones: float = 0.0


@checked(frozen=True, slots=True)
class Member:
    """Somebody of the cast."""

    id: str
    puppet: plan.PuppetName
    names: Texts
    gender: str
    age: str
    voice: VoiceWish
    note: Texts


@checked(frozen=True, slots=True)
class Term:
    """A name that must read the same everywhere."""

    source: str
    targets: Texts
    kind: str = "name"
    reading: str = ""


@checked(frozen=True, slots=True)
class ScriptLine:
    """A line as written: what is said, what stands in the picture, and its approved wordings."""

    id: Annotated[str, Field(pattern=r"^ep\d{3}_[a-z][a-z0-9]*_[0-9A-HJKMNP-TV-Z]{4}$")]
    who: str
    spoken: Annotated[str, Field(alias="zh-Hans", min_length=1)]
    en: tuple[str, ...]
    es: tuple[str, ...]
    pt_br: Annotated[tuple[str, ...], Field(alias="pt-BR")]
    caption: str = ""
    gesture: plan.Gesture = "none"
    turn: plan.Facing | None = None
    before: float = 0.0
    after: float = 0.25

    @property
    def shown(self) -> str:
        """The burned-in caption: no stops, a blank where the voice takes breath."""
        return self.caption or " ".join(self.spoken.translate(CAPTION_STOPS).split())

    def wordings(self, language: str) -> tuple[str, ...]:
        """Approved wordings in a target language: full, then compact where there is one."""
        return {"en": self.en, "es": self.es, "pt-BR": self.pt_br}[language]


@checked(frozen=True, slots=True)
class ScriptMark:
    """Where somebody stands."""

    x: float
    facing: plan.Facing
    pose: plan.Pose = "stand"


@checked(frozen=True, slots=True)
class ScriptShot:
    """A shot as written."""

    size: plan.Size
    shows: tuple[str, ...] = ()
    at: tuple[float, float] | None = None
    move: plan.Move = "still"
    before: float = 0.3
    after: float = 0.3
    effect: plan.Effect = "none"
    enter: str | None = None
    bare: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    lines: tuple[ScriptLine, ...] = ()


@checked(frozen=True, slots=True)
class ScriptScene:
    """A scene as written."""

    id: str
    place: plan.PlaceName
    weather: plan.Weather
    mood: plan.Mood
    marks: dict[str, ScriptMark]
    shots: tuple[ScriptShot, ...]


@checked(frozen=True, slots=True)
class Script:
    """One episode as written."""

    number: int
    title: Texts
    synopsis: Texts
    hook: str
    reversal: str
    cliffhanger: str
    length_seconds: tuple[float, float]
    scenes: tuple[ScriptScene, ...]

    @property
    def lines(self) -> tuple[ScriptLine, ...]:
        """All lines in order."""
        return tuple(x for scene in self.scenes for shot in scene.shots for x in shot.lines)


@checked(frozen=True, slots=True)
class Rights:
    """Who owns the story and under which licence it is shown."""

    owner: str
    licence: str
    notice: str = ""


@checked(frozen=True, slots=True)
class Drama:
    """A series with its cast, terms and episodes."""

    slug: str
    source_language: str
    orientation: str
    title: Texts
    synopsis: Texts
    rights: Rights
    cast: tuple[Member, ...]
    terms: tuple[Term, ...]
    episodes: tuple[Script, ...]

    def member(self, who: str) -> Member:
        """Somebody of the cast by id."""
        return next(member for member in self.cast if member.id == who)


@dataclass(frozen=True, slots=True)
class ApprovedWording:
    """An approved translation of one line, by the text that stands in the picture."""

    line_id: str
    episode: int
    speaker: str  # the character's name in the source language
    language: str
    length: str  # full | compact
    source_text: str
    text: str


@cache
def load_sample() -> Drama:
    """The drama that ships with the program."""
    return load_drama(SAMPLES / "lantern.yaml")


def load_drama(path: Path) -> Drama:
    """Read a drama and its episodes.

    Raises:
        StoryBroken: a file is missing, is no YAML, or says something impossible.
    """
    series = _read(path)
    names = series.get("episodes")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise StoryBroken(
            path=path.name, where="episodes", problem="a list of file names is wanted"
        )
    episodes = tuple(
        _check(Script, _read(path.parent / name), path.parent / name) for name in names
    )
    drama = _check(Drama, {**series, "episodes": episodes}, path)
    for name, script in zip(names, episodes, strict=True):
        _hold_together(drama, script, name)
    return drama


def approved_translations(script: Script, drama: Drama) -> tuple[ApprovedWording, ...]:
    """Every approved wording of an episode, ready for the series memory."""
    return tuple(
        ApprovedWording(
            line_id=line.id,
            episode=script.number,
            speaker=drama.member(line.who).names[SOURCE_LANGUAGE],
            language=language,
            length=length,
            source_text=line.shown,
            text=text,
        )
        for line in script.lines
        for language in TARGETS
        for length, text in zip(("full", "compact"), line.wordings(language), strict=False)
    )


def play_of(script: Script, drama: Drama) -> plan.Play:
    """The episode as the theatre plays it."""
    title = script.title[SOURCE_LANGUAGE]
    shortest, longest = script.length_seconds
    return plan.Play(
        number=script.number,
        title=plan.TitleCard(
            drama.title[SOURCE_LANGUAGE], f"第{'零一二三四五六七八九十'[script.number]}集 {title}"
        ),
        watermark=drama.title[SOURCE_LANGUAGE],
        cast=tuple(plan.Actor(member.id, member.puppet) for member in drama.cast),
        scenes=tuple(_scene(scene) for scene in script.scenes),
        seed=script.number,
        shortest_seconds=shortest,
        longest_seconds=longest,
    )


def _scene(scene: ScriptScene) -> plan.Scene:
    return plan.Scene(
        place=scene.place,
        weather=scene.weather,
        mood=scene.mood,
        marks=tuple(plan.Mark(who, m.x, m.facing, m.pose) for who, m in scene.marks.items()),
        shots=tuple(_shot(shot) for shot in scene.shots),
    )


def _shot(shot: ScriptShot) -> plan.Shot:
    return plan.Shot(
        size=shot.size,
        on=shot.shows,
        at=shot.at,
        move=shot.move,
        before_seconds=shot.before,
        after_seconds=shot.after,
        effect=shot.effect,
        enter=shot.enter,
        bare=shot.bare,
        writing=shot.writing,
        lines=tuple(
            plan.Line(x.id, x.who, x.shown, x.gesture, x.before, x.after, x.turn)
            for x in shot.lines
        ),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoryBroken(path=path.name, where="file", problem="it does not exist") from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "file"
        raise StoryBroken(path=path.name, where=where, problem="this is not YAML") from None
    if not isinstance(content, dict):
        raise StoryBroken(path=path.name, where="file", problem="a mapping is wanted")
    return content


def _check(kind: type[Known], content: dict[str, Any], path: Path) -> Known:
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "file"
        raise StoryBroken(path=path.name, where=where, problem=first["msg"]) from None


def _hold_together(drama: Drama, script: Script, name: str) -> None:
    for where, problem in _problems(drama, script):
        raise StoryBroken(path=name, where=where, problem=problem)


def _problems(drama: Drama, script: Script) -> Iterator[tuple[str, str]]:
    """What fits the schema and still cannot be played."""
    yield from _id_problems(script)
    yield from _cast_problems(drama, script)
    yield from _language_problems(script)


def _id_problems(script: Script) -> Iterator[tuple[str, str]]:
    ids = [line.id for line in script.lines]
    for line_id in sorted({line_id for line_id in ids if ids.count(line_id) > 1}):
        yield line_id, "this line id stands twice"
    for label in ("hook", "reversal", "cliffhanger"):
        line_id = getattr(script, label)
        if line_id not in ids:
            yield label, f"there is no line {line_id}"


def _cast_problems(drama: Drama, script: Script) -> Iterator[tuple[str, str]]:
    cast = {member.id for member in drama.cast}
    for scene in script.scenes:
        for who in sorted(scene.marks.keys() - cast):
            yield f"scene {scene.id}", f"{who} is not in the cast"
    for line in script.lines:
        if line.who not in cast:
            yield line.id, f"{line.who} is not in the cast"


def _language_problems(script: Script) -> Iterator[tuple[str, str]]:
    for line in script.lines:
        for language in TARGETS:
            if not line.wordings(language):
                yield line.id, f"no wording in {language}"
    for label, texts in (("title", script.title), ("synopsis", script.synopsis)):
        for language in (SOURCE_LANGUAGE, *TARGETS):
            if not texts.get(language):
                yield label, f"no text in {language}"

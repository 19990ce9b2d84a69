"""A story's folder: story.yaml, the script with what it includes, and the ids it ever had."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from silkreel.kit.languages import UnknownLanguage, normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.story.ids import IdLock, lock_path, read_lock
from silkreel.story.parsing import parse
from silkreel.story.script import Beat, Choice, Episode, Line, Placed, Script, walk

MAX_FILE_BYTES = 4 * 1024 * 1024  # a whole work of 80 episodes is 321 kB of ink
MAX_FILES = 500  # one for each episode, and some
LONGEST_LINE = 4000  # characters; a paragraph is below 1,500

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)
Medium = Literal["video", "novel", "game"]


class NoStory(Refusal):
    """Nothing to read at that path."""

    status = 404
    message = (
        "{path} holds no story; a story is a folder with story.yaml and script/main.ink, or one .ink "
        "file. `silkreel story new NAME` makes one."
    )


class BadStoryFile(Refusal):
    """A file of a story cannot be read."""

    status = 422
    message = "{path}:{line}: {problem}"


def _language(tag: object) -> str:
    try:
        return normal_tag(str(tag))
    except UnknownLanguage as refusal:
        raise ValueError(str(refusal)) from None


_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(\S+)\s*")
Language = Annotated[str, BeforeValidator(_language)]
Declared = TypeVar("Declared")


@checked(frozen=True, slots=True)
class Quantity:
    """A number and what it counts: 4.5 chars/s."""

    amount: float
    unit: str


def _quantity(told: object) -> object:
    found = _RATE.fullmatch(str(told))
    if found is None:
        raise ValueError(f"{told} is no quantity; write for example 4.5 chars/s")
    return Quantity(float(found[1]), found[2])


Rate = Annotated[Quantity, BeforeValidator(_quantity)]


@checked(frozen=True, slots=True, config=STRICT)
class Character:
    """Somebody of the cast, by the name the script calls them."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    name: str = ""
    aliases: tuple[str, ...] = ()
    names: Mapping[str, str] = Field(default_factory=dict)  # by language
    voice: str = ""
    portrait: str = ""
    note: str = ""


@checked(frozen=True, slots=True, config=STRICT)
class Location:
    """A place scenes are set in."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str = ""
    names: Mapping[str, str] = Field(default_factory=dict)  # by language
    backdrop: str = ""


@checked(frozen=True, slots=True, config=STRICT)
class Prop:
    """A thing that must look the same everywhere."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str = ""


@checked(frozen=True, slots=True, config=STRICT)
class StoryTerm:
    """A name or phrase that must read the same everywhere."""

    source: Annotated[str, Field(min_length=1)]
    kind: str = "name"
    reading: str = ""  # how it is said in the source language
    targets: Mapping[str, str] = Field(default_factory=dict)
    forbidden: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


@checked(frozen=True, slots=True, config=STRICT)
class RhythmProfile:
    """What this story's rhythm is held against, once a named person has accepted it."""

    state: Literal["proposed", "accepted"] = "proposed"
    by: str = ""
    rates: Mapping[str, Rate] = Field(default_factory=dict)  # by language, and `action`
    line_max: Mapping[str, Rate] = Field(default_factory=dict)
    hook_seconds: float | None = None
    touch_gap_seconds: float | None = None
    payoff_gap_episodes: int | None = None
    paywall_episode: int | None = None
    absent_episodes: int | None = None
    raise_to_warn: tuple[int, ...] = ()
    reading_rates: Mapping[str, Rate] = Field(default_factory=dict)  # of the novel, by language
    chapter_minutes: tuple[float, float] | None = None  # shortest and longest to read

    @property
    def accepted(self) -> bool:
        """Whether somebody stands for it."""
        return self.state == "accepted" and bool(self.by)


# What a language may be released with: anything, nothing a person has not looked at, no model's words.
MachinePolicy = Literal["allowed", "reviewed", "forbidden"]
EVERY_LANGUAGE = "*"


def _policies(told: object) -> object:
    """A policy for each language; one word alone is for all of them."""
    if not isinstance(told, dict):
        return {EVERY_LANGUAGE: told}
    return {tag if tag == EVERY_LANGUAGE else _language(tag): each for tag, each in told.items()}


@checked(frozen=True, slots=True, config=STRICT)
class Project:
    """What story.yaml says."""

    title: str = ""
    language: Language = "en"
    languages: tuple[Language, ...] = ()
    media: tuple[Medium, ...] = ("video", "novel", "game")
    cast: tuple[Character, ...] = ()
    locations: tuple[Location, ...] = ()
    props: tuple[Prop, ...] = ()
    terms: tuple[StoryTerm, ...] = ()
    rhythm_profile: RhythmProfile = Field(default_factory=RhythmProfile)
    machine_translation: Annotated[Mapping[str, MachinePolicy], BeforeValidator(_policies)] = Field(
        default_factory=dict
    )
    waivers: Mapping[str, str] = Field(default_factory=dict)  # reason by code, for the whole story
    series: str = ""  # slug of the series in the house whose memory it shares

    def machine_policy(self, language: str) -> MachinePolicy:
        """What words of machines a language may be released with."""
        told = self.machine_translation
        return told.get(language) or told.get(EVERY_LANGUAGE) or "allowed"

    @property
    def names(self) -> frozenset[str]:
        """Everything that may stand before a colon, in capitals."""
        told = (name for c in self.cast for name in (c.id, c.name, *c.aliases))
        return frozenset(name.upper() for name in told if name) | {"NARRATOR"}

    def character(self, speaker: str) -> Character | None:
        """Who is meant by a name in the script."""
        wanted = speaker.upper()
        for each in self.cast:
            if wanted in {name.upper() for name in (each.id, each.name, *each.aliases)}:
                return each
        return None


@dataclass(frozen=True)
class Story:
    """A story as it lies in its folder. Its lines are gathered once: every check asks for them."""

    folder: Path
    project: Project
    scripts: tuple[Script, ...]  # main first, then what it includes
    texts: Mapping[str, str]  # each file's text, by the path findings tell
    lock: IdLock
    declared: bool = True  # whether there is a story.yaml
    lone_file: str | None = None  # a single .ink file without a folder of its own

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """Every knot, in the order read."""
        return tuple(episode for script in self.scripts for episode in script.episodes)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every beat and choice, in the order read."""
        return tuple(p.node for p in self._nodes if isinstance(p.node, Beat | Choice))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the lines, in the order read."""
        return tuple(line.id for line in self.lines if line.id is not None)

    @property
    def main(self) -> Script:
        """The file the others are included from."""
        return self.scripts[0]

    @property
    def lock_path(self) -> Path:
        """Where its ids are kept."""
        return lock_path(self.folder, self.lone_file)

    def walk(self) -> Iterator[Placed]:
        """Every node with its episode and scene."""
        yield from self._nodes

    @cached_property
    def _nodes(self) -> tuple[Placed, ...]:
        return tuple(placed for script in self.scripts for placed in walk(script))


def open_story(path: Path) -> Story:
    """Read a story: a folder, or one .ink file with a story.yaml beside or above it.

    Raises:
        NoStory: there is none.
        BadStoryFile: a file is missing, too large, no text, or says something impossible.
    """
    main = _main_file(path)
    above = [main.parent, main.parent.parent] if path.is_file() else [path]
    folder = next((each for each in above if (each / "story.yaml").is_file()), None)
    root = folder or (main.parent if path.is_file() else path)
    project = read_project(root / "story.yaml") if folder else Project()
    texts: dict[str, str] = {}
    scripts: list[Script] = []
    _include(main, root, project.names, scripts, texts)
    lone = main.name if path.is_file() and main.parent != root / "script" else None
    lock = lock_path(root, lone)
    return Story(
        root, project, tuple(scripts), texts,
        read_lock(read_text(lock, lock.name), lock.name) if lock.is_file() else IdLock(),
        declared=folder is not None, lone_file=lone,
    )  # fmt: skip


def read_project(path: Path) -> Project:
    """What a story.yaml says.

    Raises:
        BadStoryFile: it is no YAML, or says something impossible.
    """
    return read_declared(path, Project)


def read_declared(path: Path, kind: type[Declared]) -> Declared:
    """What a YAML file beside the script declares, as a checked dataclass.

    Raises:
        BadStoryFile: it is no YAML, or says something impossible.
    """
    try:
        content = yaml.safe_load(read_text(path, path.name))
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise BadStoryFile(
            path=path.name, line=mark.line + 1 if mark else 1, problem="this is not YAML."
        ) from None
    try:
        declared: Declared = TypeAdapter(kind).validate_python(content or {})
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "file"
        line = line_of(path, [str(step) for step in first["loc"]])
        raise BadStoryFile(
            path=path.name,
            line=line,
            problem=f"{where}: {first['msg'].removeprefix('Value error, ')}.",
        ) from None
    return declared


def read_text(path: Path, shown: str) -> str:
    """A text file of a story, in UTF-8.

    Raises:
        BadStoryFile: it is missing, larger than any script, binary, or has no line ends.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError:
        raise BadStoryFile(path=shown, line=1, problem="this file does not exist.") from None
    if size > MAX_FILE_BYTES:
        raise BadStoryFile(path=shown, line=1, problem=_too_large(size))
    return decoded(content, shown)


def decoded(content: bytes, shown: str) -> str:
    """Bytes from outside as text.

    Raises:
        BadStoryFile: too many, not UTF-8, or no text; with the line it shows on.
    """
    if len(content) > MAX_FILE_BYTES:
        raise BadStoryFile(path=shown, line=1, problem=_too_large(len(content)))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadStoryFile(
            path=shown, line=line, problem="this is not UTF-8 text; save the file as UTF-8."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadStoryFile(path=shown, line=line, problem="this is a binary file, not text.")
    for number, line_text in enumerate(text.split("\n"), start=1):
        if len(line_text) > LONGEST_LINE:
            problem_words = (
                f"this line has more than {LONGEST_LINE} characters; no line of a story does."
            )
            raise BadStoryFile(path=shown, line=number, problem=problem_words)
    return text


def _too_large(size: int) -> str:
    most = MAX_FILE_BYTES // 1024**2
    return f"this file has {size / 1024**2:.0f} MB; a script has less than {most} MB."


def _main_file(path: Path) -> Path:
    if path.is_file():
        if path.suffix != ".ink":
            raise NoStory(path=str(path))
        return path
    for name in ("script/main.ink", "main.ink"):
        if (path / name).is_file():
            return path / name
    raise NoStory(path=str(path))


def _include(
    file: Path, root: Path, names: frozenset[str], scripts: list[Script], texts: dict[str, str]
) -> None:
    """Read a file, then the files it includes; paths are told from the first file's folder, as ink does."""
    base = file.parent
    waiting = [(file, "", 0)]
    while waiting:
        file, asked_by, line = waiting.pop(0)
        shown = _shown(file, root)
        if shown in texts:
            raise BadStoryFile(path=asked_by, line=line, problem=f"{shown} is included twice.")
        if len(texts) >= MAX_FILES:
            raise BadStoryFile(path=asked_by, line=line, problem=f"more than {MAX_FILES} files.")
        if asked_by and not file.is_file():
            raise BadStoryFile(path=asked_by, line=line, problem=f"{shown} does not exist.")
        texts[shown] = read_text(file, shown)
        script = parse(texts[shown], shown, names)
        scripts.append(script)
        inner = []
        for name, at in script.included_at:
            target = (base / name).resolve()
            if not target.is_relative_to(root.resolve()):
                raise BadStoryFile(
                    path=shown, line=at.line, problem=f"{name} lies outside the story's folder."
                )
            inner.append((base / name, shown, at.line))
        waiting = inner + waiting


def _shown(file: Path, root: Path) -> str:
    resolved, top = file.resolve(), root.resolve()
    return str(resolved.relative_to(top)) if resolved.is_relative_to(top) else file.name


def line_of(path: Path, steps: list[str]) -> int:
    """Where in a YAML file a value stands, as near as the file tells."""
    node = yaml.compose(path.read_text(encoding="utf-8-sig"))
    line = 1
    for step in steps:
        if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        elif isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == step), None)
            if found is None:
                break
            node = found[1]
        else:
            break
        line = node.start_mark.line + 1
    return line

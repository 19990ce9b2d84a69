"""Ink to the JSON that runtimes play, by inkjs in a child process that can be killed.

Three engines run the same compiler: V8 inside a package (`mini-racer`, the default), the program
`node`, and QuickJS. An engine that dies or hangs is tried no more; the next one gets the work once.
"""

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from shutil import which
from typing import Any, Literal, Protocol

from silkreel.kit.children import ChildCrashed, ChildTooSlow, Limits, ask_once
from silkreel.kit.refusals import Refusal
from silkreel.story.inkjs import EngineGaveUp
from silkreel.story.project import Story

WORKER = "silkreel.story.ink_worker"
EPISODE_SECONDS = 10.0  # an episode of two minutes compiles in a fifth of one
WORK_SECONDS = 60.0  # a whole work of 80 episodes compiles in one, under load in five
MAX_INK_BYTES = 4 * 1024 * 1024  # twelve times a work of 80 episodes
MEMORY_BYTES = 1024**3  # a whole work takes 170 MB
MESSAGE_LENGTH = 200  # characters; a compiler's exception can carry its whole source
ENGINES_TRIED = 2
NESTED_BRACKETS = 8  # in one line; a script has two or three
WORDS_BYTES = 1024**2  # a child writes no file but its last words

Severity = Literal["note", "warning", "error"]
_SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")
_PROBLEM = re.compile(
    r"(?:ERROR|WARNING|TODO|RUNTIME ERROR)?:?\s*(?:'(?P<file>[^']*)')?\s*"
    r"line (?P<line>\d+):\s*(?P<text>.*)",
    re.DOTALL,
)
_EPISODE_TAG = re.compile(r"^\s*#\s*episode\s*:", re.MULTILINE)


class InkTooBig(Refusal):
    """More ink than any drama has."""

    status = 413
    message = (
        "{path}:1: this story's ink is {size_megabytes} MB, and {most_megabytes} MB are compiled "
        "at most; take out what is no script."
    )


class InkBroken(Refusal):
    """The compiler found errors."""

    status = 422
    message = "{path}:{line}: {problem}"


class CompilerGaveUp(Refusal):
    """The compiler died, hung or took too much memory, in every engine it was tried in."""

    status = 422
    message = (
        "{path}:1: the ink compiler gave up ({why}); take out what was written last, or look for "
        "brackets nested many times."
    )


class NoInkEngine(Refusal):
    """Nothing here can run the compiler."""

    status = 503
    message = "No engine for ink is installed; install the package mini-racer or the program node."


@dataclass(frozen=True, slots=True)
class InkSource:
    """The files of one story by name; INCLUDE finds nothing outside them."""

    entry: str
    files: Mapping[str, str]

    @property
    def limit_seconds(self) -> float:
        """How long compiling may take: ten seconds an episode, a minute a work."""
        episodes = sum(len(_EPISODE_TAG.findall(text)) for text in self.files.values())
        return min(WORK_SECONDS, EPISODE_SECONDS * max(1, episodes))


@dataclass(frozen=True, slots=True)
class InkProblem:
    """What the compiler says of one line."""

    path: str
    line: int
    severity: Severity
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of compiling: the story as JSON, unless there are errors."""

    story: str | None
    problems: tuple[InkProblem, ...]
    engine: str

    @property
    def errors(self) -> tuple[InkProblem, ...]:
        """Problems that leave no story."""
        return tuple(each for each in self.problems if each.severity == "error")

    def json(self) -> str:
        """The compiled story.

        Raises:
            InkBroken: there are errors; it tells the first, with file and line.
        """
        if self.story is None:
            first = self.errors[0]
            raise InkBroken(path=first.path, line=first.line, problem=first.text)
        return self.story


class InkCompiler(Protocol):
    """Something that runs the ink compiler."""

    @property
    def name(self) -> str:
        """What findings and logs call it."""

    def present(self) -> bool:
        """Whether it can run here."""

    def compile(self, source: InkSource) -> Compilation:
        """Compile within the source's time.

        Raises:
            ChildCrashed, ChildTooSlow, EngineGaveUp: it did not come to an answer.
        """


@dataclass(frozen=True, slots=True)
class ChildCompiler:
    """inkjs on one JavaScript engine, in a child of its own for every call."""

    name: str
    package: str = ""
    program: str = ""
    worker: str = WORKER

    def present(self) -> bool:
        """Whether its package or program is installed."""
        if self.program:
            return which(self.program) is not None
        return find_spec(self.package) is not None

    def compile(self, source: InkSource) -> Compilation:
        """Compile in a child that is killed when the time is over."""
        seconds = source.limit_seconds
        order = {
            "do": "compile", "engine": self.name, "entry": source.entry,
            "files": dict(source.files), "seconds": seconds, "memory_bytes": MEMORY_BYTES,
        }  # fmt: skip
        answer = ask_once(self.worker, order, limits=engine_limits(seconds)).value
        return _read(source, answer, self.name)


ENGINES: tuple[InkCompiler, ...] = (
    ChildCompiler("mini-racer", package="py_mini_racer"),
    ChildCompiler("node", program="node"),
    ChildCompiler("quickjs", package="quickjs"),
)


def engine_limits(seconds: float) -> Limits:
    """Limits of a child that runs JavaScript; V8 dies of a bounded address space at any size."""
    return Limits(
        address_space_bytes=None, cpu_seconds=round(seconds) + 5, wall_seconds=seconds,
        silence_seconds=seconds, file_size_bytes=WORDS_BYTES,
    )  # fmt: skip


def ink_of(story: Story) -> InkSource:
    """The ink of an opened story."""
    return InkSource(story.main.path, story.texts)


def compile_ink(source: InkSource, engines: Sequence[InkCompiler] = ENGINES) -> Compilation:
    """Compile; errors in the ink are in the answer, `Compilation.json` refuses with the first.

    Raises:
        InkTooBig: before any engine is asked.
        NoInkEngine: none is installed.
        CompilerGaveUp: two engines died or hung.
    """
    size = sum(len(text.encode()) for text in source.files.values())
    if size > MAX_INK_BYTES:
        raise InkTooBig(
            path=source.entry, size_megabytes=round(size / 1e6, 1),
            most_megabytes=round(MAX_INK_BYTES / 1e6, 1),
        )  # fmt: skip
    present = [engine for engine in engines if engine.present()]
    if not present:
        raise NoInkEngine
    why = []
    for engine in present[:ENGINES_TRIED]:
        try:
            return engine.compile(source)
        except (ChildCrashed, ChildTooSlow, EngineGaveUp) as refusal:
            why.append(f"{engine.name}: {_why(refusal)}")
    raise CompilerGaveUp(path=source.entry, why=", ".join(why))


def _why(refusal: Refusal) -> str:
    match refusal:
        case ChildTooSlow():
            return f"not done after {refusal.values['seconds']} seconds"
        case ChildCrashed():
            return f"ended by {refusal.values['how']}"
    return str(refusal.values.get("why", refusal))[:MESSAGE_LENGTH]


def _read(source: InkSource, answer: dict[str, Any], engine: str) -> Compilation:
    problems = [_problem(source, text, _SEVERITIES[kind]) for text, kind in answer["problems"]]
    story = answer["story"]
    if story is None and not any(each.severity == "error" for each in problems):
        thrown = str(answer.get("thrown") or "the compiler said nothing")
        problems.append(replace(_problem(source, thrown, "error"), **_most_nested(source)))
    if story is not None:
        json.loads(story)  # what travels on is JSON, whatever the engine did
    return Compilation(story, tuple(problems), engine)


def _problem(source: InkSource, words: str, severity: Severity) -> InkProblem:
    found = _PROBLEM.match(words)
    path, line, text = source.entry, 1, words
    if found is not None:
        path = _path(source, found["file"]) if found["file"] else source.entry
        line, text = int(found["line"]), found["text"]
    short = " ".join(text.replace("Error:Error: ", "").split())[:MESSAGE_LENGTH]
    return InkProblem(path, line, severity, short)


def _most_nested(source: InkSource) -> dict[str, Any]:
    """Where the most brackets stand in a line: what a parser that fell over was reading."""
    count, path, line = max(
        (text.count("{") + text.count("("), path, number)
        for path, content in source.files.items()
        for number, text in enumerate(content.split("\n"), start=1)
    )
    return {"path": path, "line": line} if count >= NESTED_BRACKETS else {}


def _path(source: InkSource, told: str) -> str:
    """A file's name in the story's folder; the compiler tells an included one as it was written."""
    if told in source.files:
        return told
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(source.entry), told))
    return joined if joined in source.files else told

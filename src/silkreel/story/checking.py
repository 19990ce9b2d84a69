"""All checks of a story at once: what was written, compiled, played, translated and boarded."""

import re
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from silkreel.kit.refusals import Refusal
from silkreel.story.canon import Walk
from silkreel.story.compile import Compilation, compile_ink, ink_of
from silkreel.story.findings import Finding, with_waivers
from silkreel.story.forms.po import Translations, read_po
from silkreel.story.forms.vtt import Cues, read_cues
from silkreel.story.lints.catalogue import Lint, all_lints
from silkreel.story.lints.evidence import Evidence, Outside, Told
from silkreel.story.lints.needs import Why
from silkreel.story.novel import Chapter, chapter_paths, read_chapter
from silkreel.story.players import StoryFault, StoryTooLong
from silkreel.story.playing import StoryEndless, game_only_of, open_play, places_of
from silkreel.story.project import BadStoryFile, Story, read_text
from silkreel.story.provenance import read_provenance
from silkreel.story.reach import reach
from silkreel.story.rehearse import Rehearsal, rehearse
from silkreel.story.script import At
from silkreel.story.shots import read_shot_lists

Made = TypeVar("Made")
_COMPILED_ID = re.compile(r'"\^id:\s*([^"\s]+)\s*"')


class UnknownCheck(Refusal):
    """A code nobody looks for."""

    status = 404
    message = "{code} is no check; docs/reference/story-checks.md lists those there are."


@dataclass(frozen=True, slots=True)
class NotRun:
    """A check that looked at nothing, for something it needs is not there."""

    code: str
    why: Why


def check(evidence: Evidence, only: Collection[str] = ()) -> tuple[Finding, ...]:
    """What the checks find, in the order of the files; `only` these codes where any are told.

    Raises:
        UnknownCheck: one of them does not exist.
    """
    found = (finding for lint in _asked(only) for finding in lint.findings(evidence))
    return with_waivers(dict.fromkeys(found), evidence.story)


def not_run(evidence: Evidence, only: Collection[str] = ()) -> tuple[NotRun, ...]:
    """Checks that `check` passes over, and why; by code.

    Raises:
        UnknownCheck: one of `only` does not exist.
    """
    missing = ((lint.code, lint.missing(evidence)) for lint in _asked(only))
    return tuple(NotRun(code, why) for code, why in missing if why is not None)


def _asked(only: Collection[str]) -> tuple[Lint, ...]:
    lints = all_lints()
    known = {lint.code for lint in lints}
    for code in only:
        if code not in known:
            raise UnknownCheck(code=code[:20])
    return tuple(lint for lint in lints if not only or lint.code in only)


def look_into(story: Story, walks: int = 0, outside: Outside | None = None) -> Evidence:
    """Compile and play a story, and read its translations, chapters and shot lists.

    Walked is as often as `walks` says, beside the quick way to every option; not at all for 0.

    What is known of it beyond its folder is told by `outside`.

    What cannot be played is told among the compiler's words; the canon is then left open.

    Raises:
        BadStoryFile: a translation, a chapter, a shot list or a cue file cannot be read.
    """
    with ThreadPoolExecutor(1) as aside:  # what a child computes, while this process reads
        compiling = _submit(aside, lambda: compile_ink(ink_of(story)))
        written = _written(story)
        compiled = compiling.result()
        walking = _submit(aside, lambda: _canon(story, compiled))
        loops = None if compiled.story is None else reach(compiled.story).silent_loops
        walk, trouble = walking.result()
    told = [Told(At(x.path, x.line), x.text) for x in compiled.problems if x.severity != "note"]
    rehearsal = _rehearsed(story, compiled, walks) if walk is not None and walks else None
    return replace(
        written,
        compiler_told=(*told, *trouble),
        compiled_ids=_ids(compiled),
        silent_loops=loops,
        canon=walk,
        walks=rehearsal.walks if rehearsal else 0,
        never_shown=frozenset(line.line_id for line in rehearsal.lines if line.dead)
        if rehearsal
        else frozenset(),
        outside=outside or Outside(),
    )


def _written(story: Story) -> Evidence:
    """What stands in the story's folder besides the script."""
    folder = story.folder
    return Evidence(
        story,
        translations=read_translations(folder),
        shot_lists=read_shot_lists(folder),
        chapters=read_chapters(folder),
        own_cues=read_own_cues(folder),
        provenance=read_provenance(folder),
    )


def _submit(pool: Executor, work: Callable[[], Made]) -> Future[Made]:
    """Work in a thread that speaks the language of this one, and counts its effort on the same list."""
    here = copy_context()
    return pool.submit(lambda: here.run(work))


def read_chapters(folder: Path) -> tuple[Chapter, ...]:
    """Every chapter of a story as it stands; whether it joins the script is for the checks to say.

    A file that was emptied is no chapter.

    Raises:
        BadStoryFile: one cannot be read.
    """
    paths = chapter_paths(folder)
    return tuple(read_chapter(path, f"novel/{path.name}") for path in paths)


def read_own_cues(folder: Path) -> dict[str, Cues]:
    """Cues of a story's own folder by language, from `cues/ep001.LANGUAGE.vtt`.

    Raises:
        BadStoryFile: one cannot be read.
    """
    found: dict[str, Cues] = {}
    for path in sorted((folder / "cues").glob("*.vtt")):
        language = path.stem.partition(".")[2]
        cues = read_cues(read_text(path, f"cues/{path.name}"))
        found[language] = {**found.get(language, {}), **cues}
    return found


def read_translations(folder: Path) -> dict[str, Translations]:
    """Every PO file of a story by language.

    Raises:
        BadStoryFile: one cannot be read.
    """
    found = {}
    for path in sorted((folder / "i18n").glob("*.po")):
        shown = f"i18n/{path.name}"
        try:
            found[path.stem] = read_po(path.read_bytes(), shown)
        except OSError:
            raise BadStoryFile(path=shown, line=1, problem="this file cannot be read.") from None
    return found


def _canon(story: Story, compiled: Compilation) -> tuple[Walk | None, tuple[Told, ...]]:
    if compiled.story is None:
        return None, ()
    try:
        with open_play(compiled.story, places_of(story)) as player:
            return player.canon(game_only_of(story)), ()
    except Refusal as refusal:
        return None, (Told(At(story.main.path, 1), str(refusal)),)


def _rehearsed(story: Story, compiled: Compilation, walks: int) -> Rehearsal | None:
    """Many walks; none where one of them does not end, which the canon walk may not have met."""
    try:
        return rehearse(story, compiled.json(), walks=walks)
    except (StoryEndless, StoryFault, StoryTooLong):
        return None


def _ids(compiled: Compilation) -> frozenset[str] | None:
    return None if compiled.story is None else frozenset(_COMPILED_ID.findall(compiled.story))

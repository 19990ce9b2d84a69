"""A story out in one form, past that form's gate: what does not read back the same is not written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import polib

from silkreel.kit.refusals import Refusal
from silkreel.story.forms.fdx import write_fdx
from silkreel.story.forms.fountain import write_fountain
from silkreel.story.forms.po import Translations, read_po, write_po
from silkreel.story.forms.vtt import write_vtt
from silkreel.story.forms.xliff import read_xliff, write_xliff
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import prose_units
from silkreel.story.parsing import parse
from silkreel.story.printing import print_script
from silkreel.story.project import Story
from silkreel.story.readers.draft import Draft
from silkreel.story.readers.fdx import read_fdx
from silkreel.story.readers.fountain import read_fountain
from silkreel.story.script import Beat, Line, Logic, Script
from silkreel.story.wordings import IN_GAME, words_in

Form = Literal["fountain", "fdx", "po", "xliff", "vtt", "ink"]
FORMS: tuple[Form, ...] = get_args(Form)


class LinesWithoutId(Refusal):
    """A line without an id would get lost on the way."""

    status = 409
    message = "{path}:{line}: {count} lines have no id; run `silkreel story stamp` first."


class NotPlayable(Refusal):
    """The series' own way cannot be walked."""

    status = 409
    message = "{path}:{line}: the story cannot be played to its end: {problem}"


class GateClosed(Refusal):
    """A form does not read back as it was written."""

    status = 422
    message = "{path}:{line}: this line does not come back from {form} as it is; reword it."


class LanguageMissing(Refusal):
    """A PO file is for one language."""

    status = 422
    message = "Say which language the translations are for: --language es."


class NoWordsIn(Refusal):
    """A language the story has no translations in."""

    status = 404
    message = (
        "The story has no words in {language}; begin them with "
        "`silkreel story translate {path} --to {language}`."
    )


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What to write."""

    form: Form
    language: str = ""
    episode: int = 1


def export(evidence: Evidence, order: ExportOrder) -> str:
    """The story in a form.

    Raises:
        LinesWithoutId, NotPlayable, GateClosed, LanguageMissing: nothing may be written.
        NoRates, NoSuchEpisode: subtitles cannot be timed.
        NoWordsIn: nothing is worded in the language.
    """
    story = evidence.story
    all_stamped(story)
    if order.form == "po":
        return _po(evidence, order.language)
    if order.form == "xliff":
        return _xliff(evidence, order.language)
    if order.form == "ink":
        return _ink(story)
    walk = canon_ids(evidence)
    if order.form == "vtt":
        worded = words_in(story, (), worded_in(evidence, order.language), IN_GAME)
        return write_vtt(story, walk, order.episode, {i: each.text for i, each in worded.items()})
    write, read = _LINEAR[order.form]
    text = write(story, walk)
    _same_beats(story, walk, read(text, order.form), order.form)
    return text


def worded_in(evidence: Evidence, language: str) -> Translations:
    """What is worded in a language; nothing for the story's own, which is also the one not named.

    Raises:
        NoWordsIn: nothing is.
    """
    own = evidence.story.project.language
    if not language or language == own:
        return Translations(own)
    found = evidence.translations.get(language)
    if found is None:
        raise NoWordsIn(language=language, path=str(evidence.story.folder))
    return found


def all_stamped(story: Story) -> None:
    """Every line has the id it is known by elsewhere.

    Raises:
        LinesWithoutId: one has none.
    """
    bare = [line for line in story.lines if line.id is None and not _silent(line)]
    if bare:
        at = bare[0].at
        raise LinesWithoutId(path=at.file, line=at.line, count=len(bare))


_Write = Callable[[Story, Sequence[str]], str]
_Read = Callable[[str, str], Draft]
_LINEAR: Mapping[str, tuple[_Write, _Read]] = {
    "fountain": (write_fountain, read_fountain),
    "fdx": (write_fdx, read_fdx),
}


def merged(story: Story) -> Script:
    """A story of many files as one script."""
    main = story.main
    logic = [node for script in story.scripts[1:] for node in script.head]
    head = [n for n in (*main.head, *logic) if not (isinstance(n, Logic) and n.kind == "include")]
    return Script(main.path, tuple(head), story.episodes)


def _silent(line: Line) -> bool:
    return not isinstance(line, Beat) and line.fallback


def canon_ids(evidence: Evidence) -> Sequence[str]:
    """Lines of the series in order.

    Raises:
        NotPlayable: the story cannot be played to its end.
    """
    if not evidence.numbered:
        path = evidence.story.main.path
        raise NotPlayable(path=path, line=1, problem="there is no episode in it.")
    if evidence.canon is not None:
        return evidence.canon.ids
    told = next(iter(evidence.compiler_told), None)
    at = told.at if told else evidence.story.main.episodes[0].at
    problem = told.sentence if told else "run `silkreel story check`"
    raise NotPlayable(path=at.file, line=at.line, problem=problem)


def _same_beats(story: Story, walk: Sequence[str], draft: Draft, form: str) -> None:
    by_id = {line.id: line for line in story.lines}
    wanted = [line for i in walk if isinstance(line := by_id.get(i), Beat)]
    back = {line.id: line for line in draft.script.lines}
    for beat in wanted:
        found = back.get(beat.id)
        if found != beat:
            raise GateClosed(path=beat.at.file, line=beat.at.line, form=form)


def _po(evidence: Evidence, language: str) -> str:
    if not language:
        raise LanguageMissing
    story = evidence.story
    text = write_po(
        story, language, evidence.translations.get(language), prose_units(evidence.chapters)
    )
    back = [w.line_id for w in read_po(text.encode(), "po").wordings if w.use == "sub"]
    for line in story.lines:
        if back.count(line.id or "") > 1:
            raise GateClosed(path=line.at.file, line=line.at.line, form="po")
    return text


def _xliff(evidence: Evidence, language: str) -> str:
    po = polib.pofile(_po(evidence, language))
    po[:] = [entry for entry in po if not entry.obsolete]  # XLIFF has no word for what is gone
    text = write_xliff(po, evidence.story.project.language)
    back = {entry.msgctxt: entry for entry in read_xliff(text, "xliff")}
    for entry in po:
        same = back.get(entry.msgctxt)
        if same is None or (same.msgid, same.msgstr) != (entry.msgid, entry.msgstr):
            file, line = entry.occurrences[0] if entry.occurrences else ("story", "1")
            raise GateClosed(path=file, line=int(line), form="xliff")
    return text


def _ink(story: Story) -> str:
    script = merged(story)
    names = story.project.names
    text = print_script(script, names)
    back = parse(text, script.path, names)
    for old, new in zip(script.lines, back.lines, strict=False):
        if old != new:
            raise GateClosed(path=old.at.file, line=old.at.line, form="ink")
    assert replace(back, path="") == replace(script, path="")
    return text

"""A story's words in other languages: the memory first, then the engines, then a person.

The same memory, engines and gate as the dubbing of a series. What was approved for the drama is taken
for the game and the novel, what is only alike is shown to the translator, what engines make is a draft,
and what nobody can word waits. The story's `i18n/LANGUAGE.po` holds the outcome.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from silkreel.bible.memory import Memory
from silkreel.dubbing.gate import GateFinding
from silkreel.dubbing.translating import (
    RequestParts,
    Waiting,
    translate_lines,
    wordings_from_memory,
)
from silkreel.dubbing.wordings import Wording as Worded
from silkreel.engines.contracts import Translator
from silkreel.flows.story_memory import (
    all_terms,
    remember_story,
    series_of_story,
    shared_memory,
    source_line,
)
from silkreel.flows.translate_lines import translators_at_hand
from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings
from silkreel.story.checking import read_chapters, read_translations
from silkreel.story.exporting import all_stamped
from silkreel.story.forms.po import Translations, Use, Wording, write_po
from silkreel.story.novel import Chapter, prose_units
from silkreel.story.project import Story, open_story
from silkreel.story.stamping import replace_file
from silkreel.story.units import Stand, Unit, stand_of, stands, units_of
from silkreel.story.wordings import state_of

Key = tuple[str, Use]
BASES: tuple[Use, ...] = ("sub", "print")  # of lines, and of prose


@dataclass(frozen=True, slots=True)
class TranslateOrder:
    """What is to be worded."""

    story: Path
    languages: tuple[str, ...]
    by: str  # in whose name approved words of the story enter the series' memory
    series: str = ""  # slug; by default story.yaml's


@dataclass(frozen=True, slots=True)
class Translated:
    """What became of a story in one language."""

    language: str
    taken: int  # approved words from the memory
    offered: int  # words of the same text elsewhere: drafts
    made: int  # drafts by engines
    remembered: int  # approved words the series' memory did not know
    waiting: tuple[Waiting, ...]
    stands: tuple[Stand, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _File:
    """A language of a story while it is being worded."""

    story: Story
    chapters: tuple[Chapter, ...]
    language: str
    units: tuple[Unit, ...]
    parts: RequestParts
    found: dict[Key, Wording]
    obsolete: tuple[Wording, ...] = ()
    suggestions: dict[str, Worded] = field(default_factory=dict)
    taken: int = 0
    offered: int = 0
    made: int = 0
    judged: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def translations(self) -> Translations:
        """Everything worded so far."""
        return Translations(self.language, tuple(self.found.values()), self.obsolete)

    def key(self, unit: Unit) -> Key:
        """Under which its base wording stands: prose is print, by whichever of two names."""
        printed = unit.prose and (unit.id, "print") in self.found
        return unit.id, "print" if printed else "sub"

    def has(self, unit: Unit) -> bool:
        """Whether there are any words for it."""
        wording = self.found.get(self.key(unit))
        return wording is not None and bool(wording.text)

    def settled(self, unit: Unit) -> bool:
        """Whether a person stands for its words as the source reads now."""
        wording = self.found.get(self.key(unit))
        if wording is None or not wording.text:
            return False
        return state_of(wording, unit.text) == "approved"

    def put(self, unit: Unit, text: str, *, draft: bool, use: Use | None = None) -> None:
        """Word it."""
        key = (unit.id, use) if use is not None else self.key(unit)
        self.found[key] = Wording(unit.id, text, unit.text, key[1], draft)

    def save(self) -> None:
        """Write the file where it changed; it is replaced whole or not at all."""
        path = self.story.folder / "i18n" / f"{self.language}.po"
        text = write_po(
            self.story, self.language, self.translations, prose_units(self.chapters), self._hints()
        )
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        path.parent.mkdir(exist_ok=True)
        replace_file(path, text)

    def _hints(self) -> Mapping[str, Sequence[str]]:
        """What translators should look at: what the gate says of drafts, and what was alike."""
        return {unit.id: tuple(self._told(unit)) for unit in self.units}

    def _told(self, unit: Unit) -> Iterable[str]:
        wording = self.found.get(self.key(unit))
        if wording is not None and wording.text:
            if state_of(wording, unit.text) == "draft":
                yield from self._judged(unit, wording.text)
        elif unit.id in self.suggestions:
            similar = self.suggestions[unit.id]
            yield f"similar: {similar.text}"
            yield from map(_look_at, similar.findings)

    def _judged(self, unit: Unit, text: str) -> tuple[str, ...]:
        """What the gate says of a draft; asked once, for the file is written after each episode."""
        if (unit.id, text) not in self.judged:
            findings = self.parts.check(source_line(unit), text, "full")
            self.judged[unit.id, text] = tuple(map(_look_at, findings))
        return self.judged[unit.id, text]


def translate_story(
    settings: Settings,
    workshop: Workshop,
    order: TranslateOrder,
    *,
    translators: Sequence[Translator] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Translated, ...]:
    """Word a story in some languages; every episode and chapter is kept as soon as it is done.

    Words somebody stands for are never written over, but by a later approval of the same line.

    Args:
        settings: which engines are there.
        workshop: where the memory is.
        order: what is wanted.
        translators: open engines, first choice first; by default those set.
        cancelled: asked between requests.

    Raises:
        NoStory, BadStoryFile, LinesWithoutId: the story cannot be translated as it is.
        NoSuchSeries, OtherLanguage: it shares no memory with the series named.
        Cancelled: somebody asked to stop; what was worded is kept.
    """
    story = open_story(order.story)
    all_stamped(story)
    chapters = read_chapters(story.folder)
    known = read_translations(story.folder)
    here, missing = (
        (list(translators), []) if translators is not None
        else translators_at_hand(settings, cancelled)
    )  # fmt: skip
    made = []
    for language in order.languages:
        file, memory, remembered = _opened(
            workshop, order, story, chapters, known.get(language, Translations(language)), language
        )
        _from_memory(file, memory)
        file.save()
        waiting, notes = _from_engines(file, here, cancelled)
        made.append(
            Translated(
                language, file.taken, file.offered, file.made, remembered, waiting,
                stands(file.units, file.translations), (*notes, *missing) if waiting else notes,
            )
        )  # fmt: skip
    return tuple(made)


def _opened(
    workshop: Workshop,
    order: TranslateOrder,
    story: Story,
    chapters: tuple[Chapter, ...],
    known: Translations,
    language: str,
) -> tuple[_File, Memory, int]:
    """A language's file, the memory it shares, and how much that learned from it."""
    project, units, remembered = story.project, units_of(story, chapters), 0
    with workshop.transaction() as tx:
        series = series_of_story(tx, project, order.series)
        if series is not None:
            remembered = remember_story(tx, series, language, units, known, by=order.by)
        memory = shared_memory(tx, series, language, units, known)
        terms = all_terms(tx, series, project, language)
        spender = series.id if series is not None else story.folder.resolve().name
    parts = RequestParts(spender, project.language, language, terms)
    found = {(wording.line_id, wording.use): wording for wording in reversed(known.wordings)}
    made = _File(story, chapters, language, units, parts, found, known.obsolete)
    return made, memory, remembered


def _from_memory(file: _File, memory: Memory) -> None:
    """Take what was approved, offer what stands elsewhere, show what is alike."""
    left = {unit.id: unit for unit in file.units if not file.settled(unit)}
    for base in BASES:
        lines = [source_line(unit) for unit in left.values() if unit.base == base]
        outcome = wordings_from_memory(memory.for_use(base), lines, file.parts)
        for worded in outcome.wordings:
            _take(file, left[worded.line_id], worded)
        shown = {each.line_id: each for each in outcome.suggestions}
        file.suggestions |= {i: each for i, each in shown.items() if not file.has(left[i])}
    for unit in file.units:
        for use in unit.uses:
            _newest_of_the_line(file, memory, unit, use)


def _newest_of_the_line(file: _File, memory: Memory, unit: Unit, use: Use) -> None:
    """A variant of a line has the words that were approved for it last, wherever that was."""
    own = memory.for_use(use).own_words(unit.id, unit.text)
    if not own:
        return
    shown = stand_of(unit, use, file.found)
    same = shown.wording is not None and shown.wording.text == own[0].text
    if same and shown.standing == "approved":
        return
    file.put(unit, own[0].text, draft=False, use=None if use == unit.base else use)
    file.taken += 1


def _take(file: _File, unit: Unit, worded: Worded) -> None:
    if worded.length != "full" or any(each.code == "placeholder" for each in worded.findings):
        return
    if not worded.draft:
        file.put(unit, worded.text, draft=False)
        file.taken += 1
    elif not file.has(unit):
        file.put(unit, worded.text, draft=True)
        file.offered += 1


def _from_engines(
    file: _File, translators: Sequence[Translator], cancelled: Callable[[], bool]
) -> tuple[tuple[Waiting, ...], tuple[str, ...]]:
    """Ask engines for what has no words, an episode or a chapter at a time."""
    waiting: list[Waiting] = []
    notes: dict[str, None] = {}
    for part in dict.fromkeys(unit.part for unit in file.units):
        units = [unit for unit in file.units if unit.part == part]
        missing = {unit.id: unit for unit in units if not file.has(unit)}
        if not missing:
            continue
        outcome = translate_lines(
            [source_line(unit) for unit in units], translators, file.parts, only=missing,
            suggestions=[file.suggestions[i] for i in missing if i in file.suggestions],
            cancelled=cancelled,
        )  # fmt: skip
        for worded in outcome.wordings:
            if worded.length == "full":
                file.put(missing[worded.line_id], worded.text, draft=True)
                file.made += 1
        waiting += outcome.waiting
        notes |= dict.fromkeys(outcome.notes)
        file.save()
    return tuple(waiting), tuple(notes)


def _look_at(finding: GateFinding) -> str:
    return f"look at: {finding.sentence}"

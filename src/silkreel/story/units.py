"""What is translated of a story, text by text: its lines, then the novel's prose; and how far that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from silkreel.story.forms.po import USES, Translations, Use, Wording
from silkreel.story.novel import Chapter, needs_words, prose_units
from silkreel.story.project import Story
from silkreel.story.script import Beat, Choice, tag_value
from silkreel.story.wordings import state_of

Standing = Literal["approved", "draft", "stale", "missing"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
# Whose words a medium shows, the best first (section 10 of the design).
SHOWN: Mapping[Use, tuple[Use, ...]] = {
    "sub": ("sub", "print"),
    "dub": ("dub", "sub", "print"),
    "print": ("print", "sub"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A text that is translated by itself, and what stands around it."""

    id: str
    text: str
    part: str  # its episode's knot, or its chapter: ep001, ch001
    uses: tuple[Use, ...]  # the variants it is read, heard or printed in
    prose: bool = False
    speaker: str = ""
    addressee: str = ""
    previous: str = ""

    @property
    def base(self) -> Use:
        """The variant it is translated in first."""
        return "print" if self.prose else "sub"


def units_of(story: Story, chapters: Sequence[Chapter]) -> tuple[Unit, ...]:
    """Every text of a story that has an id, in the order written; a `#same:` line shares its first's.

    A block of the novel that only quotes is none: it reads as its lines do.
    """
    return (*_lines(story, chapters), *_prose(chapters))


def _lines(story: Story, chapters: Sequence[Chapter]) -> Iterator[Unit]:
    quoted = {line_id for chapter in chapters for line_id in chapter.quotes}
    previous, speaker, scene = "", "", None
    for placed in story.walk():
        line = placed.node
        if placed.scene is not scene:
            previous, speaker, scene = "", "", placed.scene
        if not isinstance(line, Beat | Choice):
            continue
        who = _name(story, line.speaker) if isinstance(line, Beat) and line.speaker else ""
        if line.id and line.text and tag_value(line.tags, "same") is None:
            yield Unit(
                line.id, line.text, placed.episode.name if placed.episode else "",
                _uses(line, quoted), speaker=who,
                addressee=speaker if who and speaker != who else "", previous=previous,
            )  # fmt: skip
        previous, speaker = line.text, who or speaker


def _name(story: Story, speaker: str) -> str:
    character = story.project.character(speaker)
    return (character.name or character.id) if character is not None else speaker


def _uses(line: Beat | Choice, quoted: set[str]) -> tuple[Use, ...]:
    spoken = isinstance(line, Beat) and line.spoken
    wanted = {"sub": True, "dub": spoken, "print": line.id in quoted}
    return tuple(use for use in USES if wanted[use])


def _prose(chapters: Sequence[Chapter]) -> Iterator[Unit]:
    for chapter in chapters:
        for unit in prose_units([chapter]):
            if unit.id == chapter.title_id or needs_words(unit.text):
                yield Unit(unit.id, unit.text, chapter.name, ("print",), prose=True)


@dataclass(frozen=True, slots=True)
class Stand:
    """How one variant of one text stands in a language."""

    unit: Unit
    use: Use
    standing: Standing
    wording: Wording | None  # the words that are shown; another variant's where it has none


def stands(units: Iterable[Unit], translations: Translations) -> tuple[Stand, ...]:
    """Every text in every variant it is needed in."""
    found = {(w.line_id, w.use): w for w in reversed(translations.wordings)}
    return tuple(stand_of(unit, use, found) for unit in units for use in unit.uses)


def stand_of(unit: Unit, use: Use, found: Mapping[tuple[str, Use], Wording]) -> Stand:
    """How a text stands in one variant, among wordings by id and variant."""
    there = (found.get((unit.id, own)) for own in SHOWN[use])
    best = next((wording for wording in there if wording is not None and wording.text), None)
    if best is None:
        return Stand(unit, use, "missing", None)
    state = state_of(best, unit.text)
    return Stand(unit, use, "approved" if state == "source" else state, best)


def tally(told: Iterable[Stand]) -> Mapping[Use, Mapping[Standing, int]]:
    """How many texts of each variant are approved, drafts, stale and missing."""
    counted = {use: dict.fromkeys(STANDINGS, 0) for use in USES}
    for each in told:
        counted[each.use][each.standing] += 1
    return counted

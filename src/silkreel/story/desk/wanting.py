"""What is wanting in a story's translations: lines that changed since, and lines nobody worded.

How a text stands is told by `units.stands`, the same that `silkreel story translate` tells by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from silkreel.story.forms.po import Translations, Use
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import prose_units
from silkreel.story.playing import places_of
from silkreel.story.script import NOWHERE, At
from silkreel.story.units import Stand, Standing, stands, tally, units_of

WANTING: tuple[Standing, ...] = ("stale", "missing")
MOST_TOLD = 300  # texts at once; an episode has some sixty, and a page of more is not read


@dataclass(frozen=True, slots=True)
class Lack:
    """How one variant of a text stands; `was` is what its words were made from, where they are stale."""

    use: Use
    standing: Standing
    words: str
    was: str


@dataclass(frozen=True, slots=True)
class WantingText:
    """A text with something wanting, and where it is written."""

    id: str
    part: str
    speaker: str
    source: str
    at: At
    lacks: tuple[Lack, ...]

    @property
    def stale(self) -> bool:
        """Whether some words of it say what the source no longer says."""
        return any(each.standing == "stale" for each in self.lacks)


@dataclass(frozen=True, slots=True)
class Wanting:
    """What is wanting in one language: counts over the whole story, and the texts themselves."""

    language: str
    counts: Mapping[Use, Mapping[Standing, int]]
    texts: tuple[WantingText, ...]

    @property
    def stale(self) -> "Wanting":
        """The same with the texts that mislead only; the counts stay the whole story's."""
        return replace(self, texts=tuple(each for each in self.texts if each.stale))


def languages_of(evidence: Evidence) -> tuple[str, ...]:
    """The languages a story is to have, then others it has words in."""
    wanted = evidence.story.project.languages
    told = dict.fromkeys((*wanted, *sorted(evidence.translations)))
    return tuple(each for each in told if each != evidence.story.project.language)


def parts_of(evidence: Evidence) -> tuple[str, ...]:
    """Episodes and chapters with texts of their own, in order."""
    units = units_of(evidence.story, evidence.chapters)
    return tuple(dict.fromkeys(unit.part for unit in units if unit.part))


def wanting_in(evidence: Evidence, language: str) -> Wanting:
    """What is stale in a language, then what is missing, each in the order written."""
    units = units_of(evidence.story, evidence.chapters)
    words = evidence.translations.get(language, Translations(language))
    told = stands(units, words)
    places = places_of(evidence.story) | {
        unit.id: unit.at for unit in prose_units(evidence.chapters)
    }
    lacking = [each for each in told if each.standing in WANTING]
    texts = sorted(_texts(lacking, places), key=lambda text: not text.stale)  # what misleads first
    return Wanting(language, tally(told), tuple(texts))


def _texts(lacking: Iterable[Stand], places: Mapping[str, At]) -> Iterable[WantingText]:
    for _, group in groupby(lacking, key=lambda each: each.unit.id):
        same = list(group)
        unit = same[0].unit
        yield WantingText(
            unit.id, unit.part, unit.speaker, unit.text, places.get(unit.id, NOWHERE),
            tuple(_lack(each) for each in same),
        )  # fmt: skip


def _lack(stand: Stand) -> Lack:
    wording = stand.wording
    if wording is None:
        return Lack(stand.use, stand.standing, "", "")
    return Lack(stand.use, stand.standing, wording.text, wording.source)

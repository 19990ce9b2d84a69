"""The interface's words: which languages there are, and which one a reader gets.

The page says its sentences by id; their English stands in `ui/shared/words.json`, and what they are in
other languages in the same catalogues as every other sentence, with the id as their context.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale

from silkreel.kit.languages import UnknownLanguage, best_language, normal_tag
from silkreel.kit.words import SOURCE_LANGUAGE, languages, load_catalogue, reader_language
from silkreel.web.assets import UI_FOLDER

WORDS_FILE = UI_FOLDER / "shared" / "words.json"
MONEY_WORDS_FILE = UI_FOLDER / "money" / "words.json"
DESK_WORDS_FILE = UI_FOLDER / "desk" / "words.json"
STORY_WORDS_FILE = UI_FOLDER / "app" / "story" / "words.json"
DEFAULT = SOURCE_LANGUAGE
ONE, MANY = ".one", ".other"  # how the ids of a sentence with a count end: CLDR's categories
COUNTS_TRIED = 201  # every plural form of every language comes up below it
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
MAX_ACCEPTED = 10  # languages read from a header; browsers send two to five
MAX_HEADER = 512


@dataclass(frozen=True, slots=True)
class Interface:
    """Words by language tag and message id."""

    words: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, file: Path = WORDS_FILE) -> "Interface":
        """Read every language; a message missing in one is taken from English."""
        english: dict[str, str] = json.loads(file.read_text("utf-8"))
        return cls({tag: page_words(english, tag, load_catalogue(tag)) for tag in languages()})

    @property
    def languages(self) -> list[str]:
        """Tags of the languages there are."""
        return list(self.words)

    def choose(self, wished: Sequence[str]) -> str:
        """The interface language for a reader."""
        return best_language(self.languages, wished) or DEFAULT


def page_words(
    english: Mapping[str, str], language: str, catalogue: NullTranslations
) -> dict[str, str]:
    """The page's words in a language by id; a count has an id for each form the language has."""
    told: dict[str, str] = {}
    for key, sentence in english.items():
        base = key.removesuffix(MANY)
        one = english.get(base + ONE) if key.endswith(MANY) else None
        if one is not None:
            told |= _counted(base, one, sentence, language, catalogue)
        elif not key.endswith(ONE):
            told[key] = catalogue.pgettext(key, sentence)
    return told


def _counted(
    base: str, one: str, many: str, language: str, catalogue: NullTranslations
) -> dict[str, str]:
    """A sentence by CLDR's category, which the browser asks by; gettext numbers the same forms."""
    return {
        f"{base}.{category}": catalogue.npgettext(base, one, many, count)
        for category, count in _least_counts(language).items()
    } | {base + MANY: catalogue.npgettext(base, one, many, COUNTS_TRIED)}


@cache
def _least_counts(language: str) -> dict[str, int]:
    """The least count of each of a language's plural forms: asked once, not once a sentence."""
    category = Locale.parse(language, sep="-").plural_form
    return {category(count): count for count in reversed(range(COUNTS_TRIED))}


@lru_cache(maxsize=4096)
def said_language(accept_language: str) -> str:
    """The language of ours in which to answer whoever sends this Accept-Language header."""
    return reader_language(accepted_languages(accept_language))


@lru_cache(maxsize=4096)
def accepted_languages(header: str) -> tuple[str, ...]:
    """Tags of an Accept-Language header, best first; what is no language is left out."""
    weighted = []
    for place, part in enumerate(header[:MAX_HEADER].split(",")[:MAX_ACCEPTED]):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and tag != "*" and weight > 0:
            weighted.append((-weight, place, tag))
    return tuple(dict.fromkeys(t for t in map(_known, (w[2] for w in sorted(weighted))) if t))


def one_language(text: str) -> str | None:
    """A tag in its one spelling; None for what is no language."""
    return _known(text)


def direction(language: str) -> str:
    """Whether a language is written from the left or from the right."""
    return "rtl" if language.split("-", 1)[0] in RIGHT_TO_LEFT else "ltr"


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1) if parameter else 1.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=4096)
def _known(tag: str) -> str | None:
    try:
        return normal_tag(tag[:35])
    except UnknownLanguage:
        return None

"""The word lists of the gate: honorifics, words that may stand with a capital, known names."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from silkreel.kit.languages import primary

LISTED = ("en", "es", "pt")
_NAME_PIECE_LETTERS = 4  # shorter pieces ("of", the "Min" of Min Nan) may be anybody's name


@dataclass(frozen=True, slots=True)
class WordLists:
    """What one language knows; empty where no list was written."""

    honorific: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    institution: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NameLists:
    """Names, whatever the language."""

    given: frozenset[str]
    surname: frozenset[str]  # single Chinese characters
    plain_surname: frozenset[str]  # those that are seldom anything else
    syllable: frozenset[str]  # pinyin without tones


@cache
def word_lists(language: str) -> WordLists:
    """The lists of a language."""
    tongue = primary(language)
    sections = _sections(tongue) if tongue in LISTED else {}
    return WordLists(
        honorific=frozenset(sections.get("honorific", ())),
        capital=frozenset(sections.get("capital", ())) | _places(tongue),
        common=frozenset(sections.get("common", ())),
        verbs=frozenset(sections.get("verbs", ())),
        institution=frozenset(sections.get("institution", ())),
    )


@cache
def name_lists() -> NameLists:
    """The lists of names."""
    sections = _sections("names")
    return NameLists(
        given=frozenset(sections["given"]),
        surname=frozenset("".join(sections["surname"])),
        plain_surname=frozenset("".join(sections["plain_surname"])),
        syllable=frozenset(sections["syllable"]),
    )


@cache
def _english() -> frozenset[str]:
    """The words misaki (Apache-2.0, in our base packages) can say: read only when one is doubted."""
    path = files("misaki").joinpath("data", "us_gold.json")
    return frozenset(word for word in json.loads(path.read_text("utf-8")) if word.islower())


def is_word(word: str, language: str) -> bool:
    """Whether a large dictionary holds the word, or what it is a form of; only English has one."""
    if primary(language) != "en":
        return False
    stems = (word, word.removesuffix("s"), word.removesuffix("es"), f"{word.removesuffix('ies')}y")
    return any(stem in _english() for stem in stems)


def listed(name: str, section: str) -> tuple[str, ...]:
    """The words of one section of a list."""
    return tuple(_sections(name).get(section, ()))


def _sections(name: str) -> dict[str, list[str]]:
    text = files("silkreel.dubbing").joinpath("gate_words", f"{name}.txt").read_text("utf-8")
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current += line.split()
    return sections


def _places(tongue: str) -> frozenset[str]:
    """Words of the names of countries and languages, as the language writes them."""
    try:
        locale = Locale.parse(tongue)
    except (ValueError, UnknownLocaleError):
        return frozenset()
    names = [*locale.territories.values(), *locale.languages.values()]
    whole = {str(name).lower() for name in names if " " not in str(name)}
    pieces = {word.strip("()'’,.").lower() for name in names for word in str(name).split()}
    return frozenset(whole | {word for word in pieces if len(word) >= _NAME_PIECE_LETTERS})

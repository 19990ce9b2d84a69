"""What a letter belongs to: its script, its direction, and what must not be parted from it.

Unicode's names begin with the script (`ARABIC LETTER BEH`), so Python's own data are enough.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

WIDE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"})
CHINESE_JAPANESE_KOREAN = WIDE | {"HANGUL"}
PLAIN = CHINESE_JAPANESE_KOREAN | {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN"}
LETTERS = ("L", "M", "N")  # Unicode's general categories of what must be readable
NOT_SCRIPTS = frozenset(
    {"COMBINING", "MODIFIER", "DIGIT", "FULLWIDTH", "HALFWIDTH", "SUPERSCRIPT", "SUBSCRIPT",
     "ZERO", "VARIATION", "FEMININE", "MASCULINE", "VULGAR", "CIRCLED", "PARENTHESIZED",
     "MATHEMATICAL", "NUMBER", "SCRIPT", "ROMAN", "MICRO", "IDEOGRAPHIC",
     "BLACK", "INFORMATION", "OHM", "KELVIN", "ANGSTROM", "NEGATIVE", "DOUBLE", "EXTENDED"}
)  # fmt: skip
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
JOINERS = "\u200c\u200d"
VIRAMA = 9  # the combining class of a mark that joins its letter to the next
LEADING = "เแโใไເແໂໃໄ"  # Thai and Lao vowels that stand before what they belong to
TRAILING = "ะาำๅๆฯະາຳໆ"  # and those that stand after it without being marks
RIGHT_TO_LEFT = ("R", "AL")


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str:
    """The script a letter belongs to; nothing for digits, marks, blanks and what all scripts share."""
    if unicodedata.category(letter)[0] not in LETTERS:
        return ""
    name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]  # ARABIC-INDIC DIGIT
    return "" if name in NOT_SCRIPTS else name


def readable(letter: str) -> bool:
    """Whether a text loses its sense without it: letters, marks and figures, not ornaments."""
    return unicodedata.category(letter)[0] in LETTERS


def written(text: str) -> str:
    """A text without what is not drawn: control characters, and requests for coloured pictures."""
    blanks = (" " if unicodedata.category(letter) == "Zs" else letter for letter in text)
    drawn = (letter for letter in blanks if letter.isprintable() or letter in JOINERS)
    whole = "".join(letter for letter in drawn if not VARIATIONS.match(letter))
    return unicodedata.normalize("NFC", whole)


def runs_leftward(text: str) -> bool | None:
    """Whether a text is written from right to left: its first letter with a direction says so."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    strong = next((kind for kind in kinds if kind in {"L", *RIGHT_TO_LEFT}), None)
    return None if strong is None else strong in RIGHT_TO_LEFT


def needs_shaping(script: str) -> bool:
    """Whether letters of a script change by their neighbours, or carry marks that must be placed."""
    return bool(script) and script not in PLAIN


def clusters(text: str) -> list[str]:
    """What a reader takes for one letter: never a mark without its base, never half a conjunct."""
    starts = [0]
    starts += [
        at for at, (before, letter) in enumerate(pairwise(text), 1) if _parts(before, letter)
    ]
    return [text[a:b] for a, b in pairwise([*starts, len(text)]) if a < b]


def _parts(before: str, letter: str) -> bool:
    bound = unicodedata.category(letter)[0] == "M" or letter in JOINERS or letter in TRAILING
    joined = before in JOINERS or unicodedata.combining(before) == VIRAMA or before in LEADING
    thai = script_of(before) in {"THAI", "LAO"}
    return not bound and not (joined and (before not in LEADING or thai))


def spans_of_scripts(text: str) -> Iterator[tuple[str, str]]:
    """A text in stretches of one script, in order; what all scripts share is a stretch of none."""
    start = 0
    kinds = [script_of(letter) for letter in text]
    for place, kind in enumerate(kinds):
        if unicodedata.category(text[place])[0] == "M" and place and not kind:
            kinds[place] = kinds[place - 1]  # a mark that many scripts share is its letter's
    for end in range(1, len(text) + 1):
        if end == len(text) or kinds[end] != kinds[start]:
            yield kinds[start], text[start:end]
            start = end

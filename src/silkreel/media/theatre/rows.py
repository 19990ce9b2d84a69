"""A caption in rows: where it may break, and rows of much the same length."""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise

from silkreel.kit.phrases import phrases
from silkreel.media.theatre.scripts import WIDE, clusters, script_of
from silkreel.media.theatre.typesetting import PLAIN_SETTING, Setting, row_length

NARROWEST_PERCENT = 52  # of the room a row may take: below it there would be a row more
NO_START = "，。！？；：、…）》」』”’,.!?;:)؟،؛ๆฯ。ー々"  # marks that never begin a row
WIDE_MARKS = "，。！？；：、（）《》「」『』…—"
NO_END = "（《「『“‘(["  # and those that never end one


def wrapped(text: str, size: int, room: float, setting: Setting = PLAIN_SETTING) -> list[str]:
    """A text in rows no wider than `room` pixels, broken at blanks, phrases or between wide letters."""
    length = partial(_length_pixels, size, setting)
    rows, filled = [""], 0.0
    pieces = (part for piece in pieces_of(text, setting) for part in _parted(piece, length, room))
    for piece in pieces:
        if rows[-1] and filled + length(piece.rstrip()) > room:
            rows.append(piece.lstrip())
            filled = length(rows[-1])
        else:
            rows[-1] += piece
            filled += length(piece)
    return [row.strip() for row in rows if row.strip()] or [""]


def balanced(
    text: str, size: int, room: float, rows: list[str], setting: Setting = PLAIN_SETTING
) -> list[str]:
    """As many rows, none much shorter than the others: the narrowest room that still holds them."""
    for share in range(NARROWEST_PERCENT, 100, 4):
        even = wrapped(text, size, room * share / 100, setting)
        if len(even) <= len(rows):
            return even
    return rows


def shortened(text: str, size: int, room: float, setting: Setting = PLAIN_SETTING) -> str:
    """A text as far as it fits into a row; what was cut off is told by three dots."""
    if row_length(text, size, setting) <= room:
        return text
    kept = clusters(text)
    while kept and row_length("".join(kept) + "…", size, setting) > room:
        kept.pop()
    return "".join(kept).rstrip() + "…" if kept else ""


@lru_cache(maxsize=256)
def pieces_of(text: str, setting: Setting) -> tuple[str, ...]:
    """What may stand on a row of its own: words and phrases, with the marks that belong to them."""
    breaks = [0]
    for word in _words(text):
        start = breaks.pop()
        inside = _phrase_ends(word, setting.language)
        breaks += [start, *(start + end for end in inside), start + len(word)]
    ends = [at for at in breaks[1:-1] if text[at] not in NO_START and text[at - 1] not in NO_END]
    return tuple(text[a:b] for a, b in pairwise([0, *ends, len(text)]))


def _words(text: str) -> list[str]:
    """Words, each with the blanks after it."""
    starts = [at for at, (a, b) in enumerate(pairwise(text), 1) if a == " " and b != " "]
    return [text[a:b] for a, b in pairwise([0, *starts, len(text)])]


def _phrase_ends(word: str, language: str) -> list[int]:
    """Where a word without blanks may break: after its phrases, else between wide letters."""
    thai = any(script_of(letter) == "THAI" for letter in word)
    if not thai and not any(map(_wide, word)):
        return []
    found = phrases(word, "th" if thai else language)
    if found is not None:
        return [sum(map(len, found[:count])) for count in range(1, len(found))]
    pairs = enumerate(pairwise(word), start=1)
    return [at for at, (before, letter) in pairs if _wide(before) or _wide(letter)]


def _wide(letter: str) -> bool:
    """Whether a row may end beside it: Chinese and Japanese letters and their marks, not Korean."""
    return script_of(letter) in WIDE or letter in WIDE_MARKS


@lru_cache(maxsize=4096)
def _length_pixels(size: int, setting: Setting, text: str) -> float:
    """How long letters are; words come back in every trial of `balanced`."""
    return row_length(text, size, setting)


def _parted(piece: str, length: Callable[[str], float], room: float) -> list[str]:
    """A word too long for a row, in letters: never a mark without its letter."""
    return [piece] if length(piece) <= room else clusters(piece)

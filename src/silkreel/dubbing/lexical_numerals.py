"""Numerals that are part of a word: 六边形 is a hexagon, 三轮车 a tricycle, 四川 a province.

A translation may keep such a numeral (五星级, "five-star") or leave it, so it is read as loose: it may
go without a partner, but another number in its place is still one that the original does not say.
"""

import re
from collections.abc import Sequence
from functools import cache

from silkreel.dubbing.word_lists import listed

_NUMERALS = "零一二三四五六七八九十百千万亿"
# What makes any numeral before it a word: shapes, vehicles, classes, grades of fame.
_BUILT = re.compile(
    rf"[{_NUMERALS}]+(?:边形|角(?:形|星|楼|亭|塔|帽|桌|窗|架|洲|恋|关系|债|铁|区|柜)|面体|棱柱|棱镜|叶草|轮车|轮摩托|驱|星级|线城市|线(?:小)?(?:明星|演员|艺人|主播)"
    r"|流(?:货色|演员|大学)|维|合一|胞胎|弦琴|重奏|重唱|项全能|件套|宫格|向箔|角钱)"
)


def lexical_spans(line: str, forms: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """Where words with a numeral stand in a line that is already folded with `forms`.

    A word counts only whole: the 三国 in 十三国 is a number of countries.
    """
    words, longest = _words(tuple(sorted(forms.items())))
    found = [match.span() for match in _BUILT.finditer(line)]
    at = 0
    while at < len(line):
        end = _longest_word(line, at, words, longest)
        if end and not _is_part(line, at, end):
            found.append((at, end))
        at = end or at + 1
    return tuple(found)


def inside(spans: Sequence[tuple[int, int]], first: int, end: int) -> bool:
    """Whether what stands from `first` to `end` begins in a word of `spans` and ends in one."""
    return any(begin <= first and end <= close for begin, close in spans)


def _longest_word(line: str, at: int, words: frozenset[str], longest: int) -> int:
    sizes = range(min(longest, len(line) - at), 1, -1)
    return next((at + size for size in sizes if line[at : at + size] in words), 0)


def _is_part(line: str, first: int, end: int) -> bool:
    """Whether a numeral of the word goes on outside of it."""
    before, after = line[first - 1 : first], line[end : end + 1]
    runs_in = (
        bool(before) and line[first] in _NUMERALS and (before in _NUMERALS or before.isdigit())
    )
    return runs_in or (bool(after) and line[end - 1] in _NUMERALS and after in _NUMERALS)


@cache
def _words(forms: tuple[tuple[int, int], ...]) -> tuple[frozenset[str], int]:
    table = dict(forms)
    listings = (*listed("zh", "lexical"), *listed("zh_lexical", "lexical"))
    words = frozenset(word.translate(table) for word in listings)
    return words, max(map(len, words))

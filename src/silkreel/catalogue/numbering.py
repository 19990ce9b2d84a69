"""The episode's number out of a file name, by any common habit."""

import re
import unicodedata

MAX_NUMBER = 9999  # beyond this it is a year, a size or a hash

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "[零〇一二两三四五六七八九十百千]+"
_MARKED = (
    rf"第\s*(\d+|{_CHINESE})\s*[集话話回期]",
    r"(?:^|[^a-z])s\d{1,2}\s*[ex]p?\s*(\d{1,4})(?!\d)",
    r"(?:^|[^a-z])(?:episodes?|episodio|epis[oó]dio|folge|ep|e|cap[ií]tulo|cap|tap|tập)[\s._#-]*(\d{1,4})(?!\d)",
    r"#\s*(\d{1,4})(?!\d)",
    rf"(\d+|{_CHINESE})\s*[集话話回]",
)
# What looks like a number and is none: 1080p, 720x1280, h264, x265, 25fps, 10bit, v2, (2024).
_NOISE = re.compile(
    r"\d{3,4}\s*[x×]\s*\d{3,4}|\d{3,4}[pi]\b|[hx]\.?26[45]|\d+(?:\.\d+)?\s*fps|\d+\s*bit|\bv\d+\b|[(\[]\s*(?:19|20)\d\d\s*[)\]]|\b[48]k\b|mp[34]",
    re.IGNORECASE,
)


def episode_number(stem: str) -> int | None:
    """The episode's number in a file name without its ending; None where there is none.

    A marked number (`第12集`, `S01E12`, `ep12`) wins; else the last free-standing number does.
    """
    name = unicodedata.normalize("NFKC", stem).lower()
    for pattern in _MARKED:
        found = re.search(pattern, name)
        if found:
            return _within(_value(found.group(1)))
    numbers = re.findall(r"\d+", _NOISE.sub(" ", name))
    return _within(int(numbers[-1])) if numbers else None


def _value(text: str) -> int:
    return int(text) if text.isdigit() else chinese_number(text)


def chinese_number(text: str) -> int:
    """Value of a number below ten thousand in Chinese characters: 十二 is 12, 一百零三 is 103."""
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def _within(number: int) -> int | None:
    return number if 0 < number <= MAX_NUMBER else None

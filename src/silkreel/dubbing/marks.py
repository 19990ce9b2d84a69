"""Marks as a script writes them: a reader sees ? and ？ alike, Chinese and Japanese know one."""

import re

from silkreel.kit.languages import primary

WIDE_SCRIPTS = frozenset({"zh", "ja"})
_WIDE_MARKS = str.maketrans("?!,:;()", "？！，：；（）")
_AFTER_WIDE = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff？！])[?!,:;()]+")


def proper_marks(text: str, language: str) -> str:
    """The text with marks beside Chinese or Japanese letters in their full width."""
    if primary(language) not in WIDE_SCRIPTS:
        return text
    return _AFTER_WIDE.sub(lambda found: found.group().translate(_WIDE_MARKS), text)

"""Where a line may break in languages that write no blanks between words: BudouX's small models."""

from functools import cache
from typing import Any

from silkreel.kit.tags import primary

BY_DICTIONARY = {"zh": "zh-hans", "ja": "ja", "th": "th"}


def phrases(text: str, language: str) -> list[str] | None:
    """A text's phrases in order, nothing left out; None for a language whose blanks part its words."""
    name = BY_DICTIONARY.get(primary(language))
    if name is None:
        return None
    return [piece for piece in _segmenter(name).parse(text) if piece]


@cache
def _segmenter(name: str) -> Any:
    import budoux  # its models are read when they are first asked for

    makers = {
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
    }
    return makers[name]()

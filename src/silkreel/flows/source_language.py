"""Which language a series is spoken in, by what people said of it; a guess says that it is one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from silkreel.catalogue.series import USUAL_LANGUAGE
from silkreel.kit.languages import name_in
from silkreel.kit.words import words

# Scripts that one language alone is written in. Latin, Cyrillic, Arabic and Han are shared by many.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("th", re.compile(r"[\u0e01-\u0e3a]")),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")

FROM_SUBTITLES = (
    "The source language is {language} ({tag}), by the names of the subtitle files;"
    " if it is another, import again with --source-language TAG."
)
FROM_NAMES = (
    "The source language is {language} ({tag}), by the letters of titles and file names;"
    " if it is another, import again with --source-language TAG."
)
FROM_HABIT = (
    "Nothing says which language is spoken, so {language} ({tag}) is taken;"
    " if it is another, import again with --source-language TAG."
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language tag, and what to tell people where nobody said it."""

    tag: str
    note: str = ""


def spoken_language(
    said: str | None,
    stored: str | None,
    *,
    subtitles: Iterable[str],
    names: Iterable[str],
) -> Spoken:
    """What a person said, else what is stored, else the best guess with its reason: pure.

    `subtitles` are the tags of the subtitle files, `names` the titles and the files' names.
    """
    settled = said or stored
    if settled:
        return Spoken(settled)
    tags = set(subtitles)
    if len(tags) == 1:
        return _guess(tags.pop(), FROM_SUBTITLES)
    by_script = _by_script(" ".join(names))
    if by_script:
        return _guess(by_script, FROM_NAMES)
    return _guess(USUAL_LANGUAGE, FROM_HABIT)


def _by_script(text: str) -> str | None:
    found = {tag for tag, letters in _SCRIPTS if letters.search(text)}
    if len(found) > 1:
        return None
    if found:
        return found.pop()
    return "zh-Hans" if _HAN.search(text) and "第" in text and "集" in text else None


def _guess(tag: str, message: str) -> Spoken:
    return Spoken(tag, words(message, language=name_in(tag), tag=tag))

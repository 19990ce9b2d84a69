"""Sentences in the reader's language, from the gettext catalogues in `silkreel/locale`.

A sentence is written in English where it is said, and looked up when it is said. Who reads is known
at the edge: a request's Accept-Language, or the environment of the command line.
"""

import gettext
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Self

from silkreel.kit.tags import best_language, spelled

LOCALE_FOLDER = Path(__file__).parent.parent / "locale"
SOURCE_LANGUAGE = "en"
# Ours first, then gettext's own order; LANGUAGE may name several.
ENVIRONMENT = ("SILKREEL_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_language: ContextVar[str | None] = ContextVar("language", default=None)


class Counted(str):
    """A sentence whose form follows a count: the form for many, which it is, and the one for one.

    `Counted("{count} lines wait.", one="{count} line waits.", by="count")`; `by` names the place that
    holds the count. A language may have other forms, or one only.
    """

    __slots__ = ("by", "one")
    one: str
    by: str

    def __new__(cls, many: str, *, one: str, by: str = "count") -> Self:
        """Join the two English forms."""
        made = super().__new__(cls, many)
        made.one, made.by = one, by
        return made


def words(sentence: str, /, **values: object) -> str:
    """`sentence` in the language in force, or as it is where no translation exists.

    With values its places are filled; a place without a value stays as it is written.
    """
    catalogue = load_catalogue(language_in_force())
    if isinstance(sentence, Counted):
        told = catalogue.ngettext(sentence.one, str(sentence), _whole(values.get(sentence.by)))
    else:
        told = catalogue.gettext(sentence)
    return told.format_map(_Lenient(values)) if values else told


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Every `words` inside answers in `language`, one of `languages()`."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language_in_force() -> str:
    """What `speaking` set; outside of it what the process's environment asks for."""
    return _language.get() or _of_process()


def languages() -> tuple[str, ...]:
    """The languages sentences can be said in, as BCP 47 tags: English, and one per catalogue."""
    return _languages()


def reader_language(wished: Iterable[str]) -> str:
    """The language of ours for a reader who knows `wished`, best first; else English."""
    known = (tag for tag in map(spelled, wished) if tag)
    return best_language(languages(), known) or SOURCE_LANGUAGE


def environment_language(environment: Mapping[str, str]) -> str:
    """The language that SILKREEL_LANGUAGE, LANGUAGE, LC_ALL, LC_MESSAGES or LANG asks for.

    The first that is set decides: `es_MX.UTF-8` gives es, `C` and what we do not speak English.
    """
    said = next((environment[name] for name in ENVIRONMENT if environment.get(name)), "")
    return reader_language(part.partition(".")[0].partition("@")[0] for part in said.split(":"))


@cache
def load_catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of one of `languages()`, compiled in memory; an empty one for any other."""
    path = LOCALE_FOLDER / f"{language}.po"
    if language not in languages() or not path.is_file():
        return gettext.NullTranslations()
    import polib

    binary = polib.pofile(str(path), encoding="utf-8").to_binary()
    return gettext.GNUTranslations(BytesIO(binary))


@cache
def _languages() -> tuple[str, ...]:
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in LOCALE_FOLDER.glob("*.po")))


@cache
def _of_process() -> str:
    return environment_language(os.environ)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


class _Lenient(dict[str, object]):
    """A place that nobody filled is shown, not crashed over: a refusal must reach its reader."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"

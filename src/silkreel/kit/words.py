"""Sentences in the reader's language, from gettext catalogues."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALE_FOLDER = Path(__file__).parent.parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")


def words(sentence: str) -> str:
    """`sentence` in the language in force, or as it is where no translation exists."""
    return _catalogue(_language.get()).gettext(sentence)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Every `words` inside answers in `language` (a BCP 47 tag)."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    tag = language.replace("-", "_")
    return gettext.translation(
        "silkreel", LOCALE_FOLDER, languages=[tag, tag.split("_")[0]], fallback=True
    )

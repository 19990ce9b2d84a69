"""Language tags (BCP 47): one spelling, and names that people know them by."""

from functools import cache

from babel import Locale

from silkreel.kit.refusals import Refusal
from silkreel.kit.tags import best_language, primary, spelled

__all__ = ["UnknownLanguage", "best_language", "name_in", "normal_tag", "own_name", "primary"]


class UnknownLanguage(Refusal):
    """A tag that names no language."""

    message = "{tag} is no language tag we know; write for example es, pt-BR or zh-Hans."


class NoLanguage(UnknownLanguage):
    """An empty tag."""

    message = "A language is missing; write for example es, pt-BR or zh-Hans."


def normal_tag(tag: str) -> str:
    """The one spelling of a language tag: `zh` is zh-Hans, `pt_br` is pt-BR.

    Raises:
        NoLanguage, UnknownLanguage: it names no language.
    """
    if not str(tag).strip():
        raise NoLanguage
    found = spelled(tag)
    if found is None:
        raise UnknownLanguage(tag=str(tag))
    return found


@cache
def own_name(tag: str) -> str:
    """What the language calls itself: es gives Español."""
    name = Locale.parse(tag, sep="-").get_display_name()
    return str(name[:1].upper() + name[1:]) if name else tag


@cache
def name_in(tag: str, reader: str = "en") -> str:
    """The language's name in a reader's language: es for en gives Spanish."""
    return str(Locale.parse(tag, sep="-").get_display_name(reader) or tag)

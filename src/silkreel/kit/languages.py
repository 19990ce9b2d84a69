"""Language tags (BCP 47): one spelling, and names that people know them by."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale

from silkreel.kit.refusals import Refusal

# What people write, and the tag that is meant.
_HABITS = {
    "zh": "zh-Hans", "cn": "zh-Hans", "chs": "zh-Hans", "sc": "zh-Hans", "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans", "cht": "zh-Hant", "tc": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant",
    "pt-br": "pt-BR", "ptbr": "pt-BR", "eng": "en", "spa": "es", "jpn": "ja", "kor": "ko",
    "in": "id", "iw": "he", "zho": "zh-Hans", "chi": "zh-Hans", "por": "pt", "fra": "fr",
}  # fmt: skip


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
    text = str(tag).strip().replace("_", "-")
    if not text:
        raise NoLanguage
    if text.lower() in _HABITS:
        return _HABITS[text.lower()]
    try:
        language, territory, script, *_ = parse_locale(text, sep="-")
        parts = [language, script, territory]
        spelled = "-".join(part for part in parts if part)
        Locale.parse(spelled, sep="-")
    except (ValueError, UnknownLocaleError):
        raise UnknownLanguage(tag=str(tag)) from None
    return spelled


def primary(tag: str) -> str:
    """The language of a tag without script and territory: pt-BR gives pt."""
    return tag.split("-", maxsplit=1)[0].lower()


@cache
def own_name(tag: str) -> str:
    """What the language calls itself: es gives Español."""
    name = Locale.parse(tag, sep="-").get_display_name()
    return str(name[:1].upper() + name[1:]) if name else tag


@cache
def name_in(tag: str, reader: str = "en") -> str:
    """The language's name in a reader's language: es for en gives Spanish."""
    return str(Locale.parse(tag, sep="-").get_display_name(reader) or tag)

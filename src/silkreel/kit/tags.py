"""The one spelling of a language tag (BCP 47), and which of several a reader understands. Pure."""

from collections.abc import Iterable, Sequence

# What people write, and the tag that is meant.
_HABITS = {
    "zh": "zh-Hans", "cn": "zh-Hans", "chs": "zh-Hans", "sc": "zh-Hans", "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans", "cht": "zh-Hant", "tc": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant",
    "pt-br": "pt-BR", "ptbr": "pt-BR", "eng": "en", "spa": "es", "jpn": "ja", "kor": "ko",
    "in": "id", "iw": "he", "zho": "zh-Hans", "chi": "zh-Hans", "por": "pt", "fra": "fr",
}  # fmt: skip


def spelled(tag: str) -> str | None:
    """The one spelling of a tag: `zh` is zh-Hans, `pt_br` is pt-BR; None for what is no language."""
    from babel import Locale, UnknownLocaleError  # a child that never speaks need not load it
    from babel.core import parse_locale

    text = str(tag).strip().replace("_", "-")
    if text.lower() in _HABITS:
        return _HABITS[text.lower()]
    try:
        language, territory, script, *_ = parse_locale(text, sep="-")
        whole = "-".join(part for part in (language, script, territory) if part)
        Locale.parse(whole, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    return whole


def primary(tag: str) -> str:
    """The language of a tag without script and territory: pt-BR gives pt."""
    return tag.split("-", maxsplit=1)[0].lower()


def best_language(offered: Sequence[str], wished: Iterable[str]) -> str | None:
    """The first wish that is offered: exact tag first, then the same language in another form.

    A reader of es-MX gets es and one of pt-PT gets pt-BR; zh-Hant does not get zh-Hans.
    """
    for wish in wished:
        if wish in offered:
            return wish
        for tag in offered:
            if primary(tag) == primary(wish) and _script_agrees(tag, wish):
                return tag
    return None


def _script_agrees(tag: str, wish: str) -> bool:
    """Chinese in the other script is another language to a reader; es and es-MX are not."""
    scripts = [{p for p in t.split("-") if len(p) == 4 and p.isalpha()} for t in (tag, wish)]
    return not (scripts[0] and scripts[1]) or scripts[0] == scripts[1]

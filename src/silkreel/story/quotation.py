"""Quotation marks of languages: prose quotes lines, and the file holds no marks of its own."""

# CLDR 45, delimiters: quotationStart and quotationEnd.
MARKS = {
    "ar": "”“", "cs": "„“", "da": "““", "de": "„“", "el": "«»", "en": "“”", "es": "«»",
    "fa": "«»", "fr": "«»", "he": "””", "hi": "“”", "hu": "„”", "id": "“”", "it": "«»",
    "ja": "「」", "ko": "“”", "ms": "“”", "nl": "“”", "pl": "„”", "pt": "“”", "pt-PT": "«»",
    "ro": "„”", "ru": "«»", "sv": "””", "th": "“”", "tr": "“”", "uk": "«»", "vi": "“”",
    "zh": "“”", "zh-Hant": "「」", "zh-TW": "「」", "zh-HK": "「」",
}  # fmt: skip
ELSEWHERE = "“”"
STOPS = {".": ",", "。": "，", "．": "，", "।": ",", "۔": "،"}
SPACED = {"fr": "\u202f"}  # a narrow space that does not break stands inside French marks


def quoted(text: str, language: str) -> str:
    """`text` in the marks of a language (a BCP 47 tag)."""
    marks = _by_tag(language, MARKS, ELSEWHERE)
    space = _by_tag(language, SPACED, "")
    return f"{marks[0]}{space}{text}{space}{marks[1]}"


def with_comma(text: str) -> str:
    """`text` with its final stop turned into a comma; other endings stay."""
    last = text[-1:]
    return text[:-1] + STOPS[last] if last in STOPS and not text.endswith("..") else text


def _by_tag(language: str, table: dict[str, str], otherwise: str) -> str:
    """The entry of the longest prefix of a tag that has one."""
    steps = language.split("-")
    names = ("-".join(steps[:length]) for length in range(len(steps), 0, -1))
    return next((table[name] for name in names if name in table), otherwise)

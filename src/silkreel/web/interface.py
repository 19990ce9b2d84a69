"""The interface's words: which languages there are, and which one a reader gets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from silkreel.catalogue.browse import best_language
from silkreel.kit.languages import UnknownLanguage, normal_tag
from silkreel.web.assets import UI_FOLDER

WORDS_FOLDER = UI_FOLDER / "shared" / "words"
DESK_WORDS_FOLDER = UI_FOLDER / "desk" / "words"
DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
MAX_ACCEPTED = 10  # languages read from a header; browsers send two to five
MAX_HEADER = 512


@dataclass(frozen=True, slots=True)
class Interface:
    """Words by language tag and message id."""

    words: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path = WORDS_FOLDER) -> "Interface":
        """Read every language; a message missing in one is taken from English."""
        files = {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(folder.glob("*.json"))}
        return cls({tag: {**files[DEFAULT], **words} for tag, words in files.items()})

    @property
    def languages(self) -> list[str]:
        """Tags of the languages there are."""
        return list(self.words)

    def choose(self, wished: Sequence[str]) -> str:
        """The interface language for a reader."""
        return best_language(self.languages, wished) or DEFAULT


@lru_cache(maxsize=4096)
def accepted_languages(header: str) -> tuple[str, ...]:
    """Tags of an Accept-Language header, best first; what is no language is left out."""
    weighted = []
    for place, part in enumerate(header[:MAX_HEADER].split(",")[:MAX_ACCEPTED]):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and tag != "*" and weight > 0:
            weighted.append((-weight, place, tag))
    return tuple(dict.fromkeys(t for t in map(_known, (w[2] for w in sorted(weighted))) if t))


def one_language(text: str) -> str | None:
    """A tag in its one spelling; None for what is no language."""
    return _known(text)


def direction(language: str) -> str:
    """Whether a language is written from the left or from the right."""
    return "rtl" if language.split("-", 1)[0] in RIGHT_TO_LEFT else "ltr"


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1) if parameter else 1.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=4096)
def _known(tag: str) -> str | None:
    try:
        return normal_tag(tag[:35])
    except UnknownLanguage:
        return None

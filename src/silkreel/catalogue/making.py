"""How a language was made, in words a viewer understands: the label beside every track."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Voices = Literal["original", "ai", "human"]
Translation = Literal["human", "machine", "draft"]

_VOICES = {"original": "Original voices", "ai": "AI voices", "human": "Human voices"}
_TRANSLATION = {
    "human": "human translation",
    "machine": "machine translation",
    "draft": "machine draft",
}


@dataclass(frozen=True, slots=True)
class Making:
    """Who speaks and who translated; None where the question does not arise."""

    voices: Voices | None
    translation: Translation | None

    @property
    def label(self) -> str:
        """In English, for places that have no interface words: "AI voices, human translation"."""
        parts = []
        if self.voices:
            parts.append(_VOICES[self.voices])
        if self.translation:
            parts.append(_TRANSLATION[self.translation])
        label = ", ".join(parts) or "Original text"
        return label[:1].upper() + label[1:]


def making_of_sound(kind: str, unfinished_lines: int, provenance: Mapping[str, Any]) -> Making:
    """How a sound was made, from its edition's kind and what its maker wrote down.

    Dubs are spoken by machines unless their provenance says `voices: human`.
    """
    if kind == "original":
        return Making("original", None)
    voices: Voices = "human" if provenance.get("voices") == "human" else "ai"
    return Making(voices, _translation(unfinished_lines, provenance))


def making_of_text(kind: str, unfinished_lines: int, provenance: Mapping[str, Any]) -> Making:
    """How subtitles were made."""
    if kind == "original":
        return Making(None, "draft" if unfinished_lines else None)
    return Making(None, _translation(unfinished_lines, provenance))


def _translation(unfinished_lines: int, provenance: Mapping[str, Any]) -> Translation:
    """A machine's wording is a draft until a person approves it; then a person answers for it."""
    if unfinished_lines:
        return "draft"
    return "machine" if provenance.get("translation") == "machine" else "human"

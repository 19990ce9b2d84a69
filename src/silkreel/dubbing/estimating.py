"""How long a voice will take for a text, learnt from the takes it has given.

An estimate only decides what is worth speaking; what is decided is decided on measured lengths.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from silkreel.dubbing.fitting_cost import TARGET_FASTEST
from silkreel.kit.languages import primary

SYLLABLE_SECONDS = {
    "zh": 0.20, "ja": 0.13, "ko": 0.15, "es": 0.145, "it": 0.145, "pt": 0.155, "fr": 0.16,
    "en": 0.19, "de": 0.18, "id": 0.15, "vi": 0.20, "th": 0.20, "hi": 0.15, "ar": 0.16,
}  # fmt: skip
USUAL_SYLLABLE_SECONDS = 0.165
EDGE_SECONDS, PAUSE_SECONDS = 0.12, 0.22  # onset and fading; a comma or full stop inside
PRIOR_TAKES = 2.0  # takes that the prior counts as: a third measured one outweighs it
# With blanks and marks.
CHARACTERS_PER_SYLLABLE = {"zh": 1.1, "ja": 1.2, "ko": 1.4, "en": 3.2, "de": 3.4, "vi": 4.2}
USUAL_CHARACTERS_PER_SYLLABLE = 2.5
FEATURES = 4  # edges, syllables, characters, pauses
SHORTEST_SECONDS = 0.15

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fc]")
_SMALL_KANA = re.compile(r"[ゃゅょぁぃぅぇぉャュョァィゥェォ]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouyæøœаеёиоуыэюяєіїαεηιουω]+")
_PAUSE = re.compile(r"[,;:.!?…，。；：！？、—–]+(?=\s*\w)")
_SILENT_E = re.compile(r"[^aeiouyl]e(?:s|d)?$")
_HIATUS = re.compile(r"[aeo][aeo]|[aeo][íú]|[íú][aeo]|ia|io|ua|uo")


@dataclass(frozen=True, slots=True)
class LengthEstimator:
    """Seconds for a text by one voice in one language: least squares on what was measured.

    Errors count relative to the length, so a short line matters as much as a long one. A prior of
    the language stands in until there are takes.
    """

    language: str
    gram: tuple[float, ...] = (0.0,) * FEATURES**2
    moment: tuple[float, ...] = (0.0,) * FEATURES
    takes: int = 0
    characters: float = 0.0
    seconds: float = 0.0

    def learn(self, text: str, seconds: float) -> "LengthEstimator":
        """The estimator after one more measured take at natural rate."""
        if seconds <= 0:
            return self
        row = _features(text, self.language) / seconds
        return LengthEstimator(
            language=self.language,
            gram=tuple((np.array(self.gram) + np.outer(row, row).ravel()).tolist()),
            moment=tuple((np.array(self.moment) + row).tolist()),
            takes=self.takes + 1,
            characters=self.characters + len(text.strip()),
            seconds=self.seconds + seconds,
        )

    def learn_all(self, takes: Iterable[tuple[str, float]]) -> "LengthEstimator":
        """The estimator after several measured takes."""
        learnt = self
        for text, seconds in takes:
            learnt = learnt.learn(text, seconds)
        return learnt

    def seconds_for(self, text: str) -> float:
        """Expected length of `text` at natural rate, silence trimmed."""
        return max(SHORTEST_SECONDS, float(_features(text, self.language) @ self._weights()))

    @property
    def characters_per_second(self) -> float:
        """How much text the voice speaks in a second."""
        usual = _usual_characters_per_second(self.language)
        weight = PRIOR_TAKES
        return (self.characters + weight * usual) / (self.seconds + weight)

    def to_json(self) -> dict[str, object]:
        """As it is kept beside the takes."""
        return {
            "language": self.language, "gram": list(self.gram), "moment": list(self.moment),
            "takes": self.takes, "characters": self.characters, "seconds": self.seconds,
        }  # fmt: skip

    def _weights(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Least squares, drawn to the prior by a spread that each weight may well have."""
        prior = _prior(self.language)
        spread = np.array([0.1, prior[1] * 0.35, prior[1] * 0.12, 0.15])
        noise = 0.1 / np.sqrt(PRIOR_TAKES)  # relative error of one take
        damping = np.diag((noise / spread) ** 2)
        gram = np.array(self.gram).reshape(FEATURES, FEATURES) + damping
        weights = np.linalg.solve(gram, np.array(self.moment) + damping @ prior)
        return np.asarray(weights, dtype=np.float64)


def allowance_characters(window_seconds: float, estimator: LengthEstimator) -> int:
    """Characters that a voice can speak in a window without sounding hurried."""
    return max(1, int(window_seconds * TARGET_FASTEST * estimator.characters_per_second))


def syllables(text: str, language: str) -> float:
    """About how many syllables a text has when spoken."""
    folded = unicodedata.normalize("NFKC", text).lower()
    count = len(_HAN.findall(folded)) + len(_HANGUL.findall(folded))
    count += len(_KANA.findall(folded)) - len(_SMALL_KANA.findall(folded))
    count += (1 if primary(language) in {"zh", "ko"} else 2) * len(_DIGIT.findall(folded))
    rest = _HAN.sub(" ", _HANGUL.sub(" ", _KANA.sub(" ", folded)))
    return count + sum(_word_syllables(word, primary(language)) for word in _WORD.findall(rest))


def _word_syllables(word: str, language: str) -> float:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    groups = float(len(_VOWELS.findall(plain)))
    if not groups:
        return max(1.0, len(word) / 3)  # a script without written vowels, or an abbreviation
    if language == "en" and groups > 1 and _SILENT_E.search(plain):
        groups -= 1
    if language in {"es", "pt", "it", "id"}:
        groups += 0.5 * len(_HIATUS.findall(plain))
    return groups


def _features(text: str, language: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    stripped = text.strip()
    letters = sum(c.isalnum() for c in stripped)
    pauses = len(_PAUSE.findall(stripped))
    return np.array([1.0, syllables(stripped, language), letters, pauses])


def _prior(language: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    seconds = SYLLABLE_SECONDS.get(primary(language), USUAL_SYLLABLE_SECONDS)
    return np.array([EDGE_SECONDS, seconds, 0.0, PAUSE_SECONDS])


def _usual_characters_per_second(language: str) -> float:
    tongue = primary(language)
    per_syllable = CHARACTERS_PER_SYLLABLE.get(tongue, USUAL_CHARACTERS_PER_SYLLABLE)
    return per_syllable / SYLLABLE_SECONDS.get(tongue, USUAL_SYLLABLE_SECONDS)

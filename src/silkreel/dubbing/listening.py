"""Takes held against what a recogniser understands of them: a voice that misreads is found so.

All takes of an episode are heard in one go, one behind the other: a recogniser's call costs a whole
window however short the sound is. Where voice and recogniser come from one house it proves the
wiring more than the pronunciation.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from silkreel.engines.contracts import HeardLine, Transcriber
from silkreel.kit.sound import Samples, Sound
from silkreel.media.stretch import resample

SAMPLE_RATE = 16_000  # of recognisers
APART_SECONDS = 1.2  # longer than any rest inside a line: sentences do not grow together


@dataclass(frozen=True, slots=True)
class Understood:
    """A take as a recogniser wrote it down."""

    text: str
    error_share: float  # character error rate against the wording, 0 to 1


def listen(
    takes: Sequence[tuple[str, str, Sound]], transcriber: Transcriber, language: str
) -> Mapping[str, Understood]:
    """What is understood of each take, given as (line id, wording, sound).

    Raises:
        LanguageNotSpoken: the recogniser does not know the language.
    """
    if not takes:
        return {}
    track, starts = _one_behind_the_other([sound for _, _, sound in takes])
    heard = transcriber.transcribe(track, language=language)
    texts = _by_take(heard, starts)
    return {
        line_id: Understood(text, error_share(wording, text))
        for (line_id, wording, _), text in zip(takes, texts, strict=True)
    }


def error_share(wording: str, heard: str) -> float:
    """Character error rate without case, marks and blanks; never above 1.

    Figures count as they are written: a wording with `15` that is written down as `fifteen` differs.
    """
    wanted, got = _letters(wording), _letters(heard)
    if not wanted:
        return 0.0
    return round(min(1.0, Levenshtein.distance(wanted, got) / len(wanted)), 3)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def _one_behind_the_other(sounds: Sequence[Sound]) -> tuple[Sound, list[float]]:
    """One track, and where each sound begins on it, in seconds."""
    rest = np.zeros(round(APART_SECONDS * SAMPLE_RATE), dtype=np.float32)
    pieces: list[Samples] = [rest]
    starts, length = [], len(rest)
    for sound in sounds:
        flat = resample(Sound.mono(sound.flat, sound.sample_rate), SAMPLE_RATE).flat
        starts.append(length / SAMPLE_RATE)
        pieces += [flat, rest]
        length += len(flat) + len(rest)
    return Sound.mono(np.concatenate(pieces), SAMPLE_RATE), starts


def _by_take(heard: Sequence[HeardLine], starts: Sequence[float]) -> list[str]:
    """The text of each take: words by the time they are said, lines without words by their middle."""
    texts = [""] * len(starts)
    edges = np.asarray(starts) - APART_SECONDS / 2
    for line in heard:
        middle = (line.span.start_seconds + line.span.end_seconds) / 2
        said = [(w.text, (w.start_seconds + w.end_seconds) / 2) for w in line.words]
        for text, at in said or [(line.text, middle)]:
            place = max(0, int(np.searchsorted(edges, at, side="right")) - 1)
            texts[place] += text
    return texts

"""Times for written lines that a recogniser missed: their own text is looked for in the sound."""

from collections.abc import Mapping, Sequence

from silkreel.dubbing.joining import AIR_SECONDS, Aligned, WrittenLine
from silkreel.engines.contracts import Aligner
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

# Mean probability of the words from which their times are believed: a wrong text stays below.
LEAST_CONFIDENCE = 0.3
LONGEST_SECONDS = 20.0  # longer captions are credits, and an aligner hears 28 s at once


def align_lines(
    sound: Sound,
    written: Sequence[WrittenLine],
    places: Sequence[int],
    *,
    language: str,
    aligner: Aligner,
) -> Mapping[int, Aligned]:
    """Times of the lines at `places` in 16 kHz mono sound; a line that is not believed is left out.

    Raises:
        LanguageNotSpoken: the aligner does not know the language.
    """
    found = {}
    for place in places:
        aligned = _align(sound, written[place], language, aligner)
        if aligned is not None:
            found[place] = aligned
    return found


def _align(sound: Sound, line: WrittenLine, language: str, aligner: Aligner) -> Aligned | None:
    first = max(0.0, line.span.start_seconds - AIR_SECONDS)
    end = min(sound.length_seconds, line.span.end_seconds + AIR_SECONDS)
    if not 0.0 < end - first <= LONGEST_SECONDS:
        return None
    words = aligner.align(sound.cut(first, end), line.text, language=language)
    if not words:
        return None
    confidence = sum(word.confidence for word in words) / len(words)
    start, last = first + words[0].start_seconds, first + words[-1].end_seconds
    if confidence < LEAST_CONFIDENCE or last <= start:
        return None
    return Aligned(TimeSpan(start, last), confidence)

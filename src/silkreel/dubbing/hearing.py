"""Hearing an episode: where somebody speaks, and what; no language is known before."""

from collections.abc import Sequence
from dataclasses import dataclass

from silkreel.engines.contracts import HeardLine, Transcriber, VoiceActivity
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

# A line with less speech under it than this share of its length was invented over music.
LEAST_SPEECH_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech of an episode: spans of it, and the lines written down, in order."""

    speech: tuple[TimeSpan, ...]
    lines: tuple[HeardLine, ...]


def hear(
    sound: Sound,
    *,
    language: str | None,
    transcriber: Transcriber,
    voice_activity: VoiceActivity,
    hints: Sequence[str] = (),
) -> Heard:
    """Listen to 16 kHz mono sound; names in `hints` help the spelling.

    Lines without speech under them are dropped: a recogniser invents text over music.
    """
    speech = voice_activity.speech(sound)
    if not speech:
        return Heard((), ())
    written = transcriber.transcribe(sound, language=language, hints=tuple(hints))
    kept = (line for line in written if _spoken_share(line, speech) >= LEAST_SPEECH_SHARE)
    return Heard(speech, tuple(sorted(kept, key=lambda line: line.span)))


def _spoken_share(line: HeardLine, speech: Sequence[TimeSpan]) -> float:
    first, end = line.span.start_seconds, line.span.end_seconds
    inside = sum(
        max(0.0, min(end, span.end_seconds) - max(first, span.start_seconds)) for span in speech
    )
    return inside / (end - first) if end > first else 0.0

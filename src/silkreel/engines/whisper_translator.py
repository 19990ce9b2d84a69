"""Whisper as translator: it listens to a line in any language and writes it in English.

A draft, made without the bible: the gate and a person stand behind it.
"""

from silkreel.engines.contracts import Candidate, LineToTranslate, TranslationRequest
from silkreel.engines.silero import SAMPLE_RATE
from silkreel.engines.whisper import HABITS, WhisperModel
from silkreel.engines.windows import LONGEST_SECONDS
from silkreel.kit.languages import primary
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound

AIR_SECONDS = 0.15
NOTE = "heard and translated by Whisper"


class WhisperTranslator:
    """Translates what it hears into English; lines without sound or times are left out."""

    rewords = False

    def __init__(self, settings: Settings) -> None:
        self._network = WhisperModel(settings)
        self.card = self._network.card("whisper")

    @classmethod
    def open(cls, settings: Settings) -> "WhisperTranslator":
        """Find the network.

        Raises:
            EngineMissing: it is not here.
        """
        return cls(settings)

    def can(self, source_language: str, target_language: str) -> bool:
        """Whether the source is a language the network hears and the target is English."""
        source = primary(source_language)
        known = HABITS.get(source, source) in self._network.languages
        return known and source != "en" and primary(target_language) == "en"

    def translate(self, request: TranslationRequest) -> tuple[Candidate, ...]:
        """One full wording for each line whose sound was handed over."""
        if request.sound is None or not self.can(request.source_language, request.target_language):
            return ()
        if request.sound.sample_rate != SAMPLE_RATE:
            raise ValueError(f"Whisper hears 16 kHz sound, not {request.sound.sample_rate}")
        made = [(line, self._english(line, request)) for line in request.lines]
        return tuple(
            Candidate(line_id=line.line_id, text=text, note=NOTE) for line, text in made if text
        )

    def close(self) -> None:
        """End the child."""
        self._network.close()

    def _english(self, line: LineToTranslate, request: TranslationRequest) -> str:
        assert request.sound is not None
        heard = _cut(line, request.sound)
        if heard is None:
            return ""
        code = self._network.code(request.source_language)
        found = self._network.write_down(heard.flat, language=code, task="translate")
        return str(found["text"])


def _cut(line: LineToTranslate, sound: Sound) -> Sound | None:
    if line.start_seconds is None or line.end_seconds is None:
        return None
    start = max(0.0, line.start_seconds - AIR_SECONDS)
    end = min(line.end_seconds + AIR_SECONDS, start + LONGEST_SECONDS)
    heard = sound.cut(start, end)
    return heard if len(heard.samples) else None

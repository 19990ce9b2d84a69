"""A speaker for tests: it hums, counts what it is asked, and misses rates as real engines do."""

from dataclasses import dataclass, field

import numpy as np

from silkreel.engines.contracts import EngineCard, Speech, VoiceChoice
from silkreel.kit.sound import Sound

VOICE = VoiceChoice("hum", "low", "en")


@dataclass
class Humming:
    """A speaker that hums a tone: a tenth of a second per letter, silence around it.

    Like real engines it does not reach the rate it is asked for: `answer` says what comes.
    """

    answer: float = 1.0  # came = asked ** answer
    asked: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    card: EngineCard = field(
        default_factory=lambda: EngineCard("hum", "1", ("en",), "Apache-2.0", None, None)
    )

    def voices(self, language: str) -> tuple[str, ...]:
        return ("low",) if language == "en" else ()

    def speak(self, text, *, voice, rate=1.0, seed=0) -> Speech:  # noqa: ARG002
        self.asked.append(rate)
        self.texts.append(text)
        letters = sum(c.isalpha() for c in text)
        seconds = 0.1 * letters / rate**self.answer
        time = np.arange(round(seconds * 24_000)) / 24_000
        hum = 0.2 * np.sin(2 * np.pi * 150 * time) * (1 + 0.5 * np.sin(2 * np.pi * 5 * time))
        silence = np.zeros(9_600)
        return Speech(Sound.mono(np.concatenate([silence, hum, silence]), 24_000))

    def close(self) -> None:
        pass

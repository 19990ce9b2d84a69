"""Kokoro-82M: 46 preset voices in English, Spanish, French, Hindi, Italian, Portuguese, Mandarin.

Read: hexgrad/Kokoro-82M VOICES.md for the grades that order the voices.
"""

import logging
from functools import cache
from pathlib import Path

from silkreel.engines.contracts import (
    EngineCard,
    EngineMissing,
    LanguageNotSpoken,
    Speech,
    VoiceChoice,
)
from silkreel.engines.edges import NothingToSay, refuse_silence
from silkreel.engines.espeak_program import espeak_version
from silkreel.engines.g2p import MANDARIN
from silkreel.engines.kokoro_graph import worth_it
from silkreel.engines.weights import FETCH, model, model_file, model_folder
from silkreel.kit.children import Child, Limits
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from silkreel.kit.words import words

log = logging.getLogger(__name__)

VERSION = "1"
SAMPLE_RATE = 24_000
DURATIONS = "kokoro-v1.0.durations.onnx"
ORIGINAL, REARRANGED = "kokoro-v1.0.int8.onnx", "kokoro-v1.0.int8.rows.onnx"
LETTERS = {"en": "ab", "es": "e", "fr": "f", "hi": "h", "it": "i", "pt": "p", "zh": MANDARIN}
BRITISH = ("en-GB", "en-IE", "en-AU", "en-NZ", "en-IN", "en-ZA")
# Grades of the model's own list, best first; voices of a language it does not grade keep A to Z.
GRADED = (
    "af_heart", "af_bella", "bf_emma", "af_nicole", "am_fenrir", "am_michael", "am_puck",
    "af_aoede", "af_kore", "af_sarah", "bm_fable", "bm_george", "bf_isabella", "af_alloy",
    "af_nova", "af_sky", "bm_lewis", "bf_alice", "bf_lily", "bm_daniel", "af_jessica", "af_river",
    "am_echo", "am_eric", "am_liam", "am_onyx", "am_santa", "am_adam", "ef_dora", "em_alex",
    "em_santa", "ff_siwis", "hf_alpha", "hm_omega", "hf_beta", "hm_psi", "if_sara", "im_nicola",
    "pf_dora", "pm_alex", "pm_santa", "zf_xiaoxiao", "zm_yunxi", "zf_xiaoyi", "zm_yunjian",
    "zf_xiaobei", "zm_yunyang", "zf_xiaoni", "zm_yunxia",
)  # fmt: skip
# Past a third of an octave up or down a voice is a cartoon.
MOST_SEMITONES = 4.0
SLOWEST, FASTEST = 0.5, 2.0
LIMITS = Limits(cpu_seconds=None, silence_seconds=240.0)


class VoiceNotKnown(Refusal):
    """No such preset."""

    status = 422
    message = "Kokoro has no voice named {voice} for {language}; it has {known}."


class KokoroSpeaker:
    """Speaks seven languages with preset voices; the same input gives the same samples."""

    def __init__(self, settings: Settings, *, network: str | None = None, threads: int = 1) -> None:
        self._network = model_file("kokoro", settings, network or _network())
        self._durations = model_file("kokoro", settings, DURATIONS)
        self._vocabulary = model_file("kokoro", settings, "vocab.json")
        self._voices = _voice_folder(settings)
        self._threads = threads
        self._child = Child("silkreel.engines.kokoro_worker", LIMITS)
        self.card = EngineCard(
            name="kokoro",
            version=f"{VERSION}+espeak-ng-{espeak_version()}",
            languages=tuple(LETTERS),
            code_licence="Apache-2.0",
            weights_licence="Apache-2.0",
            model_sha256=model("kokoro").file(self._network.name).sha256,
            workers_allowed=4,  # one thread and 0.6 GB each
        )

    @classmethod
    def open(cls, settings: Settings) -> "KokoroSpeaker":
        """Find weights, voices and espeak-ng.

        Raises:
            EngineMissing: one of them is not here.
        """
        espeak_version()
        return cls(settings)

    def voices(self, language: str) -> tuple[str, ...]:
        """Preset voices for a language tag, best first."""
        return _voices(language)

    def speak(self, text: str, *, voice: VoiceChoice, rate: float = 1.0, seed: int = 0) -> Speech:  # noqa: ARG002
        """Speech at 24 kHz with trimmed edges; `seed` changes nothing, the network draws nothing.

        Raises:
            LanguageNotSpoken, VoiceNotKnown, NothingToSay: as they say.
        """
        preset = self._known(voice)
        refuse_silence(text)
        made = self._child.ask(
            {
                "text": text,
                "letter": _letter(preset, voice.language),
                "voice": str(self._voices / f"{preset}.bin"),
                "rate": min(max(rate * (1 + voice.rate_offset), SLOWEST), FASTEST),
                "semitones": max(-MOST_SEMITONES, min(MOST_SEMITONES, voice.pitch_semitones)),
                "model": str(self._network),
                "durations": str(self._durations),
                "vocabulary": str(self._vocabulary),
                "threads": self._threads,
            }
        )
        if made.value["dropped"]:
            log.warning("kokoro does not know the symbols %s", made.value["dropped"])
        if not made.arrays[0].size:
            raise NothingToSay(text=text)
        return Speech(Sound.mono(made.arrays[0], SAMPLE_RATE))

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _known(self, voice: VoiceChoice) -> str:
        known = self.voices(voice.language)
        if not known:
            raise LanguageNotSpoken(engine="Kokoro", language=voice.language)
        if not (self._voices / f"{voice.preset}.bin").is_file() or "/" in voice.preset:
            raise VoiceNotKnown(voice=voice.preset, language=voice.language, known=", ".join(known))
        return voice.preset


def _network() -> str:
    return REARRANGED if worth_it() else ORIGINAL


@cache
def _voices(language: str) -> tuple[str, ...]:
    letters = LETTERS.get(primary(language), "")
    if language in BRITISH:
        letters = letters[::-1]
    found = [name for name in GRADED if name[0] in letters]
    if letters:
        found.sort(key=lambda name: letters.index(name[0]))
    return tuple(found)


def _letter(preset: str, language: str) -> str:
    """The language's letter: a voice of another language speaks it with its own accent."""
    letters = LETTERS[primary(language)]
    return preset[0] if preset[0] in letters else letters[0]


def _voice_folder(settings: Settings) -> Path:
    try:
        return model_folder("kokoro-voices", settings)
    except EngineMissing:
        raise EngineMissing(
            engine="kokoro", why=words("its voices are not here"), mend=words(FETCH)
        ) from None

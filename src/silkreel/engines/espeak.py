"""espeak-ng as a speaker: every language it knows, one robotic voice in several colours."""

import io
import resource

import soundfile

from silkreel.engines.contracts import EngineCard, LanguageNotSpoken, Speech, VoiceChoice
from silkreel.engines.edges import NothingToSay, refuse_silence, trim_edges
from silkreel.engines.espeak_program import (
    EspeakFailed,
    espeak_languages,
    espeak_version,
    run_espeak,
)
from silkreel.engines.g2p import plain
from silkreel.kit.effort import spend
from silkreel.kit.languages import primary
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound

VERSION = "1"
WORDS_PER_MINUTE = 165
SLOWEST, FASTEST = 80, 450
PITCH, PITCH_PER_SEMITONE = 50, 4
# Colours of the one voice that tell a cast apart; the program ships them for every language.
COLOURS = ("f2", "m3", "f4", "m1", "f1", "m7", "f3", "m4", "f5", "m2", "m5", "m6")
# What BCP 47 calls otherwise than the program does.
NAMES = {
    "zh": "cmn", "zh-Hans": "cmn", "zh-Hant": "cmn", "pt": "pt", "pt-BR": "pt-br", "en": "en-us",
    "en-US": "en-us", "en-GB": "en-gb", "es-MX": "es-419", "es-419": "es-419", "fr": "fr-fr",
    "no": "nb", "fil": "tl", "iw": "he",
}  # fmt: skip


class EspeakSpeaker:
    """Speaks with the program espeak-ng; the same input gives the same samples."""

    def __init__(self) -> None:
        self.card = EngineCard(
            name="espeak",
            version=f"{VERSION}+espeak-ng-{espeak_version()}",
            languages=tuple(dict.fromkeys(primary(name) for name in espeak_languages())),
            code_licence="GPL-3.0-or-later, called as a program",
            weights_licence=None,
            model_sha256=None,
            workers_allowed=8,
        )

    @classmethod
    def open(cls, settings: Settings) -> "EspeakSpeaker":  # noqa: ARG003 - every engine opens so
        """Find the program.

        Raises:
            EngineMissing: it is not installed.
        """
        return cls()

    def voices(self, language: str) -> tuple[str, ...]:
        """The language's own voice and its colours, as `es-419` and `es-419+f2`."""
        name = espeak_name(language)
        return (name, *(f"{name}+{colour}" for colour in COLOURS)) if name else ()

    def speak(self, text: str, *, voice: VoiceChoice, rate: float = 1.0, seed: int = 0) -> Speech:  # noqa: ARG002
        """Speech at 22 kHz with trimmed edges; `seed` changes nothing.

        Raises:
            LanguageNotSpoken, EspeakFailed, NothingToSay: as they say.
        """
        if voice.preset not in self.voices(voice.language):
            raise LanguageNotSpoken(engine="espeak-ng", language=voice.language)
        refuse_silence(text)
        before = _programs_cpu_seconds()
        content = run_espeak(_arguments(voice, rate), _quiet(plain(text)))
        spend("espeak", _programs_cpu_seconds() - before)
        sound = _decoded(content)
        if not sound.samples.size:
            raise NothingToSay(text=text)
        return Speech(sound)

    def close(self) -> None:
        """Nothing stays open."""


def espeak_name(language: str) -> str | None:
    """What the program calls a BCP 47 language, or None if it does not speak it."""
    known = {name.lower(): name for name in espeak_languages()}
    for tag in (NAMES.get(language), language, NAMES.get(primary(language)), primary(language)):
        if tag is not None and tag.lower() in known:
            return known[tag.lower()]
    return None


def _arguments(voice: VoiceChoice, rate: float) -> list[str]:
    speed = round(WORDS_PER_MINUTE * rate * (1 + voice.rate_offset))
    pitch = round(PITCH + PITCH_PER_SEMITONE * voice.pitch_semitones)
    return [
        "--stdout", "--stdin",
        "-v", voice.preset,
        "-s", str(min(max(speed, SLOWEST), FASTEST)),
        "-p", str(min(max(pitch, 0), 99)),
    ]  # fmt: skip


def _quiet(text: str) -> str:
    """The text on one line: a line break would be a long rest."""
    return " ".join(text.split())


def _decoded(content: bytes) -> Sound:
    try:
        samples, sample_rate = soundfile.read(io.BytesIO(content), dtype="float32")
    except soundfile.LibsndfileError as problem:
        raise EspeakFailed(words=str(problem)) from None
    return Sound.mono(trim_edges(samples, sample_rate), sample_rate)


def _programs_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

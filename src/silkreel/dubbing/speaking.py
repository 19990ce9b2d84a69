"""Takes: a wording spoken by a voice, trimmed, measured, and never spoken twice.

A take's key covers the text, voice, rate, seed and the engine's version and model.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from silkreel.dubbing.pace import Pace, within_reach
from silkreel.dubbing.take_sound import TakeSound
from silkreel.engines.contracts import EngineCard, Speaker, VoiceChoice
from silkreel.engines.edges import NothingToSay, trim_edges
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.keys import work_key
from silkreel.kit.sound import Sound, read_sound, write_sound
from silkreel.media.stretch import stretch

VERSION = 1
STEP = "take"
MORE_TRIES = 2  # syntheses beyond the first that a rate is worth


@dataclass(frozen=True, slots=True)
class Take:
    """A finished recording of a wording, without silence at its edges."""

    key: str
    path: Path
    length_seconds: float  # of this take: at the rate it was spoken
    text: str
    voice: VoiceChoice
    rate: float  # as it was asked of the engine
    seed: int
    engine: dict[str, Any]  # name, version and model, for provenance
    sound: TakeSound | None = None  # as it was measured when it was spoken

    def read(self) -> Sound:
        """Its sound."""
        return read_sound(self.path)


def take_key(card: EngineCard, text: str, voice: VoiceChoice, rate: float, seed: int) -> str:
    """Key of the take: the same words by the same voice of the same engine are the same take."""
    return work_key(STEP, VERSION, _inputs(card, text, voice, round(rate, 3), seed))


def speak_take(
    workshop: Workshop,
    speaker: Speaker,
    text: str,
    voice: VoiceChoice,
    *,
    rate: float = 1.0,
    seed: int = 0,
) -> Take:
    """The take, spoken now unless it was before.

    Raises:
        NothingToSay: the engine gave silence.
        Refusal: what the engine refuses.
    """
    rate = round(rate, 3)
    inputs = _inputs(speaker.card, text, voice, rate, seed)

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        speech = speaker.speak(text, voice=voice, rate=rate, seed=seed)
        sound = speech.sound
        trimmed = Sound.mono(trim_edges(sound.flat, sound.sample_rate), sound.sample_rate)
        if not len(trimmed.samples):
            raise NothingToSay(text=text)
        path = folder / "take.flac"
        write_sound(trimmed, path)
        return path, {
            **inputs,
            "length_seconds": trimmed.length_seconds,
            "sound": TakeSound.of(trimmed).to_json(),
        }

    key = work_key(STEP, VERSION, inputs)
    return _take(workshop.make(key, STEP, make))


def find_take(workshop: Workshop, key: str) -> Take | None:
    """The take of that key, if its file is still there."""
    artifact = workshop.find(key)
    return None if artifact is None else _take(artifact)


def speak_at_rate(
    workshop: Workshop,
    speaker: Speaker,
    natural: Take,
    wanted: float,
    pace: Pace,
) -> tuple[Take, Pace]:
    """The take that comes closest to `wanted` times the natural one's rate, and what was learnt.

    Within the reach of stretching the natural take serves. Else one synthesis, and by secant at
    most two more until the rest can be stretched.
    """
    best = natural
    for _ in range(1 + MORE_TRIES):
        if within_reach(wanted * best.length_seconds / natural.length_seconds):
            break
        asked = pace.ask(wanted)
        if best.rate == asked:
            break
        take = speak_take(
            workshop, speaker, natural.text, natural.voice, rate=asked, seed=natural.seed
        )
        came = natural.length_seconds / take.length_seconds
        pace = pace.learn(asked, came)
        best = min(best, take, key=lambda t: _miss(wanted, natural, t))
    return best, pace


def perform(take: Take, length_seconds: float, sample_rate: int) -> Sound:
    """The take brought to an exact length at the mix's sample rate."""
    return stretch(take.read(), take.length_seconds / length_seconds, sample_rate=sample_rate)


def _miss(wanted: float, natural: Take, take: Take) -> float:
    factor = wanted * take.length_seconds / natural.length_seconds
    return max(factor, 1 / factor)


def _inputs(
    card: EngineCard, text: str, voice: VoiceChoice, rate: float, seed: int
) -> dict[str, Any]:
    """All that a take depends on; written beside it, it tells the take's whole story."""
    return {
        "engine": card.to_json(),
        "text": text.strip(),
        "voice": asdict(voice),
        "rate": rate,
        "seed": seed,
    }


def _take(artifact: Artifact) -> Take:
    facts = artifact.facts
    return Take(
        key=artifact.key,
        path=artifact.path,
        length_seconds=float(facts["length_seconds"]),
        text=facts["text"],
        voice=VoiceChoice(**facts["voice"]),
        rate=float(facts["rate"]),
        seed=int(facts["seed"]),
        engine=facts["engine"],
        sound=TakeSound.from_json(facts.get("sound")),
    )

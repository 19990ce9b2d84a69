"""What a second of speech costs: CPU seconds by speaker, measured in one run on this machine.

    python benchmarks/speech.py [--json]

Three ways to speak the same lines: espeak-ng (the robotic second engine), Kokoro's int8 network as
its package ships it, and the same network rearranged by `engines/kokoro_graph.py`. Beside the cost:
how far the rearranged sound is from the original in decibels of log spectrum, and how well a rate
that is asked for is kept.
Wall time is not printed: it depends on who else is on the machine.
"""

import json
import sys
from dataclasses import dataclass
from statistics import mean

import numpy as np

from silkreel.engines.contracts import VoiceChoice
from silkreel.engines.espeak import EspeakSpeaker
from silkreel.engines.kokoro import ORIGINAL, REARRANGED, KokoroSpeaker
from silkreel.kit.effort import measuring
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound

LINES = (
    ("en", "You thought I would never come back."),
    ("en", "Fifty million, and I will pay back every cent."),
    ("es", "Creí que ya te habías ido de la ciudad."),
    ("pt-BR", "Quem assinou este contrato?"),
    ("zh-Hans", "别再说了，我不想听。"),
)
WITHOUT_MANDARIN = tuple(line for line in LINES if line[0] != "zh-Hans")
ROUNDS = 3
RATES = (0.85, 1.1, 1.2, 1.3)


@dataclass(frozen=True)
class Cost:
    """CPU seconds per second of speech, and the speech."""

    cpu_per_second: float
    sounds: dict[str, Sound]


def cost(speaker, engine, lines) -> Cost:
    """Median of the rounds; the first call, which loads the network, is not counted."""
    sounds, rounds = {}, []
    speak(speaker, engine, *lines[0])
    for _ in range(ROUNDS):
        with measuring() as effort:
            sounds = {text: speak(speaker, engine, language, text) for language, text in lines}
        seconds = sum(sound.length_seconds for sound in sounds.values())
        rounds.append(sum(effort.cpu_seconds.values()) / seconds)
    return Cost(float(np.median(rounds)), sounds)


def speak(speaker, engine, language, text, rate=1.0) -> Sound:
    choice = VoiceChoice(engine, speaker.voices(language)[0], language)
    return speaker.speak(text, voice=choice, rate=rate).sound


def distance_decibel(first: Sound, second: Sound) -> float:
    """Root mean square difference of 32 bands over frames of 43 ms."""
    count = min(len(first.samples), len(second.samples)) // 512 - 2
    shapes = []
    for sound in (first, second):
        pieces = np.lib.stride_tricks.sliding_window_view(sound.flat, 1024)[::512][:count]
        power = np.abs(np.fft.rfft(pieces * np.hanning(1024), axis=1)) ** 2
        bands = power[:, :512].reshape(count, 32, 16).sum(axis=2)
        shapes.append(10 * np.log10(bands + 1e-6 * bands.max()))
    return float(np.sqrt(np.mean((shapes[0] - shapes[1]) ** 2)))


def rate_errors(speaker) -> list[float]:
    errors = []
    for language, text in LINES:
        natural = speak(speaker, "kokoro", language, text).length_seconds
        for rate in RATES:
            came = natural / speak(speaker, "kokoro", language, text, rate).length_seconds
            errors.append(abs(came / rate - 1))
    return errors


def main() -> None:
    settings = Settings()
    speakers = {
        "espeak-ng": (EspeakSpeaker.open(settings), "espeak", WITHOUT_MANDARIN),
        "kokoro int8 as shipped": (KokoroSpeaker(settings, network=ORIGINAL), "kokoro", LINES),
        "kokoro rearranged": (KokoroSpeaker(settings, network=REARRANGED), "kokoro", LINES),
    }
    costs = {name: cost(*speaker) for name, speaker in speakers.items()}
    shipped, ours = costs["kokoro int8 as shipped"], costs["kokoro rearranged"]
    apart = mean(distance_decibel(shipped.sounds[text], ours.sounds[text]) for _, text in LINES)
    errors = rate_errors(speakers["kokoro rearranged"][0])
    for speaker, *_ in speakers.values():
        speaker.close()
    result = {
        "cpu_seconds_per_second": {name: round(c.cpu_per_second, 3) for name, c in costs.items()},
        "times_cheaper_than_shipped": round(shipped.cpu_per_second / ours.cpu_per_second, 2),
        "log_spectral_distance_decibel": round(apart, 2),
        "rate_error_mean": round(mean(errors), 4),
        "rate_error_max": round(max(errors), 4),
    }
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    print("CPU seconds per second of trimmed speech (median of 3 rounds, network loaded)")
    for name, each in costs.items():
        print(f"  {name:<24} {each.cpu_per_second:6.3f}")
    print(f"rearranged is {result['times_cheaper_than_shipped']} times cheaper than as shipped,")
    print(f"  {apart:.2f} dB of log spectrum away from it (two voices: more than 6 dB)")
    print(f"asked rates {RATES} are missed by {mean(errors):.1%}, {max(errors):.1%} at most")


if __name__ == "__main__":
    main()

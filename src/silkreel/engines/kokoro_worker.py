"""The child that speaks with Kokoro-82M: one ONNX session, text in, 24 kHz samples out.

Never imported by the parent: it loads native code and a network.
"""

import json
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.engines.edges import trim_edges
from silkreel.engines.g2p import phonemes
from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Samples

SAMPLE_RATE = 24_000
MOST_SYMBOLS = 500
STYLE_ROWS = 510
SLOWEST, FASTEST = 0.4, 4.0
HALVINGS = 24  # finer than any rounding
CLAUSE = re.compile(r"(?<=[,.!?;:…—])\s*")


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak: style rows, how many times as fast as by itself, pitch by resampling."""

    styles: Samples
    rate: float
    semitones: float


@dataclass(frozen=True, slots=True)
class Network:
    """The network that speaks, and the small one that knows how long it will."""

    speaks: Any
    lasts: Any


@lru_cache(maxsize=2)
def session(path: str, threads: int) -> Any:
    """The network, loaded once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=2)
def vocabulary(path: str) -> dict[str, int]:
    """Kokoro's symbols and their numbers."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return {str(symbol): int(number) for symbol, number in content["vocab"].items()}


@lru_cache(maxsize=64)
def styles(path: str) -> Samples:
    """The 510 style rows of a voice, one for each count of symbols."""
    return np.fromfile(path, dtype="<f4").reshape(STYLE_ROWS, 256)


def pieces(symbols: str, most: int = MOST_SYMBOLS) -> Iterator[str]:
    """Symbols in pieces the network takes, cut behind clauses, else at blanks, else anywhere."""
    piece = ""
    for clause in CLAUSE.split(symbols):
        if len(piece) + len(clause) + 1 <= most:
            piece = f"{piece} {clause}".strip()
            continue
        if piece:
            yield piece
        piece = clause
        while len(piece) > most:
            cut = piece.rfind(" ", 1, most)
            cut = cut if cut > 0 else most
            yield piece[:cut]
            piece = piece[cut:].strip()
    if piece:
        yield piece


def spoken(network: Network, numbers: list[int], voice: Voice) -> Samples:
    """One piece of sound, its edges trimmed."""
    ratio = 2 ** (voice.semitones / 12)
    style = voice.styles[min(len(numbers), STYLE_ROWS - 1)].reshape(1, 256)
    feed = {"tokens": np.array([[0, *numbers, 0]], dtype=np.int64), "style": style}
    wanted = voice.rate / ratio
    speed = 1.0
    if wanted != 1.0:
        lasts = np.asarray(network.lasts.run(None, feed)[0], dtype=np.float32).ravel()
        speed = speed_for(wanted, lasts)
    feed["speed"] = np.array([speed], dtype=np.float32)
    samples = np.asarray(network.speaks.run(None, feed)[0], dtype=np.float32).ravel()
    return trim_edges(repitched(samples, ratio), SAMPLE_RATE)


def speed_for(rate: float, lasts: Samples) -> float:
    """The network's speed at which the sound is `rate` times shorter than at speed one.

    Speed is not rate: each symbol is rounded to whole steps and none is shorter than one, so that
    a speed of 1.2 came out as 1.09 to 1.16.
    """
    aim = steps(lasts, 1.0) / rate
    low, high = SLOWEST, FASTEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if steps(lasts, middle) > aim else (low, middle)
    return (low + high) / 2


def steps(lasts: Samples, speed: float) -> float:
    """Steps of 25 ms the sound has at a speed, counted as the network counts them."""
    return float(np.maximum(1, np.round(lasts / np.float32(speed))).sum())


def repitched(samples: Samples, ratio: float) -> Samples:
    """The clip played `ratio` times as fast: higher and shorter, by exact resampling."""
    if ratio == 1 or not samples.size:
        return samples
    count = round(len(samples) / ratio)
    bins = np.fft.rfft(samples)
    kept: npt.NDArray[np.complex128] = np.zeros(count // 2 + 1, dtype=np.complex128)
    both = min(len(bins), len(kept))
    kept[:both] = bins[:both]
    return np.asarray(np.fft.irfft(kept, count) * (count / len(samples)), dtype=np.float32)


def joined(clips: list[Samples]) -> Samples:
    """Clips one after the other with the rest between sentences."""
    rest = np.zeros(round(0.25 * SAMPLE_RATE), dtype=np.float32)
    parts = [part for clip in clips if clip.size for part in (clip, rest)]
    return np.concatenate(parts[:-1]) if parts else np.zeros(0, dtype=np.float32)


def cpu_seconds() -> float:
    """CPU time of this process and of the programs it waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
    )


def speak(request: dict[str, Any]) -> Message:
    """Answer one request."""
    known = vocabulary(request["vocabulary"])
    found = phonemes(request["text"], request["letter"], known)
    voice = Voice(styles(request["voice"]), request["rate"], request["semitones"])
    threads = request["threads"]
    network = Network(session(request["model"], threads), session(request["durations"], threads))
    clips = [
        spoken(network, [known[symbol] for symbol in piece], voice)
        for piece in pieces(found.symbols)
    ]
    facts = {"symbols": found.symbols, "dropped": list(found.dropped)}
    return Message(facts, (joined(clips),))


def answer(request: Message, emit: Emit) -> Message:
    """Speak, and say what it cost."""
    before = cpu_seconds()
    made = speak(request.value)
    emit(Message({"effort": {"kokoro": cpu_seconds() - before}}))
    return made


if __name__ == "__main__":
    serve_parent(answer)

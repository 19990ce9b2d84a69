"""Where somebody speaks, by Silero VAD v6 (the network faster-whisper ships, MIT)."""

from collections.abc import Sequence

from silkreel.engines.contracts import EngineCard
from silkreel.engines.weights import model, model_file
from silkreel.kit.children import Child, Limits
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

VERSION = "1"
SAMPLE_RATE = 16_000
STEP_SECONDS = 512 / SAMPLE_RATE
SURE, UNSURE = 0.5, 0.35
# The package's own 2 s and 400 ms hide the edges: a whole clip came back as one span.
SILENCE_SECONDS = 0.2
AIR_SECONDS = 0.03
SHORTEST_SECONDS = 0.1
LIMITS = Limits(cpu_seconds=None, silence_seconds=120.0)


class SileroVoiceActivity:
    """Finds speech in 16 kHz sound, edges good to a thirtieth of a second."""

    def __init__(self, settings: Settings) -> None:
        self._network = model_file("silero-vad", settings)
        self._child = Child("silkreel.engines.silero_worker", LIMITS)
        self.card = EngineCard(
            name="silero",
            version=VERSION,
            languages=None,
            code_licence="Apache-2.0",
            weights_licence="MIT",
            model_sha256=model("silero-vad").file(None).sha256,
        )

    @classmethod
    def open(cls, settings: Settings) -> "SileroVoiceActivity":
        """Find the network.

        Raises:
            EngineMissing: it is not here.
        """
        return cls(settings)

    def speech(self, sound: Sound) -> tuple[TimeSpan, ...]:
        """Spans of speech in 16 kHz sound, in order, apart."""
        if sound.sample_rate != SAMPLE_RATE:
            raise ValueError(f"speech is looked for in 16 kHz sound, not {sound.sample_rate}")
        if not len(sound.samples):
            return ()
        heard = self._child.ask({"model": str(self._network)}, [sound.flat])
        return spans(heard.arrays[0].tolist(), sound.length_seconds)

    def close(self) -> None:
        """End the child."""
        self._child.close()


def spans(probabilities: Sequence[float], length_seconds: float) -> tuple[TimeSpan, ...]:
    """Spans out of one probability for each step of 32 ms, with 30 ms of air where there is room.

    Speech starts where it is sure and ends where it was last not unsure, once 0.2 s were silent.
    """
    found: list[tuple[float, float]] = []
    start = end = None
    for number, probability in enumerate(probabilities):
        moment = number * STEP_SECONDS
        if probability >= SURE:
            start, end = moment if start is None else start, None
        elif start is not None and probability < UNSURE:
            end = moment if end is None else end
            if moment - end >= SILENCE_SECONDS:
                found.append((start, end))
                start = end = None
    if start is not None:
        found.append((start, length_seconds if end is None else end))
    return _aired([each for each in found if each[1] - each[0] >= SHORTEST_SECONDS], length_seconds)


def _aired(found: list[tuple[float, float]], length_seconds: float) -> tuple[TimeSpan, ...]:
    """Spans with their air: at most half of the silence they share with a neighbour."""
    result = []
    for number, (start, end) in enumerate(found):
        before = (start - found[number - 1][1]) / 2 if number else start
        last = number == len(found) - 1
        behind = length_seconds - end if last else (found[number + 1][0] - end) / 2
        lead, tail = min(AIR_SECONDS, before), min(AIR_SECONDS, behind)
        result.append(TimeSpan(start - lead, max(start, min(end + tail, length_seconds))))
    return tuple(result)

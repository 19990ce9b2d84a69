"""Who speaks a line and with which words, and what is known of each voice while it works."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from silkreel.dubbing.estimating import LengthEstimator
from silkreel.dubbing.pace import Pace
from silkreel.dubbing.speaking import Take, speak_at_rate, speak_take
from silkreel.engines.contracts import Length, Speaker, VoiceChoice
from silkreel.kit.artifacts import Workshop
from silkreel.kit.spans import Span

MEANING_LOSS: Mapping[str, float] = MappingProxyType({"full": 0.0, "compact": 0.25, "short": 0.6})


@dataclass(frozen=True, slots=True)
class DubWording:
    """A wording that may be spoken for a line."""

    text: str
    length: Length = "full"

    @property
    def meaning_loss(self) -> float:
        """How much of the line is lost with it."""
        return MEANING_LOSS[self.length]


@dataclass(frozen=True, slots=True)
class LineToSpeak:
    """A line of the original with the voice and wordings that stand for it in a language."""

    line_id: str
    character: str
    span: Span
    voice: VoiceChoice
    wordings: tuple[DubWording, ...]
    shot_end: int | None = None
    overlaps: tuple[str, ...] = ()
    on_screen: bool = True
    seed: int = 0


@dataclass(slots=True)
class Studio:
    """Speakers and the workshop that keeps their takes; it learns each voice as it works.

    Give every episode and language a new one, with estimators learnt before where there are some:
    then the same episode makes the same takes, whatever ran beside it.
    """

    workshop: Workshop
    speakers: Mapping[str, Speaker]  # by the engine's name
    estimators: dict[VoiceChoice, LengthEstimator] = field(default_factory=dict)
    paces: dict[VoiceChoice, Pace] = field(default_factory=dict)

    def seconds_for(self, voice: VoiceChoice, wording: DubWording) -> float:
        """Expected length at natural rate."""
        return self.estimator(voice).seconds_for(wording.text)

    def speak(self, wording: DubWording, line: LineToSpeak) -> Take:
        """A take at natural rate; its length is learnt."""
        speaker = self.speakers[line.voice.engine]
        take = speak_take(self.workshop, speaker, wording.text, line.voice, seed=line.seed)
        learnt = self.estimator(line.voice).learn(wording.text, take.length_seconds)
        self.estimators[line.voice] = learnt
        return take

    def speak_at(self, natural: Take, rate: float) -> Take:
        """A take that can be stretched to `rate`, where the voice can do it; its pace is learnt."""
        voice = natural.voice
        pace = self.paces.get(voice) or Pace.of(voice.engine)
        speaker = self.speakers[voice.engine]
        take, self.paces[voice] = speak_at_rate(self.workshop, speaker, natural, rate, pace)
        return take

    def estimator(self, voice: VoiceChoice) -> LengthEstimator:
        """What is known of the voice's lengths."""
        return self.estimators.get(voice) or LengthEstimator(voice.language)

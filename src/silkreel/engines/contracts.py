"""What each machine skill promises, whoever does it.

Engines come by entry points (`silkreel.readers`, `.voice_activity`, `.transcribers`, `.aligners`,
`.translators`, `.speakers`, `.separators`); ours are registered the same way as a stranger's. An
engine keeps its model in a killable child process and counts the CPU seconds it burns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

Luma = npt.NDArray[np.uint8]
Length = Literal["full", "compact", "short"]


class EngineMissing(Refusal):
    """An engine cannot run here; the sentence names the command that mends it."""

    status = 503
    message = "{engine} cannot run here: {why}. {mend}"


class LanguageNotSpoken(Refusal):
    """The engine does not know the language."""

    status = 422
    message = "{engine} does not know the language {language}."


@dataclass(frozen=True, slots=True)
class EngineCard:
    """Who made something: goes into every artifact's provenance and the AI label."""

    name: str
    version: str
    languages: tuple[str, ...] | None  # BCP 47 primary tags; None = any
    code_licence: str
    weights_licence: str | None
    model_sha256: str | None
    needs_network: bool = False
    workers_allowed: int = 1

    def to_json(self) -> dict[str, Any]:
        """The part that names the work: what goes into keys and provenance."""
        return {"name": self.name, "version": self.version, "model_sha256": self.model_sha256}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture that was handed over."""

    left: int
    top: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box as (x, y)."""
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class TextBox:
    """A line of text seen in a picture."""

    text: str
    box: Box
    confidence: float  # 0..1, mean over characters
    character_confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or character heard."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A sentence heard."""

    span: TimeSpan
    text: str
    words: tuple[Word, ...]
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """Which voice of which engine speaks, and how it differs from the preset."""

    engine: str
    preset: str
    language: str
    pitch_semitones: float = 0.0
    rate_offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound of a sentence, edges trimmed of silence."""

    sound: Sound
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Stems:
    """A mix taken apart; both as long as the mix, delay removed."""

    voice: Sound
    bed: Sound


@dataclass(frozen=True, slots=True)
class TermHint:
    """How a term of the series must appear in the target."""

    source: str
    target: str
    kind: str = "name"
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneLine:
    """A line around the one to translate."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class LineToTranslate:
    """One line to put into the target language; quoted as data, never followed."""

    line_id: str
    text: str
    speaker: str = ""
    addressee: str = ""
    allowance_characters: int | None = None  # what fits at a natural rate
    overrun_seconds: float | None = None  # measured; asks for shorter wordings
    start_seconds: float | None = None  # where it is spoken, for engines that listen
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TranslationRequest:
    """Lines of one scene with all that an engine may use."""

    source_language: str
    target_language: str
    lines: tuple[LineToTranslate, ...]
    before: tuple[SceneLine, ...] = ()
    after: tuple[SceneLine, ...] = ()
    terms: tuple[TermHint, ...] = ()
    formality: str = ""
    sound: Sound | None = None  # the episode's 16 kHz mono sound, for engines that listen
    synopsis: str = ""
    series_id: str = ""  # whose tokens are spent, for engines that cost money


@dataclass(frozen=True, slots=True)
class Candidate:
    """One wording an engine proposes for a line."""

    line_id: str
    text: str
    length: Length = "full"
    note: str = ""


class Reader(Protocol):
    """Reads text in pictures."""

    card: EngineCard

    def expect(self, language: str) -> None:
        """Prefer this language (BCP 47) from now on; the caller has seen it on the card."""
        ...

    def read(self, picture: Luma, *, detect: bool) -> tuple[TextBox, ...]:
        """Text in a luma picture (height, width) uint8; without `detect` it holds one line."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class VoiceActivity(Protocol):
    """Finds where somebody speaks."""

    card: EngineCard

    def speech(self, sound: Sound) -> tuple[TimeSpan, ...]:
        """Spans of speech in 16 kHz mono sound, in order, apart."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class Transcriber(Protocol):
    """Writes down what is said."""

    card: EngineCard

    def transcribe(
        self, sound: Sound, *, language: str | None, hints: tuple[str, ...] = ()
    ) -> tuple[HeardLine, ...]:
        """Sentences in 16 kHz mono sound; without `language` it is recognised."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class Aligner(Protocol):
    """Finds when each word of a known text is said."""

    card: EngineCard

    def align(self, sound: Sound, text: str, *, language: str) -> tuple[Word, ...]:
        """Words of `text` with their times in 16 kHz mono sound."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class Translator(Protocol):
    """Puts lines into another language."""

    card: EngineCard
    rewords: bool  # can it give shorter wordings on a measured overrun?

    def can(self, source_language: str, target_language: str) -> bool:
        """Whether this pair is served."""
        ...

    def translate(self, request: TranslationRequest) -> tuple[Candidate, ...]:
        """Wordings for the request's lines; a line it cannot do is simply left out."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class Speaker(Protocol):
    """Speaks text."""

    card: EngineCard

    def voices(self, language: str) -> tuple[str, ...]:
        """Names of the preset voices for a BCP 47 tag, best first; empty if it is not spoken."""
        ...

    def speak(self, text: str, *, voice: VoiceChoice, rate: float = 1.0, seed: int = 0) -> Speech:
        """Speech whose silent edges are trimmed; `rate` 1.2 asks for a fifth faster."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class Separator(Protocol):
    """Takes voice and the rest of a mix apart."""

    card: EngineCard

    def separate(self, sound: Sound) -> Stems:
        """Voice and bed of 48 kHz sound."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...


class VoicePrinter(Protocol):
    """Gives a voice a position, so that equal voices lie close."""

    card: EngineCard

    def prints(self, sound: Sound, spans: Sequence[TimeSpan]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (spans, n), for pieces of 16 kHz mono sound."""
        ...

    def close(self) -> None:
        """Give back the model."""
        ...

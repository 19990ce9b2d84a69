"""Whisper in CTranslate2 form: writes down what is said, and finds when a known text is said.

Speech is packed into windows first, because each call costs a whole window however short it is,
and because music and silence make the network invent text.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from silkreel.engines.contracts import EngineCard, EngineMissing, HeardLine, LanguageNotSpoken, Word
from silkreel.engines.silero import SileroVoiceActivity
from silkreel.engines.weights import directory_sha256, model, model_folder
from silkreel.engines.windows import LONGEST_SECONDS, Window, pack, unheard
from silkreel.kit.children import Child, Limits
from silkreel.kit.languages import normal_tag, primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Samples, Sound
from silkreel.kit.spans import TimeSpan
from silkreel.kit.words import words

VERSION = "1"
THREADS = 1  # measured: two threads spin, cost twice the CPU time and end later
BEAM = 5
SENTENCE_END = tuple(".?!。？！…")
TITLES = ("Mr.", "Mrs.", "Ms.", "Dr.", "St.", "Sr.", "Sra.", "Dra.", "Prof.", "Mme.", "M.")
LINE_GAP_SECONDS = 0.6  # a rest this long ends a line even inside a sentence
LEFT_OUT_SECONDS = 1.0  # speech behind the last word that is worth another window
LEAST_SECONDS = 0.06  # shorter than any syllable: text invented in a gap
MOST_HINTS = 20
MANDARIN_PROMPT = "以下是普通话的句子，请加标点。"
SMALL_MARKS = str.maketrans(
    "﹐﹒﹔﹕﹖﹗﹑,?!:;", "，。；：？！、，？！：；"
)  # as Chinese text is set
LANGUAGE_TOKEN = re.compile(r"<\|([a-z]{2,3})\|>")
HABITS = {"nb": "no", "fil": "tl", "jv": "jw", "iw": "he", "cmn": "zh"}
LIMITS = Limits(cpu_seconds=None, silence_seconds=300.0)


class TooLongToAlign(Refusal):
    """More speech than one window holds."""

    status = 422
    message = (
        "A text can be aligned with at most {longest} seconds of speech, and this sound holds"
        " {seconds}. Hand over one line at a time."
    )


class WhisperModel:
    """A Whisper network in a child, packaged or the operator's own, and what it may be asked."""

    def __init__(self, settings: Settings, *, threads: int = THREADS) -> None:
        self.folder, self.sha256 = _where(settings)
        self.languages = _languages(self.folder / "tokenizer.json")
        self._threads = threads
        self._child = Child("silkreel.engines.whisper_worker", LIMITS)

    def card(self, name: str, languages: tuple[str, ...] | None = None) -> EngineCard:
        """The card of an engine made of this network."""
        return EngineCard(
            name=name,
            version=VERSION,
            languages=languages or self.languages,
            code_licence="Apache-2.0",
            weights_licence=model("whisper-base").licence,
            model_sha256=self.sha256,
        )

    def code(self, language: str) -> str:
        """The network's own name of a language.

        Raises:
            LanguageNotSpoken: it does not know it.
        """
        name = HABITS.get(primary(language), primary(language))
        if name not in self.languages:
            raise LanguageNotSpoken(engine="Whisper", language=language)
        return name

    def write_down(
        self,
        samples: Samples,
        *,
        language: str | None,
        task: str = "transcribe",
        prompt: str = "",
        beam: int = BEAM,
    ) -> dict[str, Any]:
        """What one window says, in its own language or (task `translate`) in English."""
        asked = {"work": "transcribe", "language": language, "task": task, "prompt": prompt}
        return self._ask({**asked, "beam": beam}, samples)

    def align(
        self, samples: Samples, text: str, language: str
    ) -> list[tuple[str, float, float, float]]:
        """Words of a known text with start, end and probability in one window."""
        found = self._ask({"work": "align", "language": language, "text": text}, samples)
        return [(text, start, end, sure) for text, start, end, sure in found["words"]]

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _ask(self, value: dict[str, Any], samples: Samples) -> dict[str, Any]:
        where = {"folder": str(self.folder), "threads": self._threads}
        return self._child.ask({**value, **where}, [samples]).value


class WhisperTranscriber:
    """Writes down what is said; hints (names) go before the text as its prompt."""

    def __init__(self, settings: Settings) -> None:
        self._network = WhisperModel(settings)
        self._activity = SileroVoiceActivity.open(settings)
        self.card = self._network.card("whisper")

    @classmethod
    def open(cls, settings: Settings) -> "WhisperTranscriber":
        """Find the network.

        Raises:
            EngineMissing: it is not here.
        """
        return cls(settings)

    def transcribe(
        self, sound: Sound, *, language: str | None, hints: tuple[str, ...] = ()
    ) -> tuple[HeardLine, ...]:
        """Sentences in 16 kHz sound; without `language` the first window decides for all.

        Raises:
            LanguageNotSpoken: the network does not know the language.
        """
        code = self._network.code(language) if language else None
        result: list[HeardLine] = []
        waiting = list(pack(self._activity.speech(sound)))
        again = len(waiting)  # what a window left out is heard once more, never a third time
        while waiting:
            window = waiting.pop(0)
            heard = self._network.write_down(
                window.samples(sound), language=code, prompt=prompt(code, hints)
            )
            code = code or str(heard["language"])
            words = [_word(each, window) for each in heard["words"]]
            result += lines(words, normal_tag(language or code))
            again -= 1
            if again >= 0:
                waiting += _left_out(window, words)
        return tuple(sorted(result, key=lambda line: line.span))

    def close(self) -> None:
        """End the children."""
        self._network.close()
        self._activity.close()


class WhisperAligner:
    """Finds when each word of a known text is said, by the network's cross-attention."""

    def __init__(self, settings: Settings) -> None:
        self._network = WhisperModel(settings)
        self._activity = SileroVoiceActivity.open(settings)
        self.card = self._network.card("whisper")

    @classmethod
    def open(cls, settings: Settings) -> "WhisperAligner":
        """Find the network.

        Raises:
            EngineMissing: it is not here.
        """
        return cls(settings)

    def align(self, sound: Sound, text: str, *, language: str) -> tuple[Word, ...]:
        """Words of `text` in 16 kHz sound; silence is cut out first, it would be swallowed.

        Sound without speech gives no words.

        Raises:
            LanguageNotSpoken, TooLongToAlign: as they say.
        """
        code = self._network.code(language)
        windows = pack(self._activity.speech(sound))
        if not windows or not text.strip():
            return ()
        if len(windows) > 1:
            seconds = sum(window.length_seconds for window in windows)
            raise TooLongToAlign(longest=LONGEST_SECONDS, seconds=round(seconds, 1))
        found = self._network.align(windows[0].samples(sound), text, code)
        words = (_word(each, windows[0]) for each in found)
        return tuple(replace(word, text=word.text.strip()) for word in words)

    def close(self) -> None:
        """End the children."""
        self._network.close()
        self._activity.close()


def prompt(code: str | None, hints: Sequence[str]) -> str:
    """What the network believes was said before: style of writing, then the names to expect."""
    names = [hint.strip() for hint in hints if hint.strip()][:MOST_HINTS]
    if code == "zh":
        return MANDARIN_PROMPT + ("、".join(names) + "。" if names else "")
    return ", ".join(names) + "." if names else ""


def lines(words: Sequence[Word], language: str) -> Iterator[HeardLine]:
    """Words as lines: cut at full stops and at long rests."""
    group: list[Word] = []
    for word in words:
        rest = word.start_seconds - group[-1].end_seconds if group else 0.0
        if group and (rest > LINE_GAP_SECONDS or _ends_sentence(group[-1].text)):
            yield from _line(group, language)
            group = []
        group.append(word)
    if group:
        yield from _line(group, language)


def _left_out(window: Window, words: Sequence[Word]) -> tuple[Window, ...]:
    """Speech behind the last word: all of it, in half windows, where nothing was believed."""
    end = max((word.end_seconds for word in words), default=0.0)
    spans = unheard(window, end)
    if sum(span.length_seconds for span in spans) < LEFT_OUT_SECONDS:
        return ()
    return pack(spans, longest_seconds=LONGEST_SECONDS if words else LONGEST_SECONDS / 2)


def _ends_sentence(word: str) -> bool:
    return word.endswith(SENTENCE_END) and word.strip() not in TITLES


def _line(words: list[Word], language: str) -> Iterator[HeardLine]:
    spoken = sum(word.end_seconds - word.start_seconds for word in words)
    written = [
        Word(_written(w.text, language), w.start_seconds, w.end_seconds, w.confidence)
        for w in words
    ]
    text = "".join(word.text for word in written).strip()
    if spoken < LEAST_SECONDS or not any(character.isalnum() for character in text):
        return
    confidence = sum(word.confidence for word in words) / len(words)
    span = TimeSpan(words[0].start_seconds, max(word.end_seconds for word in words))
    stripped = tuple(
        Word(w.text.strip(), w.start_seconds, w.end_seconds, w.confidence) for w in written
    )
    yield HeardLine(span, text, stripped, language, confidence)


def _word(each: Sequence[Any], window: Window) -> Word:
    text, start, end, probability = each
    span = window.span(float(start), float(end))
    return Word(str(text), span.start_seconds, span.end_seconds, float(probability))


def _written(text: str, language: str) -> str:
    if language not in {"zh", "zh-Hans"}:
        return text
    return str(_simplifier().convert(text.translate(SMALL_MARKS)))


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _languages(tokenizer: Path) -> tuple[str, ...]:
    text = tokenizer.read_text(encoding="utf-8")
    start = text.index(
        "[", text.index('"added_tokens"')
    )  # the vocabulary behind it is a hundred times longer
    tokens, _ = json.JSONDecoder().raw_decode(text, start)
    marks = [LANGUAGE_TOKEN.fullmatch(token["content"]) for token in tokens]
    return tuple(sorted(mark[1] for mark in marks if mark)) or ("en",)


def _where(settings: Settings) -> tuple[Path, str]:
    folder = settings.whisper_folder
    if folder is None:
        packaged = model_folder("whisper-base", settings)
        return packaged, model("whisper-base").file("model.bin").sha256
    for name in ("model.bin", "tokenizer.json"):
        if not (folder / name).is_file():
            raise EngineMissing(
                engine="whisper",
                why=words("{folder} holds no {name}", folder=folder, name=name),
                mend=words("Set SILKREEL_WHISPER_FOLDER to a faster-whisper model folder."),
            )
    return folder.resolve(), directory_sha256(folder, settings)

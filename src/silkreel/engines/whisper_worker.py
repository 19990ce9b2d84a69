"""The child that runs Whisper in CTranslate2: writes down, translates and aligns one window.

Never imported by the parent: it loads native code and a network.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Samples

# A line is dropped where the network itself hears no speech and is unsure of its words.
NO_SPEECH, LEAST_LOG_PROBABILITY = 0.6, -1.0
# Text that compresses better than this is a loop, not speech.
MOST_COMPRESSION = 2.4
# Nobody says more tokens than this: a loop ends here and not at the network's own 448.
TOKENS_PER_SECOND, TOKENS_AT_LEAST, TOKENS_AT_MOST = 14, 30, 220
SAMPLE_RATE = 16_000
# The network was taught with windows of 30 s, filled with silence. A known text is found as well in
# half of it and a line translated as well, for a third of the work (60 pieces: 4.7 % of characters
# wrong became 5.1 % when writing down, so that keeps the whole window).
SHORT_FRAMES, SILENT_FRAMES = 1500, 300
PUNCTUATION = ("\"'“¿([{-「《", "\"'.。,，!！?？:：”)]}、」》")


@lru_cache(maxsize=1)
def network(folder: str, threads: int) -> Any:
    """The network, loaded once from a folder."""
    from faster_whisper import WhisperModel

    return WhisperModel(
        folder, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """One window as the network sees it."""

    model: Any
    encoded: Any
    frames: int
    seconds: float

    @classmethod
    def listen(cls, request: dict[str, Any], samples: Samples) -> "Heard":
        """Encode a window once; everything else asks the result."""
        from faster_whisper.audio import pad_or_trim

        model = network(request["folder"], request["threads"])
        features = model.feature_extractor(samples)
        most = model.feature_extractor.nb_max_frames
        if request["work"] == "align" or request.get("task") == "translate":
            most = min(most, max(SHORT_FRAMES, features.shape[-1] + SILENT_FRAMES))
        encoded = model.encode(pad_or_trim(features, most))
        # The last frame is the padding the front end adds.
        return cls(model, encoded, features.shape[-1] - 1, len(samples) / SAMPLE_RATE)

    def language(self) -> str:
        """The language the network takes it for, of those it knows."""
        token, _ = self.model.model.detect_language(self.encoded)[0][0]
        return str(token[2:-2])

    def tokenizer(self, language: str, task: str) -> Any:
        """Text to tokens and back, for one language and task."""
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self.model.model.is_multilingual
        return Tokenizer(self.model.hf_tokenizer, multilingual, task=task, language=language)

    def text(self, tokenizer: Any, prompt: str, beam: int) -> list[int]:
        """Tokens of what is said, in one pass; none where they are not to be believed.

        Without the network's own time marks: they make it leave the end of a window out, and the
        package would hear that end again as a window of its own, and invent text for it.
        """
        from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens

        before = tokenizer.encode(" " + prompt) if prompt else []
        start = self.model.get_prompt(tokenizer, before, without_timestamps=True)
        longest = most_tokens(self.seconds)
        result = self.model.model.generate(
            self.encoded,
            [start],
            beam_size=beam,
            max_length=min(len(start) + longest, self.model.max_length),
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        loop = get_compression_ratio(tokenizer.decode(tokens).strip() or " ") > MOST_COMPRESSION
        silent = result.no_speech_prob > NO_SPEECH and result.scores[0] < LEAST_LOG_PROBABILITY
        return [] if loop or silent else tokens

    def words(self, tokenizer: Any, tokens: list[int]) -> list[list[Any]]:
        """Words of the tokens with start, end and probability, by cross-attention."""
        from faster_whisper.transcribe import merge_punctuations

        found = self.model.find_alignment(tokenizer, [tokens], self.encoded, self.frames)
        words = found[0] if found else []
        merge_punctuations(words, *PUNCTUATION)
        return [
            [each["word"], float(each["start"]), float(each["end"]), float(each["probability"])]
            for each in words
            if each["word"].strip()
        ]


def write_down(request: dict[str, Any], samples: Samples) -> Message:
    """Words of a window; with the task `translate`, its text in English."""
    heard = Heard.listen(request, samples)
    language = request["language"] or heard.language()
    tokenizer = heard.tokenizer(language, request["task"])
    tokens = heard.text(tokenizer, request["prompt"], request["beam"])
    timed = request["task"] == "transcribe" and tokens
    words = heard.words(tokenizer, tokens) if timed else []
    text = tokenizer.decode(tokens).strip()
    return Message({"language": language, "text": text, "words": words})


def align(request: dict[str, Any], samples: Samples) -> Message:
    """Words of a known text with their times in a window."""
    heard = Heard.listen(request, samples)
    tokenizer = heard.tokenizer(request["language"], "transcribe")
    text = request["text"].strip()
    tokens = tokenizer.encode(" " + text)[: heard.model.max_length // 2 - 1]
    return Message({"words": heard.words(tokenizer, tokens)})


def most_tokens(seconds: float) -> int:
    """How long a text can be at most."""
    return min(TOKENS_AT_MOST, TOKENS_AT_LEAST + round(TOKENS_PER_SECOND * seconds))


WORK = {"transcribe": write_down, "align": align}


def answer(request: Message, emit: Emit) -> Message:
    """Do one piece of work, and say what it cost."""
    before = time.process_time()
    made = WORK[request.value["work"]](request.value, request.arrays[0])
    emit(Message({"effort": {"whisper": time.process_time() - before}}))
    return made


if __name__ == "__main__":
    serve_parent(answer)

"""The child that runs CTranslate2 models: tokens in, tokens out. Never imported by the parent."""

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from silkreel.engines.language_pairs import ModelUnreadable
from silkreel.kit.children import Emit, Message, serve_parent

BEAM = 4
MOST_TOKENS = 256
BATCH = 16


@dataclass(frozen=True, slots=True)
class Pieces:
    """Text to tokens and back."""

    encode: Any
    decode: Any


@lru_cache(maxsize=2)  # a route has two models at most
def network(folder: str, threads: int) -> Any:
    """The network, loaded once from a folder."""
    import ctranslate2

    try:
        return ctranslate2.Translator(
            folder, device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
        )
    except (RuntimeError, ValueError) as problem:
        raise ModelUnreadable(engine="ctranslate2", folder=folder, why=str(problem)) from None


@lru_cache(maxsize=4)
def pieces(folder: str, tokenizer: str | None, spm: tuple[str, str] | None) -> Pieces:
    """The tokenizer beside a network."""
    try:
        return _tokenizers(Path(folder) / tokenizer) if tokenizer else _sentencepiece(folder, spm)
    except ModelUnreadable:
        raise
    except Exception as problem:  # noqa: BLE001
        raise ModelUnreadable(engine="ctranslate2", folder=folder, why=str(problem)) from None


def _tokenizers(path: Path) -> Pieces:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))

    def decode(tokens: list[str]) -> str:
        ids = [number for token in tokens if (number := tokenizer.token_to_id(token)) is not None]
        return str(tokenizer.decode(ids, skip_special_tokens=True))

    return Pieces(lambda text: tokenizer.encode(text).tokens, decode)


def _sentencepiece(folder: str, spm: tuple[str, str] | None) -> Pieces:
    import sentencepiece  # type: ignore[import-not-found]  # an extra the operator adds

    assert spm is not None
    source, target = (
        sentencepiece.SentencePieceProcessor(str(Path(folder) / name)) for name in spm
    )
    return Pieces(lambda text: source.encode(text, out_type=str), target.decode)


def translate(request: dict[str, Any]) -> list[str]:
    """Every text in the other language."""
    spm = (request["spm"][0], request["spm"][1]) if request.get("spm") else None
    words = pieces(request["folder"], request.get("tokenizer"), spm)
    prompt = request["prompt"]
    prefix, suffix = prompt.get("source_prefix", []), prompt.get("source_suffix", [])
    start = prompt.get("target_prefix", [])
    tokens = [[*prefix, *words.encode(text), *suffix] for text in request["texts"]]
    try:
        results = network(request["folder"], request["threads"]).translate_batch(
            tokens,
            target_prefix=[start] * len(tokens) if start else None,
            beam_size=BEAM,
            max_batch_size=BATCH,
            max_decoding_length=MOST_TOKENS,
        )
    except (RuntimeError, ValueError) as problem:
        folder = request["folder"]
        raise ModelUnreadable(engine="ctranslate2", folder=folder, why=str(problem)) from None
    return [words.decode(_without(result.hypotheses[0], start)) for result in results]


def _without(tokens: list[str], start: list[str]) -> list[str]:
    return tokens[len(start) :] if tokens[: len(start)] == start else tokens


def answer(message: Message, emit: Emit) -> Message:
    """One request: texts of a pair."""
    started = time.process_time()
    try:
        return Message({"texts": translate(message.value)})
    finally:
        emit(Message({"effort": {"ctranslate2": time.process_time() - started}}))


if __name__ == "__main__":
    serve_parent(answer)

"""The child that runs Firefox Translations models. Never imported by the parent."""

import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from silkreel.engines.language_pairs import ModelUnreadable
from silkreel.kit.children import Emit, Message, serve_parent


@lru_cache(maxsize=2)  # a route has two models at most
def network(folder: str, files: tuple[tuple[str, str], ...]) -> Any:
    """The network, loaded once out of its files' bytes."""
    from fxtranslate import Translator

    content = {key: (Path(folder) / name).read_bytes() for key, name in files}
    try:
        return Translator(
            model=content["model"],
            src_vocab=content["source"],
            trg_vocab=content["target"],
            shortlist=content.get("shortlist"),
        )
    except ValueError as problem:
        raise ModelUnreadable(engine="firefox", folder=folder, why=str(problem)) from None


def answer(message: Message, emit: Emit) -> Message:
    """One request: texts of a pair."""
    started = time.process_time()
    try:
        request = message.value
        translator = network(request["folder"], tuple(sorted(request["files"].items())))
        return Message({"texts": [translator.translate_long(text) for text in request["texts"]]})
    finally:
        emit(Message({"effort": {"firefox": time.process_time() - started}}))


if __name__ == "__main__":
    serve_parent(answer)

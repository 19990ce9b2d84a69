"""The name of a piece of work: a hash over all that its result depends on."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_FREE_BLANKS = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
READ_BYTES = 1024 * 1024

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and NFC text: equal values give equal bytes."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text)


def work_key(step: str, version: int, inputs: Mapping[str, object]) -> str:
    """Key of a step's result: step, version of its code, and everything it reads."""
    payload = canonical_json({"step": step, "version": version, "inputs": dict(inputs)})
    return hashlib.sha256(payload.encode()).hexdigest()


def text_hash(text: str) -> str:
    """sha256 of a text in NFC without outer blanks, nor blanks beside Chinese or Japanese letters.

    Captions set those freely, readers see some and miss others, and no meaning hangs on them.
    """
    plain = _FREE_BLANKS.sub("", unicodedata.normalize("NFC", text.strip()))
    return hashlib.sha256(plain.encode()).hexdigest()


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()

"""The child that runs the program Tesseract, one picture a request; its limits are the program's too."""

import csv
import io
import os
import resource
import subprocess
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.refusals import Refusal

Picture = npt.NDArray[np.uint8]
Row = dict[str, str]

# Captions are bright: what is darker becomes paper, and the ramp between keeps the strokes' edges.
PAPER, INK = 150, 250
LARGER = 2  # small captions read better at twice their size
SPARSE, ONE_LINE = "11", "7"  # the program's page segmentation modes
LOWEST_CONFIDENCE = 60.0  # of a word, percent: bright leaves and hair stay below
PROGRAM_SECONDS = 30.0
WORD = "5"  # level of a row in the program's table
AIR_SHARE = 0.06


class TesseractFailed(Refusal):
    """The program gave up."""

    status = 422
    message = "Tesseract could not read a picture: {words}"


def read(program: str, file: str, luma: Picture, *, detect: bool) -> list[dict[str, Any]]:
    """Lines of text in a luma picture, as the parent's `TextBox`es.

    Raises:
        TesseractFailed: the program ended with an error or not in time.
    """
    mode = SPARSE if detect else ONE_LINE
    table = _run([program, "stdin", "stdout", "-l", file, "--psm", mode, "tsv"], _page(luma))
    rows = csv.DictReader(io.StringIO(table), dialect="excel-tab", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if _is_word(row)]
    lines = [list(group) for _, group in groupby(words, key=_line_of)]
    return [_line(line, luma.shape) for line in lines]


def _page(luma: Picture) -> bytes:
    """The picture as the program likes it: dark letters on white paper, as a PGM."""
    import cv2

    ramp = np.clip((luma.astype(np.float32) - PAPER) * (255 / (INK - PAPER)), 0, 255)
    size = (luma.shape[1] * LARGER, luma.shape[0] * LARGER)
    page = cv2.resize((255 - ramp).astype(np.uint8), size, interpolation=cv2.INTER_LANCZOS4)
    head = f"P5 {page.shape[1]} {page.shape[0]} 255\n".encode()
    return head + bytes(page.tobytes())


def _run(arguments: Sequence[str], page: bytes) -> str:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # a second thread spins and gains nothing
    try:
        done = subprocess.run(
            arguments, input=page, capture_output=True, timeout=PROGRAM_SECONDS, check=False,
            env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TesseractFailed(words=f"it took more than {PROGRAM_SECONDS:.0f} seconds") from None
    if done.returncode:
        raise TesseractFailed(words=done.stderr.decode(errors="replace").strip()[-200:])
    return done.stdout.decode(errors="replace")


def _is_word(row: Row) -> bool:
    text = row.get("text") or ""
    sure = row["level"] == WORD and float(row["conf"]) >= LOWEST_CONFIDENCE
    return sure and any(character.isalnum() for character in text)


def _line_of(row: Row) -> tuple[str, ...]:
    return row["block_num"], row["par_num"], row["line_num"]


def _line(words: list[Row], shape: tuple[int, ...]) -> dict[str, Any]:
    text = " ".join(word["text"].strip() for word in words)
    sure = [share for word in words for share in _per_character(word)]
    return {
        "text": text,
        "box": _box(words, shape),
        "confidence": sum(sure) / len(sure),
        "characters": sure,
    }


def _per_character(word: Row) -> Iterator[float]:
    """The program is sure of words, not of letters: each letter has its word's confidence."""
    for _ in word["text"].strip():
        yield float(word["conf"]) / 100


def _box(words: list[Row], shape: tuple[int, ...]) -> list[int]:
    """The box round the words in the picture handed over, with a little air."""
    left = min(int(word["left"]) for word in words) // LARGER
    top = min(int(word["top"]) for word in words) // LARGER
    right = -(-max(int(w["left"]) + int(w["width"]) for w in words) // LARGER)
    bottom = -(-max(int(w["top"]) + int(w["height"]) for w in words) // LARGER)
    air = int((bottom - top) * AIR_SHARE) + 1
    left, top = max(0, left - air), max(0, top - air)
    return [left, top, min(shape[1], right + air) - left, min(shape[0], bottom + air) - top]


def answer(request: Message, emit: Emit) -> Message:
    """Read one picture, and say what the program cost."""
    before = _programs_cpu_seconds()
    value = request.value
    lines = read(value["program"], value["file"], request.arrays[0], detect=bool(value["detect"]))
    emit(Message({"effort": {"tesseract": _programs_cpu_seconds() - before}}))
    return Message({"lines": lines})


def _programs_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    serve_parent(answer)

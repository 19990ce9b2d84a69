"""The child that draws parts of films, and the child that mixes and joins them."""

import ctypes
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import cv2
import numpy as np
from pydantic import TypeAdapter

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Sound, write_sound
from silkreel.media.theatre.film import join_parts, write_part
from silkreel.media.theatre.mixing import mix
from silkreel.media.theatre.mouths import mouths
from silkreel.media.theatre.music import bed
from silkreel.media.theatre.plan import Play
from silkreel.media.theatre.render import PartOrder
from silkreel.media.theatre.schedule import Timetable
from silkreel.media.theatre.stage import DRAWINGS_PER_SECOND, Stage

EVENT_FRAMES = 25
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
ORDERS = TypeAdapter(list[PartOrder])


def handle(request: Message, emit: Emit) -> Message:
    """Draw the parts of a request, or join them."""
    cv2.setNumThreads(1)
    _keep_memory()
    takes = _takes(request.value["takes"], request.arrays)
    began = process_time()
    draw = request.value["do"] == "draw"
    codecs = _draw(request.value, takes, emit) if draw else _join(request.value, takes)
    drawing = process_time() - began - codecs
    emit(Message({"effort": {"theatre": drawing, "x264" if draw else "aac": codecs}}))
    return Message({})


def _draw(value: dict[str, Any], takes: dict[str, Sound], emit: Emit) -> float:
    """Draw every part; returns the CPU seconds the codec took."""
    orders = ORDERS.validate_python(value["orders"])
    positions = {key: mouths(take, DRAWINGS_PER_SECOND) for key, take in takes.items()}
    whole = sum(order.times.length_frames for order in orders)
    codec, before = 0.0, 0
    for index, order in enumerate(orders):
        stage = Stage(order.play, order.times, positions, order.picture, order.look)
        tell = partial(_tell, emit, before, whole)
        preview = order.look.preview
        codec += write_part(order.path, stage.frames(), order.picture, tell, preview=preview)
        before += order.times.length_frames
        emit(Message({"part": index}))
    return codec


def _tell(emit: Emit, before: int, whole: int, frame: int) -> None:
    if frame % EVENT_FRAMES == 0:
        emit(Message({"progress": (before + frame) / whole}))


def _join(value: dict[str, Any], takes: dict[str, Sound]) -> float:
    """Mix and join; returns the CPU seconds the codec took."""
    play = TypeAdapter(Play).validate_python(value["play"])
    times = TypeAdapter(Timetable).validate_python(value["times"])
    stem = value["stem"]
    sound = mix(times, takes, bed(play, times) if stem else None)
    if stem:
        write_sound(sound.music_and_effects, Path(stem))
    parts = [Path(part) for part in value["parts"]]
    return join_parts(Path(value["path"]), parts, sound.full, value["metadata"])


def _keep_memory() -> None:
    """Let malloc reuse whole pictures: giving each back to the kernel doubled the drawing time."""
    library = ctypes.CDLL(None)
    library.mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024)
    library.mallopt(M_TRIM_THRESHOLD, 512 * 1024 * 1024)


def _takes(rows: list[dict[str, Any]], arrays: tuple[np.ndarray, ...]) -> dict[str, Sound]:
    return {
        row["line_id"]: Sound.mono(array, row["sample_rate"])
        for row, array in zip(rows, arrays, strict=True)
    }


if __name__ == "__main__":
    serve_parent(handle)

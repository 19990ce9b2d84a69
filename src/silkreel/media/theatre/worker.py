"""The child that draws, scores, mixes and encodes one episode."""

import ctypes
from pathlib import Path
from time import process_time
from typing import Any

import cv2
import numpy as np
from pydantic import TypeAdapter

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Sound, write_sound
from silkreel.media.theatre.film import write_film
from silkreel.media.theatre.mixing import mix
from silkreel.media.theatre.mouths import mouths
from silkreel.media.theatre.music import bed
from silkreel.media.theatre.plan import Picture, Play
from silkreel.media.theatre.schedule import schedule
from silkreel.media.theatre.stage import DRAWINGS_PER_SECOND, Stage

EVENT_FRAMES = 25
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h


def handle(request: Message, emit: Emit) -> Message:
    """Render the episode of a request."""
    cv2.setNumThreads(1)
    _keep_memory()
    began = process_time()
    value = request.value
    play = TypeAdapter(Play).validate_python(value["play"])
    picture = TypeAdapter(Picture).validate_python(value["picture"])
    takes = _takes(value["takes"], request.arrays)
    times = schedule(
        play, {k: v.length_seconds for k, v in takes.items()}, picture.frames_per_second
    )
    sound = mix(times, takes, bed(play, times))
    write_sound(sound.music_and_effects, Path(value["stem"]))
    positions = {key: mouths(take, DRAWINGS_PER_SECOND) for key, take in takes.items()}
    stage = Stage(play, times, positions, picture)

    def tell(frame: int) -> None:
        if frame % EVENT_FRAMES == 0:
            emit(Message({"progress": frame / times.length_frames}))

    codecs = write_film(Path(value["film"]), stage.frames(), sound.full, picture, tell)
    drawing = process_time() - began - codecs
    emit(Message({"effort": {"theatre": drawing, "x264": codecs}}))
    return Message({"length_frames": times.length_frames})


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

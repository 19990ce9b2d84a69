"""The child that runs DeepFilterNet3's C library: native code from a package, held here.

Read: Rikorose/DeepFilterNet libDF/src/capi.rs for the functions and their types.
"""

import ctypes
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Samples

# The library answers this much later than it hears: its window and its look-ahead.
DELAY = 1440
NO_LIMIT_DECIBEL = 100.0
FLOATS = ctypes.POINTER(ctypes.c_float)
FRAMES_PER_SIGN = 1000  # ten seconds of sound between two signs of life


@lru_cache(maxsize=1)
def library(path: str) -> ctypes.CDLL:
    """The library with the types of what is called."""
    found = ctypes.CDLL(path)
    found.df_create.restype = ctypes.c_void_p
    found.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    found.df_get_frame_length.restype = ctypes.c_size_t
    found.df_get_frame_length.argtypes = [ctypes.c_void_p]
    found.df_process_frame.restype = ctypes.c_float
    found.df_process_frame.argtypes = [ctypes.c_void_p, FLOATS, FLOATS]
    found.df_free.argtypes = [ctypes.c_void_p]
    return found


def voice(called: Any, weights: str, channel: Samples, sign: Callable[[], None]) -> Samples:
    """The voice in one channel, as long as it, the delay taken out."""
    state = called.df_create(weights.encode(), NO_LIMIT_DECIBEL, None)
    if not state:
        raise RuntimeError("the library does not take its weights")
    try:
        step = int(called.df_get_frame_length(state))
        count = -(-(len(channel) + DELAY) // step)
        heard = np.zeros((count, step), dtype=np.float32)
        heard.reshape(-1)[: len(channel)] = channel
        result = np.zeros_like(heard)
        for number in range(count):
            called.df_process_frame(
                state, heard[number].ctypes.data_as(FLOATS), result[number].ctypes.data_as(FLOATS)
            )
            if number % FRAMES_PER_SIGN == 0:
                sign()
    finally:
        called.df_free(state)
    return result.reshape(-1)[DELAY : DELAY + len(channel)]


def answer(request: Message, emit: Emit) -> Message:
    """Take the voice out of every channel, and say what it cost."""
    before = time.process_time()
    called = library(request.value["library"])
    samples = request.arrays[0]
    channels = [
        voice(
            called,
            request.value["weights"],
            np.ascontiguousarray(samples[:, number]),
            lambda: emit(Message({"working": True})),
        )
        for number in range(samples.shape[1])
    ]
    emit(Message({"effort": {"deepfilter": time.process_time() - before}}))
    return Message({}, (np.stack(channels, axis=1),))


if __name__ == "__main__":
    serve_parent(answer)

"""The child that runs Silero VAD: one thread, a probability of speech for every 32 ms.

Never imported by the parent: it loads native code and a network.
"""

import time
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.sound import Samples

STEP, CONTEXT, STATE = 512, 64, 128
MOST_STEPS = 10_000  # five minutes at once


@lru_cache(maxsize=1)
def session(path: str) -> Any:
    """The network, loaded once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def probabilities(network: Any, samples: Samples) -> npt.NDArray[np.float32]:
    """Probability of speech in each step of 512 samples at 16 kHz; a step sees 64 samples back."""
    count = -(-len(samples) // STEP)
    steps = np.zeros((count, CONTEXT + STEP), dtype=np.float32)
    padded = np.zeros(count * STEP, dtype=np.float32)
    padded[: len(samples)] = samples
    steps[:, CONTEXT:] = padded.reshape(count, STEP)
    steps[1:, :CONTEXT] = steps[:-1, -CONTEXT:]
    h = c = np.zeros((1, 1, STATE), dtype=np.float32)
    results = []
    for first in range(0, count, MOST_STEPS):
        feed = {"input": steps[first : first + MOST_STEPS], "h": h, "c": c}
        result, h, c = network.run(None, feed)
        results.append(np.asarray(result, dtype=np.float32).reshape(-1))
    return np.concatenate(results)


def answer(request: Message, emit: Emit) -> Message:
    """Listen, and say what it cost."""
    before = time.process_time()
    found = probabilities(session(request.value["model"]), request.arrays[0])
    emit(Message({"effort": {"silero": time.process_time() - before}}))
    return Message({}, (found,))


if __name__ == "__main__":
    serve_parent(answer)

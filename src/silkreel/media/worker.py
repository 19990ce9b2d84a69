"""The child that opens media: `python -m silkreel.media.worker`, one job at a time.

Every byte that somebody uploaded is opened here and nowhere else. The jobs' own modules bring the
codecs in; they are imported after the limits are set.
"""

import importlib
import resource
import time
from collections.abc import Callable
from typing import Any

from silkreel.kit.children import Emit, Message, serve_parent

JOBS = {
    "probe": "silkreel.media.examine:examine",
    "ladder": "silkreel.media.transcode:transcode",
    "sound": "silkreel.media.soundtrack:decode",
    "stem": "silkreel.media.hear_stem:hear",
    "still": "silkreel.media.pick:still",
    "sprite": "silkreel.media.pick:sprite",
    "house_film": "silkreel.media.house_film:draw",
}
# Between the polite end (SIGXCPU, which tells the parent why) and the kernel's SIGKILL.
POLITE_CPU_SECONDS = 5

Report = Callable[[float], None]
Work = Callable[[dict[str, Any], Report], dict[str, Any]]


def handle(request: Message, emit: Emit) -> Message:
    """Do the job the request names; count the CPU seconds it took under `media.JOB`."""
    _end_politely()
    order = dict(request.value)
    job = order.pop("job")
    started = time.process_time()
    work = _work(JOBS[job])
    try:
        return Message(work(order, lambda share: emit(Message({"progress": share}))))
    finally:
        emit(Message({"effort": {f"media.{job}": time.process_time() - started}}))


def _work(place: str) -> Work:
    module, _, name = place.partition(":")
    work: Work = getattr(importlib.import_module(module), name)
    return work


def _end_politely() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        polite = max(1, hard - POLITE_CPU_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (polite, hard))


if __name__ == "__main__":
    serve_parent(handle)

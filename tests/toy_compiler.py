"""A compiler's child that hangs or dies, by the name of the engine it is asked for."""

import os
import signal
import time

from silkreel.kit.children import Emit, Message, serve_parent


def answer(request: Message, emit: Emit) -> Message:
    """Never answer."""
    if request.value["engine"] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)
    return Message({})


if __name__ == "__main__":
    serve_parent(answer)

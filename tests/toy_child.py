"""A child that does as it is told: answers, sleeps, dies, or turns a deaf ear."""

import os
import signal
import sys
import time

import numpy as np

from silkreel.kit.children import Emit, Message, serve_parent
from silkreel.kit.refusals import Refusal


class ToyRefusal(Refusal):
    """The child's no."""

    message = "The child will not {what}."


def answer(request: Message, emit: Emit) -> Message:  # noqa: C901, PLR0911, PLR0912 - a table
    """Do the request's `do`."""
    value = request.value
    match value.get("do"):
        case "echo":
            emit(Message({"effort": {"toy": 0.5}}))
            return Message(value, request.arrays)
        case "events":
            for number in range(value["count"]):
                emit(Message({"number": number}, (np.full(3, number),)))
            return Message({})
        case "refuse":
            raise ToyRefusal(what="play")
        case "crash":
            sys.stderr.write("my last words\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            sys.exit(7)
        case "memory":
            return Message({"size": len(bytearray(value["size_bytes"]))})
        case "spin":
            while True:
                pass
        case "print":
            print("this goes to the log, not among the messages")  # noqa: T201
            return Message({"said": True})
        case "limits":
            import resource

            names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE")
            limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in names}
            leads = os.getsid(0) == os.getpid()
            return Message({**limits, "nice": os.nice(0), "session": leads})
        case "write":
            with open(value["path"], "wb") as out:  # noqa: PTH123
                out.write(bytes(value["size_bytes"]))
            return Message({})
    if value.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    emit(Message({"pid": os.getpid()}))
    time.sleep(value.get("seconds", 60))
    return Message({"slept": True})


if __name__ == "__main__":
    serve_parent(answer)

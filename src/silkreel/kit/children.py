"""Killable child processes: untrusted media and native engines run in these and nowhere else.

A child is `python -m MODULE`. Both sides speak messages: one line of JSON, then the raw bytes of
the arrays the line announces. The parent kills a child that is silent, slow or cancelled; the child
limits itself before it imports anything heavy, and dies with its parent.
"""

import ctypes
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

from silkreel.kit.effort import spend
from silkreel.kit.refusals import Refusal, refusal_from_json

Array = npt.NDArray[Any]
POLL_SECONDS = 0.2
GRACE_SECONDS = 5.0
MAX_LINE_BYTES = 64 * 1024 * 1024
PR_SET_PDEATHSIG = 1
# What a child needs of its parent's environment, and nothing that could be a secret.
ENVIRONMENT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV",
    "COVERAGE_PROCESS_START",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use; None means unlimited."""

    address_space_bytes: int | None = 4 * 1024**3
    cpu_seconds: int | None = 600
    wall_seconds: float = 900.0
    silence_seconds: float = 60.0
    file_size_bytes: int = 4 * 1024**3
    open_files: int = 64
    nice: int = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a JSON object and arrays that travel beside it as raw bytes."""

    value: dict[str, Any]
    arrays: tuple[Array, ...] = ()


class ChildCrashed(Refusal):
    """The child died without an answer."""

    status = 422
    message = (
        "The worker for {module} stopped without an answer ({how}); its last words: {words}. "
        "Run the command again; a file that does it every time is damaged."
    )


class ChildTooSlow(Refusal):
    """The child was killed because it took too long or said nothing."""

    status = 422
    message = "The worker for {module} was stopped after {seconds} seconds without finishing."


class Cancelled(Refusal):
    """Somebody asked for the work to stop."""

    status = 409
    message = "The work was cancelled."


class Child:
    """A child process that answers one request at a time until it is closed."""

    def __init__(self, module: str, limits: Limits | None = None) -> None:
        self.module = module
        self.limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None
        self._writer: threading.Thread | None = None

    def ask(
        self,
        value: Mapping[str, Any],
        arrays: Sequence[Array] = (),
        *,
        on_event: Callable[[Message], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Message:
        """Send one request and return its answer.

        Events on the way go to `on_event`. CPU seconds the child reports are counted by name.

        Raises:
            Refusal: the one the child answered with.
            ChildCrashed, ChildTooSlow, Cancelled: the child is gone; the next `ask` starts another.
        """
        try:
            self._send(Message(dict(value), tuple(arrays)))
            return self._answer(on_event, cancelled)
        except (BrokenPipeError, EOFError, ConnectionResetError):
            raise self._crashed() from None
        except BaseException as problem:
            if not isinstance(problem, Refusal) or isinstance(
                problem, (ChildCrashed, ChildTooSlow, Cancelled)
            ):
                self.close()
            raise

    def close(self) -> None:
        """End the child and its group: asked first, killed after the grace time."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._writer is None or not self._writer.is_alive():
            _close_quietly(process.stdin)
        _end(process)
        if self._writer is not None:
            self._writer.join()  # nobody reads any more: a write that was stuck has failed
            self._writer = None
            _close_quietly(process.stdin)
        if self._reader is not None:
            self._reader.join()  # the pipe's other end is dead: it ends at once
            self._reader = None
        _close_quietly(process.stdout)
        if self._words is not None:
            self._words.close()
            self._words = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        import tempfile

        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        environment["PYTHONUNBUFFERED"] = "1"
        # Death with the parent follows the thread that forked: one that lasts as long as we do.
        self._process = (
            _forking_thread()
            .submit(
                subprocess.Popen,
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                start_new_session=True,
                env=environment,
            )
            .result()
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._inbox = queue.SimpleQueue()
        self._reader = threading.Thread(
            target=_collect, args=(self._process.stdout, self._inbox), daemon=True
        )
        self._reader.start()
        write_message(self._process.stdin, Message({"limits": asdict(self.limits)}))
        return self._process

    def _send(self, message: Message) -> None:
        """Write a request beside waiting for its answer: a child may not read, and be killed."""
        process = self._running()
        assert process.stdin is not None
        self._writer = threading.Thread(
            target=_write_quietly, args=(process.stdin, message), daemon=True
        )
        self._writer.start()

    def _answer(
        self,
        on_event: Callable[[Message], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Message:
        started = heard = time.monotonic()
        while True:
            if cancelled is not None and cancelled():
                raise Cancelled
            moment = time.monotonic()
            late = moment - started > self.limits.wall_seconds
            if late or moment - heard > self.limits.silence_seconds:
                raise ChildTooSlow(module=self.module, seconds=round(moment - started))
            try:
                message = self._inbox.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if message is None:
                raise EOFError
            heard = time.monotonic()
            for name, seconds in message.value.get("effort", {}).items():
                spend(name, seconds)
            if "refusal" in message.value:
                raise refusal_from_json(message.value["refusal"])
            if "answer" in message.value:
                return Message(message.value["answer"], message.arrays)
            if on_event is not None:
                on_event(message)

    def _crashed(self) -> ChildCrashed:
        words = b""
        if self._words is not None:
            self._words.seek(0)
            words = self._words.read()[-800:]
        process = self._process
        how = "no exit code"
        if process is not None:
            try:
                how = _how_it_ended(process.wait(timeout=GRACE_SECONDS))
            except subprocess.TimeoutExpired:
                how = "closed its pipe"
        self.close()
        last = words.decode(errors="replace").strip().splitlines()
        return ChildCrashed(module=self.module, how=how, words=last[-1] if last else "none")


@cache
def _forking_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="silkreel-children")


def ask_once(
    module: str,
    value: Mapping[str, Any],
    arrays: Sequence[Array] = (),
    *,
    limits: Limits | None = None,
    on_event: Callable[[Message], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Message:
    """Start a child for one request and end it."""
    with Child(module, limits) as child:
        return child.ask(value, arrays, on_event=on_event, cancelled=cancelled)


Emit = Callable[[Message], None]
Handler = Callable[[Message, Emit], Message]


def serve_parent(handler: Handler) -> None:
    """Be a child: apply the limits, then answer requests from standard input until it closes.

    `handler(request, emit)` returns the answer, raises a Refusal, or crashes loudly. Give CPU
    seconds by name as `emit(Message({"effort": {name: seconds}}))`. Standard output belongs to the
    messages; whatever else prints goes to standard error.
    """
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_myself(Limits(**read_message(requests).value["limits"]))
    emit: Emit = lambda message: write_message(answers, message)  # noqa: E731
    while True:
        try:
            request = read_message(requests)
        except EOFError:
            return
        try:
            answer = handler(request, emit)
        except Refusal as refusal:
            payload = {**refusal.to_json(), "sentence": str(refusal)}
            emit(Message({"refusal": payload}))
        else:
            emit(Message({"answer": answer.value}, answer.arrays))


def limit_myself(limits: Limits) -> None:
    """Bound this process by the kernel, and let it die with its parent."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    bounds = {
        resource.RLIMIT_AS: limits.address_space_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_size_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for name, bound in bounds.items():
        if bound is not None:
            resource.setrlimit(name, (bound, bound))
    os.nice(limits.nice)


def write_message(stream: IO[bytes], message: Message) -> None:
    """Write one message and flush."""
    shapes = [{"dtype": a.dtype.str, "shape": list(a.shape)} for a in message.arrays]
    line = json.dumps({"value": message.value, "arrays": shapes}, ensure_ascii=False)
    stream.write(line.encode() + b"\n")
    for array in message.arrays:
        stream.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
    stream.flush()


def read_message(stream: IO[bytes]) -> Message:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
    """
    line = stream.readline(MAX_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise EOFError
    head = json.loads(line)
    arrays = []
    for form in head["arrays"]:
        dtype, shape = np.dtype(form["dtype"]), tuple(form["shape"])
        size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        content = stream.read(size)
        if len(content) != size:
            raise EOFError
        arrays.append(np.frombuffer(content, dtype=dtype).reshape(shape))
    return Message(head["value"], tuple(arrays))


def _collect(stream: IO[bytes], inbox: "queue.SimpleQueue[Message | None]") -> None:
    """Put every message of a child in its inbox; None when the child is gone.

    A thread, because a message may arrive in pieces or together with the next one: waiting for
    the pipe to become readable would miss what is already in our own buffer.
    """
    try:
        while True:
            inbox.put(read_message(stream))
    except (EOFError, OSError, ValueError):
        inbox.put(None)


def _write_quietly(stream: IO[bytes], message: Message) -> None:
    """Write a message; if the child is gone, whoever waits for its answer hears of it."""
    with suppress(BrokenPipeError, ConnectionResetError):
        write_message(stream, message)


def _close_quietly(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(BrokenPipeError):
            stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _how_it_ended(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"

"""A small OpenAI-like server on 127.0.0.1 that fails as it is told: what no real server does on demand."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from local_server import serving


@dataclass
class Answer:
    """What the server does with one request."""

    status: int = 200
    body: object = None  # JSON, or bytes as they are
    headers: dict[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    drop: bool = False  # close the connection without a word
    stream: list[object] | None = None  # events, sent one after the other
    pause_seconds: float = 0.0  # between events


Decide = Callable[[dict, int], Answer]


def said(content: str, *, usage: bool = True, tool: bool = False) -> dict:
    """A chat reply with these words, or with them as the arguments of the tool."""
    call = {"type": "function", "function": {"name": "answer", "arguments": content}}
    message = (
        {"role": "assistant", "content": None, "tool_calls": [call]}
        if tool
        else {
            "role": "assistant",
            "content": content,
        }
    )
    reply = {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
    if usage:
        reply["usage"] = {"prompt_tokens": 100, "completion_tokens": 20, "cost": 0.001}
    return reply


@dataclass
class FaultServer:
    """The server's address and everything it was asked."""

    url: str
    requests: list[dict] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0


@contextmanager
def fault_server(  # noqa: C901 - the handler needs the server's state around it
    decide: Decide, *, models: tuple[str, ...] = ("small",)
) -> Iterator[FaultServer]:
    """Serve until the block ends; `decide(body, number)` says what to do with each chat request."""
    lock = threading.Lock()
    state = FaultServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            self._send(Answer(body={"data": [{"id": name} for name in models]}))

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                state.requests.append(body)
                state.keys.append(self.headers.get("Authorization"))
                number = len(state.requests)
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
            try:
                self._send(decide(body, number))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                with lock:
                    state.at_once -= 1

        def _send(self, answer):
            time.sleep(answer.wait_seconds)
            if answer.drop:
                self.close_connection = True
                return
            if answer.stream is not None:
                self._send_stream(answer)
                return
            body = answer.body
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _send_stream(self, answer):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for event in answer.stream:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
                time.sleep(answer.pause_seconds)
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

    with serving(Handler) as state.url:
        yield state

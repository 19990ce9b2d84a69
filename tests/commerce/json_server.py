"""A small HTTP server on 127.0.0.1 whose answers are JSON, or bytes; a counterpart says which."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class JsonServer:
    """Subclasses give `answer(method, path, query, body, headers) -> (status, content)`.

    Headers of an answer besides come from `more_headers`, as of when it is sent.
    """

    def __init__(self):
        self.requests = []
        self.more_headers = {}
        self.silent_after_work = 0  # answers to swallow, after the work was done
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, query, body, headers):
        raise NotImplementedError


def _handler(counterpart):
    class Handler(BaseHTTPRequestHandler):
        def _serve(self):
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            body = _body(raw, headers.get("content-type", ""))
            counterpart.requests.append((self.command, parts.path, body))
            status, content = counterpart.answer(self.command, parts.path, query, body, headers)
            if counterpart.silent_after_work and self.command == "POST":
                counterpart.silent_after_work -= 1
                time.sleep(0.6)
            answer = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            for name, value in counterpart.more_headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _serve  # noqa: N815 - the server's own names

        def log_message(self, *_):
            pass

        def handle(self):
            # The client may give up waiting, as a test wants.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    return Handler


def _body(raw, kind):
    if kind.startswith("application/json"):
        return json.loads(raw or b"{}")
    return {k: v[0] for k, v in parse_qs(raw.decode()).items()}

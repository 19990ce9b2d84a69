"""A local server that speaks POST /v1/audio/transcriptions, and answers as a function says."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler

import soundfile

from fault_server import Answer
from local_server import serving
from silkreel.kit.sound import Sound


@dataclass
class Upload:
    """One request as it came over the wire."""

    path: str
    key: str | None
    fields: dict[str, list[str]]
    file_name: str
    sound: Sound


@dataclass
class TranscriptionServer:
    """The server's address and everything that was sent to it."""

    url: str
    uploads: list[Upload] = field(default_factory=list)


@contextmanager
def transcription_server(
    decide: Callable[[Upload, int], Answer],
) -> Iterator[TranscriptionServer]:
    """Serve until the block ends; `decide(upload, number)` says what is answered."""
    state = TranscriptionServer("")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            state.uploads.append(self._upload())
            answer = decide(state.uploads[-1], len(state.uploads))
            time.sleep(answer.wait_seconds)
            if answer.drop:
                return
            body = answer.body
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _upload(self):
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            content = self.rfile.read(int(self.headers["Content-Length"]))
            fields, name, sound = {}, "", None
            for part in BytesParser().parsebytes(head + content).get_payload():
                value = part.get_payload(decode=True)
                field_name = part.get_param("name", header="content-disposition")
                if field_name == "file":
                    name = part.get_filename()
                    samples, rate = soundfile.read(io.BytesIO(value), dtype="float32")
                    sound = Sound.mono(samples, rate)
                else:
                    fields.setdefault(field_name, []).append(value.decode())
            return Upload(self.path, self.headers.get("Authorization"), fields, name, sound)

    with serving(Handler) as state.url:
        yield state


def transcript(lines) -> dict:
    """Heard lines as `verbose_json` has them."""
    return {
        "task": "transcribe",
        "language": lines[0].language if lines else "",
        "text": " ".join(line.text for line in lines),
        "segments": [
            {"start": line.span.start_seconds, "end": line.span.end_seconds, "text": line.text,
             "avg_logprob": -0.2}
            for line in lines
        ],
        "words": [
            {"word": w.text, "start": w.start_seconds, "end": w.end_seconds}
            for line in lines
            for w in line.words
        ],
    }  # fmt: skip

"""A mail server of our own for tests: real SMTP over a real socket, with moods."""

import socketserver
import threading
from email import message_from_bytes, policy

from silkreel.kit.settings import Settings


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP (RFC 5321) as a letter needs; busy for the first few calls if told so."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, busy=0, unknown=(), delayed=()):
        super().__init__(("127.0.0.1", 0), Talk)
        self.busy, self.unknown, self.delayed = busy, unknown, delayed
        self.calls, self.letters = 0, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def read(self):
        """Every letter that came, as a mail program has it."""
        told = (each.removesuffix(b".\r\n") for each in self.letters)
        return [message_from_bytes(each, policy=policy.default) for each in told]


class Talk(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.server.calls += 1
        if self.server.calls <= self.server.busy:
            self.say("421 busy")
            return
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                told = b""
                while not told.endswith(b"\r\n.\r\n"):
                    told += self.rfile.readline()
                self.server.letters.append(told)
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb == "RCPT" and any(name in line for name in self.server.unknown):
                self.say("550 nobody here")
            elif verb == "RCPT" and any(name in line for name in self.server.delayed):
                self.say("451 not now")
            else:
                self.say("250 ok")


def mailing(settings: Settings, server: MailServer) -> Settings:
    """Settings whose letters go to the server."""
    told = {
        "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none",
        "smtp_timeout_seconds": 5, "mail_from": "Night Market <hello@night.example>",
    }  # fmt: skip
    return settings.model_copy(update=told)

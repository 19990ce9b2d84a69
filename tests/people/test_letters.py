"""Letters leave by a mail server that listens; one that stumbles is asked again."""

import smtplib
import socketserver
import threading

import pytest
from pydantic import SecretStr

from silkreel.kit.settings import Settings
from silkreel.people import letters
from silkreel.people.letters import Letter, MailNotSent, NoMailServer, can_send, send

LETTER = Letter("mei@example.org", "Dein Code: 123456", "Grüße, 你好")


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP (RFC 5321) as a letter needs; busy for the first few calls if told so."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, busy=0, unknown=()):
        super().__init__(("127.0.0.1", 0), Talk)
        self.busy, self.unknown, self.calls, self.letters = busy, unknown, 0, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


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
            else:
                self.say("250 ok")


@pytest.fixture
def served():
    opened = []

    def open_server(**how):
        opened.append(MailServer(**how))
        return opened[-1]

    yield open_server
    for server in opened:
        server.shutdown()
        server.server_close()


def told(server, **more):
    return Settings(
        smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", smtp_timeout_seconds=5,
        mail_from="Night Market <hello@night.example>", **more,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0.01)


def test_a_letter_arrives_whole(served):
    server = served()
    send(told(server), LETTER)
    (came,) = server.letters
    for part in (b"To: mei@example.org", b"From: Night Market <hello@night.example>", b"Subject:"):
        assert part in came


def test_a_server_that_is_busy_is_asked_again(served):
    server = served(busy=2)
    send(told(server), LETTER)
    assert (server.calls, len(server.letters)) == (3, 1)


def test_after_three_tries_the_viewer_is_told(served):
    server = served(busy=9)
    with pytest.raises(MailNotSent):
        send(told(server), LETTER)
    assert server.calls == letters.TRIES


def test_an_address_that_is_none_is_answered_as_any_other(served):
    server = served(unknown=("mei@",))
    send(told(server), LETTER)
    assert server.letters == []


def test_a_closed_way_is_never_opened_by_force(served):
    """A server without STARTTLS gets no password and no letter."""
    server = served()
    closed = told(server, smtp_user="u", smtp_password=SecretStr("p")).model_copy(
        update={"smtp_security": "starttls"}
    )
    with pytest.raises(MailNotSent) as refused:
        send(closed, LETTER)
    assert isinstance(refused.value.__cause__, smtplib.SMTPException)
    assert server.letters == []


def test_without_a_server_nothing_is_tried():
    assert not can_send(Settings())
    with pytest.raises(NoMailServer):
        send(Settings(), LETTER)

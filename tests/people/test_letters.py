"""Letters leave by a mail server that listens; one that stumbles is asked again."""

import smtplib

import pytest
from pydantic import SecretStr

from mail_server import MailServer, mailing
from silkreel.kit.settings import Settings
from silkreel.people import letters
from silkreel.people.letters import Letter, MailNotSent, NoMailServer, can_send, send

LETTER = Letter("mei@example.org", "Dein Code: 123456", "Grüße, 你好")


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
    return mailing(Settings(**more), server)


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

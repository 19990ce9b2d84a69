"""Letters to viewers: by the operator's mail server, tried again where it stumbles.

An installation without a mail server says what to set; a demo shows the letter instead.
"""

import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

TRIES = 3
WAIT_SECONDS = 0.5  # before the second try; doubles
FOR_GOOD = range(500, 600)  # an SMTP answer that stays no, RFC 5321 section 4.2.1


class NoMailServer(Refusal):
    """Nobody set one up."""

    status = 503
    message = (
        "This site cannot send mail yet, so nobody can sign in. Its operator sets "
        "SILKREEL_SMTP_HOST and SILKREEL_MAIL_FROM."
    )


class MailNotSent(Refusal):
    """The mail server does not take it."""

    status = 502
    message = "The mail could not be sent just now. Try again in a minute."


class LetterRefused(Refusal):
    """The mail server says no to this letter, and will say it again."""

    status = 502
    message = "The mail server does not take this letter: {why}"


class LetterDelayed(Refusal):
    """The mail server says not now to this letter; others it may take."""

    status = 502
    message = "The mail server does not take this letter now: {why}"


@dataclass(frozen=True, slots=True)
class Letter:
    """Words to one address: plain text, and the same as a page where `html` is given.

    The same `name` makes the same Message-ID, by which a mail program knows a letter that came twice.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    name: str = ""


def can_send(settings: Settings) -> bool:
    """Whether a mail server is set up."""
    return bool(settings.smtp_host and settings.mail_from)


def send(settings: Settings, letter: Letter) -> None:
    """Hand a letter to the mail server; up to three tries, each with a limit of time.

    Raises:
        NoMailServer, MailNotSent.
    """
    if not can_send(settings):
        raise NoMailServer
    for attempt in range(TRIES):
        try:
            with _server(settings) as server:
                server.send_message(_message(settings, letter))
        except smtplib.SMTPRecipientsRefused:
            return  # an address that is none: whoever typed it learns as much as anybody else
        except (smtplib.SMTPException, OSError) as problem:
            if attempt == TRIES - 1:
                raise MailNotSent from problem
            time.sleep(WAIT_SECONDS * 2**attempt)
        else:
            return


@contextmanager
def carrying(settings: Settings) -> Iterator[Callable[[Letter], None]]:
    """One connection for several letters; the block is given what hands one over, in one try.

    Raises:
        NoMailServer: nobody set one up.
        MailNotSent: the server cannot be reached or does not want us, or the connection broke.
        LetterRefused, LetterDelayed: of what is given: it will not take this letter, or not now.
    """
    if not can_send(settings):
        raise NoMailServer
    try:
        with _server(settings) as server:
            yield lambda letter: _hand_over(server, _message(settings, letter))
    except (smtplib.SMTPException, OSError) as problem:
        raise MailNotSent from problem


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPSenderRefused:  # the same for every letter: an operator has to look
        raise
    except smtplib.SMTPRecipientsRefused as refused:
        ((code, why),) = refused.recipients.values()
        raise _no(code, why) from refused
    except smtplib.SMTPResponseException as refused:
        raise _no(refused.smtp_code, refused.smtp_error) from refused


def _no(code: int, why: bytes | str) -> Refusal:
    told = why.decode("utf-8", "replace") if isinstance(why, bytes) else why
    kind = LetterRefused if code in FOR_GOOD else LetterDelayed
    return kind(why=f"{code} {told}"[:200])


def _message(settings: Settings, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, letter.to
    message["Subject"] = letter.subject
    if letter.name:
        domain = parseaddr(settings.mail_from or "")[1].rpartition("@")[2]
        message["Message-ID"] = f"<{letter.name}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note comes back
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    limit, host, port = settings.smtp_timeout_seconds, settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=limit, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=limit)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        yield server

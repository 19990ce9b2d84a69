"""Letters to viewers: by the operator's mail server, tried again where it stumbles.

An installation without a mail server says what to set; a demo shows the letter instead.
"""

import smtplib
import ssl
import time
from dataclasses import dataclass
from email.message import EmailMessage

from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

TRIES = 3
WAIT_SECONDS = 0.5  # before the second try; doubles


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


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text to one address."""

    to: str
    subject: str
    text: str


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
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    for attempt in range(TRIES):
        try:
            _hand_over(settings, message)
        except smtplib.SMTPRecipientsRefused:
            return  # an address that is none: whoever typed it learns as much as anybody else
        except (smtplib.SMTPException, OSError) as problem:
            if attempt == TRIES - 1:
                raise MailNotSent from problem
            time.sleep(WAIT_SECONDS * 2**attempt)
        else:
            return


def _hand_over(settings: Settings, message: EmailMessage) -> None:
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
        server.send_message(message)

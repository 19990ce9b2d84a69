"""Our own beacons, for house ads and the web: start, quartiles and complete, in order, in time.

Each answer to a beacon carries a ticket that the next one brings back: it names the intent, the
step reached, and when the server saw the start. So the order and the clock are the server's, no
row is written for a beacon, and a page that skips ahead has no ticket to show.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from silkreel.commerce.ad_proofs import NetworkMissing, Proof, fields, one
from silkreel.commerce.payments import BadSignature, OutOfTime
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

STEPS = ("issued", "start", "first_quartile", "midpoint", "third_quartile", "complete")
SHARE_WATCHED = 0.9  # of the length, by the server's clock: players and networks differ a little
MILLI = 1000
TICKET_LIFE_SECONDS = 900  # as long as an intent


class TooQuick(Refusal):
    """The ad cannot have been seen in that time."""

    status = 409
    message = (
        "The ad runs {length_seconds} seconds and was over after {seconds}. Watch it to the end."
    )


class OutOfOrder(Refusal):
    """A step was left out."""

    status = 409
    message = "The ad was at {found} and cannot be at {wanted} next. Start it again."


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where an ad's play stands, by the server's clock."""

    nonce: str
    step: int  # of STEPS
    length_seconds: int
    at_millis: int  # when it was issued, or, from the start on, when it started


class Beacons:
    """Signs tickets and believes its own."""

    name: ClassVar[str] = "beacons"

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    @classmethod
    def open(cls, settings: Settings) -> "Beacons":
        """Take the secrets from the settings.

        Raises:
            NetworkMissing: none is set.
        """
        secrets = settings.secrets("beacon_secrets")
        if not secrets:
            raise NetworkMissing(
                network="house ads",
                why="nothing signs their beacons",
                mend="Set SILKREEL_BEACON_SECRETS to a long random word.",
            )
        return cls(secrets)

    def issue(self, nonce: str, length_seconds: int, at: datetime) -> str:
        """The ticket for the start of an intent's ad."""
        return self._sign(Ticket(nonce, 0, length_seconds, _millis(at)))

    def advance(self, token: str, step: str, at: datetime) -> str:
        """The ticket after one more step; the same step again is answered again.

        Raises:
            BadSignature, OutOfOrder, TooQuick, OutOfTime.
        """
        return self._sign(self._step(token, step, at))

    def nonce_of(self, token: str) -> str:
        """Whose play a ticket of ours is about.

        Raises:
            BadSignature: it is not ours.
        """
        return self._read(token).nonce

    def verify(self, raw_query: str, headers: Mapping[str, str], at: datetime) -> Proof:
        """The proof of a play that has come to its end: `ticket` of the complete beacon."""
        del headers
        ticket = self._read(one(fields(raw_query, self.name), "ticket"))
        if STEPS[ticket.step] != "complete":
            raise OutOfOrder(found=STEPS[ticket.step], wanted="complete")
        _in_time(ticket, at)
        return Proof(ticket.nonce, self.name, ticket.nonce)

    def _step(self, token: str, step: str, at: datetime) -> Ticket:
        ticket = self._read(token)
        _in_time(ticket, at)
        number = STEPS.index(step) if step in STEPS else -1
        if number not in {ticket.step, ticket.step + 1} or number < 1:
            raise OutOfOrder(found=STEPS[ticket.step], wanted=step)
        if number == ticket.step:
            return ticket
        if number == 1:
            return Ticket(ticket.nonce, 1, ticket.length_seconds, _millis(at))
        watched = (_millis(at) - ticket.at_millis) / MILLI
        if step == "complete" and watched < SHARE_WATCHED * ticket.length_seconds:
            raise TooQuick(length_seconds=ticket.length_seconds, seconds=round(watched))
        return Ticket(ticket.nonce, number, ticket.length_seconds, ticket.at_millis)

    def _sign(self, ticket: Ticket) -> str:
        body = json.dumps([ticket.nonce, ticket.step, ticket.length_seconds, ticket.at_millis])
        text = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
        return f"{text}.{_mac(text, self._secrets[0])}"

    def _read(self, token: str) -> Ticket:
        text, _, mac = token.partition(".")
        if not any(
            hmac.compare_digest(_mac(text, secret).encode(), mac.encode())
            for secret in self._secrets
        ):
            raise BadSignature
        try:
            nonce, step, length, at = json.loads(
                base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            )
        except (binascii.Error, ValueError) as broken:  # an older program's ticket
            raise BadSignature from broken
        return Ticket(str(nonce), int(step), int(length), int(at))


def _in_time(ticket: Ticket, at: datetime) -> None:
    away = abs(_millis(at) - ticket.at_millis) // MILLI
    limit = TICKET_LIFE_SECONDS + ticket.length_seconds
    if away > limit:
        raise OutOfTime(seconds=away, limit=limit)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * MILLI)


def _mac(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"beacon:" + text.encode(), hashlib.sha256).hexdigest()

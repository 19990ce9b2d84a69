"""Codes by mail: they prove that an address is somebody's, once, in minutes, by few tries.

Whoever asks gets the same answer, known here or not: the address learns it, nobody else does. What
is kept are hashes under the house's key.
"""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.tables import ViewerCodeRow
from silkreel.people.throttles import Limit, TooManyTries, forget, take_try

DIGITS = 6
LIFE = timedelta(minutes=10)
MAX_TRIES = 5  # of one code: a guess is right once in 200,000
# Mails asked for before each next one waits longer: nobody's letter box is filled from here.
TO_ADDRESS, FROM_HOST = Limit("viewer-mail", 3), Limit("viewer-host", 20)
MAX_LENGTH = 254  # of an address, RFC 5321
ADDRESS = re.compile(r"[^@\s<>,;:\x22()\[\]\\]{1,64}@[^@\s<>,;:\x22()\[\]\\]+\.[^@\s.<>,;]{2,63}")


class NoAddress(Refusal):
    """What was typed is no address of mail."""

    status = 409
    message = "This does not look like an e-mail address. Check it and send it again."


class CodeMismatch(Refusal):
    """Not the code, or not any more."""

    status = 403
    message = "This code does not fit, or its time is over. Check it, or ask for a new one."


class TooManyMails(Refusal):
    """Codes are asked for faster than anybody reads them."""

    status = 429
    message = "Too many codes were asked for. Wait {seconds} seconds, then ask for a new one."


def folded_address(typed: str) -> str:
    """One spelling of an address for one letter box.

    Raises:
        NoAddress.
    """
    address = unicodedata.normalize("NFC", typed.strip())
    if len(address) > MAX_LENGTH or not ADDRESS.fullmatch(address):
        raise NoAddress
    return address.casefold()


def new_code(
    tx: Session, house_key: bytes, brand_id: str, address: str, host: str, at: datetime
) -> str | TooManyMails:
    """A code to mail; the one before it is void. The no is a value, for what it counted is kept."""
    for limit, who in ((FROM_HOST, host), (TO_ADDRESS, f"{brand_id}\n{address}")):
        early = take_try(tx, limit, who, at)
        if isinstance(early, TooManyTries):
            return TooManyMails(seconds=early.values["seconds"])
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    name = _hash(house_key, brand_id, address)
    tx.execute(sa.delete(ViewerCodeRow).where(
        sa.or_(ViewerCodeRow.address_hash == name, ViewerCodeRow.expires_at < at)
    ))  # fmt: skip
    tx.add(
        ViewerCodeRow(
            address_hash=name, code_hash=_hash(house_key, brand_id, address, code), tries=0,
            expires_at=at + LIFE,
        )
    )  # fmt: skip
    tx.flush()
    return code


def prove(
    tx: Session, house_key: bytes, brand_id: str, address: str, code: str, at: datetime
) -> CodeMismatch | None:
    """Use a code up; the no is a value, for the try counts and has to be committed."""
    name = _hash(house_key, brand_id, address)
    row = tx.get(ViewerCodeRow, name, with_for_update=True, populate_existing=True)
    if row is None or row.expires_at <= at or row.tries >= MAX_TRIES:
        return CodeMismatch()
    row.tries += 1
    if not hmac.compare_digest(row.code_hash, _hash(house_key, brand_id, address, code.strip())):
        return CodeMismatch()
    tx.delete(row)
    forget(tx, TO_ADDRESS, f"{brand_id}\n{address}")
    tx.flush()
    return None


def _hash(house_key: bytes, *parts: str) -> str:
    return hmac.digest(house_key, "\n".join(("viewer-code", *parts)).encode(), "sha256").hex()

"""Passwords after NIST SP 800-63B-4: long, not composed, not common; kept as argon2id hashes."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from silkreel.kit.refusals import Refusal

FILE = Path(__file__).parent / "common_passwords.txt"
MIN_LENGTH = 15  # SP 800-63B-4 asks for 15 where a password may be the only factor
MAX_LENGTH = 256  # it asks for at least 64; more would only keep the hash busy
MIN_OWN_LENGTH = 8  # what must be left without common words and the person's own name
MIN_DIFFERENT = 5  # characters that differ
AT_ONCE = 4  # each takes 64 MiB and a tenth of a second
WAITING = 12  # more would hold the threads that answer viewers

# RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, type=Type.ID)
_turns = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)


class PasswordTooShort(Refusal):
    """Fewer characters than a password needs."""

    status = 422
    message = (
        "A password has {least} characters or more; four words you can picture are a good one."
    )


class PasswordTooLong(Refusal):
    """More characters than a password may have."""

    status = 422
    message = "A password has {most} characters at most."


class PasswordTooCommon(Refusal):
    """It would be among the first that are guessed."""

    status = 422
    message = "This password is among the first that are guessed; choose words that do not belong together."


class DoorBusy(Refusal):
    """A flood of tries: the door answers quickly that it does not answer."""

    status = 503
    message = "Many people are at the door right now; try again in a moment."


def check_password(password: str, *names: str) -> None:
    """Pass a password that may be chosen by a person with these names.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: it may not.
    """
    plain = normal(password)
    if len(plain) < MIN_LENGTH:
        raise PasswordTooShort(least=MIN_LENGTH)
    if len(plain) > MAX_LENGTH:
        raise PasswordTooLong(most=MAX_LENGTH)
    folded = plain.casefold()
    if len(set(folded)) < MIN_DIFFERENT or len(_own_part(folded, names)) < MIN_OWN_LENGTH:
        raise PasswordTooCommon


def hash_password(password: str) -> str:
    """The argon2id hash to keep.

    Raises:
        DoorBusy: too many wait already.
    """
    with _turn():
        return _hasher.hash(normal(password))


def password_fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one; takes as long where there is none to compare with.

    Raises:
        DoorBusy: too many wait already.
    """
    with _turn():
        try:
            return _hasher.verify(kept or _nobodys_hash(), normal(password)) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def normal(password: str) -> str:
    """The same characters however a keyboard wrote them (NFKC)."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise DoorBusy
    try:
        with _turns:
            yield
    finally:
        _queue.release()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")


@cache
def _common() -> tuple[str, ...]:
    lines = FILE.read_text("utf-8").splitlines()
    words = (line.strip() for line in lines if line.strip() and not line.startswith("#"))
    return tuple(words)


def _own_part(folded: str, names: tuple[str, ...]) -> str:
    parts = (part for name in names for part in name.casefold().split() if len(part) > 2)
    for word in sorted((*parts, *_common()), key=len, reverse=True):
        folded = folded.replace(word, "")
    return "".join(c for c in folded if c.isalnum())

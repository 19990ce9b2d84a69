"""One-time codes from an authenticator app (RFC 6238 with its usual values)."""

import base64
import hmac
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1  # a phone's clock may be half a minute off, either way
SECRET_BYTES = 20  # RFC 4226 recommends 160 bits


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, at_seconds: float, *, after_step: int) -> int | None:
    """The step a code belongs to, if it is one of now and newer than `after_step`.

    The caller keeps the step: RFC 6238 lets a code count only once.
    """
    wanted = "".join(code.split()).encode()
    now = int(at_seconds // STEP_SECONDS)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), wanted)
        if fits and step > after_step:
            found = step
    return found


def derive_secret(house_key: bytes, staff_id: str, nonce: str) -> bytes:
    """A person's secret: the database alone, without the home's key, gives away nobody's codes."""
    return hmac.digest(house_key, f"totp\n{staff_id}\n{nonce}".encode(), "sha256")[:SECRET_BYTES]


def base32(secret: bytes) -> str:
    """The secret as authenticator apps take it by hand."""
    return base64.b32encode(secret).decode()


def enrolment_uri(secret: bytes, *, issuer: str, name: str) -> str:
    """The address that authenticator apps open (the otpauth key URI format)."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?secret={base32(secret)}&issuer={quote(issuer)}"

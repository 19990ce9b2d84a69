"""Shared-secret signatures over time and body, as Stripe made them common: `t=...,v1=...`."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from silkreel.commerce.payments import BadSignature, OutOfTime

TOLERANCE_SECONDS = 300  # both ways: a message from the future is as strange as an old one
SIGNATURES_READ = 8  # two secrets in rotation make two; a longer list is an attempt to burn time


def sign(raw: bytes, secret: str, at: datetime) -> str:
    """The header's value for a body signed now."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(raw, secret, str(seconds))}"


def check(raw: bytes, header: str, secrets: Sequence[str], at: datetime) -> None:
    """Nothing, where any of the live secrets signed this body near `at`.

    Raises:
        BadSignature: none did.
        OutOfTime: one did, at another time.
    """
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    moments = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1"][:SIGNATURES_READ]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit()):
        raise BadSignature
    wanted = [_digest(raw, secret, moments[0]) for secret in secrets]
    fits = [
        hmac.compare_digest(one.encode(), other.encode()) for one in wanted for other in signatures
    ]
    if not any(fits):
        raise BadSignature
    away = abs(int(at.timestamp()) - int(moments[0]))
    if away > TOLERANCE_SECONDS:
        raise OutOfTime(seconds=away, limit=TOLERANCE_SECONDS)


def _digest(raw: bytes, secret: str, seconds: str) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + raw, hashlib.sha256).hexdigest()

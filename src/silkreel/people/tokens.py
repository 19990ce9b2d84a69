"""Tokens that open a door: random, handed out once, kept only as hashes."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32
MAX_TOKEN_LENGTH = 64  # base64url of 32 bytes is 43


def new_token() -> str:
    """A token nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token. A plain hash is enough: 256 random bits cannot be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    """The token a page of ours sends beside its cookie; other sites' pages cannot learn it."""
    return hmac.new(session_token.encode(), b"csrf", "sha256").hexdigest()


def csrf_fits(session_token: str, given: str) -> bool:
    """Whether a request's token belongs to its session; takes the same time for every wrong one."""
    return hmac.compare_digest(csrf_token(session_token).encode(), given.encode())

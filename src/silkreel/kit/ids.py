"""Names that are minted once and never used again."""

import secrets

# Crockford's base32 in lower case: no i, l, o, u to be misread.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def random_id(length: int = 12) -> str:
    """A random name; 12 characters hold 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))

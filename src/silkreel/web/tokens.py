"""The signed part of a media address: who holds it may fetch one asset's files until it expires.

`/play/<sig>/<exp>/<kid>/<asset>/<file>`: the signature covers version, expiry, key id and asset,
not the file and not the viewer's address (phones roam). Keys live in the home folder, readable by
the server's user only, and rotate with overlap: a new key signs, the old ones still check.
"""

import base64
import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
SIGNATURE_LENGTH = 22  # base64url characters: 132 bits
PLAYLIST_MARK_LENGTH = 16
LIFE_SECONDS = 2 * 3600  # at least; rounded up to the hour, so that addresses repeat and cache
HOUR_SECONDS = 3600
KEPT_KEYS = 3  # the signing key and two before it
KEY_FILE = "play-keys.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets by key id; the one named `current` signs."""

    current: str
    secrets: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks the signed part of addresses."""

    keys: Keys

    def base(self, asset: str, *, now_seconds: float | None = None) -> tuple[str, int]:
        """The address under which an asset's files lie, and when it expires."""
        moment = time.time() if now_seconds is None else now_seconds
        expires_at = -(-int(moment + LIFE_SECONDS) // HOUR_SECONDS) * HOUR_SECONDS
        kid = self.keys.current
        signature = _signature(self.keys.secrets[kid], expires_at, kid, asset)
        return f"/play/{signature}/{expires_at}/{kid}/{asset}/", expires_at

    def genuine(self, signature: str, expires_at: int, kid: str, asset: str) -> bool:
        """Whether we signed this; expiry is the caller's question."""
        secret = self.keys.secrets.get(kid)
        if secret is None:
            return False
        expected = _signature(secret, expires_at, kid, asset)
        return hmac.compare_digest(signature.encode(), expected.encode())

    def manifest(self, asset: str, market: str) -> str:
        """The name of an asset's multivariant playlist for a market, which no one can make up."""
        kid = self.keys.current
        return f"{market}-{kid}-{_mark(self.keys.secrets[kid], asset, market)}.m3u8"

    def market_of(self, asset: str, manifest: str) -> str | None:
        """The market a multivariant playlist's name was made for, if we made it."""
        market, _, rest = manifest.removesuffix(".m3u8").partition("-")
        kid, _, mark = rest.partition("-")
        secret = self.keys.secrets.get(kid)
        if secret is None:
            return None
        genuine = hmac.compare_digest(mark.encode(), _mark(secret, asset, market).encode())
        return market if genuine else None


def load_keys(home: Path) -> Keys:
    """The keys of an installation; the first is made when there is none."""
    path = home / KEY_FILE
    if not path.exists():
        _write(path, {"current": "k1", "keys": {"k1": secrets.token_hex(32)}}, exclusive=True)
    content = json.loads(path.read_text())
    return Keys(content["current"], {k: bytes.fromhex(v) for k, v in content["keys"].items()})


def rotate_keys(home: Path) -> Keys:
    """Sign with a new key from now on; the last ones still check, until addresses expire."""
    keys = load_keys(home)
    kid = f"k{int(keys.current.removeprefix('k')) + 1}"
    kept = list(keys.secrets.items())[-(KEPT_KEYS - 1) :]
    content = {k: v.hex() for k, v in kept} | {kid: secrets.token_hex(32)}
    _write(home / KEY_FILE, {"current": kid, "keys": content}, exclusive=False)
    return load_keys(home)


def _write(path: Path, content: Mapping[str, object], *, exclusive: bool) -> None:
    """Write in one step, mode 0600; with `exclusive`, whoever was first wins."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    if not exclusive:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _signature(secret: bytes, expires_at: int, kid: str, asset: str) -> str:
    message = f"{VERSION}\n{expires_at}\n{kid}\n{asset}".encode()
    return _base64url(hmac.digest(secret, message, "sha256"))[:SIGNATURE_LENGTH]


def _mark(secret: bytes, asset: str, market: str) -> str:
    message = f"playlist\n{VERSION}\n{asset}\n{market}".encode()
    return _base64url(hmac.digest(secret, message, "sha256"))[:PLAYLIST_MARK_LENGTH]


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")

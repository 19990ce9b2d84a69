"""The home's own secret: signs viewers' cookies, and without it the database gives no codes away."""

import os
import secrets
from pathlib import Path

FILE = "people-key"
LENGTH_BYTES = 32


def load_house_key(home: Path) -> bytes:
    """The key of a home; made when there is none. Several servers of one database share it."""
    path = home / FILE
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text("ascii").strip())


def _make(path: Path) -> None:
    """Write in one step, mode 0600; whoever was first wins."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_hex(LENGTH_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()

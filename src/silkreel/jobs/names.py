"""A worker's name, kept to one living process by a lock that the kernel lets go when it dies."""

import fcntl
import hashlib
import os
import re
import socket
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

MAX_ORDINAL = 1000  # processes of one host in one home


class NameTaken(Refusal):
    """A living worker has the name."""

    status = 409
    message = (
        "A worker named {name} is running already. Stop it, or start this one under another --name."
    )


class BadName(Refusal):
    """A name that cannot be a file's."""

    message = (
        "A worker's name has 1 to 64 letters, digits, dots, dashes and underscores, not {name}."
    )


class NameLock:
    """Holds a worker's name until it is released or the process is gone."""

    def __init__(self, name: str, file: IO[bytes], connection: sa.Connection | None) -> None:
        self.name = name
        self._file = file
        self._connection = connection

    def release(self) -> None:
        """Let others have the name."""
        if self._connection is not None:
            self._connection.close()
        self._file.close()


def take_name(settings: Settings, engine: sa.Engine, name: str | None) -> NameLock:
    """Take a name: the one given, or the first free of this host's, `host-1`, `host-2`, ...

    Raises:
        NameTaken: a living process has it.
    """
    if name is not None:
        return _take(settings, engine, name)
    host = re.sub(r"[^\w.-]", "-", socket.gethostname())[:48] or "host"
    for ordinal in range(1, MAX_ORDINAL):
        try:
            return _take(settings, engine, f"{host}-{ordinal}")
        except NameTaken:
            continue
    raise NameTaken(name=host)


def _take(settings: Settings, engine: sa.Engine, name: str) -> NameLock:
    if not re.fullmatch(r"[\w.-]{1,64}", name, re.ASCII):
        raise BadName(name=name)
    file = _lock_file(settings.folder / "workers", name)
    try:
        return NameLock(name, file, _lock_in_database(engine, name))
    except NameTaken:
        file.close()
        raise


def _lock_file(folder: Path, name: str) -> IO[bytes]:
    folder.mkdir(exist_ok=True)
    file = (folder / f"{name}.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise NameTaken(name=name) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n".encode())
    file.flush()
    return file


def _lock_in_database(engine: sa.Engine, name: str) -> sa.Connection | None:
    """Homes on several hosts may share a PostgreSQL: there the name is an advisory lock too."""
    if engine.dialect.name == "sqlite":
        return None
    number = int.from_bytes(hashlib.sha256(f"silkreel {name}".encode()).digest()[:8], signed=True)
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar_one():
        return connection
    connection.close()
    raise NameTaken(name=name)

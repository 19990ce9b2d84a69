"""Has anybody written since? For SQLite that costs two microseconds, for a server a question."""

import sqlite3
from threading import Lock

import sqlalchemy as sa

from silkreel.kit.database import Database


class DataVersion:
    """A number that changes with every commit to a SQLite database, by this process or another.

    It is asked on a connection of its own that never writes, for then SQLite promises exactly
    that (https://sqlite.org/pragma.html#pragma_data_version). Other databases have no such number.
    """

    def __init__(self, database: Database) -> None:
        self._lock = Lock()
        self._connection = _connection(database)

    def read(self) -> int | None:
        """The number, or None where there is none: then ask for the rows themselves."""
        if self._connection is None:
            return None
        with self._lock:
            row = self._connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connection(database: Database) -> sqlite3.Connection | None:
    file = sa.make_url(database.url).database
    if not database.url.startswith("sqlite") or not file or file == ":memory:":
        return None
    return sqlite3.connect(file, check_same_thread=False, isolation_level=None)

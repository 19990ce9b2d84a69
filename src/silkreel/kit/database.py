"""One database, two ways in: `transaction()` writes, `reading()` reads; edges open and commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

BUSY_TIMEOUT_MILLISECONDS = 30_000
CONNECT_SECONDS = 10
FORGOTTEN_SECONDS = 120  # a transaction left open so long holds rows for nobody

# Kept, not made anew: as many as the web answers at once (anyio's 40 threads); beyond them some for
# writers beside it. They are opened when they are needed, and the one used last is taken first.
POOL: dict[str, Any] = {"pool_size": 40, "max_overflow": 8, "pool_use_lifo": True}

WRITES = "silkreel_writes"  # an option of a connection
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Session = orm.Session
BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Base(orm.DeclarativeBase):
    """Parent of every table; tables live in their room's `tables.py`."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: sa.JSON, list[Any]: sa.JSON}  # noqa: RUF012


class UtcTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in and out, on every database; a naive time is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """The application's database; SQLite or PostgreSQL by its address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _sqlite(url) if url.startswith("sqlite") else _server(url)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back on any error (BEGIN IMMEDIATE)."""
        with Session(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.connection(execution_options={WRITES: True})
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads and is rolled back at the end (deferred)."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as tx:
            try:
                yield tx
            finally:
                tx.expunge_all()  # a rollback would take what was read out of the rows
                tx.rollback()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def is_writing(tx: Session) -> bool:
    """Whether a session is one of `transaction()`: what it sees may still be rolled back."""
    return bool(tx.connection().get_execution_options().get(WRITES, False))


def insert_once(tx: Session, row: type[Base], values: dict[str, Any]) -> None:
    """Insert a row unless one with the same unique key is there."""
    if tx.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import (  # type: ignore[assignment]
            insert,
        )
    tx.execute(insert(row).values(**values).on_conflict_do_nothing())


def _server(url: str) -> sa.Engine:
    engine = sa.create_engine(
        url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}, **POOL
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        limit = f"SET idle_in_transaction_session_timeout = '{FORGOTTEN_SECONDS}s'"
        connection.execute(limit)
        connection.commit()

    return engine


def _sqlite(url: str) -> sa.Engine:
    wait_seconds = BUSY_TIMEOUT_MILLISECONDS / 1000
    engine = sa.create_engine(url, connect_args={"timeout": wait_seconds}, **POOL)

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # or INSERT OR REPLACE walks past a BEFORE DELETE trigger
            f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

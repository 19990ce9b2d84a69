"""Many rows in one statement, on both databases, for the hot path of the ledger.

PostgreSQL gets one array for each column (`unnest`), SQLite `executemany` and `json_each`.
"""
# ruff: noqa: S608 - names of tables and columns are this room's own, values are parameters

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

Columns = tuple[tuple[str, str], ...]  # name and PostgreSQL type
Row = Sequence[Any]
TIME = "timestamptz"


def insert_rows(
    connection: sa.Connection, table: str, columns: Columns, rows: Sequence[Row], suffix: str = ""
) -> Sequence[Row]:
    """Insert rows in one statement; what it returns where `suffix` says RETURNING (not SQLite)."""
    if not rows:
        return ()
    if _is_sqlite(connection):
        statement = _sqlite_insert(table, columns, suffix)
        connection.exec_driver_sql(statement, _stored(columns, rows))
        return ()
    result = connection.exec_driver_sql(_insert(table, columns, suffix), _arrays(rows))
    return result.all() if result.returns_rows else ()


def update_rows(
    connection: sa.Connection, table: str, columns: Columns, rows: Sequence[Row], extra: str = ""
) -> None:
    """Set columns of rows by their id, which is the first column; `extra` sets more."""
    if not rows:
        return
    if _is_sqlite(connection):
        turned = [(*row[1:], row[0]) for row in _stored(columns, rows)]
        connection.exec_driver_sql(_sqlite_update(table, columns, extra), turned)
    else:
        connection.exec_driver_sql(_update(table, columns, extra), _arrays(rows))


def rows_for(
    connection: sa.Connection, query: str, columns: Columns, keys: Sequence[Row]
) -> Sequence[Any]:
    """Rows of a query that joins `{given}`, the keys as a table named `given`."""
    if not keys:
        return ()
    if _is_sqlite(connection):
        parameters: tuple[Any, ...] = (json.dumps([list(key) for key in keys]),)
    else:
        parameters = _arrays(keys)
    given = _given(columns, sqlite=_is_sqlite(connection))
    return connection.exec_driver_sql(query.replace("{given}", given), parameters).all()


def draw_numbers(connection: sa.Connection, wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """Numbers for new rows, taken while the wallets are locked and before the commit.

    Whoever reads by ranges of numbers must therefore wait for the oldest open transaction.
    """
    tables = [table for table, count in wanted.items() if count]
    if _is_sqlite(connection):  # the only writer: the next after the largest
        asked = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in tables)
        found = connection.exec_driver_sql(f"SELECT {asked}").one()
        drawn = [
            list(range(last + 1, last + 1 + wanted[table]))
            for table, last in zip(tables, found, strict=True)
        ]
    else:
        asked = ", ".join(
            f"ARRAY(SELECT nextval('{table}_id_seq') FROM generate_series(1, %s))"
            for table in tables
        )
        counts = tuple(wanted[table] for table in tables)
        drawn = list(connection.exec_driver_sql(f"SELECT {asked}", counts).one())
    return {**{table: [] for table in wanted}, **dict(zip(tables, drawn, strict=True))}


def stored_time(connection: sa.Connection, value: datetime) -> datetime | str:
    """A time as `kit.database.UtcTime` stores it."""
    return _sqlite_time(value) if _is_sqlite(connection) else value


def read_time(value: Any) -> Any:
    """A time as a driver gives it, aware; None stays None."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if value is not None else None


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _arrays(rows: Sequence[Row]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


def _sqlite_time(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _stored(columns: Columns, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    times = {place for place, (_, kind) in enumerate(columns) if kind == TIME}
    return [
        tuple(
            _sqlite_time(value) if place in times and value is not None else value
            for place, value in enumerate(row)
        )
        for row in rows
    ]


@cache
def _names(columns: Columns) -> str:
    return ", ".join(name for name, _ in columns)


@cache
def _given(columns: Columns, *, sqlite: bool) -> str:
    if sqlite:
        picked = ", ".join(
            f"json_extract(value, '$[{place}]') AS {name}"
            for place, (name, _) in enumerate(columns)
        )
        return f"(SELECT {picked} FROM json_each(?)) AS given"
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    return f"unnest({arrays}) AS given({_names(columns)})"


@cache
def _insert(table: str, columns: Columns, suffix: str) -> str:
    names = _names(columns)
    given = _given(columns, sqlite=False)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {given} {suffix}"


@cache
def _sqlite_insert(table: str, columns: Columns, suffix: str) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({_names(columns)}) VALUES ({marks}) {suffix}"


@cache
def _update(table: str, columns: Columns, extra: str) -> str:
    key, *others = [name for name, _ in columns]
    sets = ", ".join(f"{name} = given.{name}" for name in others)
    given = _given(columns, sqlite=False)
    return f"UPDATE {table} SET {sets}{extra} FROM {given} WHERE {table}.{key} = given.{key}"


@cache
def _sqlite_update(table: str, columns: Columns, extra: str) -> str:
    key, *others = [name for name, _ in columns]
    sets = ", ".join(f"{name} = ?" for name in others)
    return f"UPDATE {table} SET {sets}{extra} WHERE {key} = ?"

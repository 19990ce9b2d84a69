"""Many rows in one statement, on both databases, for the hot path of the ledger.

PostgreSQL gets one array for each column (`unnest`), and all statements of a step in one round
trip (pipeline mode); SQLite gets `executemany` and `json_each`.
"""
# ruff: noqa: S608 - names of tables and columns are this room's own, values are parameters

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

# A plan made while tables were empty would go on scanning them when they are full. The ledger asks
# by keys only: no scans, and a table named in << >> is looked up key by key, whatever its
# statistics say (OFFSET 0 keeps PostgreSQL from turning the lookup round).
BY_KEYS = """SELECT set_config('enable_seqscan', 'off', true),
set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)"""

LOOKED_UP = re.compile(r"<<(\w+) (\w+) ON (.+?)>>", re.DOTALL)

Columns = tuple[tuple[str, str], ...]  # name and PostgreSQL type
Row = Sequence[Any]
TIME = "timestamptz"


@dataclass(frozen=True, slots=True)
class Question:
    """A query that joins `{given}`, the keys as a table named `given`; no keys, no rows."""

    query: str
    columns: Columns
    keys: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that writes many rows, as one database wants it."""

    statement: str
    parameters: Any  # one array for each column, or a list of rows for SQLite


def ask(connection: sa.Connection, questions: Sequence[Question]) -> list[Sequence[Any]]:
    """Answer questions in their order; PostgreSQL gets all of them in one round trip."""
    if _is_sqlite(connection):
        return [rows_for(connection, each.query, each.columns, each.keys) for each in questions]
    raw = _driver(connection)
    with raw.pipeline():
        raw.execute(BY_KEYS)
        asked = [
            raw.execute(_with_given(each.query, each.columns), _arrays(each.keys))
            if each.keys
            else None
            for each in questions
        ]
    return [cursor.fetchall() if cursor else () for cursor in asked]


def write_all(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Write in this order; PostgreSQL gets all of it in one round trip."""
    if _is_sqlite(connection):
        for change in changes:
            connection.exec_driver_sql(change.statement, change.parameters)
        return
    raw = _driver(connection)
    with raw.pipeline():
        for change in changes:
            raw.execute(change.statement, change.parameters)


def insertion(
    connection: sa.Connection, table: str, columns: Columns, rows: Sequence[Row], suffix: str = ""
) -> list[Change]:
    """The change that inserts rows; none for none."""
    if not rows:
        return []
    if _is_sqlite(connection):
        return [Change(_sqlite_insert(table, columns, suffix), _stored(columns, rows))]
    return [Change(_insert(table, columns, suffix), _arrays(rows))]


def update(
    connection: sa.Connection, table: str, columns: Columns, rows: Sequence[Row], extra: str = ""
) -> list[Change]:
    """The change that sets columns of rows by their id, the first column; `extra` sets more."""
    if not rows:
        return []
    if _is_sqlite(connection):
        turned = [(*row[1:], row[0]) for row in _stored(columns, rows)]
        return [Change(_sqlite_update(table, columns, extra), turned)]
    return [Change(_update(table, columns, extra), _arrays(rows))]


def rows_for(
    connection: sa.Connection, query: str, columns: Columns, keys: Sequence[Row]
) -> Sequence[Any]:
    """Rows of one question."""
    if not keys:
        return ()
    if not _is_sqlite(connection):
        return ask(connection, [Question(query, columns, keys)])[0]
    parameters = (json.dumps([list(key) for key in keys]),)
    return connection.exec_driver_sql(_sqlite_with_given(query, columns), parameters).all()


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


def _driver(connection: sa.Connection) -> Any:
    """The driver's own connection, in the transaction of ours: only it can pipeline."""
    return connection.connection.driver_connection


@cache
def _with_given(query: str, columns: Columns) -> str:
    by_key = r"CROSS JOIN LATERAL (SELECT \2.* FROM \1 \2 WHERE \3 OFFSET 0) \2"
    return LOOKED_UP.sub(by_key, query).replace("{given}", _given(columns, sqlite=False))


@cache
def _sqlite_with_given(query: str, columns: Columns) -> str:
    joined = LOOKED_UP.sub(r"JOIN \1 \2 ON \3", query)
    return joined.replace("{given}", _given(columns, sqlite=True))


def _arrays(rows: Sequence[Row]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


@lru_cache(maxsize=64)  # most rows of a batch have one time
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

"""The notice board in jobs.db: who works, on what, and what is still to come.

Nothing here decides anything for good. The tables are made when they are opened, outside Alembic,
and the whole file may be deleted: the outbox in app.db knows what was ordered.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from silkreel.jobs.attempts import Attempt
from silkreel.kit.database import BUSY_TIMEOUT_MILLISECONDS
from silkreel.kit.settings import Settings

SCHEMA = "silkreel_jobs"  # on PostgreSQL, where both databases are one
POOL_SIZE = 8
SHARE_EVERY_SECONDS = 1.0
FROZEN_SECONDS = 30  # a transaction that waits for its own client so long is given up

board_tables = sa.MetaData(schema=SCHEMA)

_workers = sa.Table(
    "workers", board_tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("queues", sa.JSON, nullable=False),
    sa.Column("beat_at", sa.Float, nullable=False),  # seconds since 1970 on the database's clock
)  # fmt: skip

_expected = sa.Table(
    "expected_stages", board_tables,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("label", sa.String(160), primary_key=True),
    sa.Column("stage", sa.String(64), nullable=False),  # "" where nobody knows yet
)  # fmt: skip

_started = sa.Table(
    "started_stages", board_tables,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("label", sa.String(160), primary_key=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("stage", sa.String(64), nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("starts", sa.Integer, nullable=False),  # that never came to an end
    sa.Column("running", sa.Boolean, nullable=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkerNotice:
    """A worker as the board shows it; `age_seconds` since its last sign of life."""

    name: str
    version: str
    queues: tuple[str, ...]
    age_seconds: float


@dataclass(frozen=True, slots=True)
class RunningStage:
    """A stage somebody has in hand."""

    label: str
    stage: str
    worker: str
    elapsed_seconds: float
    share: float


class Board:
    """The notice board, read and written by every worker and whoever watches."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._tables = engine.execution_options(
            schema_translate_map={SCHEMA: None if _is_sqlite(engine) else SCHEMA}
        )
        _make_tables(self._tables)
        self._clock = _database_clock(engine)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    # -- workers

    def beat(self, name: str, version: str, queues: Iterable[str]) -> None:
        """Show that a worker is alive."""
        values = {"version": version, "queues": list(queues), "beat_at": self._clock}
        self._put(_workers, {"name": name}, values)

    def leave(self, name: str) -> None:
        """Take a worker off the board."""
        with self._tables.begin() as tx:
            tx.execute(sa.delete(_workers).where(_workers.c.name == name))

    def workers(self) -> list[WorkerNotice]:
        """Everybody on the board, alive or not."""
        age = (self._clock - _workers.c.beat_at).label("age")
        with self._tables.connect() as tx:
            rows = tx.execute(sa.select(_workers, age)).all()
        return [WorkerNotice(r.name, r.version, tuple(r.queues), float(r.age)) for r in rows]

    # -- what is to come

    def expect(self, attempt: Attempt, stages: Mapping[str, str]) -> None:
        """Note labels that will come, with their stages ("" where it is not known yet)."""
        if not stages:
            return
        rows = [
            {"job_id": attempt.job, "attempt": attempt.number, "label": label, "stage": stage}
            for label, stage in stages.items()
        ]
        with self._tables.begin() as tx:
            insert = self._insert(_expected)
            tx.execute(
                insert.on_conflict_do_update(
                    index_elements=list(_expected.primary_key),
                    set_={"stage": insert.excluded.stage},
                    where=_expected.c.stage == "",
                ),
                rows,
            )

    def expected(self, attempt: Attempt) -> dict[str, int]:
        """How many labels are expected of each stage."""
        query = (
            sa.select(_expected.c.stage, sa.func.count())
            .where(_expected.c.job_id == attempt.job, _expected.c.attempt == attempt.number)
            .group_by(_expected.c.stage)
        )
        with self._tables.connect() as tx:
            return {row[0]: row[1] for row in tx.execute(query)}

    # -- what is in hand

    def start(self, attempt: Attempt, label: str, stage: str, worker: str) -> int:
        """Note that a worker takes a stage in hand; returns how often before it never ended."""
        key = {"job_id": attempt.job, "label": label}
        values = {
            "attempt": attempt.number, "stage": stage, "worker": worker,
            "started_at": self._clock, "share": 0.0, "running": True,
        }  # fmt: skip
        with self._tables.begin() as tx:
            insert = self._insert(_started).values(**key, **values, starts=1)
            starts = tx.execute(
                insert.on_conflict_do_update(
                    index_elements=list(_started.primary_key),
                    set_={**values, "starts": _started.c.starts + 1},
                ).returning(_started.c.starts)
            ).scalar_one()
        return int(starts) - 1

    def deaths(self, attempt: Attempt, label: str) -> int:
        """How often a stage was begun and never came to an end."""
        query = sa.select(_started.c.starts).where(
            _started.c.job_id == attempt.job, _started.c.label == label
        )
        with self._tables.connect() as tx:
            return tx.execute(query).scalar_one_or_none() or 0

    def share(self, attempt: Attempt, label: str, share: float) -> None:
        """Note how much of a stage is done, 0..1."""
        with self._tables.begin() as tx:
            tx.execute(
                sa.update(_started)
                .where(_started.c.job_id == attempt.job, _started.c.label == label)
                .values(share=share)
            )

    def stop(self, attempt: Attempt, label: str) -> None:
        """Note that a stage came to an end, whatever end."""
        with self._tables.begin() as tx:
            tx.execute(
                sa.delete(_started).where(
                    _started.c.job_id == attempt.job,
                    _started.c.label == label,
                    _started.c.attempt == attempt.number,
                )
            )

    def running(self, attempt: Attempt) -> list[RunningStage]:
        """The stages of an attempt that somebody has in hand."""
        elapsed = (self._clock - _started.c.started_at).label("elapsed")
        query = (
            sa.select(_started, elapsed)
            .where(
                _started.c.job_id == attempt.job,
                _started.c.attempt == attempt.number,
                _started.c.running,
            )
            .order_by(_started.c.started_at, _started.c.label)
        )
        with self._tables.connect() as tx:
            rows = tx.execute(query).all()
        return [
            RunningStage(r.label, r.stage, r.worker, max(0.0, float(r.elapsed)), r.share)
            for r in rows
        ]

    def forget(self, job: str, *, starts: bool) -> None:
        """Drop what was expected of a job, and with `starts` also what never ended."""
        with self._tables.begin() as tx:
            tx.execute(sa.delete(_expected).where(_expected.c.job_id == job))
            if starts:
                tx.execute(sa.delete(_started).where(_started.c.job_id == job))
            else:
                tx.execute(
                    sa.update(_started).where(_started.c.job_id == job).values(running=False)
                )

    def _insert(self, table: sa.Table) -> Any:
        if _is_sqlite(self.engine):
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        return insert(table)

    def _put(self, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        with self._tables.begin() as tx:
            tx.execute(
                self._insert(table)
                .values(**key, **values)
                .on_conflict_do_update(index_elements=list(table.primary_key), set_=values)
            )


class ShareNotes:
    """Tells the board how far a stage is, at most once a second."""

    def __init__(self, board: Board, attempt: Attempt, label: str) -> None:
        self._board, self._attempt, self._label = board, attempt, label
        self._next = time.monotonic() + SHARE_EVERY_SECONDS

    def __call__(self, share: float) -> None:
        """Note a share in 0..1."""
        moment = time.monotonic()
        if moment >= self._next:
            self._next = moment + SHARE_EVERY_SECONDS
            self._board.share(self._attempt, self._label, min(1.0, max(0.0, share)))


def jobs_engine(settings: Settings) -> sa.Engine:
    """Connections to the job engine's database.

    On SQLite with WAL and synchronous=NORMAL, several times quicker than as DBOS would open it;
    a power cut may lose the last commits, never a killed process, and the outbox makes up for it.
    """
    url = settings.jobs_database
    if not url.startswith("sqlite"):
        return _postgres_engine(url)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_MILLISECONDS / 1000},
        pool_size=POOL_SIZE,
        max_overflow=4 * POOL_SIZE,
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgres_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE)

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        """A worker that is frozen in a transaction must not hold its locks for ever."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN_SECONDS}s'")
        connection.commit()

    return engine


def _make_tables(engine: sa.Engine) -> None:
    missing = {"workers", "expected_stages", "started_stages"}
    schema = None if _is_sqlite(engine) else SCHEMA
    if missing <= set(sa.inspect(engine).get_table_names(schema=schema)):
        return
    with engine.begin() as tx:
        if _is_sqlite(engine):
            tx.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(SCHEMA))))
            tx.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
        board_tables.create_all(tx)


def _database_clock(engine: sa.Engine) -> sa.ColumnElement[float]:
    if _is_sqlite(engine):
        days = sa.func.julianday("now", type_=sa.Float)
        return (days - sa.literal(2440587.5, sa.Float)) * sa.literal(86400.0, sa.Float)
    return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float)


def _is_sqlite(engine: sa.Engine) -> bool:
    return engine.dialect.name == "sqlite"

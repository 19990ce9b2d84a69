"""The database: two ways in, on SQLite and PostgreSQL alike."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from silkreel.jobs.tables import JobRow
from silkreel.kit.clock import now
from silkreel.kit.database import FORGOTTEN_SECONDS, insert_once

INCREMENTS = 200
AT_ONCE = 30


def row(name: str, **values):
    return {
        "id": name, "journey": "j", "arguments": {}, "priority": 0, "attempt": 1,
        "state": "waiting", "asked_at": now(), **values,
    }  # fmt: skip


def test_of_200_increments_at_once_none_is_lost(database):
    with database.transaction() as tx:
        insert_once(tx, JobRow, row("counter"))

    def increment(_):
        with database.transaction() as tx:
            counter = tx.get(JobRow, "counter", with_for_update=True)
            counter.priority += 1

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(increment, range(INCREMENTS)))
    with database.reading() as tx:
        assert tx.get_one(JobRow, "counter").priority == INCREMENTS


def test_a_naive_time_is_refused(database):
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    refused = pytest.raises(sa.exc.StatementError, match="times are aware")
    with refused, database.transaction() as tx:
        insert_once(tx, JobRow, row("naive", asked_at=naive))


def test_a_time_comes_back_aware_and_in_utc(database):
    in_shanghai = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    with database.transaction() as tx:
        insert_once(tx, JobRow, row("aware", asked_at=in_shanghai))
    with database.reading() as tx:
        found = tx.get_one(JobRow, "aware").asked_at
    assert found == in_shanghai
    assert found.tzinfo is UTC


def test_what_fails_leaves_nothing(database):
    with suppress(RuntimeError), database.transaction() as tx:
        insert_once(tx, JobRow, row("gone"))
        raise RuntimeError
    with database.reading() as tx:
        assert tx.get(JobRow, "gone") is None


def test_rows_that_were_read_can_be_used_after_reading(database):
    with database.transaction() as tx:
        insert_once(tx, JobRow, row("kept"))
    with database.reading() as tx:
        kept = tx.get_one(JobRow, "kept")
    assert kept.state == "waiting"


def test_reading_writes_nothing(database):
    with database.transaction() as tx:
        insert_once(tx, JobRow, row("read"))
    with database.reading() as tx:
        tx.get_one(JobRow, "read").state = "done"
    with database.reading() as tx:
        assert tx.get_one(JobRow, "read").state == "waiting"


def test_the_same_key_is_inserted_once(database):
    for state in ("first", "second"):
        with database.transaction() as tx:
            insert_once(tx, JobRow, row("once", state=state))
    with database.reading() as tx:
        assert tx.get_one(JobRow, "once").state == "first"


def test_a_missing_parent_is_refused(database):
    from silkreel.jobs.tables import StageRunRow

    orphan = {
        "job_id": "nobody", "label": "l", "attempt": 1, "stage": "s", "state": "done",
        "worker": "w", "wall_seconds": 0.0, "ended_at": now(),
    }  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as tx:
        insert_once(tx, StageRunRow, orphan)


@pytest.mark.sqlite_only
def test_a_reader_is_not_kept_out_by_a_writer(database):
    with database.transaction() as tx:
        insert_once(tx, JobRow, row("before"))
    read = threading.Event()

    def look():
        with database.reading() as tx:
            assert tx.get(JobRow, "during") is None
            assert tx.get(JobRow, "before") is not None
        read.set()

    with database.transaction() as tx:
        insert_once(tx, JobRow, row("during"))
        reader = threading.Thread(target=look)
        reader.start()
        assert read.wait(5)
    reader.join()


@pytest.mark.sqlite_only
def test_sqlite_is_set_for_truth(database):
    with database.engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 30_000]


def test_a_server_is_told_to_drop_a_forgotten_transaction(database):
    if database.engine.dialect.name == "sqlite":
        return  # its writers wait for each other, each for its busy timeout
    with database.reading() as tx:
        told = tx.connection().exec_driver_sql("SHOW idle_in_transaction_session_timeout")
        assert told.scalar_one() == f"{FORGOTTEN_SECONDS // 60}min"


def test_a_connection_the_server_dropped_is_replaced_before_it_is_used(database):
    if database.engine.dialect.name == "sqlite":
        return
    with database.reading() as tx:
        mine = tx.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = sa.create_engine(database.url, poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
    with database.reading() as tx:
        assert tx.connection().exec_driver_sql("SELECT 1").scalar_one() == 1


def test_connections_of_many_at_once_are_kept_for_the_next(database):
    made = []
    sa.event.listen(database.engine, "connect", lambda *_: made.append(1))
    for _ in range(2):
        with ExitStack() as requests:
            for _ in range(AT_ONCE):
                requests.enter_context(database.reading()).execute(sa.text("SELECT 1"))
    assert len(made) <= AT_ONCE, "a connection made anew for each request costs more than its work"

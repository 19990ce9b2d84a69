import sqlite3

import pytest
import sqlalchemy as sa

from silkreel.kit.data_version import DataVersion
from silkreel.kit.database import Database


@pytest.fixture
def file(tmp_path):
    return tmp_path / "app.db"


@pytest.fixture
def watched(file):
    database = Database(f"sqlite:///{file}")
    with database.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE t (n INTEGER)"))
    version = DataVersion(database)
    yield database, version
    version.close()
    database.close()


def test_it_changes_with_every_commit_of_our_own(watched):
    database, version = watched
    seen = {version.read()}
    for n in range(20):
        with database.transaction() as tx:
            tx.execute(sa.text("INSERT INTO t VALUES (:n)"), {"n": n})
        assert version.read() not in seen
        seen.add(version.read())


def test_it_changes_when_somebody_else_commits(watched, file):
    _, version = watched
    before = version.read()
    with sqlite3.connect(file) as other:
        other.execute("INSERT INTO t VALUES (1)")
        assert version.read() == before, "not committed yet"
    assert version.read() != before
    other.close()


def test_it_stays_while_nobody_writes(watched):
    database, version = watched
    before = version.read()
    for _ in range(5):
        with database.reading() as tx:
            tx.execute(sa.text("SELECT * FROM t"))
    assert version.read() == before


def test_a_database_server_has_none():
    database = Database("postgresql+psycopg://nobody@localhost/none")
    assert DataVersion(database).read() is None
    database.close()

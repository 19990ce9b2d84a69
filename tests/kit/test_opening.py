"""Opening a home: tables up to date, once, whoever comes first."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from silkreel.kit.database import Database
from silkreel.kit.opening import NewerSchema, newest_migration, open_workshop
from silkreel.kit.settings import Settings


@pytest.fixture
def empty(database_kind, tmp_path, request):
    """Settings of a home that nobody opened yet."""
    if database_kind == "sqlite":
        return Settings(home=tmp_path / "new")
    server = request.getfixturevalue("postgres_server")
    return Settings(home=tmp_path / "new", database_url=server.new_database("template0"))


def tables(database: Database):
    return set(sa.inspect(database.engine).get_table_names())


def test_a_new_home_gets_its_tables_and_store(empty):
    workshop = open_workshop(empty)
    assert {"series", "jobs", "artifacts", "lines", "dubs"} <= tables(workshop.database)
    assert workshop.store.folder.is_dir()
    workshop.database.close()


def test_opening_again_changes_nothing(empty):
    for _ in range(2):
        workshop = open_workshop(empty)
        found = tables(workshop.database)
        workshop.database.close()
    assert "alembic_version" in found


def test_many_who_open_a_new_home_at_once_all_get_it(empty):
    with ThreadPoolExecutor(6) as threads:
        workshops = list(threads.map(open_workshop, [empty] * 6))
    for workshop in workshops:
        assert "series" in tables(workshop.database)
        workshop.database.close()


def test_processes_that_open_a_new_home_at_once_all_get_it(empty):
    program = (
        "from silkreel.kit.opening import open_workshop\n"
        "from silkreel.kit.settings import Settings\n"
        f"open_workshop(Settings(home={str(empty.home)!r}, database_url={empty.database_url!r}))"
    )
    openers = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)
    ]
    words = [opener.communicate()[1].decode() for opener in openers]
    assert [opener.returncode for opener in openers] == [0, 0, 0], words


def test_a_home_of_a_later_version_is_refused_and_left_alone(empty):
    workshop = open_workshop(empty)
    with workshop.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    workshop.database.close()
    with pytest.raises(NewerSchema, match="newer Silkreel"):
        open_workshop(empty)
    with workshop.database.engine.connect() as connection:
        query = "SELECT version_num FROM alembic_version"
        assert connection.exec_driver_sql(query).scalar() == "9999"
    workshop.database.close()


def test_an_upgrade_that_fails_leaves_an_empty_database(empty, monkeypatch):
    from alembic import op

    plain, made = op.create_table, []

    def breaks_later(name, *words, **named):
        made.append(name)
        if len(made) > 3:
            raise RuntimeError("no more tables")
        return plain(name, *words, **named)

    monkeypatch.setattr(op, "create_table", breaks_later)
    with pytest.raises(RuntimeError, match="no more tables"):
        open_workshop(empty)
    monkeypatch.undo()
    database = Database(empty.app_database)
    assert tables(database) == set()
    database.close()
    workshop = open_workshop(empty)
    assert "series" in tables(workshop.database)
    workshop.database.close()


def test_migrations_are_numbered_in_order():
    assert newest_migration().isdigit()


def test_opening_a_home_that_is_up_to_date_does_not_load_alembic(workshop, settings):
    program = (
        "import sys; from silkreel.kit.opening import open_workshop\n"
        "from silkreel.kit.settings import Settings\n"
        f"home, database_url = {str(settings.home)!r}, {settings.database_url!r}\n"
        "open_workshop(Settings(home=home, database_url=database_url))\n"
        "print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"

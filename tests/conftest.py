"""Homes and databases for every test: SQLite in a temp folder, and a PostgreSQL of our own.

A test that asks for `settings`, `workshop` or `database` runs on both; mark it `sqlite_only` where
SQLite itself is what is tested. The server is started once per test process, in a temp folder, on a
unix socket and no port, and proves that it is ours before the first statement.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Database
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from skips import unfair

POSTGRES_USER = "postgres"
START_SECONDS = 60.0
MEMORY_BYTES = 2 * 1024**3
QUICK_SERVER = (
    "fsync=off", "full_page_writes=off", "max_connections=300", "wal_level=minimal",
    "max_wal_senders=0", "autovacuum=off",  # it would look through every test's database
)  # fmt: skip
COPIES_FILES = 150_000  # the version from which a server must be asked to copy a template's files
TEMPLATE = "silkreel_template"
LONG_ROOMS = ("journeys", "browser", "flows")  # up to a minute a test
_numbers = count(1)
os.environ["SILKREEL_LANGUAGE"] = "en"  # sentences are compared, whoever's machine this is


hypothesis.settings.register_profile("house", deadline=None)  # the machine is shared
hypothesis.settings.load_profile("house")


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite_only: tests SQLite itself, not both databases")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Under CI=true a skip that a set-up could have avoided fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return  # a process of pytest-xdist; its controller knows all reports
    found = unfair(reporter.stats.get("skipped", []))
    if found and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    for line in found:
        reporter.write_line(f"CI could have set this up: {line}", red=True)


def pytest_terminal_summary(terminalreporter):
    """What failed at first and passed when it was run again is told whole: it is to be mended."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"unsteady: {report.nodeid}", red=True)
        terminalreporter.line(report.longreprtext)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Long rooms first: what is short is shared out best at the end, so no process ends alone.

    Worksteal gives each process one stretch of this order, from whose end the others take: the long
    rooms begin at once, in one process, where what they share (servers, homes, browsers) is made
    once, and their many waits leave the processor to the others.
    """
    items.sort(key=lambda item: _place(item.path.parts))


def _place(parts: tuple[str, ...]) -> int:
    return next((place for place, room in enumerate(LONG_ROOMS) if room in parts), len(LONG_ROOMS))


def pytest_generate_tests(metafunc):
    if "database_kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite_only")
        kinds = ["sqlite"] if only else ["sqlite", "postgresql"]
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="function")


@pytest.fixture
def database_kind(request) -> str:
    return request.param


@dataclass(frozen=True)
class Begun:
    """A home that was made once, for tests to begin with copies of it."""

    home: Path
    database: str  # its name on PostgreSQL


@pytest.fixture
def begun() -> Begun | None:
    """What a test's home begins as: here an empty one; a room's own fixture may give another."""
    return None


@pytest.fixture
def settings(database_kind, begun, tmp_path, request) -> Iterator[Settings]:
    """Settings of a home whose tables are up to date, empty unless it is a copy of one begun."""
    home = tmp_path / "home"
    shutil.copytree(begun.home, home) if begun else home.mkdir()
    if database_kind == "sqlite":
        if not begun:
            shutil.copy(request.getfixturevalue("sqlite_template"), home / "app.db")
        yield Settings(home=home, cores=2)
        return
    server: Server = request.getfixturevalue("postgres_server")
    address = server.new_database(begun.database if begun else TEMPLATE)
    yield Settings(home=home, cores=2, database_url=address)
    server.drop(address)


@pytest.fixture
def workshop(settings) -> Iterator[Workshop]:
    opened = open_workshop(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def database(workshop) -> Database:
    return workshop.database


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory) -> Path:
    """Where drawn and encoded files are kept for the whole run, by all its processes."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return run / "drawn"


@pytest.fixture(scope="session")
def market_homes(request, tmp_path_factory, media_folder) -> Callable[[str], Begun]:
    """Gives, by the kind of database, a home whose market has its story published.

    Publishing plays the story through, for two seconds of a processor; a copy takes none.
    """
    from story_house import publish_market

    @cache
    def made(kind: str) -> Begun:
        told = Settings(home=tmp_path_factory.mktemp(f"market-{kind}"), cores=2)
        database = ""
        if kind == "postgresql":
            address = request.getfixturevalue("postgres_server").new_database()
            told, database = told.model_copy(update={"database_url": address}), named(address)
        publish_market(told, tmp_path_factory.mktemp("written") / "market", media_folder)
        return Begun(told.folder, database)

    return made


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("template")
    open_workshop(Settings(home=home)).database.close()
    return home / "app.db"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that belongs to this test process."""

    socket_folder: Path

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{POSTGRES_USER}@/{database}?host={self.socket_folder}"

    def new_database(self, template: str = TEMPLATE) -> str:
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} {self._strategy}")
        return self.address(name)

    def drop(self, address: str) -> None:
        self.run(f"DROP DATABASE {named(address)} WITH (FORCE)")

    def run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Give back the connection that was kept."""
        self._engine.dispose()

    def pack(self, database: str) -> None:
        """Leave out of a template's files what its making left there: each test copies them."""
        engine = sa.create_engine(
            self.address(database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM FULL")

    @cached_property
    def _engine(self) -> sa.Engine:
        """One connection, kept: a server takes longer to begin one than to copy a template."""
        return sa.create_engine(
            self.address("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )

    @cached_property
    def _strategy(self) -> str:
        """Files are copied in half the time that blocks take by way of the log."""
        with self._engine.connect() as connection:
            version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        return "STRATEGY FILE_COPY" if int(version) >= COPIES_FILES else ""


def named(address: str) -> str:
    """The name of a database on its server."""
    return sa.make_url(address).database or ""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian's package `postgresql`)")
    folder = server_folder()
    try:
        with running_server(programs, folder) as server:
            server.run(f"CREATE DATABASE {TEMPLATE}")
            home = folder / "home"
            made = Settings(home=home, database_url=server.address(TEMPLATE))
            open_workshop(made).database.close()
            server.pack(TEMPLATE)
            yield server
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_folder() -> Path:
    """A folder in memory where there is room for it; its path is short, as a socket's must be."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    return Path(tempfile.mkdtemp(prefix="srpg", dir=memory if roomy else "/tmp"))


def postgres_programs() -> Path | None:
    """Debian's newest server programs, which are not on PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0),
    )
    return found[-1].parent if found else None


class running_server:  # noqa: N801 - a context manager
    """A server in `folder`, stopped at the end; as another user when we are root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.data = programs, folder, folder / "data"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self._hand_over(self.folder)
        self._run(
            "initdb", "-D", str(self.data), "-U", POSTGRES_USER, "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        return self.start()

    def address(self, database: str) -> str:
        return Server(self.folder).address(database)

    def start(self) -> Server:
        self.log = (self.folder.parent / f"{self.folder.name}.log").open("wb")
        options = [word for option in QUICK_SERVER for word in ("-c", option)]
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder),
             "-c", "listen_addresses=", *options],
            stdout=subprocess.DEVNULL, stderr=self.log, **self._as_user(),
        )  # fmt: skip
        server = Server(self.folder)
        self._wait_until_ours(server)
        return server

    def kill(self) -> None:
        """Stop at once, as a crash would."""
        assert self.process is not None
        self.process.send_signal(3)  # SIGQUIT: immediate shutdown
        self.process.wait()

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.log.close()
        (self.folder.parent / f"{self.folder.name}.log").unlink(missing_ok=True)

    def _wait_until_ours(self, server: Server) -> None:
        deadline = time.monotonic() + START_SECONDS
        engine = sa.create_engine(server.address("postgres"), poolclass=sa.NullPool)
        while True:
            try:
                with engine.connect() as connection:
                    place = connection.exec_driver_sql("SHOW data_directory").scalar_one()
                    assert Path(place) == self.data, f"this is somebody else's server: {place}"
                    return
            except sa.exc.OperationalError:
                assert self.process is not None
                assert self.process.poll() is None, "the server did not start"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.05)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self.programs / program), *words],
            check=True, stdout=subprocess.DEVNULL, **self._as_user(),
        )  # fmt: skip

    def _as_user(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam(POSTGRES_USER)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}

    def _hand_over(self, folder: Path) -> None:
        if os.geteuid() == 0:
            user = pwd.getpwnam(POSTGRES_USER)
            os.chown(folder, user.pw_uid, user.pw_gid)


@pytest.fixture(autouse=True, scope="session")
def _children_find_toys():
    """Children of the tests are modules beside them."""
    folder = str(Path(__file__).parent)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, before]))
    yield
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture
def own_server() -> Iterator["running_server"]:
    """A server of this test alone, which it may kill and start."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian's package `postgresql`)")
    folder = server_folder()
    try:
        server = running_server(programs, folder)
        with server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)

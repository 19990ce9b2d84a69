"""Opening a home: its folder, its store and a database whose tables are up to date."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Database
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.storage import Store

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOCK_NUMBER = 0x51_1C_4E_E1  # of the advisory lock that upgrades take on PostgreSQL


class NewerSchema(Refusal):
    """The home was used by a later version of this program."""

    status = 409
    message = (
        "This home was opened by a newer Silkreel (tables {found}, this program knows {known}). "
        "Upgrade Silkreel, or use another --home."
    )


def open_workshop(settings: Settings) -> Workshop:
    """The workshop of a home; makes what is missing and upgrades what is old.

    Safe when several processes open one home at once: one does the work, the others wait for it.

    Raises:
        NewerSchema: the tables are from a later version.
    """
    database = Database(settings.app_database)
    try:
        if _found(database) != newest_migration():
            with _alone(settings, database):
                upgrade_schema(database)
    except BaseException:
        database.close()
        raise
    store = Store(settings.folder / "store")
    store.folder.mkdir(exist_ok=True)
    return Workshop(database, store)


def newest_migration() -> str:
    """Number of the newest migration, from its file's name (Alembic is not loaded for it)."""
    names = [path.name for path in MIGRATIONS.glob("versions/[0-9][0-9][0-9][0-9]_*.py")]
    return max(names, default="")[:4]


def upgrade_schema(database: Database) -> None:
    """Bring the tables up to date, in one transaction.

    Raises:
        NewerSchema: they are from a later version.
    """
    found, known = _found(database), newest_migration()
    if found == known:
        return
    if found is not None and found > known:
        raise NewerSchema(found=found, known=known)
    from alembic import command

    writing = database.engine.execution_options(silkreel_writes=True)
    with writing.begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> "Config":
    """Alembic set up by this program alone, without a file beside it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _found(database: Database) -> str | None:
    """The migration the tables are at, None for an empty database."""
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        number: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return number


@contextmanager
def _alone(settings: Settings, database: Database) -> Iterator[None]:
    """Hold the home's lock, and on PostgreSQL the database's too."""
    with (settings.folder / "upgrade.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if database.engine.dialect.name == "sqlite":
            yield
            return
        with database.engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK_NUMBER)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK_NUMBER)))

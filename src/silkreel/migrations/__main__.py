"""`python -m silkreel.migrations check | new TITLE`: the one use of Alembic's tools."""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from silkreel.kit.database import Database
from silkreel.kit.opening import alembic_config, upgrade_schema
from silkreel.migrations.tables import metadata

USAGE = 2


def differences(connection: sa.Connection) -> list[object]:
    """What a database at the newest migration lacks of the tables, or has beyond them."""
    found = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(found, metadata))


def check(database: Database) -> list[object]:
    """Differences between the migrations, run on an empty database, and the tables."""
    upgrade_schema(database)
    with database.engine.connect() as connection:
        return differences(connection)


def new(database: Database, title: str) -> Path:
    """Write the next migration: what the tables have that the migrations do not make yet."""
    upgrade_schema(database)
    with database.engine.connect() as connection:
        config = alembic_config(connection)
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        script = command.revision(config, title, autogenerate=True, rev_id=f"{number:04}")
    return Path(script.path)  # type: ignore[union-attr]  # one revision, one script


def main(words: list[str]) -> int:
    """Do what the command line says; the exit code says whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/app.db")
        try:
            match words:
                case ["check"]:
                    found = check(database)
                    print(*(found or ["the migrations make the tables"]), sep="\n")  # noqa: T201
                    return 1 if found else 0
                case ["new", title]:
                    print(new(database, title))  # noqa: T201
                    return 0
                case _:
                    print(__doc__, file=sys.stderr)  # noqa: T201
                    return USAGE
        finally:
            database.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

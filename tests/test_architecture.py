"""The house keeps its own rules: arrows point down, in imports and in the database."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from silkreel.kit.database import Base
from silkreel.migrations.__main__ import differences
from silkreel.migrations.tables import metadata

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "silkreel").rglob("*.py"))


def floors() -> dict[str, int]:
    """The floor of every room, the ground is 0, as pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {
        room.strip(" ()"): height
        for height, floor in enumerate(reversed(layers))
        for room in floor.split("|")
    }


def rooms_of_tables() -> dict[str, str]:
    return {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1]
        for mapper in Base.registry.mappers
    }


def test_import_contracts_are_kept():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_foreign_keys_point_to_the_same_or_a_lower_floor():
    height, room = floors(), rooms_of_tables()
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            mine, theirs = room[table.name], room[key.column.table.name]
            below = height[theirs] < height[mine]
            assert mine == theirs or below, f"{table.name} points up to {key.column.table.name}"


def test_relationships_stay_inside_their_room():
    for mapper in Base.registry.mappers:
        for each in mapper.relationships:
            mine, theirs = (c.__module__.split(".")[1] for c in (mapper.class_, each.mapper.class_))
            assert mine == theirs, f"{mapper.class_.__name__}.{each.key} leaves its room"


def test_foreign_keys_are_indexed_where_rows_are_looked_up_by_them():
    """A parent's children are found by an index, or SQLite scans the table for each delete."""
    for table in metadata.tables.values():
        leading = {index.columns[0].name for index in table.indexes}
        leading |= {table.primary_key.columns[0].name}
        leading |= {
            unique.columns[0].name
            for unique in table.constraints
            if isinstance(unique, sa.UniqueConstraint)
        }
        for key in table.foreign_keys:
            assert key.parent.name in leading or key.column.table.name == "characters", (
                f"{table.name}.{key.parent.name} has no index"
            )


def test_all_tables_live_in_their_rooms_tables_module():
    for mapper in Base.registry.mappers:
        module = mapper.class_.__module__
        in_tables = "tables" in module.split(".")
        assert in_tables or module == "silkreel.kit.artifacts", module


def test_every_rooms_tables_are_known_to_migrations():
    inside = [path.relative_to(ROOT / "src" / "silkreel").parts for path in SOURCES]
    rooms = {parts[0] for parts in inside if "tables.py" in parts or "tables" in parts}
    rooms -= {"migrations"}
    known = set(rooms_of_tables().values())
    assert rooms <= known, f"add to silkreel/migrations/tables.py: {rooms - known}"


def test_migrations_make_exactly_the_tables(database):
    with database.engine.connect() as connection:
        assert differences(connection) == []


def test_all_mappers_configure():
    orm.configure_mappers()


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=str(path.relative_to(ROOT / "src"))) for path in SOURCES],
)
def test_a_module_says_what_it_is_for(path):
    words = ast.get_docstring(ast.parse(path.read_text()))
    assert words, "a module's docstring says in a sentence what it is for"
    assert words.split("\n\n")[0].rstrip().endswith((".", "!", "?")), "a sentence ends with a stop"

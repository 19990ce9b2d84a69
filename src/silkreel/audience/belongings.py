"""Everything the room holds about a viewer: taken out for them, moved at a merge, forgotten.

Every table that names a viewer stands here; a test compares the list with the tables.
"""

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from silkreel.audience.places import merge_places
from silkreel.audience.playthroughs import merge_saves
from silkreel.audience.tables import ChoiceTakenRow, PlaceRow, PlaythroughRow, ProgressRow
from silkreel.kit.database import Session
from silkreel.story.published import load_version

TABLES: tuple[type[Any], ...] = (PlaceRow, ProgressRow, PlaythroughRow, ChoiceTakenRow)


def take_out(tx: Session, viewer_id: str) -> dict[str, list[dict[str, Any]]]:
    """All rows about a viewer, table by table, as plain values."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        columns = table.__table__.columns
        query = sa.select(*columns).where(table.viewer_id == viewer_id)
        rows = tx.execute(query.order_by(*table.__table__.primary_key))
        found[table.__tablename__] = [
            {column.name: _plain(value) for column, value in zip(columns, row, strict=True)}
            for row in rows
        ]
    return found


def move(tx: Session, guest_id: str, account_id: str) -> None:
    """A guest's places, saves and options taken are the account's: the latest and furthest win."""
    merge_places(tx, guest_id, account_id, partial(load_version, tx))
    merge_saves(tx, guest_id, account_id)


def forget(tx: Session, viewer_id: str) -> None:
    """Keep nothing of what a viewer read, played and chose."""
    for table in TABLES:
        tx.execute(sa.delete(table).where(table.viewer_id == viewer_id))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

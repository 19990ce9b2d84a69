"""Everything the room holds about a viewer: taken out for them, moved at a merge, forgotten.

Every table that names a viewer stands here; a test compares the list with the tables.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa

from silkreel.audience.places import merge_places
from silkreel.audience.playthroughs import merge_saves
from silkreel.audience.seen import merge_seen
from silkreel.audience.tables import (
    ChoiceTakenRow,
    PlaceRow,
    PlaythroughRow,
    ProgressRow,
    SeenRow,
)
from silkreel.kit.database import Session
from silkreel.kit.plain_rows import plain_rows
from silkreel.story.published import load_version

TABLES: tuple[type[Any], ...] = (
    PlaceRow, ProgressRow, PlaythroughRow, ChoiceTakenRow, SeenRow,
)  # fmt: skip


def take_out(tx: Session, viewer_id: str) -> dict[str, list[dict[str, Any]]]:
    """All rows about a viewer, table by table, as plain values."""
    return {
        table.__tablename__: plain_rows(tx, table, [table.viewer_id == viewer_id])
        for table in TABLES
    }


def move(tx: Session, guest_id: str, account_id: str) -> None:
    """What a guest came to, saved, chose and saw is the account's: the latest and furthest win."""
    merge_places(tx, guest_id, account_id, partial(load_version, tx))
    merge_saves(tx, guest_id, account_id)
    merge_seen(tx, guest_id, account_id)


def forget(tx: Session, viewer_id: str) -> None:
    """Keep nothing of what a viewer read, played and chose."""
    for table in TABLES:
        tx.execute(sa.delete(table).where(table.viewer_id == viewer_id))

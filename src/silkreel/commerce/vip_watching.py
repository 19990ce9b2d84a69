"""Watch time that VIP opened, folded to one row for a viewer, an episode and a day.

The player tells how long it has played so far, every few seconds. The most that was told counts,
so beacons that come twice, late or in another order change nothing; nobody tells more than the
episode is long, nor more than has passed since the first word of that day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from silkreel.commerce.tables import VipWatchRow
from silkreel.kit.database import Session, insert_once

AHEAD_SECONDS = 20  # a first word comes after some seconds of play, and clocks are not exact


@dataclass(frozen=True, slots=True)
class Watched:
    """Seconds a viewer has watched an episode today, as their player tells it."""

    viewer_id: str
    brand_id: str
    series_id: str
    episode_id: str
    market: str
    seconds: int
    length_seconds: int


def note_watching(tx: Session, told: Watched, at: datetime) -> int:
    """Keep what a player tells, as far as it can be true; the seconds that stand."""
    day = at.astimezone(UTC).date()
    names = {"viewer_id": told.viewer_id, "brand_id": told.brand_id,
             "episode_id": told.episode_id, "day": day}  # fmt: skip
    insert_once(
        tx, VipWatchRow,
        {**names, "series_id": told.series_id, "market": told.market, "seconds": 0,
         "length_seconds": told.length_seconds, "first_at": at},
    )  # fmt: skip
    row = tx.get_one(
        VipWatchRow, tuple(names.values()), with_for_update=True, populate_existing=True
    )
    passed = int((at - row.first_at).total_seconds()) + AHEAD_SECONDS
    row.seconds = max(row.seconds, min(max(0, told.seconds), row.length_seconds, passed))
    tx.flush()
    return row.seconds

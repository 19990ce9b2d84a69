"""What a viewer has seen of games: lines they came to in any play, whatever became of its save."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from silkreel.audience.tables import SeenRow
from silkreel.kit.database import Session, insert_once

SCENE, ENDING = "scene", "ending"


@dataclass(frozen=True, slots=True)
class Met:
    """Line ids: one of each scene a viewer came to, and the last ones of endings."""

    scenes: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()

    def __sub__(self, other: "Met") -> "Met":
        """What is here and not there."""
        return Met(self.scenes - other.scenes, self.endings - other.endings)

    def __or__(self, other: "Met") -> "Met":
        """What is in either."""
        return Met(self.scenes | other.scenes, self.endings | other.endings)


def met_by(tx: Session, viewer_id: str, work_id: str) -> Met:
    """All a viewer has come to in games of a story."""
    query = sa.select(SeenRow.kind, SeenRow.line_id).where(
        SeenRow.viewer_id == viewer_id, SeenRow.work_id == work_id
    )
    found = {(kind, line_id) for kind, line_id in tx.execute(query)}
    return Met(_of(found, SCENE), _of(found, ENDING))


def note_met(tx: Session, viewer_id: str, work_id: str, met: Met) -> None:
    """Remember what a viewer came to; twice is once."""
    kinds = ((SCENE, met.scenes), (ENDING, met.endings))
    for kind, line_id in ((kind, each) for kind, ids in kinds for each in sorted(ids)):
        values = {"viewer_id": viewer_id, "work_id": work_id, "kind": kind, "line_id": line_id}
        insert_once(tx, SeenRow, values)


def merge_seen(tx: Session, guest_id: str, account_id: str) -> None:
    """Let an account have seen what a guest has."""
    theirs = SeenRow.viewer_id == guest_id
    for work_id in tx.scalars(sa.select(SeenRow.work_id).where(theirs).distinct()).all():
        note_met(tx, account_id, work_id, met_by(tx, guest_id, work_id))
    tx.execute(sa.delete(SeenRow).where(theirs))
    tx.flush()


def _of(found: Collection[tuple[str, str]], kind: str) -> frozenset[str]:
    return frozenset(line_id for its, line_id in found if its == kind)

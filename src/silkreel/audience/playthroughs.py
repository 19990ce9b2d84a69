"""Saves of a game: slots with logs of choices, each with a revision so that two devices notice each other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.audience.tables import ChoiceTakenRow, PlaythroughRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

MOST_SLOTS = 12  # for each viewer and story: a page of them
FEWEST_PLAYERS = 5  # below that a share tells what somebody did


class SlotsFull(Refusal):
    """One more slot than there are."""

    status = 409
    message = "All {slots} slots are taken; delete one, or save over it."


class SavedElsewhere(Refusal):
    """Another device has saved into the slot since."""

    status = 409
    message = "This slot was saved on another device; take that save, or save over it."


@dataclass(frozen=True, slots=True)
class Slot:
    """A save as it is kept."""

    slot: str
    version_id: str
    log: tuple[str, ...]
    line_id: str | None
    revision: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class NewSave:
    """What to keep, and the revision it goes on from; None: whatever is there."""

    version_id: str
    log: Sequence[str]
    line_id: str | None
    revision: int | None


def slots_of(tx: Session, viewer_id: str, work_id: str) -> list[Slot]:
    """A viewer's saves of a story, the newest first."""
    query = sa.select(PlaythroughRow).where(
        PlaythroughRow.viewer_id == viewer_id, PlaythroughRow.work_id == work_id
    )
    return [_slot(row) for row in tx.scalars(query.order_by(PlaythroughRow.saved_at.desc()))]


def slot_of(tx: Session, viewer_id: str, work_id: str, slot: str) -> Slot | None:
    """One save."""
    row = tx.get(PlaythroughRow, (viewer_id, work_id, slot))
    return _slot(row) if row is not None else None


def keep_save(
    tx: Session, viewer_id: str, work_id: str, slot: str, new: NewSave, at: datetime
) -> Slot:
    """Write a save.

    Raises:
        SavedElsewhere: the slot has moved on from the revision the client knows.
        SlotsFull: the slot is new and there are too many.
    """
    row = tx.get(PlaythroughRow, (viewer_id, work_id, slot), with_for_update=True)
    if row is not None and new.revision is not None and new.revision != row.revision:
        raise SavedElsewhere(slot=slot, revision=row.revision, choices=len(row.log))
    if row is None:
        if len(slots_of(tx, viewer_id, work_id)) >= MOST_SLOTS:
            raise SlotsFull(slots=MOST_SLOTS)
        row = PlaythroughRow(viewer_id=viewer_id, work_id=work_id, slot=slot, revision=0)
        tx.add(row)
    row.version_id, row.log, row.line_id = new.version_id, list(new.log), new.line_id
    row.revision, row.saved_at = row.revision + 1, at
    tx.flush()
    return _slot(row)


def drop_save(tx: Session, viewer_id: str, work_id: str, slot: str) -> bool:
    """Delete a save; whether there was one."""
    row = tx.get(PlaythroughRow, (viewer_id, work_id, slot))
    if row is None:
        return False
    tx.delete(row)
    tx.flush()
    return True


def note_choices(tx: Session, viewer_id: str, work_id: str, choices: Collection[str]) -> None:
    """Remember that a viewer has taken these options at some time."""
    for choice_id in sorted(set(choices)):
        values = {"viewer_id": viewer_id, "work_id": work_id, "choice_id": choice_id}
        insert_once(tx, ChoiceTakenRow, values)


def takers(tx: Session, work_id: str) -> dict[str, int]:
    """How many viewers have taken each option."""
    query = (
        sa.select(ChoiceTakenRow.choice_id, sa.func.count())
        .where(ChoiceTakenRow.work_id == work_id)
        .group_by(ChoiceTakenRow.choice_id)
    )
    return {choice_id: count for choice_id, count in tx.execute(query)}  # noqa: C416 - rows


def merge_saves(tx: Session, guest_id: str, account_id: str) -> None:
    """Let an account have a guest's saves: the newer of each slot, as many as there are slots."""
    for theirs in tx.scalars(_saves_of(guest_id)).all():
        mine = tx.get(PlaythroughRow, (account_id, theirs.work_id, theirs.slot))
        full = len(slots_of(tx, account_id, theirs.work_id)) >= MOST_SLOTS
        if (mine is None and not full) or (mine is not None and mine.saved_at < theirs.saved_at):
            tx.merge(
                PlaythroughRow(
                    viewer_id=account_id, work_id=theirs.work_id, slot=theirs.slot,
                    version_id=theirs.version_id, log=theirs.log, line_id=theirs.line_id,
                    revision=theirs.revision + (mine.revision if mine else 0),
                    saved_at=theirs.saved_at,
                )
            )  # fmt: skip
            tx.flush()
    taken = sa.select(ChoiceTakenRow).where(ChoiceTakenRow.viewer_id == guest_id)
    for row in tx.scalars(taken).all():
        note_choices(tx, account_id, row.work_id, [row.choice_id])
    tx.execute(sa.delete(PlaythroughRow).where(PlaythroughRow.viewer_id == guest_id))
    tx.execute(sa.delete(ChoiceTakenRow).where(ChoiceTakenRow.viewer_id == guest_id))
    tx.flush()


def _saves_of(viewer_id: str) -> sa.Select[PlaythroughRow]:
    return sa.select(PlaythroughRow).where(PlaythroughRow.viewer_id == viewer_id)


def _slot(row: PlaythroughRow) -> Slot:
    return Slot(row.slot, row.version_id, tuple(row.log), row.line_id, row.revision, row.saved_at)

"""One place in a story for each viewer, in whatever medium they go on: kept so that merging commutes.

Rows hold line ids with the version they belong to. What an edit cut is met again at the next line of
the old walk that still lives.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import sqlalchemy as sa

from silkreel.audience.tables import PlaceRow, ProgressRow
from silkreel.kit.database import Session
from silkreel.story.places import Medium, Place, Progress, survivor


class Version(Protocol):
    """What is asked of a version of a story."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def work_id(self) -> str: ...  # noqa: D102
    @property
    def walk(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def ordinals(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def lines(self) -> Mapping[str, object]: ...  # noqa: D102


Load = Callable[[str], Version]  # a version by its id


@dataclass(frozen=True, slots=True)
class Reader:
    """A viewer in the shown version of a work; `load` gives older ones."""

    viewer_id: str
    version: Version
    load: Load


def progress_of(tx: Session, reader: Reader) -> Progress:
    """How far somebody has come, told in lines of the shown version."""
    version = reader.version
    rows = tx.scalars(_mine(PlaceRow, reader.viewer_id, version.work_id))
    last: dict[Medium, Place] = {}
    for row in rows:
        line_id = _living(row.line_id, row.version_id, reader)
        if line_id is not None:
            medium = cast("Medium", row.medium)
            last[medium] = Place(line_id, medium, row.at)
    row = tx.scalar(_mine(ProgressRow, reader.viewer_id, version.work_id))
    reached = _living(row.line_id, row.version_id, reader) if row is not None else None
    return Progress(last, version.ordinals.get(reached or "", -1))


def come_to(tx: Session, reader: Reader, place: Place, canon_line: str | None) -> Progress:
    """Note a place; `canon_line` is the line of the series it is at or after."""
    version = reader.version
    before = progress_of(tx, reader)
    known = before.last.get(place.medium)
    if known is None or known.newer(place) == place:
        tx.merge(
            PlaceRow(
                viewer_id=reader.viewer_id, work_id=version.work_id, medium=place.medium,
                version_id=version.id, line_id=place.line_id, at=place.at,
            )
        )  # fmt: skip
    ordinal = version.ordinals.get(canon_line or "", -1)
    if ordinal > before.furthest:
        _reach(tx, reader.viewer_id, version, canon_line or "")
    tx.flush()
    return progress_of(tx, reader)


def merge_places(tx: Session, guest_id: str, account_id: str, load: Load) -> None:
    """Let an account have what a guest came to: of each medium the latest, of both the furthest."""
    works = set(tx.scalars(sa.select(PlaceRow.work_id).where(PlaceRow.viewer_id == guest_id)))
    works |= set(
        tx.scalars(sa.select(ProgressRow.work_id).where(ProgressRow.viewer_id == guest_id))
    )
    for work_id in works:
        _merge_last(tx, guest_id, account_id, work_id)
        _merge_furthest(tx, guest_id, account_id, work_id, load)
    for table in (PlaceRow, ProgressRow):
        tx.execute(sa.delete(table).where(table.viewer_id == guest_id))
    tx.flush()


def _merge_last(tx: Session, guest_id: str, account_id: str, work_id: str) -> None:
    for theirs in tx.scalars(_mine(PlaceRow, guest_id, work_id)).all():
        mine = tx.get(PlaceRow, (account_id, work_id, theirs.medium))
        if mine is None or (theirs.at, theirs.line_id) > (mine.at, mine.line_id):
            tx.merge(
                PlaceRow(
                    viewer_id=account_id, work_id=work_id, medium=theirs.medium,
                    version_id=theirs.version_id, line_id=theirs.line_id, at=theirs.at,
                )
            )  # fmt: skip


def _merge_furthest(tx: Session, guest_id: str, account_id: str, work_id: str, load: Load) -> None:
    theirs = tx.scalar(_mine(ProgressRow, guest_id, work_id))
    mine = tx.scalar(_mine(ProgressRow, account_id, work_id))
    if theirs is None:
        return
    if mine is not None:
        version = load(mine.version_id)
        reader = Reader(account_id, version, load)
        ahead = [
            version.ordinals.get(_living(row.line_id, row.version_id, reader) or "", -1)
            for row in (mine, theirs)
        ]
        if ahead[0] >= ahead[1]:
            return
    _reach(tx, account_id, load(theirs.version_id), theirs.line_id)


def _reach(tx: Session, viewer_id: str, version: Version, line_id: str) -> None:
    tx.merge(
        ProgressRow(
            viewer_id=viewer_id, work_id=version.work_id, version_id=version.id,
            line_id=line_id, ordinal=version.ordinals[line_id],
        )
    )  # fmt: skip


def _living(line_id: str, version_id: str, reader: Reader) -> str | None:
    """Where a line of an older version stands in the shown one."""
    version = reader.version
    if version_id == version.id or line_id in version.lines:
        return line_id if line_id in version.lines else None
    return survivor(line_id, reader.load(version_id).walk, frozenset(version.lines))


def _mine(
    table: type[PlaceRow] | type[ProgressRow], viewer_id: str, work_id: str
) -> sa.Select[Any]:
    return sa.select(table).where(table.viewer_id == viewer_id, table.work_id == work_id)

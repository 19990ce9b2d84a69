"""Every text a story's files ever had at the desk, by number; nothing is ever taken out."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.story.desk.tables import DeskContentRow, DeskRevisionRow

Kind = Literal[
    "saved", "merged", "restored", "stamped", "begun", "found", "approved", "reopened", "accepted"
]
SITTING = timedelta(minutes=20)  # saves of one person closer than this are one sitting
MOST_READ = 2000  # saves looked at for one page of the history
PACKING = 6
GONE = ""  # hash of a file that is not there


class NoSuchRevision(Refusal):
    """No save of that number."""

    status = 404
    message = "This story has no save number {number}; its history names those there are."


@dataclass(frozen=True, slots=True)
class Revision:
    """One save of one file."""

    number: int
    path: str
    content_hash: str
    kind: str
    staff_id: str
    staff_name: str
    note: str
    at: datetime
    oldest: int  # number of the first save of the sitting
    saves: int = 1  # of one sitting

    @classmethod
    def of(cls, row: DeskRevisionRow) -> "Revision":
        """A row as a value."""
        return cls(
            row.number, row.path, row.content_hash, row.kind, row.staff_id, row.staff_name,
            row.note, row.at, row.number,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What a save is made of."""

    path: str
    text: str
    kind: Kind
    touched: tuple[str, ...] = ()
    note: str = ""


def hash_of(text: str) -> str:
    """The name of a text."""
    return sha256(text.encode()).hexdigest()


def add_revision(tx: Session, story: str, written: Written, by: Actor | None, at: datetime) -> int:
    """Keep a text as the newest of a file; the story is held by the caller. Answers its number."""
    content_hash = hash_of(written.text)
    if tx.get(DeskContentRow, content_hash) is None:
        packed = zlib.compress(written.text.encode(), PACKING)
        tx.add(DeskContentRow(content_hash=content_hash, packed=packed))
        tx.flush()
    number = newest_number(tx, story) + 1
    person = by if by is not None and by.kind == "staff" else None
    row = DeskRevisionRow(
        story=story, number=number, path=written.path, content_hash=content_hash,
        kind=written.kind, touched=list(written.touched), staff_id=person.id if person else "",
        staff_name=by.name if by else "", note=written.note, at=at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return number


def newest_number(tx: Session, story: str) -> int:
    """Number of the newest save, 0 before the first."""
    query = sa.select(sa.func.max(DeskRevisionRow.number)).where(DeskRevisionRow.story == story)
    return tx.scalar(query) or 0


def newest_of(tx: Session, story: str, path: str) -> DeskRevisionRow | None:
    """The newest save of a file."""
    query = (
        sa.select(DeskRevisionRow)
        .where(DeskRevisionRow.story == story, DeskRevisionRow.path == path)
        .order_by(DeskRevisionRow.number.desc())
        .limit(1)
    )
    return tx.scalar(query)


def text_by_hash(tx: Session, content_hash: str) -> str | None:
    """A text that was kept."""
    row = tx.get(DeskContentRow, content_hash)
    return None if row is None else zlib.decompress(row.packed).decode()


def known_to(tx: Session, story: str, path: str, content_hash: str) -> str | None:
    """A text this very file once had; another story's texts are none of its business."""
    query = sa.select(DeskRevisionRow.number).where(
        DeskRevisionRow.story == story,
        DeskRevisionRow.path == path,
        DeskRevisionRow.content_hash == content_hash,
    )
    found = tx.scalar(query.limit(1))
    return None if found is None else text_by_hash(tx, content_hash)


def revision(tx: Session, story: str, number: int) -> tuple[Revision, str]:
    """A save and its text.

    Raises:
        NoSuchRevision: there is none.
    """
    row = tx.get(DeskRevisionRow, (story, number))
    if row is None:
        raise NoSuchRevision(number=number)
    return Revision.of(row), text_by_hash(tx, row.content_hash) or ""


def history(tx: Session, story: str, path: str = "", before: int | None = None) -> list[Revision]:
    """Sittings, newest first: of one person's saves in a row the last stands for all."""
    query = sa.select(DeskRevisionRow).where(DeskRevisionRow.story == story)
    if path:
        query = query.where(DeskRevisionRow.path == path)
    if before is not None:
        query = query.where(DeskRevisionRow.number < before)
    rows = tx.scalars(query.order_by(DeskRevisionRow.number.desc()).limit(MOST_READ))
    return sittings(Revision.of(row) for row in rows)


def goes_on(tx: Session, story: str, path: str, before: int) -> bool:
    """Whether there are saves before a number."""
    query = sa.select(DeskRevisionRow.number).where(
        DeskRevisionRow.story == story, DeskRevisionRow.number < before
    )
    if path:
        query = query.where(DeskRevisionRow.path == path)
    return tx.scalar(query.limit(1)) is not None


def sittings(newest_first: Iterable[Revision]) -> list[Revision]:
    """Plain saves of one file by one person, each soon after the one before, as one."""
    found: list[Revision] = []
    earliest: datetime | None = None
    for each in newest_first:
        last = found[-1] if found else None
        if last and earliest and _one_sitting(last, each, earliest):
            found[-1] = replace(last, saves=last.saves + 1, oldest=each.number)
        else:
            found.append(each)
        earliest = each.at
    return found


def _one_sitting(last: Revision, each: Revision, earliest: datetime) -> bool:
    if (last.staff_id, last.staff_name) != (each.staff_id, each.staff_name):
        return False
    if last.kind == each.kind == "begun":  # all files of a new story
        return earliest == each.at
    plain = last.path == each.path and last.kind == each.kind == "saved"
    return plain and earliest - each.at <= SITTING


def state_at(tx: Session, story: str, number: int) -> Mapping[str, str]:
    """Every file's text as it was at a save.

    Raises:
        NoSuchRevision: there was none yet.
    """
    if tx.get(DeskRevisionRow, (story, number)) is None:
        raise NoSuchRevision(number=number)
    newest = (
        sa.select(sa.func.max(DeskRevisionRow.number))
        .where(DeskRevisionRow.story == story, DeskRevisionRow.number <= number)
        .group_by(DeskRevisionRow.path)
    )
    query = sa.select(DeskRevisionRow).where(
        DeskRevisionRow.story == story, DeskRevisionRow.number.in_(newest)
    )
    return {row.path: text_by_hash(tx, row.content_hash) or "" for row in tx.scalars(query)}


def makers_of(tx: Session, story: str, episode: str, since: int) -> frozenset[str]:
    """Staff who changed an episode after a save's number."""
    query = sa.select(DeskRevisionRow.staff_id, DeskRevisionRow.touched).where(
        DeskRevisionRow.story == story, DeskRevisionRow.number > since
    )
    return frozenset(who for who, touched in tx.execute(query) if who and episode in touched)

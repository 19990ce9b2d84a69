"""The post: letters to accounts, written with what they tell of and sent afterwards.

A letter is a row of the transaction in which the thing happened, so neither is there without the
other. Sending is at least once: whoever takes letters to send has them for a while, and one whose
sender died is taken by the next. Only what was asked for or has to be told is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa

from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import SOURCE_LANGUAGE
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.tables import LetterRow, ViewerRow
from silkreel.people.viewers import addresses_of

LetterState = Literal["waiting", "sent", "dead", "moot"]
STATES: tuple[LetterState, ...] = get_args(LetterState)
HELD_FOR = timedelta(minutes=10)  # by who sends it; longer than a mail server's answer takes
# After a try that failed: three days in all, as long as mail servers try among themselves.
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=6), timedelta(hours=12), timedelta(days=1), timedelta(days=1),
)  # fmt: skip
PROBLEM_LETTERS = 300
RIGHT = "viewers.edit"  # to send one again
AGAIN_AT_ONCE = 500  # letters begun again by one yes: their numbers stand in the log


class NoSuchLetter(Refusal):
    """No letter has that number, or it is another brand's."""

    status = 404
    message = "There is no letter {letter}; `silkreel letters list` shows those there are."


class NotDead(Refusal):
    """Only what was given up is begun again."""

    status = 409
    message = "Letter {letter} is {state}: only a letter that was given up is sent again."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in somebody's hands: to whom, in which language, about what."""

    id: int
    brand_id: str
    viewer_id: str
    kind: str
    facts: Mapping[str, Any]
    language: str
    address: str | None  # none is left
    tries: int  # with this one
    made_at: datetime

    @property
    def name(self) -> str:
        """The same at every try, and at no other letter."""
        return f"letter-{self.id}-{int(self.made_at.timestamp())}"


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as staff see it: neither its words nor the address."""

    id: int
    viewer_id: str
    kind: str
    state: LetterState
    tries: int
    problem: str
    made_at: datetime
    try_at: datetime | None  # of one that waits
    ended_at: datetime | None


def write(
    tx: Session, holder: tuple[str, str], kind: str, key: str, facts: Mapping[str, Any], at: datetime
) -> bool:  # fmt: skip
    """Put a letter to an account into the post, once per key; False where there is no address."""
    viewer_id, brand_id = holder
    if not addresses_of(tx, viewer_id):
        return False
    insert_once(
        tx, LetterRow,
        {"brand_id": brand_id, "viewer_id": viewer_id, "kind": kind, "key": key,
         "facts": dict(facts), "state": "waiting", "tries": 0, "try_at": at, "problem": "",
         "made_at": at},
    )  # fmt: skip
    return True


def take(tx: Session, at: datetime, limit: int) -> list[Waiting]:
    """Letters to send now, the oldest first; nobody else takes them while they are held."""
    ready = LetterRow.state == "waiting", LetterRow.try_at <= at
    ordered = sa.select(LetterRow).where(*ready).order_by(LetterRow.try_at, LetterRow.id)
    rows = tx.scalars(ordered.limit(limit).with_for_update(skip_locked=True)).all()
    held = [_waiting(tx, row, row.tries + 1) for row in rows]
    for row, letter in zip(rows, held, strict=True):
        row.tries, row.try_at, row.language = letter.tries, at + HELD_FOR, letter.language
    tx.flush()
    return held


def put_back(tx: Session, letter_ids: list[int], at: datetime) -> None:
    """Letters that were taken and not tried: as if nobody had taken them."""
    held = LetterRow.id.in_(letter_ids), LetterRow.state == "waiting"
    values = {"tries": LetterRow.tries - 1, "try_at": at}
    tx.execute(sa.update(LetterRow).where(*held).values(values))


def sent(tx: Session, letter_id: int, at: datetime) -> None:
    """The mail server took it."""
    _end(tx, letter_id, "sent", "", at)


def let_go(tx: Session, letter_id: int, why: str, at: datetime) -> None:
    """What it would tell is no longer so."""
    _end(tx, letter_id, "moot", why, at)


def give_up(tx: Session, letter_id: int, why: str, at: datetime) -> None:
    """It cannot arrive; a person looks."""
    _end(tx, letter_id, "dead", why, at)


def try_later(tx: Session, letter_id: int, why: str, at: datetime) -> None:
    """It was not taken now; each further try waits longer, and after the last it is given up."""
    row = tx.get(LetterRow, letter_id, with_for_update=True)
    if row is None or row.state != "waiting":
        return
    if row.tries > len(WAITS):
        give_up(tx, letter_id, why, at)
        return
    row.problem, row.try_at = why[:PROBLEM_LETTERS], at + WAITS[row.tries - 1]


def begin_again(tx: Session, letter_id: int, by: Actor) -> Posted:
    """Send a letter that was given up as if it were new; it is in the log.

    Raises:
        NoSuchLetter, NotDead, NotYours.
    """
    by.need(RIGHT)
    row = tx.get(LetterRow, letter_id, with_for_update=True)
    if row is None or row.brand_id != by.brand_id:
        raise NoSuchLetter(letter=letter_id)
    if row.state != "dead":
        raise NotDead(letter=letter_id, state=row.state)
    before = {"state": row.state, "problem": row.problem}
    _as_new(row, by.at)
    record(tx, by, "letter.again", f"letter:{letter_id}", before=before, after={"state": row.state})
    tx.flush()
    return _posted(row)


def begin_all_again(tx: Session, by: Actor) -> list[int]:
    """Send the brand's letters that were given up as if they were new, the oldest first.

    Their numbers are answered and stand in the log; more than a log row holds wait for another yes.

    Raises:
        NotYours.
    """
    by.need(RIGHT)
    dead = LetterRow.brand_id == by.brand_id, LetterRow.state == "dead"
    query = sa.select(LetterRow).where(*dead).order_by(LetterRow.id).limit(AGAIN_AT_ONCE)
    rows = tx.scalars(query.with_for_update()).all()
    for row in rows:
        _as_new(row, by.at)
    found = [row.id for row in rows]
    if found:
        record(tx, by, "letters.again", f"brand:{by.brand_id}", after={"letters": found})
    tx.flush()
    return found


def opened_letter(tx: Session, letter_id: int, brand_id: str) -> tuple[Posted, Waiting]:
    """A letter as it stands, and what its words are made of: the language is that of the last try.

    Raises:
        NoSuchLetter.
    """
    row = tx.get(LetterRow, letter_id)
    if row is None or row.brand_id != brand_id:
        raise NoSuchLetter(letter=letter_id)
    letter = _waiting(tx, row, row.tries)
    return _posted(row), replace(letter, language=row.language or letter.language)


def posted(
    tx: Session, brand_id: str, *, state: str = "", viewer_id: str = "",
    before: int | None = None, limit: int = 50,
) -> list[Posted]:  # fmt: skip
    """A brand's letters, the newest first; of one state, or to one viewer, where they are named."""
    query = sa.select(LetterRow).where(LetterRow.brand_id == brand_id)
    if viewer_id:
        query = query.where(LetterRow.viewer_id == viewer_id)
    if state:
        query = query.where(LetterRow.state == state)
    if before is not None:
        query = query.where(LetterRow.id < before)
    return [_posted(row) for row in tx.scalars(query.order_by(LetterRow.id.desc()).limit(limit))]


def counts(tx: Session, brand_id: str) -> dict[str, int]:
    """How many of a brand's letters are in each state."""
    told = sa.select(LetterRow.state, sa.func.count()).where(LetterRow.brand_id == brand_id)
    found = {each[0]: each[1] for each in tx.execute(told.group_by(LetterRow.state))}
    return {state: found.get(state, 0) for state in STATES}


def _as_new(row: LetterRow, at: datetime) -> None:
    row.state, row.tries, row.try_at, row.ended_at = "waiting", 0, at, None


def _waiting(tx: Session, row: LetterRow, tries: int) -> Waiting:
    viewer = tx.get_one(ViewerRow, row.viewer_id)
    addresses = addresses_of(tx, row.viewer_id)
    return Waiting(
        row.id, row.brand_id, row.viewer_id, row.kind, row.facts,
        viewer.language or SOURCE_LANGUAGE, addresses[0] if addresses else None, tries,
        row.made_at,
    )  # fmt: skip


def _posted(row: LetterRow) -> Posted:
    state: LetterState = row.state  # type: ignore[assignment]  # a constraint keeps it
    return Posted(
        row.id, row.viewer_id, row.kind, state, row.tries, row.problem, row.made_at,
        row.try_at if state == "waiting" else None, row.ended_at,
    )  # fmt: skip


def _end(tx: Session, letter_id: int, state: LetterState, why: str, at: datetime) -> None:
    values = {"state": state, "problem": why[:PROBLEM_LETTERS], "ended_at": at}
    open_ = LetterRow.id == letter_id, LetterRow.state == "waiting"  # erased meanwhile: gone
    tx.execute(sa.update(LetterRow).where(*open_).values(values))

"""How often somebody may try: failures are stored, each makes the next wait longer.

A try is counted before the password is looked at, so that many at once are many, and taken back
when it was right. Keys are hashes: no address is kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal
from silkreel.people.tables import ThrottleRow

FORGET_AFTER = timedelta(hours=24)
LONGEST_SECONDS = 900  # 96 tries a day at most: SP 800-63B-4 wants no more than 100 in a row
MAX_DOUBLINGS = 20


class TooManyTries(Refusal):
    """Somebody has to wait before the next try."""

    status = 429
    message = (
        "Too many tries. Wait {seconds} seconds, or ask whoever manages the team for a new link."
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """Tries that may fail before waiting begins."""

    kind: str
    free: int


ACCOUNT = Limit("account", 5)
ADDRESS = Limit("address", 30)  # an office behind one address mistypes now and then


def wait_seconds(failures: int, free: int) -> int:
    """How long after the last of some failures the next try may come: 1, 2, 4 ... 900."""
    if failures < free:
        return 0
    return int(min(2 ** min(failures - free, MAX_DOUBLINGS), LONGEST_SECONDS))


def take_try(tx: Session, limit: Limit, who: str, at: datetime) -> TooManyTries | None:
    """Count a try as failed; the refusal, where it comes too early, is a value to be committed.

    A try that comes too early is not counted: waiting always ends.
    """
    row = _locked(tx, limit, who, at)
    if at - row.last_at > FORGET_AFTER:
        row.failures = 0
    until = row.last_at + timedelta(seconds=wait_seconds(row.failures, limit.free))
    if at < until:
        return TooManyTries(seconds=max(1, round((until - at).total_seconds())))
    row.failures, row.last_at = row.failures + 1, at
    tx.flush()
    return None


def give_back(tx: Session, limit: Limit, who: str) -> None:
    """Take one counted try back: it was right. Failures of others there stay counted."""
    row = tx.get(ThrottleRow, _key(limit, who), with_for_update=True)
    if row is not None:
        row.failures = max(0, row.failures - 1)


def forget(tx: Session, limit: Limit, who: str) -> None:
    """Drop all failures: the right person came in."""
    tx.execute(sa.delete(ThrottleRow).where(ThrottleRow.key == _key(limit, who)))


def sweep(tx: Session, at: datetime) -> None:
    """Drop what is forgotten, so that the table stays small."""
    tx.execute(sa.delete(ThrottleRow).where(ThrottleRow.last_at < at - FORGET_AFTER))


def _locked(tx: Session, limit: Limit, who: str, at: datetime) -> ThrottleRow:
    key = _key(limit, who)
    insert_once(tx, ThrottleRow, {"key": key, "failures": 0, "last_at": at})
    return tx.get_one(ThrottleRow, key, with_for_update=True, populate_existing=True)


def _key(limit: Limit, who: str) -> str:
    return hashlib.sha256(f"{limit.kind}\n{who}".encode()).hexdigest()

"""Four eyes: nobody approves their own work, and what is approved is what was seen.

For story approvals, sign-offs and money alike: a room describes its piece of work as `Work`, keeps
the `Signature`s that `sign` answers, and asks `settled` whether enough of them count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record


class OwnWork(Refusal):
    """Somebody approves what they had a hand in."""

    status = 403
    message = "You had a hand in this; somebody else has to approve it."


class ChangedSince(Refusal):
    """The work is not what the approver saw."""

    status = 409
    message = "This was changed since you opened it; read it again, then approve."


class OnlyByPerson(Refusal):
    """A program or the machine's own command line approves."""

    status = 403
    message = "An approval is given by a person who is signed in at the desk."


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be approved: what, in which state, and everybody who had a hand in it."""

    subject: str  # KIND:ID, as in the audit log
    content_hash: str  # over all that the approver is shown
    makers: frozenset[str]  # staff ids


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's yes to one state of a piece of work."""

    subject: str
    content_hash: str
    staff_id: str
    name: str
    at: datetime


def sign(
    tx: Session, work: Work, *, right: str, seen_hash: str, by: Actor, reason: str = ""
) -> Signature:
    """Approve a piece of work; the yes is written into the log.

    Raises:
        NotYours, SecondFactorRequired: the person lacks the right.
        OnlyByPerson, OwnWork: not by them. ChangedSince: it is not what they saw.
    """
    by.need(right)
    if by.kind != "staff":
        raise OnlyByPerson
    if by.id in work.makers:
        raise OwnWork
    if seen_hash != work.content_hash:
        raise ChangedSince
    made = Signature(work.subject, work.content_hash, by.id, by.name, by.at)
    after = {"content_hash": work.content_hash, "right": right}
    record(tx, by, "four_eyes.signed", work.subject, after=after, reason=reason)
    return made


def settled(work: Work, signatures: Iterable[Signature], *, needed: int = 1) -> bool:
    """Whether enough different people, none of them a maker, signed the work as it stands."""
    counting = {
        each.staff_id
        for each in signatures
        if each.subject == work.subject
        and each.content_hash == work.content_hash
        and each.staff_id not in work.makers
    }
    return len(counting) >= needed

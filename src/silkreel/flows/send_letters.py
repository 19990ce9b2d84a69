"""Letters to viewers leave: reminders that are due are written, and what waits is carried away.

At least once. Two senders never hold the same letter; one that dies lets go of its letters after a
while, and a letter that comes twice has the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from silkreel.commerce import vip_renewal
from silkreel.commerce.viewer_letters import LetterKind, remind
from silkreel.flows.letter_words import Sender, worded
from silkreel.kit.database import Database, Session
from silkreel.kit.settings import Settings
from silkreel.people import post
from silkreel.people.brands import HOUSE, find_brand
from silkreel.people.letters import (
    Letter,
    LetterDelayed,
    LetterRefused,
    MailNotSent,
    can_send,
    carrying,
)
from silkreel.people.post import Waiting

HELD = 20  # letters in one pair of hands: what one connection carries well within `post.HELD_FOR`
ROUND = 500  # letters of one round, so that a round ends
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a round did."""

    sent: int = 0
    later: int = 0  # tried and put back
    given_up: int = 0
    moot: int = 0

    def __add__(self, other: "Carried") -> "Carried":
        return Carried(
            self.sent + other.sent, self.later + other.later, self.given_up + other.given_up,
            self.moot + other.moot,
        )  # fmt: skip


def write_reminders(database: Database, at: datetime) -> int:
    """Every reminder that is due into the post, once; how many VIPs have one that waits."""
    after, written = 0, 0
    while True:
        with database.transaction() as tx:
            page = vip_renewal.ending_vips(tx, at, after)
            due = [vip_renewal.reminder_of(tx, vip_id, at) for vip_id in page]
            written += sum(remind(tx, each, at) for each in due if each is not None)
        if not page:
            return written
        after = page[-1]


def send_letters(settings: Settings, database: Database, clock: Clock) -> Carried:
    """One round: everything that waits, over as few connections as it takes.

    Without a mail server nothing is tried and nothing is counted as a try.
    """
    done = Carried()
    while can_send(settings) and sum((done.sent, done.given_up, done.moot, done.later)) < ROUND:
        with database.transaction() as tx:
            held = post.take(tx, clock(), HELD)
        if not held:
            break
        carried, reached = _carry(settings, database, held, clock)
        done += carried
        if not reached:
            break
    return done


def _carry(
    settings: Settings, database: Database, held: list[Waiting], clock: Clock
) -> tuple[Carried, bool]:
    """Letters over one connection; whether the server was there to the last of them."""
    done, left = Carried(), list(held)
    try:
        with carrying(settings) as hand_over:
            while left:
                done += _one(settings, database, left[0], hand_over, clock)
                left.pop(0)
    except MailNotSent as problem:
        why = str(problem.__cause__ or problem)
        log.warning("letters stay: %s", why)
        if not left:
            return done, False
        with database.transaction() as tx:
            post.try_later(tx, left[0].id, why, clock())
            post.put_back(tx, [letter.id for letter in left[1:]], clock())
        return done + Carried(later=1), False
    return done, True


def _one(
    settings: Settings, database: Database, letter: Waiting, hand_over: Callable[[Letter], None],
    clock: Clock,
) -> Carried:  # fmt: skip
    with database.transaction() as tx:
        if letter.address is None or not _still_so(tx, letter, clock()):
            post.let_go(tx, letter.id, "it is no longer so, or nobody is there", clock())
            return Carried(moot=1)
        sender = sender_of(tx, settings, letter.brand_id)
    try:
        hand_over(worded(letter, letter.address, sender))
    except LetterDelayed as delayed:
        with database.transaction() as tx:
            post.try_later(tx, letter.id, str(delayed.values["why"]), clock())
        return Carried(later=1)
    except (LetterRefused, KeyError, TypeError, ValueError) as problem:  # or its words fail
        log.warning("letter %s is given up: %r", letter.id, problem)
        with database.transaction() as tx:
            post.give_up(tx, letter.id, str(problem), clock())
        return Carried(given_up=1)
    with database.transaction() as tx:
        _arrived(tx, letter, clock())
    return Carried(sent=1)


def _still_so(tx: Session, letter: Waiting, at: datetime) -> bool:
    """Whether a letter may be sent: a reminder only while the renewal is ahead, and in time."""
    return letter.kind != LetterKind.REMINDER or _reminder(tx, letter, at) is not None


def _arrived(tx: Session, letter: Waiting, at: datetime) -> None:
    """The mail server has it: a reminder counts from now, for nobody is charged without one."""
    post.sent(tx, letter.id, at)
    due = _reminder(tx, letter, at) if letter.kind == LetterKind.REMINDER else None
    if due is not None:
        vip_renewal.reminded(tx, due, at)


def _reminder(tx: Session, letter: Waiting, at: datetime) -> vip_renewal.Reminder | None:
    due = vip_renewal.reminder_of(tx, letter.facts["vip"], at)
    told = letter.facts["renews_at"]
    return due if due is not None and due.renews_at.isoformat() == told else None


def sender_of(tx: Session, settings: Settings, brand_id: str) -> Sender:
    """A brand's own domain before the installation's address."""
    brand = find_brand(tx, brand_id)
    own = f"https://{brand.domains[0]}" if brand.domains else ""
    house = (settings.public_url or "").rstrip("/")
    site = (house or own) if brand_id == HOUSE else (own or house)
    return Sender(brand.name, settings.trader, site)

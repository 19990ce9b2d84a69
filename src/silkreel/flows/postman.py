"""The postman: a thread beside the server or the worker that sends letters to viewers."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from silkreel.flows.send_letters import Clock, send_letters, write_reminders
from silkreel.kit.clock import now
from silkreel.kit.database import Database
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.people.letters import can_send

STOPS_WITHIN_SECONDS = 30.0  # the letter in hand; one that takes longer is another's afterwards
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often the postman goes."""

    seconds: float = 20.0  # a receipt may take that long; nobody waits for it in front of a page
    reminders_every: int = 180  # rounds: an hour; the tightest rule leaves two days


@contextmanager
def postman(
    settings: Settings, *, rounds: Rounds | None = None, clock: Clock = now
) -> Iterator[None]:
    """Letters leave while the block runs; where no mail server is set up there is no thread."""
    if not can_send(settings):
        yield
        return
    stop = Event()
    walk = settings, rounds or Rounds(), clock, stop
    thread = Thread(target=_walk, args=walk, name="postman", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOPS_WITHIN_SECONDS)


def _walk(settings: Settings, rounds: Rounds, clock: Clock, stop: Event) -> None:
    workshop = open_workshop(settings)
    count = 0
    try:
        while not stop.is_set():
            _round(
                settings, workshop.database, clock, reminders=count % rounds.reminders_every == 0
            )
            count += 1
            stop.wait(rounds.seconds)
    finally:
        workshop.database.close()


def _round(settings: Settings, database: Database, clock: Clock, *, reminders: bool) -> None:
    try:
        if reminders:
            write_reminders(database, clock())
        send_letters(settings, database, clock)
    except Exception:  # the next round tries again: letters are rows
        log.exception("a round of letters failed")

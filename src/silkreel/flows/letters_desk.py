"""Letters at the desk: whose they are, read again as they were sent, and that somebody looked."""

from dataclasses import dataclass

from silkreel.flows.letter_words import worded
from silkreel.flows.send_letters import sender_of
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.post import Posted, opened_letter
from silkreel.people.viewer_codes import folded_address
from silkreel.people.viewers import MAIL, Identity, account_of

RIGHT = "viewers.read"


class NobodyThere(Refusal):
    """No account has that address."""

    status = 404
    message = "No account here has that address. Guests, and addresses that were changed, get none."


@dataclass(frozen=True, slots=True)
class LetterSheet:
    """A letter opened: its words as they were sent, else as they would be; empty if it has none."""

    letter: Posted
    address: str  # of today; empty where none is left
    language: str
    subject: str
    text: str


def find_reader(tx: Session, address: str, by: Actor) -> str:
    """The viewer an address belongs to; that somebody asked is in the log, the address is not.

    Raises:
        NotYours, NoAddress.
        NobodyThere: no account has it.
    """
    by.need(RIGHT)
    viewer = account_of(tx, Identity(by.brand_id, MAIL, folded_address(address)))
    if viewer is None:
        raise NobodyThere
    record(tx, by, "letters.searched", f"viewer:{viewer}")
    return viewer


def read_letter(tx: Session, settings: Settings, letter_id: int, by: Actor) -> LetterSheet:
    """A letter with its words, made again from its facts; that somebody read it is in the log.

    Raises:
        NotYours, NoSuchLetter.
    """
    by.need(RIGHT)
    letter, held = opened_letter(tx, letter_id, by.brand_id)
    record(tx, by, "letter.read", f"letter:{letter_id}", after={"viewer": held.viewer_id})
    address = held.address or ""
    try:
        words = worded(held, address, sender_of(tx, settings, by.brand_id))
    except (KeyError, TypeError, ValueError):  # why it was given up: its facts have no words
        return LetterSheet(letter, address, held.language, "", "")
    return LetterSheet(letter, address, held.language, words.subject, words.text)

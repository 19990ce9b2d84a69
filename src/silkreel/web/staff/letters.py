"""Letters at the desk: the queue, one of them read, and those that were given up sent again."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StringConstraints

from silkreel.flows.letters_desk import LetterSheet, find_reader, read_letter
from silkreel.people.actors import Actor
from silkreel.people.letters import can_send
from silkreel.people.post import Posted, begin_again, begin_all_again, counts, posted
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import Reading, TheSite
from silkreel.web.staff.rights import Needs, StaffTransaction, no_store, noes
from silkreel.web.staff.shapes import NO_CONTROLS

MAX_PAGE = 100
MAX_ADDRESS = 200
MAX_NUMBER = 2**53  # what JavaScript counts exactly
LETTER_NOES: dict[int | str, dict[str, Any]] = noes(400)
router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=LETTER_NOES, dependencies=[Depends(no_store)]
)
Reader = Annotated[Actor, Needs("viewers.read")]
Sender = Annotated[Actor, Needs("viewers.edit")]
Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


class LetterCard(Shape):
    """A letter in the queue: neither its words nor its address."""

    id: int
    viewer: str
    kind: str
    state: str
    tries: int
    problem: str = Field(description="why the last try failed")
    made_at: datetime
    try_at: datetime | None = Field(description="when it is tried next, of one that waits")
    ended_at: datetime | None

    @classmethod
    def of(cls, letter: Posted) -> "LetterCard":
        """From people."""
        return cls(
            id=letter.id, viewer=letter.viewer_id, kind=letter.kind, state=letter.state,
            tries=letter.tries, problem=letter.problem, made_at=letter.made_at,
            try_at=letter.try_at, ended_at=letter.ended_at,
        )  # fmt: skip


class LetterList(Shape):
    """A page of the queue, and how many letters are in each state."""

    letters: list[LetterCard]
    counts: dict[str, int]
    can_send: bool = Field(description="a mail server is set up; without one nothing leaves")
    next_before: int | None


class LetterShape(Shape):
    """A letter opened."""

    letter: LetterCard
    address: str = Field(description="of today; empty where none is left")
    language: str
    subject: str
    text: str = Field(description="empty where its facts have no words")

    @classmethod
    def of(cls, sheet: LetterSheet) -> "LetterShape":
        """From the desk's journey."""
        return cls(
            letter=LetterCard.of(sheet.letter), address=sheet.address, language=sheet.language,
            subject=sheet.subject, text=sheet.text,
        )  # fmt: skip


class AddressHeld(Shape):
    """An address to look for: in the body, so that no server's log keeps it."""

    address: Annotated[str, StringConstraints(max_length=MAX_ADDRESS, pattern=NO_CONTROLS)]


class ReaderFound(Shape):
    """Whose address it is."""

    viewer: str


class BegunAgain(Shape):
    """How many letters wait again."""

    count: int


@router.get("/letters")
def letters(
    by: Reader,
    site: TheSite,
    tx: Reading,
    state: Annotated[str, Query(pattern="^(waiting|sent|dead|moot)?$")] = "",
    viewer: Annotated[str, Query(max_length=64, pattern=NO_CONTROLS)] = "",
    before: Annotated[int | None, Query(ge=1, le=MAX_NUMBER)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 25,
) -> LetterList:
    """The brand's letters, newest first: of a state, to a viewer."""
    found = posted(
        tx, by.brand_id, state=state, viewer_id=viewer, before=before, limit=limit + 1
    )  # fmt: skip
    shown = found[:limit]
    return LetterList(
        letters=[LetterCard.of(each) for each in shown],
        counts=counts(tx, by.brand_id),
        can_send=can_send(site.settings),
        next_before=shown[-1].id if len(found) > limit else None,
    )


@router.post("/letters/find")
def find(held: AddressHeld, by: Reader, tx: StaffTransaction) -> ReaderFound:
    """Whose address this is; that somebody asked is written into the log."""
    return ReaderFound(viewer=find_reader(tx, held.address, by))


@router.post("/letters/again")
def all_again(by: Sender, tx: StaffTransaction) -> BegunAgain:
    """Send all that were given up once more."""
    return BegunAgain(count=len(begin_all_again(tx, by)))


@router.get("/letters/{number}")
def letter(number: Number, by: Reader, site: TheSite, tx: StaffTransaction) -> LetterShape:
    """A letter as it was sent; that somebody read it is written into the log."""
    return LetterShape.of(read_letter(tx, site.settings, number, by))


@router.post("/letters/{number}/again")
def again(number: Number, by: Sender, tx: StaffTransaction) -> LetterCard:
    """Send a letter that was given up once more."""
    return LetterCard.of(begin_again(tx, number, by))

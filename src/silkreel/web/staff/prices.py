"""Prices at the desk: what is in force, a new file, and a second person's yes to a large change."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field, StringConstraints

from silkreel.commerce.book import WEB, Book
from silkreel.commerce.price_file import MOST_LETTERS, write_price_file
from silkreel.commerce.pricebook import book_for, default_book
from silkreel.flows.publish_prices import (
    APPROVE,
    EDIT,
    Proposal,
    approve,
    books_in_force,
    check_prices,
    hand_in,
    reject,
    waiting,
)
from silkreel.people.actors import Actor
from silkreel.people.audit import MAX_REASON
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import Reading
from silkreel.web.staff.rights import NOES, Needs, SignedIn, StaffTransaction, no_store
from silkreel.web.staff.shapes import NO_CONTROLS

router = APIRouter(
    prefix="/api/staff/prices", tags=["staff"], responses=NOES, dependencies=[Depends(no_store)]
)
Reader = Annotated[Actor, Needs("money.read")]
Editor = Annotated[Actor, Needs(EDIT)]
Approver = Annotated[Actor, Needs(APPROVE)]
ProposalId = Annotated[str, Path(pattern="^[0-9a-z]{1,16}$")]
Market = Annotated[str, Path(pattern="^([A-Z]{2}|[0-9]{3})$")]
Reason = Annotated[str, StringConstraints(max_length=MAX_REASON, pattern=NO_CONTROLS)]


class BookShape(Shape):
    """Prices of a market in force."""

    market: str
    currency: str
    version: int
    ways: list[str]
    content: str = Field(description="as a file, to change and hand in again")

    @classmethod
    def of(cls, book: Book) -> "BookShape":
        """From the price book."""
        return cls(
            market=book.market, currency=book.currency, version=book.version,
            ways=list(book.ways), content=write_price_file(book),
        )  # fmt: skip


class ProposalShape(Shape):
    """Prices that wait for a second person."""

    id: str
    market: str
    content: str
    content_sha256: str = Field(description="name it when you approve: it is what you saw")
    why: str
    state: str
    proposed_by: str
    proposed_at: datetime

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalShape":
        """From the proposal."""
        return cls(
            id=proposal.id, market=proposal.market, content=proposal.content,
            content_sha256=proposal.content_sha256, why=proposal.why, state=proposal.state,
            proposed_by=proposal.proposed_name, proposed_at=proposal.proposed_at,
        )  # fmt: skip


class PricesShape(Shape):
    """All of a brand's prices."""

    books: list[BookShape]
    waiting: list[ProposalShape]


class PriceFile(Shape):
    """A file of prices."""

    content: str = Field(max_length=MOST_LETTERS)
    reason: Reason = Field("", description="why, for the log")


class CheckedShape(Shape):
    """A sound file."""

    market: str
    follows: int | None = Field(description="the version in force")
    needs_two: str = Field(description="why a second person has to approve; else empty")


class HandedShape(Shape):
    """What became of a file."""

    market: str
    version: int | None = Field(description="in force now; null while it waits")
    proposal: ProposalShape | None


class Seen(Shape):
    """What the approver saw."""

    content_sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Why(Shape):
    """Why not."""

    reason: Reason


@router.get("")
def prices(by: Reader, tx: Reading) -> PricesShape:
    """Prices in force, by market, and those that wait."""
    books = [BookShape.of(book) for book in books_in_force(tx, by.brand_id, by.at)]
    open_ones = [ProposalShape.of(each) for each in waiting(tx, by.brand_id)]
    return PricesShape(books=books, waiting=open_ones)


@router.get("/{market}")
def prices_of(market: Market, by: Reader, tx: Reading) -> BookShape:
    """Prices of a market: those in force, else a file to start with (version 0)."""
    book = book_for(tx, by.brand_id, market, WEB, by.at)
    if book is not None:
        return BookShape.of(book)
    begun = default_book(market, by.brand_id)
    return BookShape.of(begun).model_copy(update={"version": 0})


@router.post("/check")
def check_price_file(file: PriceFile, by: Editor, tx: Reading) -> CheckedShape:
    """Every mistake of a file, or what publishing it would take."""
    checked = check_prices(tx, file.content, by=by)
    follows = checked.before.version if checked.before else None
    return CheckedShape(market=checked.book.market, follows=follows, needs_two=checked.needs_two)


@router.post("")
def publish_price_file(file: PriceFile, by: Editor, tx: StaffTransaction) -> HandedShape:
    """Put a file in force; a change of a price by more than a fifth waits for a second person."""
    handed = hand_in(tx, file.content, by=by, reason=file.reason)
    proposal = handed.proposal
    return HandedShape(
        market=handed.book.market, version=None if proposal else handed.book.version,
        proposal=ProposalShape.of(proposal) if proposal else None,
    )  # fmt: skip


@router.post("/proposals/{proposal_id}/approve")
def approve_prices(
    proposal_id: ProposalId, seen: Seen, by: Approver, tx: StaffTransaction
) -> BookShape:
    """Approve what somebody else handed in, as you saw it: it is in force from now on."""
    return BookShape.of(approve(tx, proposal_id, seen.content_sha256, by=by))


@router.post("/proposals/{proposal_id}/reject")
def reject_prices(
    proposal_id: ProposalId, why: Why, here: SignedIn, tx: StaffTransaction
) -> ProposalShape:
    """Say no to what somebody handed in, or take back one's own."""
    return ProposalShape.of(reject(tx, proposal_id, by=here.actor, reason=why.reason))

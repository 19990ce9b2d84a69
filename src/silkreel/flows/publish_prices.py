"""A file of prices becomes the book in force; a large change waits for a second person's yes."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.book import STANDARD, WEB, Book
from silkreel.commerce.price_file import read_price_file
from silkreel.commerce.pricebook import NeedsTwo, book_for, check_change, publish_book
from silkreel.commerce.tables import PriceBookRow, PriceProposalRow
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import text_hash
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.brands import demo_brands
from silkreel.people.four_eyes import Work, sign
from silkreel.people.staff import list_people

EDIT, APPROVE = "prices.edit", "money.approve"


class NoSuchProposal(Refusal):
    """Nothing of that name waits."""

    status = 404
    message = "No prices wait under {proposal}. Look at the list of those that do."


class DecidedAlready(Refusal):
    """Somebody was faster."""

    status = 409
    message = "These prices were {state} already. Hand in a new file to change them again."


@dataclass(frozen=True, slots=True)
class Proposal:
    """Prices that wait for a second person, or did."""

    id: str
    brand_id: str
    market: str
    content: str
    content_sha256: str
    why: str
    state: str
    proposed_by: str
    proposed_name: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of a file: a book in force, or a proposal that waits."""

    book: Book
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound file: its book, the one it would follow, and why it needs two persons, if it does."""

    book: Book
    before: Book | None
    needs_two: str


def check_prices(tx: Session, text: str, *, by: Actor) -> Checked:
    """Read a file and hold it against the book in force. Changes nothing.

    Raises:
        BadPriceFile: with every mistake.
    """
    book = read_price_file(text, by.brand_id, demo=by.brand_id in demo_brands(tx))
    before = book_for(tx, book.brand_id, book.market, book.channel, by.at)
    why = ""
    if before is not None and has_staff(tx, by):
        try:
            check_change(before, book, persons=1)
        except NeedsTwo as large:
            why = str(large)
    return Checked(book, before, why)


def hand_in(tx: Session, text: str, *, by: Actor, reason: str = "") -> HandedIn:
    """Publish a file, or let it wait for a second person where it changes a price by a fifth.

    Who runs the machine alone decides alone: there is nobody to ask.

    Raises:
        NotYours, SecondFactorRequired: the person may not change prices.
        BadPriceFile, BadBook: it cannot be published.
    """
    by.need(EDIT)
    checked = check_prices(tx, text, by=by)
    if checked.needs_two:
        return HandedIn(checked.book, _propose(tx, text, checked, by=by, reason=reason))
    book = publish_book(
        tx, checked.book, approved_by=(by.id,), now=by.at, demo=by.brand_id in demo_brands(tx),
        alone=not has_staff(tx, by),
    )  # fmt: skip
    _note(tx, book, by=by, reason=reason)
    return HandedIn(book)


def approve(tx: Session, proposal_id: str, seen_sha256: str, *, by: Actor) -> Book:
    """The second person's yes to exactly what they saw: the book is in force from now on.

    Raises:
        NoSuchProposal, DecidedAlready.
        NotYours, OnlyByPerson, OwnWork, ChangedSince: not by them, or not this.
        BadPriceFile, BadBook: it no longer fits what is in force.
    """
    row = _open(tx, proposal_id, by)
    work = Work(f"prices:{row.id}", row.content_sha256, frozenset({row.proposed_by}))
    sign(tx, work, right=APPROVE, seen_hash=seen_sha256, by=by)
    demo = by.brand_id in demo_brands(tx)
    wanted = read_price_file(row.content, row.brand_id, demo=demo)
    book = publish_book(tx, wanted, approved_by=(row.proposed_by, by.id), now=by.at, demo=demo)
    row.state, row.decided_by, row.decided_at, row.book_id = "published", by.id, by.at, book.id
    _note(tx, book, by=by, reason="")
    return book


def reject(tx: Session, proposal_id: str, *, by: Actor, reason: str) -> Proposal:
    """No, or taken back by whoever handed it in.

    Raises:
        NoSuchProposal, DecidedAlready, NotYours.
    """
    row = _open(tx, proposal_id, by)
    by.need(EDIT if row.proposed_by == by.id else APPROVE)
    row.state, row.decided_by, row.decided_at = "rejected", by.id, by.at
    record(tx, by, "prices.rejected", f"prices:{row.id}", reason=reason)
    tx.flush()
    return _proposal(row)


def waiting(tx: Session, brand_id: str) -> list[Proposal]:
    """Prices that wait for a second person, oldest first."""
    rows = tx.scalars(
        sa.select(PriceProposalRow)
        .where(PriceProposalRow.brand_id == brand_id, PriceProposalRow.state == "open")
        .order_by(PriceProposalRow.proposed_at, PriceProposalRow.id)
    )
    return [_proposal(row) for row in rows]


def books_in_force(tx: Session, brand_id: str, at: datetime) -> list[Book]:
    """The book of each market that has one, by market."""
    markets = sa.select(PriceBookRow.market).where(
        PriceBookRow.brand_id == brand_id, PriceBookRow.channel == WEB,
        PriceBookRow.template == STANDARD, PriceBookRow.valid_from <= at,
    )  # fmt: skip
    found = (
        book_for(tx, brand_id, market, WEB, at)
        for market in sorted(set(tx.scalars(markets)))
    )  # fmt: skip
    return [book for book in found if book is not None]


def has_staff(tx: Session, by: Actor) -> bool:
    """Whether somebody besides the actor works here: then a large change takes two."""
    people = list_people(tx, by.brand_id)
    return any(person.state != "disabled" and person.id != by.id for person in people)


def _propose(tx: Session, text: str, checked: Checked, *, by: Actor, reason: str) -> Proposal:
    row = PriceProposalRow(
        id=random_id(12), brand_id=by.brand_id, market=checked.book.market, content=text,
        content_sha256=text_hash(text), why=checked.needs_two, state="open", proposed_by=by.id,
        proposed_name=by.name, proposed_at=by.at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    after = {"market": row.market, "content_hash": row.content_sha256}
    record(tx, by, "prices.proposed", f"prices:{row.id}", after=after, reason=reason)
    return _proposal(row)


def _note(tx: Session, book: Book, *, by: Actor, reason: str) -> None:
    after = {"market": book.market, "version": book.version, "book": book.id}
    record(tx, by, "prices.published", f"book:{book.id}", after=after, reason=reason)


def _open(tx: Session, proposal_id: str, by: Actor) -> PriceProposalRow:
    row = tx.get(PriceProposalRow, proposal_id, with_for_update=True)
    if row is None or row.brand_id != by.brand_id:
        raise NoSuchProposal(proposal=proposal_id)
    if row.state != "open":
        raise DecidedAlready(state=row.state)
    return row


def _proposal(row: PriceProposalRow) -> Proposal:
    return Proposal(
        row.id, row.brand_id, row.market, row.content, row.content_sha256, row.why, row.state,
        row.proposed_by, row.proposed_name, row.proposed_at,
    )  # fmt: skip

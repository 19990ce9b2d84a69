"""At the desk a person takes a proposal or puts it away; taking it is a save like any other."""

from dataclasses import replace

from silkreel.kit.database import Session
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.assist.deciding import with_proposal
from silkreel.story.assist.record import Call, Proposal, State, add_decision, read_record
from silkreel.story.desk.saving import Saved, place_of, put, take_stock
from silkreel.story.desk.shelf import Shelf, hold
from silkreel.story.project import open_story


def accept(tx: Session, shelf: Shelf, name: str, number: int, *, by: Actor) -> Saved:
    """Take a proposal into the story; the record keeps that a model worded it and who took it.

    Raises:
        NotYours, NoSuchStory: not by them. NoSuchProposal, Decided: none waits.
        LineGone, Stale, FinalChanged: it no longer fits.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    proposal = read_record(folder).proposal(number)
    path, text = with_proposal(open_story(folder), proposal)
    if place_of(folder, path).is_file():
        take_stock(tx, folder, path, by)
    text = text.replace("\r\n", "\n")
    saved = put(tx, folder, path, text, "accepted", by=by, note=f"AI-assisted, proposal {number}")
    _decide(tx, shelf, name, proposal, "accepted", by)
    return saved


def reject(
    tx: Session, shelf: Shelf, name: str, number: int, *, by: Actor
) -> tuple[Proposal, Call]:
    """Put a proposal away.

    Raises:
        NotYours, NoSuchStory: not by them. NoSuchProposal, Decided: none waits.
    """
    by.need("story.edit")
    kept = read_record(hold(tx, shelf, name, by))
    proposal = kept.proposal(number)
    _decide(tx, shelf, name, proposal, "rejected", by)
    decided = replace(proposal, state="rejected", decided_by=by.name)
    return decided, kept.call(proposal.call)


def _decide(
    tx: Session, shelf: Shelf, name: str, proposal: Proposal, state: State, by: Actor
) -> None:
    about = {"proposal": proposal.number, "line": proposal.change.line_id}
    record(tx, by, f"story.proposal_{state}", f"story:{name}", after=about)
    add_decision(shelf.place(name), proposal.number, state, by.name, by.at)

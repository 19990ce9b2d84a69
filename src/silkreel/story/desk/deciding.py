"""At the desk a person takes a proposal or puts it away; taking it is a save like any other."""

from dataclasses import replace

from silkreel.kit.database import Session
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.assist.deciding import edit_of, with_proposal, without
from silkreel.story.assist.record import Call, Edit, Proposal, State, add_decision, read_record
from silkreel.story.desk.saving import Saved, place_of, put, take_stock
from silkreel.story.desk.shelf import Shelf, hold
from silkreel.story.importing import take_in_novel
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
    story = open_story(folder)
    path, text = with_proposal(story, proposal)
    edit = edit_of(story, path, text)
    if place_of(folder, path).is_file():
        take_stock(tx, folder, path, by)
    text = text.replace("\r\n", "\n")
    saved = put(tx, folder, path, text, "accepted", by=by, note=f"AI-assisted, proposal {number}")
    _decide(tx, shelf, name, proposal, "accepted", by, edit)
    return saved


def take_back(tx: Session, shelf: Shelf, name: str, number: int, *, by: Actor) -> Saved:
    """Take an accepted proposal out of the story again; it waits once more.

    Raises:
        NotYours, NoSuchStory: not by them. NoSuchProposal, NotAccepted: nothing of it is there.
        EditedSince, FinalChanged: it was written over, or approved.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    proposal = read_record(folder).accepted(number)
    path, text = without(open_story(folder), proposal)
    if place_of(folder, path).is_file():
        take_stock(tx, folder, path, by)
    saved = put(tx, folder, path, text, "restored", by=by, note=f"without proposal {number}")
    _decide(tx, shelf, name, proposal, "open", by)
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


def bring_novel(
    tx: Session, shelf: Shelf, name: str, upload: tuple[str, bytes], *, by: Actor
) -> int:
    """Keep a finished novel as a story's source; how many paragraphs it has.

    Args:
        tx: open for writing.
        shelf: where the story is.
        name: the story's.
        upload: the file's name, whose ending says its form, and its content.
        by: who brings it.

    Raises:
        NotYours, NoSuchStory: not by them.
        UnknownNovel, BadStoryFile, SourceTaken, SourceTooLong: it cannot be taken in.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    file_name, content = upload
    count = take_in_novel(content, file_name, folder)
    record(tx, by, "story.novel_brought", f"story:{name}", after={"paragraphs": count})
    return count


def _decide(
    tx: Session, shelf: Shelf, name: str, proposal: Proposal, state: State, by: Actor,
    edit: Edit | None = None,
) -> None:  # fmt: skip
    about = {"proposal": proposal.number, "line": proposal.change.line_id}
    told = "taken_back" if state == "open" else state
    record(tx, by, f"story.proposal_{told}", f"story:{name}", after=about)
    add_decision(shelf.place(name), proposal.number, state, by.name, by.at, edit)

"""New stories come onto the shelf: from the starter, or from a script written elsewhere."""

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.desk.revisions import Written, add_revision
from silkreel.story.desk.saving import paths_of, read
from silkreel.story.desk.shelf import MOST_STORIES, NAME, Shelf, claim
from silkreel.story.desk.tables import NAME_LENGTH, DeskStoryRow
from silkreel.story.ids import random_digits
from silkreel.story.importing import Imported, import_script
from silkreel.story.project import Story, open_story
from silkreel.story.stamping import BadName, FolderTaken, Start, new_story


class ShelfFull(Refusal):
    """More stories than anybody writes."""

    status = 409
    message = "The shelf holds {most} stories; move finished ones out of the home's stories folder."


def begin_story(
    tx: Session, shelf: Shelf, title: str, start: Start = "example", *, by: Actor
) -> Story:
    """A small complete story under a title to write over, or a blank one.

    Raises:
        NotYours, BadName, FolderTaken, ShelfFull: it cannot be made.
    """
    by.need("story.edit")
    name = _name_of(title)
    with _incoming(shelf) as incoming:
        new_story(name, incoming, start)
        story = _shelve(tx, shelf, incoming / name, by)
    record(tx, by, "story.begun", f"story:{name}")
    return story


def import_story(
    tx: Session, shelf: Shelf, upload: tuple[str, bytes], title: str, language: str, *, by: Actor
) -> Imported:
    """A story of a script from elsewhere.

    Args:
        tx: open for writing.
        shelf: where it goes.
        upload: the file's name, whose ending says its form, and its content.
        title: its title; by default the file's name.
        language: what it is written in, where the file does not say.
        by: who brings it.

    Raises:
        NotYours, BadName, FolderTaken, ShelfFull: it cannot be made.
        UnknownForm, BadStoryFile, IdsUsedUp, TooTangled: the file cannot be read.
    """
    by.need("story.edit")
    file_name, content = upload
    plain = Path(file_name.replace("\\", "/")).name
    name = _name_of(title or Path(plain).stem)
    with _incoming(shelf) as incoming:
        source = incoming / f"{name}{Path(plain).suffix.lower()}"
        source.write_bytes(content)
        draft = import_script(source, incoming / "made" / name, random_digits, language).draft
        story = _shelve(tx, shelf, incoming / "made" / name, by)
    record(tx, by, "story.imported", f"story:{name}", after={"file": plain[:NAME_LENGTH]})
    return Imported(story, draft)


def _name_of(title: str) -> str:
    """A folder's name from a title: blanks become dashes, what no folder should hold goes."""
    kept = re.sub(r"[^\w .-]", "", unicodedata.normalize("NFC", title)).strip(" .-_")
    name = re.sub(r"[\s-]+", "-", kept)[:NAME_LENGTH].rstrip("-.")
    if not NAME.fullmatch(name):
        raise BadName(name=title[:NAME_LENGTH])
    return name


@contextmanager
def _incoming(shelf: Shelf) -> Iterator[Path]:
    """A folder beside the stories that no list shows: what fails half-way leaves nothing behind."""
    shelf.folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".incoming-", dir=shelf.folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _shelve(tx: Session, shelf: Shelf, made: Path, by: Actor) -> Story:
    if sum(1 for _ in shelf.names()) >= MOST_STORIES:
        raise ShelfFull(most=MOST_STORIES)
    target = shelf.place(made.name)
    if target.exists() or tx.get(DeskStoryRow, made.name) is not None:
        raise FolderTaken(path=made.name)
    claim(tx, made.name, by)
    story = open_story(made)
    written = {script.path: tuple(e.name for e in script.episodes) for script in story.scripts}
    for path in paths_of(made):  # who brings a text has a hand in it
        begun = Written(path, read(made, path), "begun", written.get(path, ()))
        add_revision(tx, made.name, begun, by, by.at)
    made.rename(target)  # last: a folder that cannot be read never reaches the shelf
    return open_story(target)

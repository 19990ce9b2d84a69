"""The shelf: which stories there are, and whose they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.brands import HOUSE
from silkreel.story.desk.tables import NAME_LENGTH, DeskStoryRow

MOST_STORIES = 500  # on one shelf; a house makes some ten a year
NAME = re.compile(rf"\w[\w .-]{{0,{NAME_LENGTH - 1}}}")  # as `stamping.new_story` takes them


class NoSuchStory(Refusal):
    """No story of that name belongs to the brand."""

    status = 404
    message = "There is no story {name} on your shelf; the list of stories names those there are."


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder whose folders are stories."""

    folder: Path

    def place(self, name: str) -> Path:
        """Where a story lies, or would lie.

        Raises:
            NoSuchStory: no folder may be called that.
        """
        if not NAME.fullmatch(name):
            raise NoSuchStory(name=name[:NAME_LENGTH])
        return self.folder / name

    def names(self) -> Iterator[str]:
        """Folders that hold a story."""
        found = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        for each in found[: 2 * MOST_STORIES]:
            if NAME.fullmatch(each.name) and holds_story(each):
                yield each.name


def stories_of(tx: Session, shelf: Shelf, brand_id: str) -> tuple[str, ...]:
    """Names of a brand's stories; a folder nobody has claimed is the house's."""
    owners = {row.name: row.brand_id for row in tx.query(DeskStoryRow)}
    return tuple(name for name in shelf.names() if owners.get(name, HOUSE) == brand_id)


def find_story(tx: Session, shelf: Shelf, name: str, brand_id: str) -> Path:
    """The folder of a brand's story.

    Raises:
        NoSuchStory: there is none.
    """
    folder = shelf.place(name)
    row = tx.get(DeskStoryRow, name)
    owner = row.brand_id if row else HOUSE
    if owner != brand_id or not holds_story(folder):
        raise NoSuchStory(name=name)
    return folder


def hold(tx: Session, shelf: Shelf, name: str, by: Actor) -> Path:
    """The folder of a story, and nobody else's until the transaction ends.

    Raises:
        NoSuchStory: there is none.
    """
    folder = find_story(tx, shelf, name, by.brand_id)
    held = tx.get(DeskStoryRow, name, with_for_update=True, populate_existing=True)
    if held is None:
        try:
            with tx.begin_nested():
                claim(tx, name, by)
        except IntegrityError:  # somebody opened it for the first time at the same moment
            tx.get_one(DeskStoryRow, name, with_for_update=True, populate_existing=True)
    return folder


def claim(tx: Session, name: str, by: Actor) -> None:
    """Say that a story is the brand's of whoever acts."""
    tx.add(DeskStoryRow(name=name, brand_id=by.brand_id, made_at=by.at))
    tx.flush()


def holds_story(folder: Path) -> bool:
    """Whether a folder is a story."""
    return (folder / "script" / "main.ink").is_file() or (folder / "main.ink").is_file()

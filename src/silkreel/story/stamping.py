"""A whole story's ids, stamped into its files; and a new story to begin with."""

import codecs
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from silkreel.kit.refusals import Refusal
from silkreel.story.ids import Draw, IdLock, Stamped, ids_in, print_lock, stamp
from silkreel.story.parsing import parse
from silkreel.story.project import Story, open_story, read_text

Start = Literal["example", "blank"]
STARTS: Mapping[Start, Path] = {
    "example": Path(__file__).parent / "starter", "blank": Path(__file__).parent / "blank",
}  # fmt: skip
_NAME = re.compile(r"[\w][\w .-]{0,79}")


class FolderTaken(Refusal):
    """Something is there already."""

    status = 409
    message = "{path} is there already and not empty; choose another name."


class BadName(Refusal):
    """A name no folder should have."""

    status = 422
    message = "“{name}” is no name for a story; use letters, digits, blanks, dots and dashes."


@dataclass(frozen=True, slots=True)
class StampedStory:
    """Every file of a story after stamping, and the ids it now ever had."""

    files: Mapping[str, Stamped]  # by path in the story's folder
    lock: IdLock
    retired: tuple[str, ...] = ()  # ids whose line is gone since the last time

    @property
    def given(self) -> int:
        """How many ids were given."""
        return sum(len(each.given) for each in self.files.values())


def stamp_story(story: Story, draw: Draw) -> StampedStory:
    """Give every line of a story an id; nothing is written.

    Raises:
        IdsUsedUp, TooTangled: see `ids.stamp`.
    """
    taken = set(story.lock.all) | set(story.ids) | ids_in(_prose(story.folder))
    files: dict[str, Stamped] = {}
    ids: set[str] = set()
    for script in story.scripts:
        text = story.texts[script.path]
        done = stamp(text, taken=taken, draw=draw, names=story.project.names, path=script.path)
        taken |= set(done.given)
        files[script.path] = done
        ids |= set(parse(done.text, script.path, story.project.names).ids)
    lock = story.lock.after(ids)
    return StampedStory(files, lock, tuple(sorted(lock.retired - story.lock.retired)))


def write_stamped(story: Story, stamped: StampedStory) -> None:
    """Write the files that changed and the ids; each file is replaced whole or not at all."""
    for name, done in stamped.files.items():
        if done.text != story.texts[name]:
            replace_file(story.folder / name, done.text)
    if stamped.lock != story.lock or not story.lock_path.exists():
        replace_file(story.lock_path, print_lock(stamped.lock))


def new_story(name: str, folder: Path, start: Start = "example") -> Story:
    """A story that compiles and in which no check finds anything, to be written over.

    The example has two episodes, a choice, a chapter and shots. A blank one has one episode with one
    line, no cast and no places: what a novel brought later would otherwise collide with.

    Raises:
        BadName, FolderTaken: no folder of that name can be made.
    """
    if not _NAME.fullmatch(name):
        raise BadName(name=name[:80])
    root = folder / name
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise FolderTaken(path=str(root))
    for path in sorted(each for each in STARTS[start].rglob("*") if each.is_file()):
        target = root / path.relative_to(STARTS[start])
        target.parent.mkdir(parents=True, exist_ok=True)
        title = name.replace("-", " ").replace("_", " ").strip() or name
        target.write_text(
            path.read_text(encoding="utf-8").replace("{title}", title), encoding="utf-8"
        )
    story = open_story(root)
    replace_file(story.lock_path, print_lock(IdLock().after(story.ids)))
    return open_story(root)


def _prose(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "novel").glob("*.md")):
        yield read_text(path, f"novel/{path.name}")


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all; a byte order mark that was there stays."""
    marked = path.is_file() and path.read_bytes().startswith(codecs.BOM_UTF8)
    beside = path.with_name(path.name + ".new")
    beside.write_bytes((codecs.BOM_UTF8 if marked else b"") + text.encode())
    os.replace(beside, path)  # noqa: PTH105 - the one call that replaces in one go everywhere

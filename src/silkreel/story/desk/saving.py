"""A file is saved over the text its writer saw; who wrote meanwhile loses nothing.

Files are the truth, revisions remember. A file changed outside the desk (an editor, version control)
is noted as `found` before anything is written over it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.desk.finals import check_finals, touched
from silkreel.story.desk.merging import merge
from silkreel.story.desk.revisions import (
    GONE,
    SITTING,
    Kind,
    Written,
    add_revision,
    hash_of,
    known_to,
    newest_of,
    revision,
)
from silkreel.story.desk.shelf import Shelf, hold
from silkreel.story.ids import random_digits
from silkreel.story.parsing import parse
from silkreel.story.project import (
    MAX_FILES,
    BadStoryFile,
    Project,
    decoded,
    open_story,
    read_project,
    read_text,
)
from silkreel.story.stamping import replace_file, stamp_story, write_stamped

_SEGMENT = r"\w[\w.-]{0,79}"
_PATH = re.compile(
    rf"story\.yaml|{_SEGMENT}\.ink"
    rf"|script/(?:{_SEGMENT}/){{0,2}}{_SEGMENT}\.ink|novel/{_SEGMENT}\.md"
    rf"|(?:shots|source|marketing)/{_SEGMENT}\.yaml|i18n/{_SEGMENT}\.po|cues/{_SEGMENT}\.vtt"
)
LONGEST_PATH = 200
FOLDERS = ("script", "novel", "shots", "i18n", "cues", "source", "marketing")


class NoSuchFile(Refusal):
    """A path that is no file of a story."""

    status = 404
    message = (
        "{path} is no file of this story; a story has story.yaml, script/*.ink, novel/*.md, "
        "shots/*.yaml, i18n/*.po, cues/*.vtt, source/*.yaml and marketing/*.yaml."
    )


class SavedMeanwhile(Refusal):
    """Two people changed the same lines."""

    status = 409
    message = (
        "{who} changed the same lines of {path} since you opened it. Nothing of yours was lost and "
        "nothing was overwritten: compare both texts, then save the one that shall stand."
    )


class TooManyFiles(Refusal):
    """More files than any story has."""

    status = 409
    message = "A story has at most {most} files; join some of them."


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer hands in: a file's text, and the hash of the text they began from."""

    path: str
    text: str
    base_hash: str = GONE  # of a file that is new
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """A file as it stands now."""

    path: str
    text: str
    content_hash: str
    number: int
    merged: bool = False


def text_of(content: bytes, path: str) -> str:
    """An upload as a story's text, with plain line ends.

    Raises:
        BadStoryFile: too much, binary, or not UTF-8; with its line.
    """
    return decoded(content, path).replace("\r\n", "\n").replace("\r", "\n")


def place_of(folder: Path, path: str) -> Path:
    """Where a file of a story lies.

    Raises:
        NoSuchFile: no story has such a file, or it would lie outside the story's folder.
    """
    fits = len(path) <= LONGEST_PATH and _PATH.fullmatch(path) and ".." not in path
    place = folder / path
    if not fits or not place.resolve().is_relative_to(folder.resolve()):
        raise NoSuchFile(path=path[:LONGEST_PATH])
    return place


def paths_of(folder: Path) -> tuple[str, ...]:
    """Every file of a story that the desk opens: story.yaml first, then folder by folder."""
    tops = [folder / "story.yaml", *sorted(folder.glob("*.ink"))]
    below = (each for name in FOLDERS for each in sorted((folder / name).rglob("*")))
    shown = (p.relative_to(folder).as_posix() for p in (*tops, *below) if p.is_file())
    return tuple(path for path in shown if _PATH.fullmatch(path))[:MAX_FILES]


def read(folder: Path, path: str) -> str:
    """A file's text as it lies there.

    Raises:
        NoSuchFile, BadStoryFile: there is none, or it cannot be shown.
    """
    place = place_of(folder, path)
    if not place.is_file():
        raise NoSuchFile(path=path)
    return read_text(place, path).replace("\r\n", "\n").replace("\r", "\n")


def open_file(tx: Session, shelf: Shelf, name: str, path: str, *, by: Actor) -> Saved:
    """A file to write on; what was changed outside the desk is noted first.

    Raises:
        NotYours, NoSuchStory, NoSuchFile, BadStoryFile: it cannot be shown.
    """
    by.need("story.read")
    folder = hold(tx, shelf, name, by)
    text = read(folder, path)
    number = take_stock(tx, folder, path, by)
    return Saved(path, text, hash_of(text), number)


def save(tx: Session, shelf: Shelf, name: str, draft: Draft, *, by: Actor) -> Saved:
    """Save a file over the text its writer saw; what others changed elsewhere in it is kept.

    The same text again changes nothing. Raises:
        NotYours, NoSuchStory, NoSuchFile, TooManyFiles: not there, or not by them.
        SavedMeanwhile: the same lines were changed by somebody else.
        FinalChanged, ApproveInstead: approved words stay.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    place = place_of(folder, draft.path)
    there = read(folder, draft.path) if place.is_file() else None
    if there is None and len(paths_of(folder)) >= MAX_FILES:
        raise TooManyFiles(most=MAX_FILES)
    if there is not None:
        take_stock(tx, folder, draft.path, by)
    text = _joined(tx, name, draft, there)
    if text == there:
        newest = newest_of(tx, name, draft.path)
        return Saved(
            draft.path, text, hash_of(text), newest.number if newest else 0, draft.text != text
        )
    merged = text != draft.text
    return put(
        tx, folder, draft.path, text, "merged" if merged else "saved", by=by, note=draft.note
    )


def put(
    tx: Session, folder: Path, path: str, text: str, kind: Kind, *, by: Actor, note: str = "",
    guarded: bool = True,
) -> Saved:  # fmt: skip
    """Write a file and keep its text; the story is held by the caller.

    Raises:
        FinalChanged, ApproveInstead: approved words stay, unless not `guarded`.
    """
    place = place_of(folder, path)
    there = read(folder, path) if place.is_file() else ""
    changed: tuple[str, ...] = ()
    if path.endswith(".ink"):
        names = cast_of(folder)
        if guarded:
            check_finals(there, text, names)
        changed = touched(there, text, names)
    _note(tx, folder.name, path, kind, by)
    number = add_revision(tx, folder.name, Written(path, text, kind, changed, note), by, by.at)
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, text)
    return Saved(path, text, hash_of(text), number, kind == "merged")


def restore(
    tx: Session, shelf: Shelf, name: str, number: int, seen_hash: str, *, by: Actor
) -> Saved:
    """Make an earlier text the newest again: a save like any other.

    Raises:
        NoSuchRevision: there is none. SavedMeanwhile: the file is not what the person saw.
        FinalChanged, ApproveInstead: approved words stay.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    told, text = revision(tx, name, number)
    place = place_of(folder, told.path)
    there = read(folder, told.path) if place.is_file() else ""
    if place.is_file():
        take_stock(tx, folder, told.path, by)
        if hash_of(there) != seen_hash:
            raise SavedMeanwhile(who=_last_writer(tx, name, told.path), path=told.path)
    return put(tx, folder, told.path, text, "restored", by=by, note=f"{number}")


def stamp(tx: Session, shelf: Shelf, name: str, *, by: Actor) -> tuple[int, tuple[str, ...]]:
    """Give every line its id; how many were given, and the ids that retired.

    Raises:
        NotYours, NoSuchStory, BadStoryFile, IdsUsedUp, TooTangled: it cannot be done.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    story = open_story(folder)
    stamped = stamp_story(story, random_digits)
    for path, done in stamped.files.items():
        if done.text != story.texts[path]:
            take_stock(tx, folder, path, by)
            text = done.text.replace("\r\n", "\n")
            add_revision(tx, name, Written(path, text, "stamped"), by, by.at)
    write_stamped(story, stamped)
    after = {"given": stamped.given, "retired": len(stamped.retired)}
    record(tx, by, "story.stamped", f"story:{name}", after=after)
    return stamped.given, stamped.retired


def take_stock(tx: Session, folder: Path, path: str, by: Actor) -> int:
    """Note a file that reads otherwise than it was last saved here. Answers its newest number."""
    text = read(folder, path)
    newest = newest_of(tx, folder.name, path)
    if newest is not None and newest.content_hash == hash_of(text):
        return newest.number
    kind: Kind = "begun" if newest is None else "found"
    return add_revision(tx, folder.name, Written(path, text, kind), None, by.at)


def take_stock_of_all(tx: Session, folder: Path, by: Actor) -> None:
    """Note every file as it stands, so that a later draft can be held against this one."""
    for path in paths_of(folder):
        take_stock(tx, folder, path, by)


def cast_of(folder: Path) -> frozenset[str]:
    """Names that may stand before a colon; none while story.yaml cannot be read."""
    try:
        return read_project(folder / "story.yaml").names
    except BadStoryFile:
        return Project().names


def _joined(tx: Session, name: str, draft: Draft, there: str | None) -> str:
    if there is None or hash_of(there) == draft.base_hash or there == draft.text:
        return draft.text
    base = known_to(tx, name, draft.path, draft.base_hash)
    joined = merge(base, there, draft.text).text if base is not None else None
    if joined is None:
        raise SavedMeanwhile(who=_last_writer(tx, name, draft.path), path=draft.path)
    if draft.path.endswith(".ink") and not _one_each(joined):
        raise SavedMeanwhile(who=_last_writer(tx, name, draft.path), path=draft.path)
    return joined


def _one_each(text: str) -> bool:
    """Whether every id stands once: two people may have moved one line to two places."""
    ids = parse(text).ids
    return len(set(ids)) == len(ids)


def _last_writer(tx: Session, name: str, path: str) -> str:
    newest = newest_of(tx, name, path)
    return newest.staff_name if newest and newest.staff_name else "?"


def _note(tx: Session, name: str, path: str, kind: Kind, by: Actor) -> None:
    """The log gets one row for each sitting; the revisions themselves tell every save."""
    newest = newest_of(tx, name, path)
    goes_on = (
        newest is not None
        and (newest.staff_id, newest.kind, kind) == (by.id, "saved", "saved")
        and by.at - newest.at <= SITTING
    )
    if not goes_on:
        record(tx, by, f"story.{kind}", f"story:{name}", after={"file": path})

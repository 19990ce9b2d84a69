"""A person takes a proposal: it lands in the script while the line still reads as it did, or not at all."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import Change
from silkreel.story.assist.carding import carded
from silkreel.story.assist.landing import Stale, noted_down, planned, put_up
from silkreel.story.assist.placing import staged
from silkreel.story.assist.record import Edit, Proposal
from silkreel.story.assist.telling import told
from silkreel.story.checking import read_chapters, read_translations
from silkreel.story.forms.po import Translations, Wording, write_po
from silkreel.story.ids import ID, Draw, random_digits
from silkreel.story.novel import prose_units
from silkreel.story.patching import FINAL, apply_patches, hash_of
from silkreel.story.project import Story
from silkreel.story.script import Line, Patch, Placed

_STAMPED = re.compile(rf" #id:{ID.pattern}(?= |$)")


class EditedSince(Refusal):
    """What a proposal brought was written over."""

    status = 409
    message = (
        "{path} was changed where this proposal came in, so it cannot be taken back by itself; write "
        "over it by hand."
    )


class LineGone(Refusal):
    """The line is no more."""

    status = 409
    message = "The line {line} is gone, and the proposal with it; reject it."


def with_proposal(story: Story, proposal: Proposal, draw: Draw = random_digits) -> tuple[str, str]:
    """The file a proposal changes and the text it then has; nothing is written.

    Raises:
        LineGone, Stale: it no longer fits; an approved line takes a note and no new words.
    """
    change = proposal.change
    if change.kind == "prose":
        return told(story, change, draw)
    return LANDINGS.get(change.kind, _in_script)(story, change)


def edit_of(story: Story, path: str, text: str) -> Edit:
    """What writing this text into a file changes, as rows: kept, so that it can be taken back."""
    place = story.folder / path
    there = place.is_file()
    before = place.read_text(encoding="utf-8-sig").replace("\r\n", "\n") if there else ""
    old, new = before.split("\n"), text.replace("\r\n", "\n").split("\n")
    head = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    most = min(len(old), len(new)) - head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
    return Edit(path, tuple(removed), tuple(added), not there)


def without(story: Story, proposal: Proposal) -> tuple[str, str]:
    """The file a proposal changed and its text without that; nothing is written.

    Raises:
        EditedSince: the rows it brought do not stand there as it left them.
    """
    edit = proposal.edit
    assert edit is not None
    place = story.folder / edit.path
    text = place.read_text(encoding="utf-8-sig") if place.is_file() else ""
    rows = text.replace("\r\n", "\n").split("\n")
    size = len(edit.added)
    starts = [
        at
        for at in range(len(rows) - size + 1)
        if all(map(_reads_as, rows[at : at + size], edit.added))
    ]
    if len(starts) != 1 or not size:
        raise EditedSince(path=edit.path)
    rows[starts[0] : starts[0] + size] = edit.removed
    undone = "\n".join(rows)
    return edit.path, undone


def _reads_as(row: str, added: str) -> bool:
    """Whether a row is as it was left; an id that was stamped on it since changes nothing."""
    return row == added or _STAMPED.sub("", row, count=1) == added


def _in_script(story: Story, change: Change) -> tuple[str, str]:
    placed = _placed(story, change.line_id)
    if change.kind == "shots":
        return _shots(story, placed, change)
    if change.kind == "translation":
        return _translation(story, placed, change)
    path = _path(placed)
    if change.kind == "note":
        return path, _noted(story.texts[path], placed, change.text)
    if change.kind == "lines":
        return path, _drafted(story, placed, change)
    done = apply_patches(story, path, [Patch(change.line_id, change.old_hash, change.text)])
    if done.refused:
        raise Stale(why=done.refused[0].reason)
    return path, done.text


def _placed(story: Story, line_id: str) -> Placed:
    for placed in story.walk():
        if getattr(placed.node, "id", None) == line_id:
            return placed
    raise LineGone(line=line_id)


def _path(placed: Placed) -> str:
    return placed.node.at.file


def _noted(text: str, placed: Placed, note: str) -> str:
    rows = text.split("\n")
    at = placed.node.at.line - 1
    indent = rows[at][: len(rows[at]) - len(rows[at].lstrip())]
    return "\n".join([*rows[:at], f"{indent}// {' '.join(note.split())}", *rows[at:]])


def _drafted(story: Story, placed: Placed, change: Change) -> str:
    """New lines behind the one they were made for; they get their ids when the story is stamped."""
    line = placed.node
    assert isinstance(line, Line)
    if hash_of(line) != change.old_hash:
        raise Stale(why=f"the line reads “{line.text}” by now")
    if placed.inherited("ws") == FINAL:
        raise Stale(why="the line is final; write a comment instead")
    rows = story.texts[line.at.file].split("\n")
    at = line.at.line
    indent = rows[at - 1][: len(rows[at - 1]) - len(rows[at - 1].lstrip())]
    fresh = [f"{indent}{row}" for row in change.text.split("\n")]
    return "\n".join([*rows[:at], *fresh, *rows[at:]])


def _shots(story: Story, placed: Placed, change: Change) -> tuple[str, str]:
    """A shot list where there is none; one that somebody made is theirs."""
    episode = placed.episode.name if placed.episode else ""
    path = f"shots/{episode}.yaml"
    there: Path = story.folder / path
    if there.is_file() and there.read_text(encoding="utf-8").strip():
        raise Stale(why=f"{path} holds shots already; empty it first if they shall go")
    return path, change.text


def _translation(story: Story, placed: Placed, change: Change) -> tuple[str, str]:
    line = placed.node
    assert isinstance(line, Line)
    if hash_of(line) != change.old_hash:
        raise Stale(why=f"the line reads “{line.text}” by now")
    known = read_translations(story.folder).get(change.language)
    wordings = {(w.line_id, w.use): w for w in (known.wordings if known else ())}
    wordings[change.line_id, "sub"] = Wording(change.line_id, change.text, line.text)
    obsolete = known.obsolete if known else ()
    known_now = Translations(change.language, tuple(wordings.values()), obsolete)
    prose = prose_units(read_chapters(story.folder))
    return f"i18n/{change.language}.po", write_po(story, change.language, known_now, prose)


LANDINGS: Mapping[str, Callable[[Story, Change], tuple[str, str]]] = {
    "episode": planned,
    "bible": noted_down,
    "copy": put_up,
    "card": carded,
    "scene": staged,
}

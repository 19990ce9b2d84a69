"""A person takes a proposal: it lands in the script while the line still reads as it did, or not at all."""

from pathlib import Path

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.record import Proposal
from silkreel.story.assist.tasks import Change
from silkreel.story.checking import read_translations
from silkreel.story.forms.po import Translations, Wording, write_po
from silkreel.story.patching import FINAL, apply_patches, hash_of
from silkreel.story.project import Story
from silkreel.story.script import Line, Patch, Placed


class Stale(Refusal):
    """The line is not what the proposal was made for."""

    status = 409
    message = "This proposal no longer fits: {why}."


class LineGone(Refusal):
    """The line is no more."""

    status = 409
    message = "The line {line} is gone, and the proposal with it; reject it."


def with_proposal(story: Story, proposal: Proposal) -> tuple[str, str]:
    """The file a proposal changes and the text it then has; nothing is written.

    Raises:
        LineGone, Stale: it no longer fits; an approved line takes a note and no new words.
    """
    change = proposal.change
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
    told = Translations(change.language, tuple(wordings.values()))
    return f"i18n/{change.language}.po", write_po(story, change.language, told)

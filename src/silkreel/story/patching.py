"""New words for lines, one by one, and only while each line still reads as it did when they were written.

This is how a desk or an assistant changes a script: by id, never by place. The id stays; so do tags,
notes, and every other byte of the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from silkreel.kit.keys import text_hash
from silkreel.story import grammar
from silkreel.story.parsing import parse
from silkreel.story.printing import print_node
from silkreel.story.project import Story
from silkreel.story.script import Beat, Choice, Line, Patch, Placed, walk

FINAL = "final"


@dataclass(frozen=True, slots=True)
class Refused:
    """A patch that was left alone, and why."""

    patch: Patch
    reason: str


@dataclass(frozen=True, slots=True)
class Patched:
    """A file's text with new words, and the patches that were left alone."""

    text: str
    done: tuple[str, ...]  # ids
    refused: tuple[Refused, ...]


def hash_of(line: Line) -> str:
    """What a patch must carry to say which words it replaces."""
    return text_hash(line.text)


def apply_patches(story: Story, path: str, patches: Sequence[Patch]) -> Patched:
    """One file of a story with new words; nothing is written.

    A patch is left alone where its line is gone, reads otherwise by now, is `#ws:final`, or where the
    new words cannot stand in one line.
    """
    names = frozenset(story.project.names)
    text = story.texts[path]
    done: list[str] = []
    refused: list[Refused] = []
    for patch in patches:
        places = {
            p.node.id: p
            for p in walk(parse(text, path, names))
            if isinstance(p.node, Beat | Choice)
        }
        reason = _against(places.get(patch.id), patch)
        new = None if reason else _reworded(text, places[patch.id], patch, names)
        if new is None:
            refused.append(Refused(patch, reason or "these words cannot stand in one line of text"))
            continue
        text = new
        done.append(patch.id)
    return Patched(text, tuple(done), tuple(refused))


def _against(placed: Placed | None, patch: Patch) -> str:
    if placed is None:
        return "no line of this file has this id"
    assert isinstance(placed.node, Beat | Choice)
    if hash_of(placed.node) != patch.old_hash:
        return f"the line reads “{placed.node.text}” by now"
    if placed.inherited("ws") == FINAL:
        return "the line is final; write a comment instead"
    return ""


def _reworded(text: str, placed: Placed, patch: Patch, names: frozenset[str]) -> str | None:
    """The text with one line's words replaced; None where it would then read otherwise."""
    line = placed.node
    assert isinstance(line, Beat | Choice)
    rows = text.split("\n")
    at = line.at.line - 1
    before = _words(line, names)
    new_line = replace(line, text=" ".join(patch.text.split()))
    position = rows[at].rfind(before, 0, rows[at].find("#id:")) if before else -1
    if position < 0:
        return None
    rows[at] = rows[at][:position] + _words(new_line, names) + rows[at][position + len(before) :]
    changed = "\n".join(rows)
    old, new = (parse(each, "", names).lines for each in (text, changed))
    kept = len(old) == len(new) and all(
        there == (new_line if here.id == line.id else here)
        for here, there in zip(old, new, strict=False)
    )
    return changed if kept else None


def _words(line: Line, names: frozenset[str]) -> str:
    """The words of a line as the file spells them."""
    if isinstance(line, Choice):
        return grammar.raw_text(line.text, bracketed=line.brackets)
    if not line.speaker:
        return print_node(Beat(line.text), names)
    return grammar.raw_text(line.text) if line.direction else grammar.raw_speech(line.text)

"""Fountain read back: headings, names, words, and the notes that hold our ids.

Follows the syntax at fountain.io: a line of capitals between a blank line and words is a name;
`@ . ! > ~` force a kind; `[[…]]` is a note and `/* */` is left out. What could be something else is
listed, never dropped.
"""

import re
from dataclasses import dataclass, field

from silkreel.story.grammar import split_speaker, split_tags
from silkreel.story.readers.draft import Draft, Drafting, plain, said
from silkreel.story.script import Beat, Comment, Desk, Tag, Tags

_HEADING = re.compile(r"(INT|EXT|EST|INT\.?/EXT|I/E)[. ]", re.IGNORECASE)
_NUMBER = re.compile(r"\s*#(?P<id>[^#\s][^#]*)#\s*$")
_NOTE = re.compile(r"\[\[(.*?)\]\]")
_LINE_NOTE = re.compile(r"id:\s*(?P<id>[\w.]+)\s*(?P<tags>.*)")
_DESK_NOTE = re.compile(r"(?P<desk>LOC|VO|SHOT|ART|LEGAL)\s*:\s*(?P<text>.*)")
_SECTION = re.compile(
    r"#+\s*(?:ep|episode\s*|第)?\s*0*(?P<number>\d{1,3})\b\s*集?[.:：\s-]*(?P<title>.*)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?P<key>[A-Za-z ]+):\s*(?P<value>.*)")
_BONEYARD = re.compile(r"/\*.*?\*/", re.DOTALL)
_UNMARK = re.compile(r"\\([*_\[\]])")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=\S)(.+?)(?<=[^\s\\])\1")
_TRANSITION = re.compile(r"[^a-z]*TO:|FADE (IN|OUT)[.:]?|CUT TO BLACK\.?")


@dataclass(slots=True)
class _Speech:
    name: str
    direction: str = ""
    words: list[str] = field(default_factory=list)
    line: int = 0


def read_fountain(text: str, path: str, language: str = "") -> Draft:
    """A Fountain file as a draft."""
    drafting = Drafting(path, language)
    text = _BONEYARD.sub(lambda found: "\n" * found[0].count("\n"), text.replace("\r\n", "\n"))
    rows = text.split("\n")
    at = _title_page(rows, drafting)
    while at < len(rows):
        drafting.line = at + 1
        row = rows[at].strip()
        before = rows[at - 1].strip() if at else ""
        after = rows[at + 1].strip() if at + 1 < len(rows) else ""
        at += 1
        if not row:
            continue
        if _is_name(row, before, after):
            at = _speech(rows, at, row, drafting)
        else:
            _other(row, drafting)
    return drafting.draft()


def _title_page(rows: list[str], drafting: Drafting) -> int:
    """Key and value pairs at the top, up to the first blank line."""
    first = next((number for number, row in enumerate(rows) if row.strip()), len(rows))
    if first == len(rows) or not _TITLE.fullmatch(rows[first].strip()) or rows[first].isupper():
        return first
    at = first
    while at < len(rows) and rows[at].strip():
        found = _TITLE.fullmatch(rows[at].strip())
        if found and found["key"].casefold() == "title":
            drafting.title = _unmarked(found["value"])
        at += 1
    return at


def _is_name(row: str, before: str, after: str) -> bool:
    if before or not after:
        return False
    if row.startswith("@"):
        return True
    bare = re.sub(r"\([^)]*\)|\^", "", row).strip()
    if row[0] in "!.#=>~[" or _HEADING.match(row) or _TRANSITION.fullmatch(bare):
        return False
    return bool(bare) and bare == bare.upper() and bare != bare.lower() and not _NOTE.search(row)


def _speech(rows: list[str], at: int, cue: str, drafting: Drafting) -> int:
    """The words under a name, up to the next blank line."""
    speech = _Speech(cue.removeprefix("@").removesuffix("^").strip())
    while at < len(rows) and rows[at].strip():
        row = rows[at].strip()
        at += 1
        if row.startswith("(") and row.endswith(")") and len(row) > 2:
            if speech.words:
                _say(speech, drafting)
                speech = _Speech(speech.name)
            speech.direction = row[1:-1].strip()
            continue
        speech.line = speech.line or at
        speech.words.append(row)
    if speech.words or speech.direction:
        speech.line = speech.line or at
        _say(speech, drafting)
    return at


def _say(speech: _Speech, drafting: Drafting) -> None:
    """One line for each note with an id; words without one are one line."""
    drafting.line = speech.line
    words = " ".join(speech.words)
    text, notes = _without_notes(words)
    line_id, tags, desks = _told_in(notes)
    beat = said(speech.name, speech.direction, _unmarked(text))
    for desk in desks:
        drafting.comment(desk)
    drafting.beat(Beat(beat.text, beat.speaker, beat.qualifiers, beat.direction, line_id, tags))


def _other(row: str, drafting: Drafting) -> None:
    """A line that is no speech: section, heading, note, or action."""
    section = _SECTION.fullmatch(row) if row.startswith("#") else None
    if section:
        drafting.episode(int(section["number"]), section["title"].strip())
    elif row.startswith("#"):
        drafting.unsure(row, "a section that names no episode; left out")
    elif row.startswith("=") and not row.startswith("==="):
        drafting.episode_title(row.lstrip("= "))
    elif _HEADING.match(row) or (row.startswith(".") and not row.startswith("..")):
        number = _NUMBER.search(row)
        heading = _NUMBER.sub("", row).removeprefix(".").strip()
        drafting.scene(_unmarked(heading), number["id"] if number else "")
    elif not row.startswith("==="):
        _action(row, drafting)


def _action(row: str, drafting: Drafting) -> None:
    forced = row.startswith("!")
    text, notes = _without_notes(row.removeprefix("!"))
    line_id, tags, desks = _told_in(notes)
    location = next((n.partition(":")[2].strip() for n in notes if n.startswith("loc:")), "")
    if location:
        drafting.locate(location)
    for desk in desks:
        drafting.comment(desk)
    if not text:
        return
    if not forced and (_TRANSITION.fullmatch(text) or text.startswith((">", "~"))):
        drafting.unsure(text, "taken as action; in Fountain it is a transition, a lyric or centred")
        text = text.strip("<>~ ")
    spoken = None if forced else split_speaker(text)
    if spoken is None or not spoken.text:
        drafting.beat(Beat(_unmarked(text), id=line_id, tags=tags))
    else:
        words = _unmarked(spoken.text)
        qualifiers = spoken.qualifiers
        drafting.beat(Beat(words, spoken.name, qualifiers, spoken.direction, line_id, tags))


def _without_notes(text: str) -> tuple[str, list[str]]:
    return " ".join(_NOTE.sub(" ", text).split()), [note.strip() for note in _NOTE.findall(text)]


def _told_in(notes: list[str]) -> tuple[str | None, Tags, list[Comment]]:
    """Id, tags and desk notes in the notes of a line; other notes are for writers."""
    line_id: str | None = None
    tags: tuple[Tag, ...] = ()
    comments: list[Comment] = []
    for note in notes:
        ours, desk = _LINE_NOTE.fullmatch(note), _DESK_NOTE.fullmatch(note)
        if ours:
            line_id = ours["id"]
            tags = split_tags(" " + ours["tags"])[1]
        elif desk:
            name: Desk = desk["desk"]  # type: ignore[assignment] # one of the five in the pattern
            comments.append(Comment(desk["text"], name))
        elif not note.startswith("loc:"):
            comments.append(Comment(note))
    return line_id, tags, comments


def _unmarked(text: str) -> str:
    """Words without marks of emphasis."""
    bare = _EMPHASIS.sub(r"\2", text)
    return plain(_UNMARK.sub(r"\1", bare))

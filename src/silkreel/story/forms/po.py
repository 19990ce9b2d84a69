"""Translations as PO: one entry a line, its id the context, the source text the message.

An entry of the base use is `ID`; wordings fitted for dubbing and for print are `ID|dub`, `ID|print`.
Ids nobody knows, stale sources and lost placeholders are listed one by one, never guessed, and never
sink the file.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polib

from silkreel.story.novel import ProseUnit, needs_words
from silkreel.story.project import BadStoryFile, Story, decoded
from silkreel.story.script import NOWHERE, At, Beat, Choice, Comment, Node, tag_value

Use = Literal["sub", "dub", "print"]
USES: tuple[Use, ...] = ("sub", "dub", "print")
_NEIGHBOURS = ("LOC", "VO")
# What a translator writes above an entry once its `LOC:` note is seen to, with a word of how if need be.
TICK = "LOC ok"
_TICK = re.compile(r"\s*LOC\s+ok\b.*", re.IGNORECASE)
Hints = Mapping[str, Sequence[str]]  # what a translator is told of a line, by its id


@dataclass(frozen=True, slots=True)
class Wording:
    """A line's words in another language."""

    line_id: str
    text: str
    source: str  # what the line read when this was worded
    use: Use = "sub"
    draft: bool = False  # marked fuzzy
    at: At = NOWHERE
    notes: str = ""  # what the translator was told with it
    remark: str = ""  # what the translator wrote above it


@dataclass(frozen=True, slots=True)
class Translations:
    """What one PO file holds."""

    language: str
    wordings: tuple[Wording, ...] = ()
    obsolete: tuple[Wording, ...] = ()  # of lines that are gone, kept for the day one comes back


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that was left alone, and why."""

    at: At
    line_id: str
    reason: str


def write_po(
    story: Story,
    language: str,
    known: Translations | None = None,
    prose: Iterable[ProseUnit] = (),
    hints: Hints | None = None,
) -> str:
    """Every line that is worded once, then the novel's prose, with what is known in that language.

    Lines that are the `#same:` as another share its entry and are left out. `hints` are shown to
    translators beside the base entry of their line. Words of lines that are gone stay as obsolete
    entries (`#~`) behind all others, as gettext's tools keep them, and are used again when their line
    comes back; `without_obsolete` drops them.
    """
    told = hints or {}
    kept = (*known.obsolete, *known.wordings) if known else ()
    there = {(w.line_id, w.use): w for w in kept}
    worded_ids: set[str] = set()
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": story.project.title or story.folder.name,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": story.project.language,
    }
    for line, notes, addressee in _with_notes(story):
        worded_ids.add(line.id or "")
        for use in USES:
            wording = there.get((line.id or "", use))
            if use == "sub" or wording is not None:
                own = told.get(line.id or "", ()) if use == "sub" else ()
                file.append(_entry(line, [*notes, *own], addressee, use, wording))
    for unit in prose:
        worded = there.get((unit.id, "print")) or there.get((unit.id, "sub"))
        if worded is None and not needs_words(unit.text):
            continue  # it only quotes: there is nothing in it to translate
        file.append(_prose_entry(unit, told.get(unit.id, ()), worded))
        worded_ids.add(unit.id)
    gone = (w for w in there.values() if w.text and w.line_id not in worded_ids)
    file.extend(_obsolete_entry(each) for each in sorted(gone, key=lambda w: (w.line_id, w.use)))
    return str(file) + "\n"


def without_obsolete(text: str, ids: Collection[str]) -> tuple[str, int]:
    """A PO file without words of lines that are gone, and how many went; all else stays as it is."""
    file = polib.pofile(text + "\n", wrapwidth=0)
    going = [e for e in file if e.obsolete or (e.msgctxt and _id_of(e.msgctxt) not in ids)]
    for each in going:
        file.remove(each)
    return (str(file) + "\n" if going else text), len(going)


def _obsolete_entry(wording: Wording) -> polib.POEntry:
    use = "" if wording.use == "sub" else f"|{wording.use}"
    return polib.POEntry(
        msgctxt=f"{wording.line_id}{use}",
        msgid=wording.source,
        msgstr=wording.text,
        tcomment=wording.remark,
        flags=["fuzzy"] if wording.draft else [],
        obsolete=True,
    )


def _entry(
    line: Beat | Choice, notes: list[str], addressee: str, use: Use, wording: Wording | None
) -> polib.POEntry:
    stale = wording is not None and wording.source != line.text
    return polib.POEntry(
        msgctxt=line.id if use == "sub" else f"{line.id}|{use}",
        msgid=line.text,
        msgstr=wording.text if wording else "",
        comment="\n".join([_who(line, addressee), *notes]).strip(),
        tcomment=_remark(wording, notes) if wording else "",
        occurrences=[(line.at.file, str(line.at.line))],
        flags=["fuzzy"] if wording and (wording.draft or stale) else [],
        previous_msgid=wording.source if wording and stale else None,
    )


def is_ticked(wording: Wording, notes: Iterable[str]) -> bool:
    """Whether the translator has said that these `LOC` notes, as they now read, are seen to."""
    told = wording.notes.splitlines()
    seen = all(f"LOC: {note}" in told for note in notes)
    return seen and any(_TICK.fullmatch(row) for row in wording.remark.splitlines())


def _remark(wording: Wording, notes: Iterable[str]) -> str:
    """What a translator wrote; a tick goes where the note is no longer the one that was ticked."""
    wanted = [note.removeprefix("LOC: ") for note in notes if note.startswith("LOC: ")]
    if is_ticked(wording, wanted):
        return wording.remark
    return "\n".join(row for row in wording.remark.splitlines() if not _TICK.fullmatch(row))


def loc_notes(story: Story) -> dict[str, tuple[str, ...]]:
    """What translators are told of lines, by id; lines without a `// LOC:` are left out."""
    told = ((line.id or "", notes) for line, notes, _ in _with_notes(story))
    found = {
        i: tuple(each.removeprefix("LOC: ") for each in notes if each.startswith("LOC: "))
        for i, notes in told
    }
    return {line_id: notes for line_id, notes in found.items() if notes}


def _prose_entry(unit: ProseUnit, hints: Sequence[str], wording: Wording | None) -> polib.POEntry:
    stale = wording is not None and wording.source != unit.text
    return polib.POEntry(
        msgctxt=unit.id,
        msgid=unit.text,
        msgstr=wording.text if wording else "",
        comment="\n".join([unit.note, *hints]),
        tcomment=wording.remark if wording else "",
        occurrences=[(unit.at.file, str(unit.at.line))],
        flags=["fuzzy"] if wording and (wording.draft or stale) else [],
        previous_msgid=wording.source if wording and stale else None,
    )


def _who(line: Beat | Choice, addressee: str) -> str:
    if isinstance(line, Choice):
        return "An option the player chooses."
    if not line.speaker:
        return "Action; read, not spoken."
    direction = f" ({line.direction})" if line.direction else ""
    return f"{line.speaker}{direction}" + (f" -> {addressee}" if addressee else "")


def _with_notes(story: Story) -> list[tuple[Beat | Choice, list[str], str]]:
    """Lines in the order written, with notes for translators and whom they are said to."""
    told: list[tuple[Beat | Choice, list[str], str]] = []
    notes: list[str] = []
    before, scene = "", None
    for placed in story.walk():
        node: Node = placed.node
        if placed.scene is not scene:
            scene, before = placed.scene, ""
        if isinstance(node, Comment) and node.desk in _NEIGHBOURS:
            notes.append(f"{node.desk}: {node.text}")
        elif isinstance(node, Beat | Choice):
            if node.id and node.text and tag_value(node.tags, "same") is None:
                speaker = node.speaker if isinstance(node, Beat) else ""
                told.append((node, notes, before if speaker and before != speaker else ""))
            notes = []
            if isinstance(node, Beat) and node.speaker:
                before = node.speaker
    return told


def read_po(content: bytes, shown: str) -> Translations:
    """What a PO file holds.

    Raises:
        BadStoryFile: it is no PO file, with the line where it stops being one.
    """
    text = decoded(content, shown)
    try:
        file = polib.pofile(text + "\n")
    except (OSError, ValueError) as problem:
        found = re.search(r"line (\d+)", str(problem)[-200:])
        line = int(found[1]) if found else 1
        raise BadStoryFile(path=shown, line=line, problem="this is no PO file.") from None
    worded = [entry for entry in file if entry.msgctxt]
    return Translations(
        file.metadata.get("Language", ""),
        tuple(_wording(entry, shown) for entry in worded if not entry.obsolete),
        tuple(_wording(entry, shown) for entry in worded if entry.obsolete),
    )


def _wording(entry: polib.POEntry, shown: str) -> Wording:
    return Wording(
        _id_of(entry.msgctxt), entry.msgstr, entry.previous_msgid or entry.msgid,
        _use_of(entry.msgctxt), "fuzzy" in entry.flags, At(shown, entry.linenum or 0),
        entry.comment, entry.tcomment,
    )  # fmt: skip


def listed(
    translations: Translations, story: Story, prose: Iterable[ProseUnit] = ()
) -> tuple[Listed, ...]:
    """Entries that cannot be taken as they are: unknown ids, and ids worded twice."""
    ids = {*story.ids, *(unit.id for unit in prose)}
    found: list[Listed] = []
    once: dict[tuple[str, str], At] = {}
    for wording in translations.wordings:
        key = (wording.line_id, wording.use)
        if wording.line_id not in ids:
            found.append(Listed(wording.at, wording.line_id, "no line has this id"))
        elif key in once:
            found.append(Listed(wording.at, wording.line_id, f"worded already in {once[key]}"))
        once.setdefault(key, wording.at)
    return tuple(found)


def _id_of(context: str) -> str:
    return context.partition("|")[0]


def _use_of(context: str) -> Use:
    told = context.partition("|")[2]
    return next((use for use in USES if use == told), "sub")

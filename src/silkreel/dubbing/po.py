"""Wordings as gettext PO: msgctxt is the line's id, drafts are fuzzy, comments tell who speaks when."""

import polib

from silkreel.dubbing.exchange import (
    MAX_ENTRIES,
    Entry,
    NotReadable,
    Sheet,
    SheetLine,
    decoded,
    exported_lengths,
    hint_of,
    state_of,
)
from silkreel.dubbing.wordings import LENGTHS
from silkreel.engines.contracts import Length
from silkreel.kit.keys import text_hash

BAR = "|"  # between id and length; ids hold none


def write_po(sheet: Sheet) -> bytes:
    """The sheet as a PO file."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": sheet.series,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": sheet.language.replace("-", "_"),
        "X-Source-Language": sheet.source_language,
    }
    for line in sheet.lines:
        for length in exported_lengths(line):
            file.append(_entry(line, length))
    return (str(file) + "\n").encode()


def read_po(content: bytes, name: str = "the file") -> tuple[Entry, ...]:
    """Entries of a PO file; obsolete ones are passed over.

    Raises:
        NotReadable, FileTooLarge: it is no PO file, or none a series needs.
    """
    text = decoded(content, name, "PO")
    if "msgid" not in text:
        raise NotReadable(name=name, form="PO", problem="it holds no msgid")
    try:
        file = polib.pofile(text)
    except (OSError, ValueError, IndexError, AttributeError) as problem:
        words = str(problem) or type(problem).__name__
        raise NotReadable(name=name, form="PO", problem=words) from None
    if len(file) > MAX_ENTRIES:
        raise NotReadable(name=name, form="PO", problem=f"it has over {MAX_ENTRIES} entries")
    return tuple(_read(entry) for entry in file if not entry.obsolete)


def _entry(line: SheetLine, length: Length) -> polib.POEntry:
    source, wording = line.line, line.wordings.get(length)
    return polib.POEntry(
        msgctxt=source.line_id if length == "full" else f"{source.line_id}{BAR}{length}",
        msgid=source.text,
        msgstr=wording.text if wording else "",
        comment="\n".join(hint_of(line)),
        flags=["fuzzy"] if wording and state_of(line, length) == "draft" else [],
    )


def _read(entry: polib.POEntry) -> Entry:
    line_id, _, named = (entry.msgctxt or "").partition(BAR)
    length: Length = next((each for each in LENGTHS if each == named), "full")
    return Entry(
        line_id if named in {"", *LENGTHS} else entry.msgctxt,
        entry.msgstr,
        text_hash(entry.msgid),
        length,
        "draft" if entry.fuzzy else "approved",
    )

"""Wordings as CSV for spreadsheets: one row a wording, the id first, the text last but two."""

import csv
import io
from collections.abc import Mapping

from silkreel.dubbing.exchange import (
    MAX_ENTRIES,
    Entry,
    NotReadable,
    Sheet,
    SheetLine,
    State,
    clock,
    decoded,
    exported_lengths,
    hint_of,
    state_of,
)
from silkreel.dubbing.wordings import LENGTHS
from silkreel.engines.contracts import Length

COLUMNS = ("id", "length", "start", "end", "speaker", "fits_characters", "source", "text", "state",
           "notes", "source_hash")  # fmt: skip
NEEDED = ("id", "text", "source_hash")
# A cell that starts so is a formula to a spreadsheet; an apostrophe in front makes it text again.
FORMULA_STARTS = "=+-@\t\r'"


def write_csv(sheet: Sheet) -> bytes:
    """The sheet as CSV in UTF-8 with a mark that spreadsheets look for."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for line in sheet.lines:
        for length in exported_lengths(line):
            writer.writerow({name: _guarded(cell) for name, cell in _row(line, length).items()})
    return stream.getvalue().encode("utf-8-sig")


def read_csv(content: bytes, name: str = "the file") -> tuple[Entry, ...]:
    """Entries of a CSV file, with commas or semicolons; columns are found by their names.

    Raises:
        NotReadable, FileTooLarge: it is no such table, or none a series needs.
    """
    text = decoded(content, name, "CSV")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [column for column in NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        problem = f"it has no column named {', '.join(missing)}"
        raise NotReadable(name=name, form="CSV", problem=problem)
    entries = []
    try:
        for row in reader:
            entries.append(_entry(row))
            if len(entries) > MAX_ENTRIES:
                raise NotReadable(name=name, form="CSV", problem=f"over {MAX_ENTRIES} rows")
    except csv.Error as problem:
        raise NotReadable(name=name, form="CSV", problem=str(problem)) from None
    return tuple(entries)


def _row(line: SheetLine, length: Length) -> dict[str, str]:
    source, wording = line.line, line.wordings.get(length)
    return {
        "id": source.line_id,
        "length": length,
        "start": clock(source.start_seconds) if source.start_seconds is not None else "",
        "end": clock(source.end_seconds) if source.end_seconds is not None else "",
        "speaker": line.speaker,
        "fits_characters": str(source.allowance_characters or ""),
        "source": source.text,
        "text": wording.text if wording else "",
        "state": state_of(line, length) if wording else "",
        "notes": "; ".join(hint_of(line)),
        "source_hash": source.source_hash,
    }


def _entry(row: Mapping[str, str | None]) -> Entry:
    cells = {name: _unguarded(cell or "") for name, cell in row.items() if isinstance(name, str)}
    length: Length = next((each for each in LENGTHS if each == cells.get("length")), "full")
    state: State = "approved" if cells.get("state", "").strip().lower() == "approved" else "draft"
    return Entry(cells["id"].strip(), cells["text"], cells["source_hash"].strip(), length, state)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA_STARTS else cell


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")

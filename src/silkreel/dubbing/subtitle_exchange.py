"""Full wordings as SRT with a side-car map of ids: SRT itself has none.

With the map a cue finds its line by number. Without it, or where cues were moved, joined or split, a
cue is a proposal for the one line it overlaps by half; anything less clear is listed.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from silkreel.dubbing.exchange import (
    MAX_ENTRIES,
    Entry,
    NotReadable,
    Sheet,
    SheetLine,
    clock,
    decoded,
)

FORM = "silkreel-srt-map/1"
SAME_SHARE = 0.5  # of the shorter of cue and line
CLEAR_LEAD = 0.3  # that the next best line must lie behind
MOVED_SECONDS = 0.25  # a cue farther from its place in the map is not trusted by number
_TIME = r"(\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle event as it stands in the file."""

    number: int
    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class SrtExport:
    """The file and its map."""

    srt: bytes
    id_map: bytes


@dataclass(frozen=True, slots=True)
class SrtReading:
    """Cues that found a line, and those that did not."""

    entries: tuple[Entry, ...]
    unmatched: tuple[Cue, ...]


def write_srt(sheet: Sheet) -> SrtExport:
    """Lines with times and, where they have one, their full wording; waiting lines are left empty."""
    blocks, rows = [], []
    for number, line in enumerate(_timed(sheet), start=1):
        source, full = line.line, line.wordings.get("full")
        start, end = source.start_seconds or 0.0, source.end_seconds or 0.0
        text = full.text if full else ""
        blocks.append(f"{number}\n{clock(start)} --> {clock(end)}\n{text}\n")
        rows.append({
            "cue": number, "id": source.line_id, "source_hash": source.source_hash,
            "source": source.text, "start_seconds": round(start, 3),
        })  # fmt: skip
    facts = {"form": FORM, "series": sheet.series, "language": sheet.language, "cues": rows}
    id_map = json.dumps(facts, ensure_ascii=False, indent=1)
    return SrtExport("\n".join(blocks).encode(), id_map.encode())


def read_srt(
    content: bytes, sheet: Sheet, *, id_map: bytes | None = None, name: str = "the file"
) -> SrtReading:
    """Cues of an SRT file as entries for the sheet's lines.

    Raises:
        NotReadable, FileTooLarge: it is no SRT file, or the map is not ours.
    """
    cues = parse_srt(decoded(content, name, "SRT"), name)
    known = _mapped(id_map, name) if id_map is not None else {}
    entries, unmatched = [], []
    for cue in cues:
        entry = _by_number(cue, known) or _by_time(cue, sheet)
        if entry is not None:
            entries.append(entry)
        elif cue.text:
            unmatched.append(cue)
    return SrtReading(tuple(_joined(entries)), tuple(unmatched))


def parse_srt(text: str, name: str = "the file") -> tuple[Cue, ...]:
    """Every event, its text on one line; tags are taken as text.

    Raises:
        NotReadable: there is no line of times.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [place for place, line in enumerate(lines) if _TIMES.match(line)]
    if not starts and text.strip():
        raise NotReadable(name=name, form="SRT", problem="it has no line of times")
    if len(starts) > MAX_ENTRIES:
        raise NotReadable(name=name, form="SRT", problem=f"it has over {MAX_ENTRIES} cues")
    cues = []
    for order, place in enumerate(starts, start=1):
        above = lines[place - 1].strip() if place else ""
        end = starts[order] - 1 if order < len(starts) else len(lines)
        said = lines[place + 1 : max(place + 1, end)]
        cues.append(
            Cue(
                int(above) if above.isdecimal() and len(above) < 9 else order,
                *_seconds(lines[place]),
                " ".join(line.strip() for line in said if line.strip()),
            )
        )
    return tuple(cues)


def _seconds(line: str) -> tuple[float, float]:
    found = _TIMES.match(line)
    assert found is not None
    hours, minutes, seconds, parts = found.groups()[:4]
    start = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{parts}")
    hours, minutes, seconds, parts = found.groups()[4:]
    return start, int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{parts}")


def _mapped(id_map: bytes, name: str) -> dict[int, tuple[Entry, float]]:
    try:
        facts = json.loads(decoded(id_map, name, "a map of ids"))
        rows = {FORM: facts["cues"]}[facts["form"]]
        return {
            int(row["cue"]): (
                Entry(str(row["id"]), "", str(row["source_hash"])),
                float(row["start_seconds"]),
            )
            for row in rows
        }
    except (ValueError, KeyError, TypeError) as problem:
        words = f"{type(problem).__name__}: {problem}"
        raise NotReadable(name=name, form="a map of ids", problem=words) from None


def _by_number(cue: Cue, known: dict[int, tuple[Entry, float]]) -> Entry | None:
    if cue.number not in known:
        return None
    entry, start_seconds = known[cue.number]
    if abs(cue.start_seconds - start_seconds) > MOVED_SECONDS:
        return None
    return Entry(entry.line_id, cue.text, entry.source_hash)


def _by_time(cue: Cue, sheet: Sheet) -> Entry | None:
    """The one line a cue clearly lies on; its present source is all we can hold it against."""
    if not cue.text:
        return None
    shares = sorted(
        ((_share(cue, line), line) for line in _timed(sheet)), key=lambda pair: -pair[0]
    )
    if not shares or shares[0][0] < SAME_SHARE:
        return None
    if len(shares) > 1 and shares[0][0] - shares[1][0] < CLEAR_LEAD:
        return None
    source = shares[0][1].line
    return Entry(source.line_id, cue.text, source.source_hash, state="draft")


def _share(cue: Cue, line: SheetLine) -> float:
    start, end = line.line.start_seconds or 0.0, line.line.end_seconds or 0.0
    common = min(end, cue.end_seconds) - max(start, cue.start_seconds)
    shorter = min(end - start, cue.end_seconds - cue.start_seconds)
    return common / shorter if shorter > 0 and common > 0 else 0.0


def _joined(entries: Sequence[Entry]) -> list[Entry]:
    """Two cues on one line are its text in two events."""
    found: dict[str, Entry] = {}
    for entry in entries:
        first = found.get(entry.line_id)
        if first is None:
            found[entry.line_id] = entry
        else:
            text = f"{first.text} {entry.text}".strip()
            found[entry.line_id] = Entry(entry.line_id, text, first.source_hash, state=first.state)
    return list(found.values())


def _timed(sheet: Sheet) -> list[SheetLine]:
    timed = [line for line in sheet.lines if line.line.start_seconds is not None]
    return sorted(timed, key=lambda line: (line.line.start_seconds or 0.0, line.line.line_id))

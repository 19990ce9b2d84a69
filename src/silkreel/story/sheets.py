"""Sheets for production as one workbook: what is said and dubbed, what is shot, who is in it.

A row of the first sheet is a voiced line: the series in its order, then what only the game says, with
the option that leads to it. The second lists the shots with the lines they cover; the third counts.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from silkreel.story.forms.po import Wording
from silkreel.story.lints.evidence import Evidence
from silkreel.story.rhythm import beat_seconds
from silkreel.story.script import Beat, Choice, Comment, Gather, Placed, tag_value

LINES = (
    "order", "episode", "scene", "id", "medium", "character", "where", "direction", "line",
    "translation", "state", "about seconds", "notes", "follows option", "shots",
)  # fmt: skip
SHOTS = (
    "episode",
    "shot",
    "size",
    "move",
    "angle",
    "seconds asked",
    "about seconds",
    "covers",
    "lines",
)
CAST = ("character", "episode", "lines", "words or letters")
WRITTEN = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's clock has no zone
WIDTHS = {
    "line": 60,
    "translation": 60,
    "notes": 40,
    "lines": 80,
    "follows option": 40,
    "covers": 40,
}
Rows = list[tuple[Any, ...]]


def write_sheets(evidence: Evidence, walk: Sequence[str], language: str = "") -> bytes:
    """The workbook; with `language` each line beside its words for the dub."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": evidence.story.project.title, "created": WRITTEN})
    _sheet(book, "Lines", LINES, line_rows(evidence, walk, language))
    _sheet(book, "Shots", SHOTS, shot_rows(evidence))
    _sheet(book, "Cast", CAST, cast_rows(evidence))
    book.close()
    return file.getvalue()


def line_rows(evidence: Evidence, walk: Sequence[str], language: str = "") -> Rows:
    """Every voiced line exactly once: the walk's in its order, then the game's as they are written."""
    story, told = evidence.story, _worded(evidence, language)
    shots = _shots_of(evidence)
    order = {line_id: number for number, line_id in enumerate(walk)}
    voiced = [each for each in _voiced(evidence) if each[1].id]
    voiced.sort(key=lambda each: order.get(each[1].id or "", len(order)))
    rows: Rows = []
    for number, (placed, beat, notes, option) in enumerate(voiced, start=1):
        seconds = beat_seconds(beat, story.project)
        wording = told.get(beat.id or "")
        state = "" if not language else _state(wording, beat)
        rows.append((
            number, placed.episode.number if placed.episode else None,
            placed.scene.id if placed.scene else "", beat.id,
            "series" if beat.id in order else tag_value(beat.tags, "only") or "game",
            beat.speaker, ", ".join(beat.qualifiers), beat.direction, beat.text,
            wording.text if wording else "", state, round(seconds, 1) if seconds else None,
            "; ".join(notes), "" if beat.id in order else option, ", ".join(shots[beat.id or ""]),
        ))  # fmt: skip
    return rows


def shot_rows(evidence: Evidence) -> Rows:
    """Every shot of every list, with the words it covers and about how long they last."""
    by_id = {line.id: line for line in evidence.story.lines if isinstance(line, Beat)}
    rows: Rows = []
    for shots in evidence.shot_lists:
        for shot in shots.shots:
            beats = [by_id[i] for i in shot.covers if i in by_id]
            lengths = [beat_seconds(beat, evidence.story.project) for beat in beats]
            about = None if None in lengths else round(sum(x for x in lengths if x), 1)
            rows.append((
                shots.episode, shot.id, shot.size, shot.move, shot.angle, shot.length_seconds,
                about, ", ".join(shot.covers), " / ".join(beat.text for beat in beats),
            ))  # fmt: skip
    return rows


def cast_rows(evidence: Evidence) -> Rows:
    """How much each character says in each episode."""
    lines: Counter[tuple[str, int]] = Counter()
    amounts: Counter[tuple[str, int]] = Counter()
    for placed, beat, _, _ in _voiced(evidence):
        key = (beat.speaker, (placed.episode.number if placed.episode else None) or 0)
        lines[key] += 1
        wide = any(ord(char) >= 0x2E80 for char in beat.text)
        amounts[key] += sum(map(str.isalnum, beat.text)) if wide else len(beat.text.split())
    return [
        (name, episode, lines[name, episode], amounts[name, episode])
        for name, episode in sorted(lines)
    ]


def _voiced(evidence: Evidence) -> Iterator[tuple[Placed, Beat, tuple[str, ...], str]]:
    """Voiced lines as written, each with notes to the voice and the option it stands behind."""
    scene, notes = None, []
    options: dict[int, str] = {}
    for placed in evidence.story.walk():
        node = placed.node
        if placed.scene is not scene:
            scene, options = placed.scene, {}
        match node:
            case Comment(desk="VO" | "LOC"):
                notes.append(f"{node.desk}: {node.text}")
            case Choice() | Gather():
                options = {depth: told for depth, told in options.items() if depth < node.depth}
                if isinstance(node, Choice):
                    options[node.depth] = node.text
                    notes = []
            case Beat():
                if node.spoken:
                    yield placed, node, tuple(notes), options[max(options)] if options else ""
                notes = []
            case _:
                pass


def _worded(evidence: Evidence, language: str) -> Mapping[str, Wording]:
    """The words for the dub, else those for subtitles."""
    known = evidence.translations.get(language)
    found = {w.line_id: w for w in known.wordings if w.use == "sub" and w.text} if known else {}
    fitted = {w.line_id: w for w in known.wordings if w.use == "dub" and w.text} if known else {}
    return {**found, **fitted}


def _state(wording: Wording | None, beat: Beat) -> str:
    if wording is None:
        return "waiting"
    if wording.source != beat.text:
        return "stale"
    return "draft" if wording.draft else "approved"


def _shots_of(evidence: Evidence) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for shots in evidence.shot_lists:
        for shot in shots.shots:
            for line_id in shot.covers:
                found[line_id].append(shot.id)
    return found


def _sheet(book: xlsxwriter.Workbook, name: str, columns: Sequence[str], rows: Rows) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, columns, head)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row, wrapped)
    for column, title in enumerate(columns):
        sheet.set_column(column, column, WIDTHS.get(title, max(10, len(title) + 2)), wrapped)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)

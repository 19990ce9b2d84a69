"""A statement as a file: the CSV is what is issued and hashed; the other formats are made from it.

Every row says what it was computed from, so that a payee can compute it again
(`recompute_statement.py` needs nothing but Python). Lines name lot uses, never a viewer.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from silkreel.commerce.waterfall import Line, Statement

LINE_COLUMNS = tuple(each.name for each in fields(Line))
COLUMNS = ("payee", "name", "period", "version", "n", *LINE_COLUMNS)
KEY = ("series_id", "market", "stream", "base_currency")  # what makes two earnings the same line
Row = dict[str, str]


def to_csv(statement: Statement, version: int) -> str:
    """The statement as RFC 4180 says, in UTF-8: the same statement gives the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    who = (statement.payee.id, statement.payee.name, statement.period, version)
    for n, line in enumerate(statement.lines, start=1):
        writer.writerow([*who, n, *(getattr(line, name) for name in LINE_COLUMNS)])
    return text.getvalue()


def from_csv(content: str) -> list[Row]:
    """The rows of a statement's CSV."""
    return list(csv.DictReader(io.StringIO(content, newline="")))


def digest(content: str) -> str:
    """sha256 of the file's bytes."""
    return hashlib.sha256(content.encode()).hexdigest()


def payable(rows: Sequence[Row]) -> int:
    """The sum of a statement's lines, in the smallest unit of its currency."""
    return sum(int(row["amount_minor"]) for row in rows if row["step"] != "payment")


def cited(statement: Statement, old_rows: Callable[[str], Sequence[Row]]) -> Statement:
    """Corrections name the line they take back: period, version and number.

    `old_rows` gives the payee's statement of a period. A line that is in none (the series had no
    contract then) is cited by its period alone.
    """
    lines = []
    for line in statement.lines:
        number = _line_of(line, old_rows(line.corrects)) if line.corrects else ""
        lines.append(replace(line, corrects=f"{line.corrects}{number}"))
    return replace(statement, lines=tuple(lines))


def _line_of(line: Line, rows: Sequence[Row]) -> str:
    for row in rows:
        same = all(row[name] == getattr(line, name) for name in KEY)
        if same and row["step"] in ("earning", "refund") and not row["corrects"]:
            return f" v{row['version']} line {row['n']}"
    return ""

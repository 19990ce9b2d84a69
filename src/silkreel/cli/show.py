"""How things are shown: tables and progress on a terminal, one line per step elsewhere, or JSON."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from silkreel.kit.words import words

SECONDS_PER_MINUTE = 60
PIPE_COLUMNS = 160  # where nobody can say how wide the page is


def console(*, error: bool = False) -> Console:
    """Where a person reads: standard error for progress, standard output for results."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPE_COLUMNS
    return Console(stderr=error, highlight=False, width=width)


def print_json(value: object) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; a cell that is no `Text` of ours is shown as it is, marks and all."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else escape(str(cell)) for cell in row))
    console().print(table)


def minutes(seconds: float | None) -> str:
    """A length in words people use: `4 min 05 s`, `12 s`, or an honest question mark."""
    if seconds is None:
        return "?"
    whole = max(0, round(seconds))
    if whole < SECONDS_PER_MINUTE:
        return f"{whole} s"
    return f"{whole // SECONDS_PER_MINUTE} min {whole % SECONDS_PER_MINUTE:02d} s"


def _left(seconds: float) -> str:
    return words("about {time} left", time=minutes(seconds))


class Watcher(Protocol):
    """Shows how far a long piece of work is."""

    def step(self, words: str) -> None:
        """Say that something finished."""
        ...

    def share(self, done: float, words: str, seconds_left: float | None) -> None:
        """Show the share done (0..1), what is under way, and an estimate."""
        ...


class _Lines:
    """One line per step, for logs and pipes."""

    def __init__(self) -> None:
        self._last = -1

    def step(self, words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    def share(self, done: float, words: str, seconds_left: float | None) -> None:
        tenth = int(done * 10)
        if tenth != self._last:
            self._last = tenth
            left = f", {_left(seconds_left)}" if seconds_left else ""
            print(f"{done:4.0%} {words}{left}", file=sys.stderr, flush=True)


class _Bar:
    """A progress bar, for a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1.0, left="")

    def step(self, words: str) -> None:
        self._progress.console.print(words)

    def share(self, done: float, words: str, seconds_left: float | None) -> None:
        left = _left(seconds_left) if seconds_left is not None else ""
        self._progress.update(self._task, completed=done, description=words, left=left)


@contextmanager
def watching() -> Iterator[Watcher]:
    """A watcher that fits where standard error goes."""
    target = console(error=True)
    if not target.is_terminal:
        yield _Lines()
        return
    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}", justify="left"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=target, transient=True) as progress:
        yield _Bar(progress)

"""Ids of lines: how they look, and how missing ones are stamped into a file without touching more.

An id is a birthmark: the prefix says where the line was born, and no code reads it again. An id that
was once given is never given again, so a work keeps every id it ever had in `ids.lock`.
"""

import random
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from silkreel.kit.refusals import Refusal
from silkreel.story import grammar
from silkreel.story.parsing import parse
from silkreel.story.script import Beat, Choice, Line, Logic, Placed, Script, walk

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = 4  # 1,048,576 ids for each prefix: a scene holds some thirty lines
# Lines of a series that was filmed first have small letters; one id never mixes both (decision 0071).
ID = re.compile(r"(ep|ch)\d{3}(_[a-z][a-z0-9]*)?_([0-9A-HJKMNP-TV-Z]{4}|[0-9a-hjkmnp-tv-z]{4})")
MOST_DRAWS = 1000  # a prefix so full that this many draws hit is a fault of the source
RETIRED = "retired"
LOCK_HEAD = (
    "# Every line id this story ever had. An id marked retired is never given to another line.\n"
    "# Kept by `silkreel story stamp`; commit it beside the script.\n"
)

_EPISODE = re.compile(r"ep\d{3}")
_SCENE = re.compile(r"[a-z][a-z0-9]*")
_WIDE = re.compile("[：（）]")

Draw = Callable[[], str]


class IdsUsedUp(Refusal):
    """The source of ids gives only ids that are taken."""

    status = 409
    message = "No free id was drawn for {prefix} in {draws} tries; split the scene into two."


class TooTangled(Refusal):
    """An id would not land where it belongs."""

    status = 422
    message = "{path}:{line}: put this text on a line of its own, so that it can have an id."


class LockBroken(Refusal):
    """The file of ids holds something else."""

    status = 422
    message = "{path}:{line}: {text} is no line id; restore the file from version control."


@dataclass(frozen=True, slots=True)
class IdLock:
    """Ids a work ever had: those in the script, and those whose line is gone."""

    live: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every id that must not be given again."""
        return self.live | self.retired

    def after(self, ids: Collection[str]) -> "IdLock":
        """The lock once the script holds `ids`: what was there and is gone retires."""
        here = frozenset(ids)
        return IdLock(here - self.retired, self.retired | (self.live - here))


@dataclass(frozen=True, slots=True)
class Stamped:
    """A file's text with ids, and which were given."""

    text: str
    given: tuple[str, ...] = ()
    normalised: int = 0  # lines whose full-width marks were made plain


def random_digits() -> str:
    """Four random digits, from the machine's own randomness."""
    source = random.SystemRandom()
    return "".join(source.choice(CROCKFORD) for _ in range(DIGITS))


def is_id(text: str) -> bool:
    """Whether a text is spelled as an id."""
    return ID.fullmatch(text) is not None


def prefix_of(placed: Placed) -> str | None:
    """The birthmark of a line born there: ep001_gala; None outside an episode."""
    episode, scene = placed.episode, placed.scene
    if episode is None:
        return None
    if _EPISODE.fullmatch(episode.name):
        name = episode.name
    elif episode.number is not None and episode.number < 1000:
        name = f"ep{episode.number:03}"
    else:
        return None
    return f"{name}_{scene.name}" if scene and _SCENE.fullmatch(scene.name) else name


def stamp(
    text: str, *, taken: Collection[str], draw: Draw, names: Collection[str] = (), path: str = ""
) -> Stamped:
    """Give every line and choice that has none an id; all else stays as it is, byte for byte.

    Only full-width colons and brackets around names and directions are made plain. Stamping what
    was stamped changes nothing.

    Args:
        text: a file of ink.
        taken: ids that must not be given: those of other files, and every id the work ever had.
        draw: gives four digits of `CROCKFORD`.
        names: names and aliases of the cast.
        path: the file's name.

    Raises:
        IdsUsedUp: the source draws nothing that is free.
        TooTangled: a line mixes text and logic so that its id would land elsewhere.
    """
    script = parse(text, path, names)
    known = frozenset(name.upper() for name in names)
    used = set(taken) | set(script.ids)
    rows = text.split("\n")
    starts = _starts(script, rows)
    given, normalised = [], 0
    for placed in walk(script):
        node = placed.node
        if not isinstance(node, Beat | Choice):
            continue
        row = node.at.line - 1
        start = starts.get(row, 0)
        if node.id is None and (at := _insert_at(rows[row], node, start)) is not None:
            prefix = prefix_of(placed)
            if prefix is not None:
                new = draw_id(prefix, used, draw)
                given.append(new)
                rows[row] = _with_id(rows[row], at, new)
        plain = _plain_marks(rows[row], node, start, known)
        normalised += plain != rows[row]
        rows[row] = plain
    done = Stamped("\n".join(rows), tuple(given), normalised)
    _check(script, parse(done.text, path, names), path)
    return done


def _check(before: Script, after: Script, path: str) -> None:
    """Each line must read as it did, with its own id or a new one."""
    old = [placed for placed in walk(before) if isinstance(placed.node, Beat | Choice)]
    for placed, line in zip_longest(old, after.lines):
        if placed is None or line is None or not _came_through(placed, line):
            raise TooTangled(path=path, line=(placed or old[-1]).node.at.line)


def _came_through(placed: Placed, line: Line) -> bool:
    old = placed.node
    assert isinstance(old, Beat | Choice)
    if type(line) is not type(old) or replace(line, id=old.id) != old:
        return False
    needs = old.id is None and prefix_of(placed) is not None
    needs &= isinstance(old, Beat) or old.brackets
    return line.id is not None if needs else line.id == old.id


def draw_id(prefix: str, used: set[str], draw: Draw) -> str:
    """A free id with that prefix, which is used from now on."""
    for _ in range(MOST_DRAWS):
        new = f"{prefix}_{draw()}"
        if new not in used:
            used.add(new)
            return new
    raise IdsUsedUp(prefix=prefix, draws=MOST_DRAWS)


def _starts(script: Script, rows: list[str]) -> dict[int, int]:
    """Where the text begins in rows that open a condition before it, or stand behind a comment."""
    starts = {
        row: line.rfind("*/") + 2
        for row, line in enumerate(rows)
        if "*/" in line and line.rpartition("*/")[2].strip()
    }
    for placed in walk(script):
        node = placed.node
        if isinstance(node, Logic) and node.kind in {"open", "branch"}:
            row = node.at.line - 1
            colon = rows[row].find(":", starts.get(row, 0))
            starts[row] = colon + 1 if colon >= 0 else 0
    return starts


def _code_end(row: str, start: int) -> int:
    """Where the code of a row ends: before a comment and trailing blanks."""
    marks = [at for mark in ("//", "/*") if (at := row.find(mark, start)) >= 0]
    return start + len(row[start : min(marks, default=len(row))].rstrip())


def _insert_at(row: str, node: Beat | Choice, start: int) -> int | None:
    """Where an id goes: behind the text, before other tags, a divert or the closing bracket."""
    end = _code_end(row, start)
    if isinstance(node, Choice):
        if not node.brackets:
            return None
        opening = start + grammar.find_bare(row[start:end], "[") + 1
        inside = opening + grammar.find_bare(row[opening:end], "]")
        return opening + _before_tags(row[opening:inside])
    code = row[start:end]
    while grammar.brace_balance(code) < 0 <= grammar.brace_balance(node.text):
        code = code[: code.rfind("}")]
    arrow = grammar.find_bare(code, "->")
    return start + _before_tags(code if arrow < 0 else code[:arrow])


def _before_tags(code: str) -> int:
    text, _ = grammar.split_tags(code)
    blanks = len(code) - len(code.lstrip())
    return blanks + len(text) if text else len(code.rstrip())


def _with_id(row: str, at: int, new: str) -> str:
    tight = row[at : at + 1] not in {"", " ", "\t", "]", "\r"}
    return f"{row[:at]} #id:{new}{' ' if tight else ''}{row[at:]}"


def _plain_marks(row: str, node: Beat | Choice, start: int, names: frozenset[str]) -> str:
    """The row with full-width marks around name and direction made plain; its words stay."""
    if not isinstance(node, Beat) or not node.speaker or not _WIDE.search(row):
        return row
    at = row.find(node.speaker, start)
    spoken = grammar.split_speaker(row[at:], names)
    if spoken is None or not _WIDE.search(row[at : at + spoken.text_at]):
        return row
    name = node.speaker + (f" ({', '.join(node.qualifiers)})" if node.qualifiers else "")
    direction = f" ({node.direction})" if node.direction else ""
    return f"{row[:at]}{name}:{direction} {row[at + spoken.text_at :].lstrip()}"


def read_lock(text: str, path: str = "ids.lock") -> IdLock:
    """What an `ids.lock` holds.

    Raises:
        LockBroken: a line is no id.
    """
    live: set[str] = set()
    retired: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, mark = line.strip().partition(" ")
        if not is_id(name) or mark not in {"", RETIRED}:
            raise LockBroken(path=path, line=number, text=line.strip()[:60])
        (retired if mark else live).add(name)
    return IdLock(frozenset(live), frozenset(retired))


def print_lock(lock: IdLock) -> str:
    """The lock as its file, sorted so that two writers' changes merge."""
    rows = [f"{name} {RETIRED}" if name in lock.retired else name for name in sorted(lock.all)]
    return LOCK_HEAD + "".join(f"{row}\n" for row in rows)


def ids_in(texts: Iterable[str]) -> set[str]:
    """Everything spelled as an id in texts of any kind: what a new id must differ from."""
    return {found[0] for text in texts for found in ID.finditer(text)}


def lock_path(folder: Path, lone_file: str | None = None) -> Path:
    """Where a work keeps its ids: `ids.lock` in its folder, beside a lone file under its name."""
    return folder / (f"{Path(lone_file).stem}.ids.lock" if lone_file else "ids.lock")

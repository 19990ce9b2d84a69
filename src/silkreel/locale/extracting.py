"""Finds the sentences: `message` of a refusal, `SENTENCES` tables, `words(...)`, and the page's words.

Reads the syntax tree, imports nothing: a sentence counts where it is written, not where it is said.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent.parent
PAGES = tuple(
    SOURCES / "web" / "ui" / part / "words.json"
    for part in ("shared", "money", "desk", "app/story")
)
NOT_OURS = ("locale", "migrations")  # folders that say nothing to people
SAID = ("words", "Counted")
TABLES = "SENTENCES"
ONE, MANY = ".one", ".other"  # how the page names the forms of a sentence with a count
_PLACE = re.compile(r"\{[^{}]*\}")


class NotLiteralError(ValueError):
    """An f-string in `words(...)`: nobody could find it in a catalogue."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to translate, where it stands, and what helps to translate it."""

    text: str
    many: str = ""  # the form for many, where the form follows a count
    context: str = ""  # the page's id of it
    place: str = ""  # the file it stands in
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue finds it by."""
        return self.context, self.text


@cache
def find_sentences(folder: Path = SOURCES, pages: tuple[Path, ...] = PAGES) -> tuple[Sentence, ...]:
    """Every sentence once, in the order of their keys, with all its places and notes.

    Raises:
        NotLiteralError: `words` is handed an f-string.
    """
    found = [*_of_program(folder), *(each for page in pages for each in _of_page(page))]
    return tuple(_joined(same) for _, same in sorted(_by_key(found).items()))


def places(text: str) -> list[str]:
    """The names between braces, each as often as it comes, without how the value is written."""
    return sorted(re.split(r"[:!.\[]", each[1:-1])[0] for each in _PLACE.findall(text))


def sentences_in(text: str, place: str) -> Iterator[Sentence]:
    """The sentences of one module's text."""
    for node in ast.walk(ast.parse(text, place)):
        for each in _of_node(node, place):
            if any(character.isalpha() for character in _PLACE.sub("", each.text)):
                yield each


def _of_program(folder: Path) -> Iterator[Sentence]:
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder.parent)
        if place.parts[1] not in NOT_OURS:
            yield from sentences_in(path.read_text("utf-8"), place.as_posix())


def _of_page(path: Path) -> Iterator[Sentence]:
    english: dict[str, str] = json.loads(path.read_text("utf-8"))
    place = "silkreel/web/ui"
    for key, text in english.items():
        one = english.get(key.removesuffix(MANY) + ONE) if key.endswith(MANY) else None
        if one is not None:
            yield Sentence(one, text, key.removesuffix(MANY), place)
        elif not key.endswith(ONE):
            yield Sentence(text, context=key, place=place)


def _of_node(node: ast.AST, place: str) -> Iterator[Sentence]:
    if isinstance(node, ast.ClassDef):
        note = (ast.get_docstring(node) or "").partition("\n")[0]
        yield from _of_texts(
            (value for name, value in _assigned(node) if name == "message"), place, note
        )
    elif isinstance(node, ast.Module):
        tables = [value for name, value in _assigned(node) if name.endswith(TABLES)]
        for table in tables:
            if isinstance(table, ast.Dict):
                yield from _of_texts(table.values, place)
            elif isinstance(table, ast.Tuple):
                yield from _of_texts(table.elts, place)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID:
        if node.func.id == "Counted":
            yield _counted(node, place)
        elif node.args:
            yield from _of_said(node.args[0], place)


def _of_said(node: ast.expr, place: str) -> Iterator[Sentence]:
    """What stands in `words(...)`; a choice between two sentences is both of them."""
    if isinstance(node, ast.JoinedStr):
        raise NotLiteralError(f"{place}, line {node.lineno}: words() needs places, not an f-string")
    if isinstance(node, ast.IfExp):
        yield from _of_said(node.body, place)
        yield from _of_said(node.orelse, place)
    else:
        yield from _of_texts([node], place)


def _of_texts(nodes: Iterable[ast.expr], place: str, note: str = "") -> Iterator[Sentence]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Sentence(node.value, place=place, note=note)


def _assigned(node: ast.ClassDef | ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for each in node.body:
        targets = each.targets if isinstance(each, ast.Assign) else []
        if isinstance(each, ast.AnnAssign):
            targets = [each.target]
        for target in targets:
            value = getattr(each, "value", None)
            if isinstance(target, ast.Name) and value is not None:
                yield target.id, value


def _counted(call: ast.Call, place: str) -> Sentence:
    named = {each.arg: each.value for each in call.keywords}
    many, one = ast.literal_eval(call.args[0]), ast.literal_eval(named["one"])
    return Sentence(one, many, place=place)


def _by_key(found: Iterable[Sentence]) -> dict[tuple[str, str], list[Sentence]]:
    groups: dict[tuple[str, str], list[Sentence]] = {}
    for each in found:
        groups.setdefault(each.key, []).append(each)
    return groups


def _joined(same: list[Sentence]) -> Sentence:
    first = same[0]
    where = sorted({each.place for each in same})
    notes = sorted({each.note for each in same if each.note})
    many = next((each.many for each in same if each.many), "")
    return Sentence(first.text, many, first.context, " ".join(where), "\n".join(notes))

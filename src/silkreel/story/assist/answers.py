"""What an answer is made of: its schema's parts, how its fields are read, and what it proposes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from silkreel.story.assist.material import Material

Kind = Literal[
    "words",
    "note",
    "shots",
    "translation",
    "lines",
    "episode",
    "bible",
    "prose",
    "copy",
    "card",
    "scene",
]
Scope = Literal["episode", "novel", "series"]
MOST_ITEMS = 60  # of one answer; an episode has some 35 lines
LONGEST_WORDS = 400  # characters; a line of a script is below 100
LONGEST_NOTE = 600


@dataclass(frozen=True, slots=True)
class Change:
    """One thing proposed; `line_id` is where it belongs, `old_hash` what it was made for."""

    kind: Kind
    line_id: str
    old_hash: str
    text: str
    reason: str = ""
    language: str = ""
    old_text: str = ""  # what it would replace, to be seen beside it
    place: str = ""  # the list of a file it joins, or the scene it tells


Answer = Mapping[str, Any]
Check = Callable[[Answer, Material, str], Sequence[Change]]
Gather = Callable[[Sequence[Sequence[Change]], Sequence[Material]], Sequence[Change]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something a model may be asked to propose."""

    name: str
    schema: Mapping[str, Any]
    check: Check
    tokens_a_line: int  # of the answer, about
    wants_language: bool = False
    scope: Scope = "episode"
    gather: Gather | None = None  # joins the answers of the parts a long text is asked in
    prompt: str = ""  # the file it is asked with, where that is not its name


TEXT: Mapping[str, Any] = {"type": "string"}


def fields_of(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with these fields and no other."""
    return {
        "type": "object", "properties": fields, "required": list(fields),
        "additionalProperties": False,
    }  # fmt: skip


def list_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": item, "maxItems": MOST_ITEMS}


def items(answer: Answer, name: str) -> list[Mapping[str, Any]]:
    """The list an answer holds under a name.

    Raises:
        ValueError: it holds none.
    """
    found = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError(f'the answer must be an object with a list "{name}" of objects')
    if len(found) > MOST_ITEMS:
        raise ValueError(f'"{name}" has {len(found)} entries; give at most {MOST_ITEMS}')
    return found


def words_of(item: Mapping[str, Any], name: str, most: int = LONGEST_NOTE) -> str:
    """One line of text under a name.

    Raises:
        ValueError: there is none, or it is longer than any line.
    """
    told = item.get(name)
    text = " ".join(told.split()) if isinstance(told, str) else ""
    if not text:
        raise ValueError(f'"{name}" is missing or empty')
    if len(text) > most:
        raise ValueError(f'"{name}" has {len(text)} characters; at most {most} are taken')
    return text


def nothing_else(answer: Answer, schema: Mapping[str, Any]) -> None:
    """Refuse an answer that holds more than its schema asks for, whatever the endpoint let through.

    Raises:
        ValueError: it does, or it is no object.
    """
    wanted = list(schema["required"])
    if not isinstance(answer, Mapping):
        raise ValueError(f"the answer must be an object with {wanted}")  # noqa: TRY004 - as words
    for name in answer:
        if name not in wanted:
            raise ValueError(f'"{str(name)[:40]}" is not asked for; answer with {wanted} only')


def texts_of(item: Mapping[str, Any], name: str, most: int = LONGEST_NOTE) -> list[str]:
    """A list of short texts under a name; an empty one is a list too.

    Raises:
        ValueError: it is none, or one of them is empty or too long.
    """
    told = item.get(name)
    if not isinstance(told, list) or len(told) > MOST_ITEMS:
        raise ValueError(f'"{name}" must be a list of at most {MOST_ITEMS} texts')
    return [words_of({name: each}, name, most) for each in told]


def maybe_words(item: Mapping[str, Any], name: str, most: int = LONGEST_NOTE) -> str:
    """One line of text under a name, or nothing where it is empty or missing.

    Raises:
        ValueError: it is longer than any line.
    """
    return words_of(item, name, most) if item.get(name) else ""

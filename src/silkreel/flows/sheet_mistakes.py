"""Mistakes in series.yaml in a person's words: which line, what was expected, what to write."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

# One line to copy for each field, by its place in the sheet.
EXAMPLES = {
    "slug": "slug: night-ferry",
    "title": "title: {zh-Hans: 夜渡, en: Night Ferry}",
    "synopsis": "synopsis: {en: She takes the last boat home.}",
    "source_language": "source_language: zh-Hans",
    "orientation": "orientation: vertical",
    "cast": "cast: [{name: 阿梅, names: {en: Mei}}]",
    "cast.name": "name: 阿梅",
    "cast.names": "names: {en: Mei}",
    "cast.voices": 'voices: {en: "kokoro:af_heart"}',
    "cast.lines": "lines: [你终于回来了]",
    "terms": "terms: [{source: 夜渡, targets: {en: Night Ferry}}]",
    "terms.source": "source: 夜渡",
    "terms.kind": "kind: place",
    "terms.reading": "reading: Yè Dù",
    "terms.targets": "targets: {en: Night Ferry}",
    "terms.forbidden": "forbidden: {en: [Night Boat]}",
    "rights": "rights: {owner: Harbour Studio}",
    "fixes": "fixes: [vfr]",
}
_TEXTS = ("title", "synopsis", "names", "voices", "targets")  # texts by language
_KINDS = {
    "dict_type": "must be fields with their values",
    "list_type": "must be a list",
    "model_type": "must be a list of entries with fields",
    "string_too_short": "must not be empty",
}
# What stands wrong in a line, by a part of what the YAML reader says of it.
_YAML_HINTS = (
    ("expected ',' or", "a bracket is not closed"),
    ("mapping values are not allowed", "there is a colon in a text; put the text in quotes"),
    ("cannot start any token", "a tab or a mark stands where a text begins; use blanks or quotes"),
    ("block end", "the lines of one list do not begin in the same column"),
    ("could not find expected ':'", "a field has no colon behind its name"),
    ("quoted scalar", "a quote is not closed"),
)


def yaml_mistake(problem: yaml.YAMLError) -> tuple[int | None, str]:
    """Line and sentence for a text that is no YAML."""
    mark = getattr(problem, "problem_mark", None)
    told = str(getattr(problem, "problem", None) or problem)
    hint = next((words for part, words in _YAML_HINTS if part in told), "it is no YAML")
    example = EXAMPLES["slug"]
    return (
        mark.line + 1 if mark else None,
        f"{hint}; write each field as NAME: VALUE, for example `{example}`",
    )


def field_mistake(problem: ValidationError, root: yaml.Node) -> tuple[int | None, str]:
    """Line and sentence for the first field that is not as it should be."""
    error = problem.errors()[0]
    loc = [part for part in error["loc"] if part != "[key]"]
    names = [str(part) for part in loc if isinstance(part, str)]
    line = _line(root, loc)
    place = ".".join(names)
    if error["type"] == "extra_forbidden":
        return line, _unknown_field(names)
    if error["type"] == "missing":
        return (
            line,
            f"{names[0]} needs the field {names[-1]}; write for example `{_example(names)}`",
        )
    return line, f"{place} {_expected(error, names)}; write for example `{_example(names)}`"


def _unknown_field(names: Sequence[str]) -> str:
    known = [name for name in EXAMPLES if name.count(".") == len(names) - 1]
    known = [name.rpartition(".")[2] for name in known if _parent(name) in ("", names[0])]
    close = get_close_matches(names[-1], known, n=1)
    if close:
        example = _example([*names[:-1], close[0]])
        return f"there is no field {names[-1]}, perhaps {close[0]} is meant; write `{example}`"
    return f"there is no field {names[-1]}; the fields here are {', '.join(known)}"


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _example(names: Sequence[str]) -> str:
    for key in (".".join(names[:2]), names[0]):
        if key in EXAMPLES:
            return EXAMPLES[key]
    return EXAMPLES["slug"]


def _expected(error: ErrorDetails, names: Sequence[str]) -> str:
    kind, told = error["type"], error.get("ctx", {})
    if kind == "value_error":  # our own sentence, about a language or a voice
        return str(told.get("error", "")).rstrip(".")
    if kind == "literal_error":
        return f"must be {told.get('expected')}, not {error['input']!r}"
    if kind == "dict_type" and names[-1] in _TEXTS:
        return "must be texts by language"
    return _KINDS.get(kind, "must be a text; put it in quotes")


def _line(root: yaml.Node, loc: Sequence[int | str]) -> int | None:
    """The line of a place in the sheet; of the nearest part above it that is there."""
    node, line = root, None
    for part in loc:
        found = _child(node, part)
        if found is None:
            break
        key, node = found
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return (node.value[part], node.value[part]) if part < len(node.value) else None
    return None


def plain_values(value: Any) -> Any:
    """A value as JSON can keep it: keys are texts, and so is what JSON does not know."""
    if isinstance(value, Mapping):
        return {str(key): plain_values(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain_values(each) for each in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value if isinstance(value, float) and isfinite(value) else str(value)

"""series.yaml: what a producer says of a series, read strictly, with the line of every mistake."""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from silkreel.flows.sheet_mistakes import EXAMPLES, field_mistake, plain_values, yaml_mistake
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal

SHEET_NAMES = ("series.yaml", "series.yml")
MAX_DEPTH = 12  # the deepest field of ours is at 4
SHEET_BYTES = 1024 * 1024  # a cast list is a few KB; more is not a sheet


def _tag(value: object) -> str:
    try:
        return normal_tag(str(value))
    except Refusal:
        raise ValueError(f"has {value}, which is no language tag") from None


def _voice(value: object) -> object:
    if isinstance(value, str) and not all(part.strip() for part in (*value.split(":", 1), "")[:2]):
        raise ValueError(f"has {value}, which is not ENGINE:PRESET")
    return value


Tag = Annotated[str, BeforeValidator(_tag)]
Voice = Annotated[str, BeforeValidator(_voice)]


class _Loader(yaml.SafeLoader):
    """YAML's own reader, but dates stay the text they are, and `no` is Norwegian."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - how the reader declares it
        first: [
            (tag, form)
            for tag, form in resolvers
            if not tag.endswith(":timestamp") and not (tag.endswith(":bool") and first in "yYnNoO")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class BadSheet(Refusal):
    """series.yaml cannot be understood."""

    message = "{place}: {problem}."


class CastSheet(BaseModel):
    """A character: name in the source language, names elsewhere, voices by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    names: dict[Tag, str] = {}
    voices: dict[Tag, Voice] = {}  # ENGINE:PRESET
    lines: list[str] = []  # texts this character says, where a producer knows


class TermSheet(BaseModel):
    """A name or phrase that must read the same everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    kind: Literal["name", "person", "place", "title", "brand", "idiom"] = "name"
    reading: str = ""
    targets: dict[Tag, str] = {}
    forbidden: dict[Tag, list[str]] = {}


class SeriesSheet(BaseModel):
    """The whole sheet; every field may be left out, and None was not said.

    A title or synopsis under the empty tag is in the source language, whichever that is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str | None = None
    title: dict[Tag, str] | None = None
    synopsis: dict[Tag, str] | None = None
    source_language: Tag | None = None
    orientation: Literal["vertical", "landscape"] | None = None
    cast: list[CastSheet] = []
    terms: list[TermSheet] = []
    rights: dict[str, Any] | None = None
    fixes: list[str] = []


def read_sheet(folder: Path) -> SeriesSheet:
    """The folder's series.yaml, or an empty sheet where there is none.

    Raises:
        BadSheet: it cannot be read, is too large, not YAML, or has a field that is not known.
    """
    for name in SHEET_NAMES:
        path = folder / name
        if path.exists() or path.is_symlink():
            return _parse(name, _text(name, path))
    return SeriesSheet()


def _text(name: str, path: Path) -> str:
    try:
        if path.stat().st_size > SHEET_BYTES:
            raise BadSheet(place=name, problem="it is larger than 1 MB, which no series needs")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet(place=name, problem="it is not UTF-8; save it as UTF-8") from None
    except OSError as problem:
        words = f"it cannot be read ({problem.strerror}); put a text file in its place"
        raise BadSheet(place=name, problem=words) from None


def _parse(name: str, text: str) -> SeriesSheet:
    root = _compose(name, text)
    if root is None:
        return SeriesSheet()
    if not isinstance(root, yaml.MappingNode):
        words = f"it must hold fields with their values; write for example `{EXAMPLES['slug']}`"
        raise BadSheet(place=name, problem=words)
    try:
        return _sheet(plain_values(yaml.load(text, _Loader)))  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as problem:  # a key that is a list
        raise _bad(name, *yaml_mistake(problem)) from None
    except ValidationError as problem:
        raise _bad(name, *field_mistake(problem, root)) from None


def _compose(name: str, text: str) -> yaml.Node | None:
    """The sheet's nodes with their lines, None for an empty one."""
    depth = 0
    try:
        for event in yaml.parse(text, _Loader):
            line = event.start_mark.line + 1 if event.start_mark else None
            if isinstance(event, yaml.AliasEvent):  # a few of them can stand for gigabytes
                raise _bad(name, line, "references (*name) are not taken; write the values out")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise _bad(name, line, "brackets or lists lie too deep in each other; close them")
        return yaml.compose(text, _Loader)
    except yaml.YAMLError as problem:
        raise _bad(name, *yaml_mistake(problem)) from None


def _sheet(content: dict[str, Any]) -> SeriesSheet:
    untagged = {
        field: {content.get("source_language") or "": content.pop(field)}
        for field in ("title", "synopsis")
        if isinstance(content.get(field), str)
    }
    said = {field: value for field, value in untagged.items() if "" not in value}
    sheet = SeriesSheet.model_validate(content | said)
    return sheet.model_copy(update={f: v for f, v in untagged.items() if f not in said})


def _bad(name: str, line: int | None, problem: str) -> BadSheet:
    return BadSheet(place=f"{name}, line {line}" if line else name, problem=problem)

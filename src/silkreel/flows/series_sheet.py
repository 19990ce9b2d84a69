"""series.yaml: what a producer says of a series, read strictly, with the line of every mistake."""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from silkreel.kit.languages import UnknownLanguage, normal_tag
from silkreel.kit.refusals import Refusal

SHEET_NAMES = ("series.yaml", "series.yml")
SHEET_BYTES = 1024 * 1024  # a cast list is a few KB; more is not a sheet


def _tag(value: object) -> str:
    try:
        return normal_tag(str(value))
    except UnknownLanguage as refusal:
        raise ValueError(str(refusal)) from None  # pydantic adds the field's place


Tag = Annotated[str, BeforeValidator(_tag)]


class BadSheet(Refusal):
    """series.yaml cannot be understood."""

    message = "{name}: {problem}"


class CastSheet(BaseModel):
    """A character: name in the source language, names elsewhere, voices by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    names: dict[Tag, str] = {}
    voices: dict[Tag, str] = {}  # ENGINE:PRESET
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
    """The whole sheet; every field may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str | None = None
    title: dict[Tag, str] = {}
    synopsis: dict[Tag, str] = {}
    source_language: Tag = "zh-Hans"
    orientation: Literal["vertical", "landscape"] = "vertical"
    cast: list[CastSheet] = []
    terms: list[TermSheet] = []
    rights: dict[str, Any] = {}
    fixes: list[str] = []


def read_sheet(folder: Path) -> SeriesSheet:
    """The folder's series.yaml, or an empty sheet where there is none.

    Raises:
        BadSheet: it is too large, not YAML, or has a field that is not known.
    """
    for name in SHEET_NAMES:
        path = folder / name
        if path.is_file():
            return _parse(name, path)
    return SeriesSheet()


def _parse(name: str, path: Path) -> SeriesSheet:
    if path.stat().st_size > SHEET_BYTES:
        raise BadSheet(name=name, problem="it is larger than 1 MB, which no series needs")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BadSheet(name=name, problem=_first_line(problem)) from None
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise BadSheet(name=name, problem="it must be a list of fields such as `slug: my-series`")
    for field in ("title", "synopsis"):
        if isinstance(content.get(field), str):  # one title: in the source language
            content[field] = {content.get("source_language", "zh-Hans"): content[field]}
    try:
        return SeriesSheet.model_validate(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSheet(name=name, problem=f"{place}: {first['msg']}") from None


def _first_line(problem: Exception) -> str:
    mark = getattr(problem, "problem_mark", None)
    place = f"line {mark.line + 1}: " if mark else ""
    return place + str(getattr(problem, "problem", None) or problem).splitlines()[0]

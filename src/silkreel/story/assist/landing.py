"""Where what was read out of a text lands: the plan of episodes, story.yaml, the bible, a language's copy."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import Change
from silkreel.story.project import Project, Story, read_text
from silkreel.story.source import PLAN, hash_of_paragraphs, read_source

PROJECT = "story.yaml"
BIBLE = "source/bible.yaml"  # facts and relations, with the words that show them
IN_PROJECT = ("cast", "locations", "props", "terms")
_PLAN_HEAD = "# Which paragraphs of source/novel.md become which episode; accepted one by one.\n"
_BIBLE_HEAD = (
    "# What later episodes must not contradict, and the words of the source that say so.\n"
)
_COPY_HEAD = "# Titles, loglines, hooks, covers, tags and clips in this language.\n"


class Stale(Refusal):
    """The line is not what the proposal was made for."""

    status = 409
    message = "This proposal no longer fits: {why}."


def planned(story: Story, change: Change) -> tuple[str, str]:
    """The plan of episodes with one more.

    Raises:
        Stale: the novel reads otherwise by now, or its paragraphs are in an episode already.
        NoSource, BadStoryFile: it cannot be read.
    """
    row = yaml.safe_load(change.text)
    first, last = int(row["first"]), int(row["last"])
    paragraphs = read_source(story.folder)
    if hash_of_paragraphs(paragraphs, first, last) != change.old_hash:
        raise Stale(why=f"paragraphs {first} to {last} of the novel were changed since")
    there = plan_of(story.folder)
    for each in there:
        if first <= each["last"] and each["first"] <= last:
            raise Stale(why=f"its paragraphs are in episode {each['episode']} already")
        if each["episode"] == row["episode"]:
            raise Stale(why=f"the plan has an episode {row['episode']} already")
    rows = sorted([*there, row], key=lambda each: int(each["first"]))
    return PLAN, _PLAN_HEAD + _rows(rows)


def plan_of(folder: Path) -> list[dict[str, Any]]:
    """The episodes that were taken into the plan."""
    return _list(folder / PLAN, PLAN)


def noted_down(story: Story, change: Change) -> tuple[str, str]:
    """story.yaml or the bible with one entry more.

    Raises:
        Stale: it is there already, or story.yaml is written so that nothing can be added.
    """
    entry = yaml.safe_load(change.text)
    if change.place not in IN_PROJECT:
        path = story.folder / BIBLE
        there = mapping_in(path, BIBLE)
        told = there.setdefault(change.place, [])
        if any({**each, "evidence": None} == {**entry, "evidence": None} for each in told):
            raise Stale(why="the bible has it already")
        told.append({**entry, "evidence": change.reason.split("\n")})
        return BIBLE, _BIBLE_HEAD + dumped(there)
    _not_known(story.project, change.place, entry)
    row = _entry(story.project, change.place, entry)
    text = read_text(story.folder / PROJECT, PROJECT) if story.declared else ""
    return PROJECT, with_entry(text, change.place, row)


def put_up(story: Story, change: Change) -> tuple[str, str]:
    """The copy of a language with one text more.

    Raises:
        Stale: it is there already.
    """
    shown = f"marketing/{change.language}.yaml"
    there = mapping_in(story.folder / shown, shown)
    plain = change.place not in {"covers", "clips"}
    entry = change.text if plain else yaml.safe_load(change.text)
    told = there.setdefault(change.place, [])
    if entry in told:
        raise Stale(why="it is there already")
    told.append(entry)
    return shown, _COPY_HEAD + dumped(there)


def with_entry(text: str, section: str, row: Mapping[str, Any]) -> str:
    """A story.yaml with one entry more in a list; every other byte stays as it is.

    Raises:
        Stale: it would then say something else.
    """
    flow = yaml.safe_dump(
        dict(row), allow_unicode=True, sort_keys=False, default_flow_style=True, width=10_000
    ).strip()
    root = yaml.compose(text) if text.strip() else None
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == section), None)
    if node is None:
        made = f"{text.rstrip()}\n{section}:\n  - {flow}\n".lstrip()
    elif isinstance(node, yaml.SequenceNode) and node.flow_style:
        at = node.end_mark.index - 1  # before its bracket
        made = f"{text[:at].rstrip()}{', ' if node.value else ''}{flow}{text[at:]}"
    elif isinstance(node, yaml.SequenceNode) and node.value:
        lines = text.split("\n")
        last = node.value[-1]
        end = last.end_mark.line if last.end_mark.column == 0 else last.end_mark.line + 1
        while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
            end -= 1  # blank lines and notes below belong to what follows
        lines.insert(end, f"{' ' * node.start_mark.column}- {flow}")
        made = "\n".join(lines)
    else:
        raise Stale(why=f"{section} in story.yaml is no list")
    if not _grew(text, made, section, row):
        raise Stale(why="story.yaml is written so that nothing can be added; do it by hand")
    return made


def _grew(old: str, new: str, section: str, row: Mapping[str, Any]) -> bool:
    before = yaml.safe_load(old) or {}
    try:
        after = yaml.safe_load(new)
    except yaml.YAMLError:
        return False
    return bool(after == {**before, section: [*(before.get(section) or []), dict(row)]})


def _entry(project: Project, section: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as story.yaml takes it; ids are made here, never by a model."""
    if section == "terms":
        return {"source": entry["source"], "kind": entry["kind"]}
    name = str(entry["name"])
    if section != "cast":
        known = [*(each.id for each in project.locations), *(each.id for each in project.props)]
        otherwise = "place" if section == "locations" else "prop"
        return {"id": _free_id(name, otherwise, known), "name": name}
    notes = [
        f"{field}: {entry[field]}" for field in ("goal", "secret", "voice") if entry.get(field)
    ]
    made: dict[str, Any] = {"id": name.upper(), "name": name}
    if entry.get("aliases"):
        made["aliases"] = list(entry["aliases"])
    if notes:
        made["note"] = "; ".join(notes)
    return made


def _free_id(name: str, otherwise: str, known: Sequence[str]) -> str:
    flat = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", flat).strip("_")
    base = slug if slug[:1].isalpha() else otherwise
    names = (base if number == 1 and slug else f"{base}{number}" for number in range(1, 10_000))
    return next(each for each in names if each not in known)


def _not_known(project: Project, section: str, entry: Mapping[str, Any]) -> None:
    if section == "cast":
        for name in (entry["name"], *entry.get("aliases", ())):
            if there := project.character(str(name)):
                raise Stale(why=f"{name} is {there.id} of the cast already")
        return
    name = str(entry.get("name") or entry.get("source"))
    match section:
        case "locations":
            names = [each.name for each in project.locations]
        case "props":
            names = [each.name for each in project.props]
        case _:
            names = [each.source for each in project.terms]
    if name.casefold() in {each.casefold() for each in names}:
        raise Stale(why=f"{name} stands in story.yaml already")


def mapping_in(path: Path, shown: str) -> dict[Any, Any]:
    """What a file of entries holds; nothing where there is none.

    Raises:
        Stale: it is no mapping, so that nothing can be added.
    """
    told = yaml.safe_load(read_text(path, shown)) if path.is_file() else {}
    if told is not None and not isinstance(told, dict):
        raise Stale(why=f"{shown} is written so that nothing can be added")
    return told or {}


def _list(path: Path, shown: str) -> list[dict[str, Any]]:
    told = yaml.safe_load(read_text(path, shown)) if path.is_file() else []
    fits = isinstance(told, list) and all(
        isinstance(each, dict) and {"episode", "first", "last"} <= set(each) for each in told
    )
    if told is not None and not fits:
        raise Stale(why=f"{shown} is written so that nothing can be added")
    return told or []


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    return dumped([dict(each) for each in rows])


def dumped(value: object) -> str:
    """A value as these files spell it."""
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000))

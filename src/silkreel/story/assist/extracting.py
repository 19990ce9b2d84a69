"""ExtractBible: who and what is in a novel or a script, each with words of the text that say so."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from silkreel.kit.keys import text_hash
from silkreel.story.assist.answers import (
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    maybe_words,
    nothing_else,
    texts_of,
    words_of,
)
from silkreel.story.assist.material import Material, Passage

LONGEST_NAME = 40  # as story.yaml takes them
LONGEST_QUOTE = 300
SHORTEST_QUOTE = 4  # characters; less would stand anywhere
MOST_QUOTES = 5  # of one entry, from as many parts
TERM_KINDS = ("name", "place", "title", "phrase")
_NAMED = fields_of(name=TEXT, evidence=TEXT)
_SCHEMA = fields_of(
    characters=list_of(
        fields_of(
            name=TEXT, aliases=list_of(TEXT), goal=TEXT, secret=TEXT, voice=TEXT, evidence=TEXT
        )
    ),
    locations=list_of(_NAMED),
    props=list_of(_NAMED),
    terms=list_of(
        fields_of(source=TEXT, kind={"type": "string", "enum": [*TERM_KINDS]}, evidence=TEXT)
    ),
    facts=list_of(fields_of(text=TEXT, about=list_of(TEXT), evidence=TEXT)),
    relations=list_of(fields_of(**{"from": TEXT, "to": TEXT, "kind": TEXT, "evidence": TEXT})),
)
Entry = Mapping[str, Any]


def check_bible(answer: Answer, material: Material, _language: str) -> list[Change]:
    """What one part holds.

    Raises:
        ValueError: a name or a quotation does not stand in the text.
    """
    nothing_else(answer, _SCHEMA)
    found = []
    for item in items(answer, "characters"):
        entry = _character(item, material)
        found.append(_change("cast", entry, item, material))
    for section in ("locations", "props"):
        for item in items(answer, section):
            name = _stands(words_of(item, "name", LONGEST_NAME), material)
            found.append(_change(section, {"name": name}, item, material))
    for item in items(answer, "terms"):
        if item.get("kind") not in TERM_KINDS:
            raise ValueError(f"kind of a term is one of {TERM_KINDS}")
        source = _stands(words_of(item, "source", LONGEST_NAME), material)
        found.append(_change("terms", {"source": source, "kind": item["kind"]}, item, material))
    for item in items(answer, "facts"):
        about = [_stands(each, material) for each in texts_of(item, "about", LONGEST_NAME)]
        found.append(
            _change("facts", {"text": words_of(item, "text"), "about": about}, item, material)
        )
    for item in items(answer, "relations"):
        ends = {end: _stands(words_of(item, end, LONGEST_NAME), material) for end in ("from", "to")}
        entry = {**ends, "kind": words_of(item, "kind", LONGEST_NAME)}
        found.append(_change("relations", entry, item, material))
    _no_shared_alias(found)
    return found


def gather_bible(
    parts: Sequence[Sequence[Change]], materials: Sequence[Material]
) -> tuple[Change, ...]:
    """What all parts hold, one entry for each, without what story.yaml has already."""
    known = frozenset(name for each in materials for name in each.known)
    kept: dict[tuple[str, str], Change] = {}
    names: dict[str, str] = {}  # what a character is called first, to the name it is kept under
    aliases: dict[str, str] = {}
    for change in (each for part in parts for each in part):
        entry = yaml.safe_load(change.text)
        key = _key(change.place, entry)
        if change.place in {"cast", "locations", "props", "terms"} and key in known:
            continue
        if change.place == "cast":
            own, others = key, [each.casefold() for each in entry["aliases"]]
            also = (names[each] for each in others if each in names)
            key = names.get(own) or aliases.get(own) or next(also, own)
            names[own] = key
            aliases |= dict.fromkeys(others, key)
        there = kept.get((change.place, key))
        kept[change.place, key] = _merged(there, change) if there else change
    return tuple(_without_shared(list(kept.values())))


def _character(item: Mapping[str, Any], material: Material) -> Entry:
    name = _stands(words_of(item, "name", LONGEST_NAME), material)
    told = [_stands(each, material) for each in texts_of(item, "aliases", LONGEST_NAME)]
    aliases = [each for each in dict.fromkeys(told) if each.casefold() != name.casefold()]
    notes = {field: maybe_words(item, field) for field in ("goal", "secret", "voice")}
    return {"name": name, "aliases": aliases, **{k: v for k, v in notes.items() if v}}


def _stands(name: str, material: Material) -> str:
    if not any(name in each.text for each in material.passages):
        raise ValueError(f"“{name}” does not stand in the text; spell names as the text does")
    return name


def _change(section: str, entry: Entry, item: Mapping[str, Any], material: Material) -> Change:
    words_of(item, "evidence", LONGEST_QUOTE)
    quote = str(item["evidence"]).strip()
    passage = _quoted(quote, material.passages)
    where = f"{passage.key}+{passage.text.index(quote)}"  # characters from its beginning
    reason = f"{where}: “{quote}”"
    return Change(
        "bible", passage.key, text_hash(passage.text), _shown(entry), reason, place=section
    )


def _quoted(quote: str, passages: Sequence[Passage]) -> Passage:
    """The first passage a quotation stands in.

    Raises:
        ValueError: it stands in none, or is too short to say anything.
    """
    if len(quote) < SHORTEST_QUOTE:
        raise ValueError(f"“{quote}” is too short for evidence; copy more words")
    for each in passages:
        if quote in each.text:
            return each
    raise ValueError(
        f"“{quote[:80]}” does not stand in the text; copy it letter by letter from one paragraph"
    )


def _no_shared_alias(found: Sequence[Change]) -> None:
    told = Counter(name for each in found if each.place == "cast" for name in set(_names_of(each)))
    shared = [name for name, count in told.items() if count > 1]
    if shared:
        raise ValueError(
            f"“{shared[0]}” is given to two characters; give each name and alias to one"
        )


def _without_shared(changes: list[Change]) -> Iterator[Change]:
    """An alias that two parts gave to two characters is nobody's: a script could not tell who speaks."""
    told = Counter(
        name for each in changes if each.place == "cast" for name in set(_names_of(each))
    )
    for change in changes:
        entry = yaml.safe_load(change.text)
        if change.place != "cast" or all(told[name] == 1 for name in _names(entry)):
            yield change
            continue
        aliases = [each for each in entry["aliases"] if told[each.casefold()] == 1]
        yield _with(change, {**entry, "aliases": aliases}, change.reason)


def _merged(there: Change, more: Change) -> Change:
    """Two parts' entries as one: what the first says stays, what only the second knows is added."""
    old, new = yaml.safe_load(there.text), yaml.safe_load(more.text)
    entry = {**new, **old}
    if "aliases" in entry:
        names = [*old.get("aliases", []), new.get("name", ""), *new.get("aliases", [])]
        unique = dict.fromkeys(name for name in names if name and name != old["name"])
        entry["aliases"] = list(unique)
    quotes = list(dict.fromkeys([*there.reason.split("\n"), *more.reason.split("\n")]))
    return _with(there, entry, "\n".join(quotes[:MOST_QUOTES]))


def _with(change: Change, entry: Entry, reason: str) -> Change:
    return Change(
        "bible", change.line_id, change.old_hash, _shown(entry), reason, place=change.place
    )


def _key(section: str, entry: Entry) -> str:
    match section:
        case "terms":
            return str(entry["source"]).casefold()
        case "facts":
            return str(entry["text"]).casefold()
        case "relations":
            return f"{entry['from']}\n{entry['to']}\n{entry['kind']}".casefold()
        case _:
            return str(entry["name"]).casefold()


def _names(entry: Entry) -> list[str]:
    return [name.casefold() for name in (entry["name"], *entry["aliases"])]


def _names_of(change: Change) -> list[str]:
    return _names(yaml.safe_load(change.text))


def _shown(entry: Entry) -> str:
    return str(yaml.safe_dump(dict(entry), allow_unicode=True, sort_keys=False, width=100))


EXTRACT_BIBLE = Task("extract_bible", _SCHEMA, check_bible, 30, scope="novel", gather=gather_bible)

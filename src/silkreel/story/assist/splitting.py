"""SplitNovel: a novel becomes a row of episodes; every paragraph belongs to exactly one, in order."""

from collections.abc import Mapping, Sequence
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
    nothing_else,
    words_of,
)
from silkreel.story.assist.material import Material, Passage

LONGEST_MARKER = 200
LONGEST_TITLE = 80
_EPISODE = fields_of(title=TEXT, start_marker=TEXT, end_marker=TEXT, summary=TEXT)
_SCHEMA = fields_of(episodes=list_of(_EPISODE))


def check_split(answer: Answer, material: Material, _language: str) -> list[Change]:
    """The episodes of one part.

    Raises:
        ValueError: a marker does not stand in the text, or a paragraph would be lost or come twice.
    """
    nothing_else(answer, _SCHEMA)
    told = items(answer, "episodes")
    if not told:
        raise ValueError('"episodes" is empty; every paragraph belongs to one')
    passages, found, start = material.passages, [], 0
    for place, item in enumerate(told):
        if start >= len(passages):
            raise ValueError(f"episode {place + 1}: the episodes before it hold every paragraph")
        following = told[place + 1] if place + 1 < len(told) else None
        _starts_at(passages, start, item, place)
        end = _end_of(passages, start, item, following)
        found.append(_change(passages[start : end + 1], item))
        start = end + 1
    if start < len(passages):
        left = passages[start].text[:60]
        raise ValueError(
            f"the paragraphs from “{left}” on belong to no episode; end the last one later"
        )
    return found


def gather_split(
    parts: Sequence[Sequence[Change]], materials: Sequence[Material]
) -> tuple[Change, ...]:
    """All parts' episodes, numbered through, once it is sure that nothing was lost between them.

    Raises:
        ValueError: a paragraph is lost or comes twice.
    """
    keys = [each.key for material in materials for each in material.passages]
    found: list[Change] = []
    at, titles = 0, set()
    for change in (each for part in parts for each in part):
        row = yaml.safe_load(change.text)
        if keys[at] != f"p{row['first']}":
            raise ValueError(f"{keys[at]} belongs to no episode")
        at += row["last"] - row["first"] + 1
        title = str(row["title"]).casefold()
        reason = "another episode has this title too" if title in titles else ""
        titles.add(title)
        number = len(found) + 1
        text = _shown({"episode": number, **row})
        found.append(Change("episode", change.line_id, change.old_hash, text, reason))
    if at != len(keys):
        raise ValueError(f"{keys[at]} belongs to no episode")
    return tuple(found)


def _starts_at(
    passages: Sequence[Passage], start: int, item: Mapping[str, Any], place: int
) -> None:
    marker = _marker(item, "start_marker", passages)
    if not passages[start].text.startswith(marker):
        raise ValueError(
            f"episode {place + 1} must start with the next paragraph, which begins "
            f"“{passages[start].text[:40]}”; “{marker[:40]}” would leave paragraphs out or take them twice"
        )


def _end_of(
    passages: Sequence[Passage], start: int, item: Mapping[str, Any],
    following: Mapping[str, Any] | None,
) -> int:  # fmt: skip
    """Where an episode ends: at its end marker, before the next one's start or the part's end."""
    marker = _marker(item, "end_marker", passages)
    ends = [
        at for at in range(start, len(passages))
        if passages[at].text.endswith(marker) and _then(passages, at + 1, following)
    ]  # fmt: skip
    if len(ends) == 1:
        return ends[0]
    then = "the end of the text" if following is None else "the next episode's start_marker"
    if ends:
        raise ValueError(
            f"“{marker[:40]}” ends {len(ends)} paragraphs before {then}; copy more words"
        )
    raise ValueError(f"no paragraph that ends “{marker[:40]}” stands right before {then}")


def _then(passages: Sequence[Passage], at: int, following: Mapping[str, Any] | None) -> bool:
    if following is None:
        return at == len(passages)
    begins = following.get("start_marker")
    start = begins.strip() if isinstance(begins, str) else ""
    return bool(start) and at < len(passages) and passages[at].text.startswith(start)


def _marker(item: Mapping[str, Any], name: str, passages: Sequence[Passage]) -> str:
    words_of(item, name, LONGEST_MARKER)
    marker = str(item[name]).strip()
    if not any(marker in each.text for each in passages):
        raise ValueError(
            f"{name} “{marker[:60]}” does not stand in the text; copy it letter by letter"
        )
    return marker


def _change(passages: Sequence[Passage], item: Mapping[str, Any]) -> Change:
    first, last = passages[0], passages[-1]
    row = {
        "title": words_of(item, "title", LONGEST_TITLE),
        "first": int(first.key[1:]), "last": int(last.key[1:]), "chapter": first.chapter,
        "summary": words_of(item, "summary"),
        "starts": first.text[:40], "ends": last.text[-40:],
    }  # fmt: skip
    seen = text_hash("\n".join(each.text for each in passages))
    where = first.key if len(passages) == 1 else f"{first.key}-{last.key}"
    return Change("episode", where, seen, _shown(row))


def _shown(row: Mapping[str, object]) -> str:
    return str(yaml.safe_dump(dict(row), allow_unicode=True, sort_keys=False, width=100))


SPLIT_NOVEL = Task(
    "split_novel", _SCHEMA, check_split, 12, scope="novel", gather=gather_split
)  # an episode takes some ten paragraphs

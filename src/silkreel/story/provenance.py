"""Which words of a story came from a model: what its record of proposals says, row by row.

The record itself, `assist.jsonl`, is written by `story.assist`; here it is held against the script, so
a row that cannot be read is a finding with its place and not passed over.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from silkreel.story.parsing import parse
from silkreel.story.script import NOWHERE, At

RECORD_FILE = "assist.jsonl"
MOST_RECORD_BYTES = 64 * 1024 * 1024  # some 20,000 answers


@dataclass(frozen=True, slots=True)
class Proposed:
    """Words a model proposed, and what became of them."""

    number: int
    call: int
    kind: str  # words | note | shots | translation | lines | scene and what is no script
    line_id: str
    text: str
    old_text: str = ""
    language: str = ""
    state: str = "open"  # open | accepted | rejected
    decided_by: str = ""
    place: str = ""  # of a scene: its episode
    at: At = NOWHERE  # in the record


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything a model proposed for a story, and rows of the record that say nothing."""

    proposed: tuple[Proposed, ...] = ()
    calls: frozenset[int] = frozenset()
    faults: tuple[At, ...] = ()

    @property
    def assisted(self) -> Mapping[str, Proposed]:
        """Lines whose words a person took from a model, by id."""
        return {
            each.line_id: each
            for each in self.proposed
            if each.state == "accepted" and each.kind == "words"
        }


def read_provenance(folder: Path) -> Provenance:
    """What the record of a story says; nothing where no model was ever asked."""
    path = folder / RECORD_FILE
    if not path.is_file() or path.stat().st_size > MOST_RECORD_BYTES:
        return Provenance()
    proposed: dict[int, Proposed] = {}
    calls: set[int] = set()
    faults: list[At] = []
    for number, row in enumerate(path.read_text("utf-8", "replace").split("\n"), start=1):
        if row.strip() and not _taken(row, At(RECORD_FILE, number), proposed, calls):
            faults.append(At(RECORD_FILE, number))
    return Provenance(tuple(proposed.values()), frozenset(calls), tuple(faults))


def drafted_words(each: Proposed, names: Collection[str]) -> frozenset[str]:
    """The words of each line in a draft of several; they had no ids when they were proposed."""
    return frozenset(line.text for line in parse(each.text, "", names).lines)


def _taken(row: str, at: At, proposed: dict[int, Proposed], calls: set[int]) -> bool:
    """Whether a row of the record was understood."""
    try:
        told = json.loads(row)
        match told["what"]:
            case "call":
                calls.add(int(told["call"]["number"]))
            case "proposal":
                each = _proposed(told["proposal"], at)
                proposed[each.number] = each
            case "decision":
                known = proposed[int(told["number"])]
                proposed[known.number] = replace(
                    known, state=str(told["state"]), decided_by=str(told["by"])
                )
            case _:
                return False
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _proposed(told: Mapping[str, Any], at: At) -> Proposed:
    change = told["change"]
    return Proposed(
        int(told["number"]), int(told["call"]), str(change["kind"]), str(change["line_id"]),
        str(change["text"]), str(change.get("old_text", "")), str(change.get("language", "")),
        place=str(change.get("place", "")), at=at,
    )  # fmt: skip

"""What models were asked and proposed, and who decided: a file in the story's folder, only ever added to.

It travels with the story, so that a line a model had a hand in is known wherever the story goes.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import Change
from silkreel.story.provenance import MOST_RECORD_BYTES, RECORD_FILE

State = Literal["open", "accepted", "rejected"]


class NoSuchProposal(Refusal):
    """No proposal of that number."""

    status = 404
    message = "This story has no proposal {number}; its list of proposals names those there are."


class Decided(Refusal):
    """Somebody has decided already."""

    status = 409
    message = "{who} has decided on this proposal already."


class NotAccepted(Refusal):
    """Nothing of it is in the story."""

    status = 409
    message = "Proposal {number} is not in the story, so there is nothing to take back."


@dataclass(frozen=True, slots=True)
class Call:
    """One question to a model, what it cost, and the answer as it came."""

    number: int
    task: str
    episode: str
    prompt_version: str
    model: str
    input_hash: str
    prompt_tokens: int
    answer_tokens: int
    cost: float  # in the operator's currency
    outcome: str  # answered | failed
    answer: str
    problem: str
    by: str
    at: str

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return self.prompt_tokens + self.answer_tokens


@dataclass(frozen=True, slots=True)
class Edit:
    """Rows of a file that came in the place of others: what undoing turns around."""

    path: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    new_file: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing proposed, and what became of it."""

    number: int
    call: int
    change: Change
    state: State = "open"
    decided_by: str = ""
    decided_at: str = ""
    edit: Edit | None = None  # what accepting it changed


@dataclass(frozen=True, slots=True)
class Record:
    """All calls and proposals of a story."""

    calls: tuple[Call, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def next_number(self) -> int:
        """A number that is free."""
        return max([0, *(c.number for c in self.calls), *(p.number for p in self.proposals)]) + 1

    def proposal(self, number: int) -> Proposal:
        """A proposal that waits.

        Raises:
            NoSuchProposal, Decided: none waits under that number.
        """
        found = next((each for each in self.proposals if each.number == number), None)
        if found is None:
            raise NoSuchProposal(number=number)
        if found.state != "open":
            raise Decided(who=found.decided_by)
        return found

    def accepted(self, number: int) -> Proposal:
        """A proposal that was taken, with what taking it changed.

        Raises:
            NoSuchProposal, NotTaken: there is none to take back.
        """
        found = next((each for each in self.proposals if each.number == number), None)
        if found is None:
            raise NoSuchProposal(number=number)
        if found.state != "accepted" or found.edit is None:
            raise NotAccepted(number=number)
        return found

    def call(self, number: int) -> Call:
        """The call a proposal came from."""
        return next(each for each in self.calls if each.number == number)

    def spent_tokens(self, month: str) -> int:
        """Tokens used in a month, as `2026-11`."""
        return sum(each.tokens for each in self.calls if each.at.startswith(month))

    def answered(self, input_hash: str) -> Call | None:
        """A call that asked the same and was answered."""
        calls = (c for c in self.calls if c.input_hash == input_hash and c.outcome == "answered")
        return next(calls, None)

    @property
    def assisted(self) -> Mapping[str, Proposal]:
        """Lines whose words a model proposed and a person accepted, by id."""
        taken = (p for p in self.proposals if p.state == "accepted" and p.change.kind == "words")
        return {each.change.line_id: each for each in taken}


def read_record(folder: Path) -> Record:
    """A story's record; a line that cannot be read is passed over, for a crash may cut the last one."""
    calls: list[Call] = []
    proposals: dict[int, Proposal] = {}
    for row in _rows(folder / RECORD_FILE):
        match row.get("what"):
            case "call":
                calls.append(Call(**row["call"]))
            case "proposal":
                told = row["proposal"]
                made = Proposal(told["number"], told["call"], Change(**told["change"]))
                proposals[made.number] = made
            case "decision" if row["number"] in proposals:
                proposals[row["number"]] = replace(
                    proposals[row["number"]], state=row["state"], decided_by=row["by"],
                    decided_at=row["at"], edit=_edit(row.get("edit")),
                )  # fmt: skip
    return Record(tuple(calls), tuple(proposals.values()))


def add_call(
    folder: Path, call: Call, changes: Sequence[Change]
) -> tuple[Call, tuple[Proposal, ...]]:
    """Write down a call with what it proposed; both get numbers nobody else has."""
    with _alone(folder) as handle:
        number = read_record(folder).next_number
        made = replace(call, number=number)
        numbered = enumerate(changes, start=number + 1)
        proposals = tuple(Proposal(each, number, change) for each, change in numbered)
        rows = [{"what": "call", "call": asdict(made)}]
        for each in proposals:
            told = {"number": each.number, "call": each.call, "change": asdict(each.change)}
            rows.append({"what": "proposal", "proposal": told})
        _append(handle, rows)
    return made, proposals


def add_decision(
    folder: Path, number: int, state: State, by: str, at: datetime, edit: Edit | None = None
) -> None:
    """Write down what a person decided; `open` takes a yes back."""
    row: dict[str, Any] = {
        "what": "decision",
        "number": number,
        "state": state,
        "by": by,
        "at": at.isoformat(),
    }
    if edit is not None:
        row["edit"] = asdict(edit)
    with _alone(folder) as handle:
        _append(handle, [row])


def _edit(told: Mapping[str, Any] | None) -> Edit | None:
    if not told:
        return None
    removed, added = (tuple(told[name]) for name in ("removed", "added"))
    return Edit(told["path"], removed, added, told.get("new_file", False))


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """The record's file, to be added to by nobody else meanwhile."""
    handle = os.open(folder / RECORD_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _append(handle: int, rows: list[dict[str, Any]]) -> None:
    os.write(handle, "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file() or path.stat().st_size > MOST_RECORD_BYTES:
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row

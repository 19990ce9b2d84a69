"""A long text is asked about step by step; every answer is kept, so a run goes on where it was broken off."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from silkreel.engines.chat_replies import Said, parsed
from silkreel.engines.spend_book import Usage
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.story.assist.answers import Change
from silkreel.story.assist.asking import (
    Asked,
    InputChanged,
    MonthSpent,
    Preview,
    Wanted,
    Writer,
    ask,
    preview,
)
from silkreel.story.assist.record import Call, Record, add_call, read_record


class PartsDisagree(Refusal):
    """What the parts say does not make a whole."""

    status = 502
    message = "The answers to the parts do not join: {why}. Ask again with another wish."


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is; `asked` once it is through."""

    done: int
    of: int
    asked: Asked | None = None


def preview_run(folder: Path, parts: Sequence[Wanted], settings: Settings, month: str) -> Preview:
    """What all questions of an order would cost, without those that are answered; nothing is asked.

    Raises:
        NoWriter, NoLanguage: nothing can be asked.
    """
    record = read_record(folder)
    seen = [preview(folder, each, settings, month, record) for each in parts]
    if parts[0].task.gather is None:
        return seen[0]
    confirm = hashlib.sha256("".join(each.confirm for each in seen).encode()).hexdigest()
    left = [each for each in seen if not each.known]
    costs = [each.cost for each in left if each.cost is not None]
    priced = settings.writer_price_in is not None and settings.writer_price_out is not None
    return replace(
        seen[0], confirm=confirm,
        prompt_tokens=sum(each.prompt_tokens for each in left),
        answer_tokens=sum(each.answer_tokens for each in left),
        cost=sum(costs) if priced else None,
        known=record.answered(confirm) is not None,
        parts=len(seen), done=len(seen) - len(left),
    )  # fmt: skip


def next_step(
    folder: Path, parts: Sequence[Wanted], settings: Settings, confirm: str, *, by: str,
    at: datetime, writer: Writer | None = None, cancelled: Callable[[], bool] | None = None,
) -> Step:  # fmt: skip
    """Ask the next question that is not answered yet; after the last one, propose.

    Raises:
        NoWriter, NoLanguage, InputChanged, MonthSpent: nothing was asked.
        AnswerUnusable, Cancelled and the endpoint's other noes: this question is on record; those
        before it stay answered.
        PartsDisagree: every part is answered, and together they make no whole.
    """
    if parts[0].task.gather is None:
        asked = ask(
            folder, parts[0], settings, confirm, by=by, at=at, writer=writer, cancelled=cancelled
        )
        return Step(1, 1, asked)
    seen = preview_run(folder, parts, settings, f"{at:%Y-%m}")
    if confirm != seen.confirm:
        raise InputChanged
    record = read_record(folder)
    known = record.answered(confirm)
    if known is not None:
        proposals = tuple(p for p in record.proposals if p.call == known.number)
        return Step(len(parts), len(parts), Asked(known, proposals))
    if seen.done < len(parts):
        _within(seen)
        each, its = _first_open(folder, parts, settings, record, f"{at:%Y-%m}")
        ask(folder, each, settings, its, by=by, at=at, writer=writer, cancelled=cancelled)
    if seen.done + 1 < len(parts):
        return Step(seen.done + 1, len(parts))
    return Step(len(parts), len(parts), _joined(folder, parts, settings, seen, by=by, at=at))


def _within(seen: Preview) -> None:
    """A run that cannot end this month is not begun; one under way goes on while there is budget."""
    more = seen.prompt_tokens + seen.answer_tokens
    if seen.done == 0 and seen.spent_tokens + more > seen.limit_tokens:
        raise MonthSpent(spent=seen.spent_tokens, limit=seen.limit_tokens, wanted=more)


def _first_open(
    folder: Path, parts: Sequence[Wanted], settings: Settings, record: Record, month: str
) -> tuple[Wanted, str]:
    told = ((each, preview(folder, each, settings, month, record).confirm) for each in parts)
    return next((each, its) for each, its in told if record.answered(its) is None)


def _joined(
    folder: Path, parts: Sequence[Wanted], settings: Settings, seen: Preview, *, by: str,
    at: datetime,
) -> Asked:  # fmt: skip
    """All parts' answers as proposals, under a call of their own that cost nothing."""
    record = read_record(folder)
    gather = parts[0].task.gather
    assert gather is not None
    try:
        found = [_answered(each, folder, settings, record, f"{at:%Y-%m}") for each in parts]
        changes = gather(found, [each.material for each in parts])
    except ValueError as problem:
        raise PartsDisagree(why=str(problem)) from None
    call = Call(
        0, parts[0].task.name, f"{len(parts)} parts", seen.prompt_version, seen.model,
        seen.confirm, 0, 0, 0.0, "answered", "", "", by,
        at.isoformat(),
    )  # fmt: skip
    return Asked(*add_call(folder, call, changes))


def _answered(
    wanted: Wanted, folder: Path, settings: Settings, record: Record, month: str
) -> Sequence[Change]:
    """What a part's answer on record proposes; read and checked again."""
    call = record.answered(preview(folder, wanted, settings, month, record).confirm)
    if call is None:
        raise ValueError(f"part {wanted.material.episode} has no answer")
    answer = parsed(Said(call.answer, Usage(), "stop"))
    return wanted.task.check(answer, wanted.material, wanted.language)

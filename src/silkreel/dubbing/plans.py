"""A recording as JSON, to be kept as an artifact and taken up again: places, and keys of takes."""

from typing import Any

from silkreel.dubbing.fitting import FitCandidate, FitLine, FitPlan, Overrun, Placed
from silkreel.dubbing.recording import Recording
from silkreel.dubbing.speaking import Take, find_take
from silkreel.kit.artifacts import Workshop
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span

FORM = 1


class TakeLost(Refusal):
    """A plan names a take whose file is gone."""

    status = 409
    message = "A take of line {line} is gone from the store; localise the episode again."


def recording_to_json(recording: Recording) -> dict[str, Any]:
    """Everything but the sound, which the takes' keys lead to."""
    plan = recording.plan
    return {
        "form": FORM,
        "lines": [_line_to_json(line) for line in recording.lines],
        "placed": [_placed_to_json(placed) for placed in plan.placed],
        "needs_wording": [[o.line_id, o.seconds] for o in plan.needs_wording],
        "tight": [[o.line_id, o.seconds] for o in plan.tight],
        "waiting": list(plan.waiting),
        "cost": plan.cost,
        "takes": {line_id: take.key for line_id, take in recording.takes.items()},
        "naturals": [[*spoken, take.key] for spoken, take in recording.naturals.items()],
    }


def recording_from_json(workshop: Workshop, value: dict[str, Any]) -> Recording:
    """The recording again, its takes looked up.

    Raises:
        TakeLost: a take is no longer there.
    """
    return Recording(
        lines=tuple(_line_from_json(row) for row in value["lines"]),
        plan=plan_from_json(value),
        takes={line: _found(workshop, key, line) for line, key in value["takes"].items()},
        naturals={
            (line, text): _found(workshop, key, line) for line, text, key in value["naturals"]
        },
    )


def plan_from_json(value: dict[str, Any]) -> FitPlan:
    """The plan alone: enough for subtitles and checks."""
    return FitPlan(
        placed=tuple(_placed_from_json(row) for row in value["placed"]),
        needs_wording=tuple(Overrun(*row) for row in value["needs_wording"]),
        tight=tuple(Overrun(*row) for row in value["tight"]),
        waiting=tuple(value["waiting"]),
        cost=value["cost"],
    )


def lengths_from_json(value: dict[str, Any]) -> dict[str, float]:
    """How many seconds every wording lasts that was spoken at natural rate; the longest of the same words."""
    found: dict[str, float] = {}
    for line in map(_line_from_json, value["lines"]):
        for each in line.candidates:
            found[each.wording] = max(each.natural_seconds, found.get(each.wording, 0.0))
    return found


def _line_to_json(line: FitLine) -> dict[str, Any]:
    return {
        "line_id": line.line_id,
        "character": line.character,
        "span": [line.span.first_frame, line.span.end_frame],
        "candidates": [_candidate_to_json(candidate) for candidate in line.candidates],
        "shot_end": line.shot_end,
        "overlaps": list(line.overlaps),
        "on_screen": line.on_screen,
    }


def _line_from_json(row: dict[str, Any]) -> FitLine:
    return FitLine(
        line_id=row["line_id"],
        character=row["character"],
        span=Span(*row["span"]),
        candidates=tuple(FitCandidate(*candidate) for candidate in row["candidates"]),
        shot_end=row["shot_end"],
        overlaps=tuple(row["overlaps"]),
        on_screen=row["on_screen"],
    )


def _placed_to_json(placed: Placed) -> list[Any]:
    return [
        placed.line_id, _candidate_to_json(placed.candidate), placed.first_frame,
        placed.end_frame, placed.rate, placed.stretch,
    ]  # fmt: skip


def _placed_from_json(row: list[Any]) -> Placed:
    line_id, candidate, *place = row
    return Placed(line_id, FitCandidate(*candidate), *place)


def _candidate_to_json(candidate: FitCandidate) -> list[Any]:
    return [
        candidate.wording, candidate.natural_seconds, candidate.meaning_loss,
        candidate.spoken_rate,
    ]  # fmt: skip


def _found(workshop: Workshop, key: str, line_id: str) -> Take:
    take = find_take(workshop, key)
    if take is None:
        raise TakeLost(line=line_id)
    return take

"""What DBOS says of a workflow, in our words."""

from collections.abc import Iterator
from typing import Any

from silkreel.jobs.keeper import Remembered
from silkreel.jobs.stage_run import Outcome, StageBroke, StageParked, refused

ENDED_STATES = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
NAMES_AT_ONCE = 500  # in one query


def remembered(flow: Any) -> Remembered:
    """An attempt as the keeper wants to know it."""
    states: dict[str, Any] = {
        "SUCCESS": "done", "ERROR": "broken", "CANCELLED": "cancelled",
        "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "broken",
    }  # fmt: skip
    return Remembered(
        states.get(flow.status, "going"), flow.app_version or "", str(flow.error or "")
    )


def outcome_of(flow: Any) -> Outcome | None:
    """The outcome of an ended workflow, None where it was cancelled."""
    if flow.status == "SUCCESS":
        outcome: Outcome = flow.output
        return outcome
    if flow.status == "CANCELLED":
        return None
    if flow.status == "ERROR":
        return refused(StageBroke(label=flow.workflow_id, error=str(flow.error)))
    return refused(StageParked(label=flow.workflow_id, deaths=flow.recovery_attempts or 0))


def queue_of(flow: Any) -> str | None:
    """The queue a workflow goes back to; journeys go to the engine's own."""
    if flow.name != "stage":
        return None
    queue: str = flow.input["args"][0]["queue"]
    return queue


def batches(names: list[str]) -> Iterator[list[str]]:
    """Names in pieces that fit into a query."""
    for start in range(0, len(names), NAMES_AT_ONCE):
        yield names[start : start + NAMES_AT_ONCE]

"""What went wrong on the way: told by every journey to the one above it, never swallowed."""

from collections.abc import Iterable
from typing import Any

from silkreel.jobs.journeys import Answer, StageFailed

Problem = dict[str, Any]  # label, code, values and sentence of a refusal


def problems_of(answers: Iterable[Answer | StageFailed]) -> list[Problem]:
    """The noes among these answers, and those that journeys among them were told."""
    found: list[Problem] = []
    for answer in answers:
        if isinstance(answer, StageFailed):
            found.append({"label": answer.label, **answer.refusal})
        else:
            found += answer.get("problems", [])
    return found

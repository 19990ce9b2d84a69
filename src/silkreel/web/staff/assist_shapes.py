"""What the desk takes and answers about proposals."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from silkreel.story.assist.record import Call, Proposal
from silkreel.web.api.shapes import Shape
from silkreel.web.staff.shapes import NO_CONTROLS
from silkreel.web.staff.story_shapes import Hash

MAX_WISH = 500  # characters of what the writer would like


class TaskShape(Shape):
    """Something that may be asked."""

    name: str
    wants_language: bool
    about: str  # episode, novel or series


class ProposalShape(Shape):
    """One thing proposed, and where it comes from."""

    number: int
    task: str
    episode: str
    kind: str
    line_id: str
    text: str
    old_text: str
    reason: str
    place: str
    language: str
    undoable: bool
    state: str
    decided_by: str
    model: str
    prompt_version: str
    asked_by: str
    at: str


class PlannedShape(Shape):
    """An episode taken into the plan."""

    number: int
    title: str


class Assistant(Shape):
    """The assistant of a story."""

    ready: bool
    model: str
    tasks: list[TaskShape]
    paragraphs: int  # of the source novel; 0 where there is none
    planned: int  # episodes taken into the plan
    plan: list[PlannedShape]
    spent_tokens: int
    limit_tokens: int
    proposals: list[ProposalShape]
    failed: list[str]


class Wish(Shape):
    """What to ask about which episode."""

    task: Annotated[str, StringConstraints(max_length=40)]
    episode: Annotated[int, Field(ge=1, le=999)]
    language: Annotated[str, StringConstraints(max_length=35, pattern=NO_CONTROLS)] = ""
    wish: Annotated[str, StringConstraints(max_length=MAX_WISH, pattern=NO_CONTROLS)] = ""
    source: Literal["novel", "script"] = "novel"


class Confirmed(Wish):
    """A wish somebody said yes to."""

    confirm: Hash


class PreviewShape(Shape):
    """What asking would take."""

    confirm: str
    prompt_version: str
    model: str
    prompt_tokens: int
    answer_tokens: int
    cost: float | None
    currency: str
    spent_tokens: int
    limit_tokens: int
    known: bool
    parts: int
    done: int


class Brought(Shape):
    """A novel that came in."""

    paragraphs: int


class Proposed(Shape):
    """How far asking is, and what came of it once every part is answered."""

    call: int | None
    done: int
    of: int
    proposals: list[ProposalShape]


def shown(proposal: Proposal, call: Call) -> ProposalShape:
    """A proposal with its call."""
    change = proposal.change
    return ProposalShape(
        number=proposal.number, task=call.task, episode=call.episode, kind=change.kind,
        line_id=change.line_id, text=change.text, old_text=change.old_text, reason=change.reason,
        place=change.place, language=change.language,
        undoable=proposal.state == "accepted" and proposal.edit is not None,
        state=proposal.state, decided_by=proposal.decided_by, model=call.model,
        prompt_version=call.prompt_version, asked_by=call.by, at=call.at,
    )  # fmt: skip

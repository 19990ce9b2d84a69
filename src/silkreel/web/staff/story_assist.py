"""Proposals at the desk: what asking would cost, asking, and a person's yes or no to each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from silkreel.kit.clock import now
from silkreel.kit.languages import normal_tag
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.assist.asking import Wanted, ask, preview
from silkreel.story.assist.material import material_of
from silkreel.story.assist.record import read_record
from silkreel.story.assist.tasks import TASKS, task_named
from silkreel.story.desk.deciding import accept, reject
from silkreel.story.desk.shelf import find_story
from silkreel.web.edge import Reading, TheSite
from silkreel.web.site import Site
from silkreel.web.staff.assist_shapes import (
    Assistant,
    Confirmed,
    PreviewShape,
    ProposalShape,
    Proposed,
    TaskShape,
    Wish,
    shown,
)
from silkreel.web.staff.rights import StaffTransaction, no_store
from silkreel.web.staff.story_door import PREFIX, STORY_NOES, Reader, StoryName, Writer
from silkreel.web.staff.story_shapes import FileText
from silkreel.web.staff.story_views import look_at

MOST_SHOWN = 300
router = APIRouter(
    prefix=PREFIX + "/{story}",
    tags=["staff"],
    responses=STORY_NOES,
    dependencies=[Depends(no_store)],
)
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/assist")
def assistant(story: StoryName, by: Reader, tx: Reading, site: TheSite) -> Assistant:
    """Which tasks there are, whether a model is configured, and what waits for a decision."""
    kept = read_record(find_story(tx, site.stories, story, by.brand_id))
    settings = site.settings
    newest = sorted(kept.proposals, key=lambda each: (-each.call, each.number))[:MOST_SHOWN]
    return Assistant(
        ready=bool(settings.writer_url),
        model=settings.writer_model or "",
        tasks=[TaskShape(name=t.name, wants_language=t.wants_language) for t in TASKS.values()],
        spent_tokens=kept.spent_tokens(f"{now():%Y-%m}"),
        limit_tokens=settings.writer_month_limit_tokens,
        proposals=[shown(each, kept.call(each.call)) for each in newest],
        failed=[f"{c.task}, {c.episode}: {c.problem}" for c in kept.calls if c.problem][-5:],
    )


@router.post("/assist/preview")
def cost(story: StoryName, wish: Wish, by: Writer, site: TheSite) -> PreviewShape:
    """What asking would take; nothing is asked."""
    wanted, folder = _wanted(site, story, wish, by), site.stories.place(story)
    seen = preview(folder, wanted, site.settings, f"{now():%Y-%m}")
    return PreviewShape.model_validate(seen, from_attributes=True)


@router.post("/assist/ask")
def propose(story: StoryName, wish: Confirmed, by: Writer, site: TheSite) -> Proposed:
    """Ask what was previewed; the answer becomes proposals, and changes nothing by itself."""
    wanted, folder = _wanted(site, story, wish, by), site.stories.place(story)
    asked = ask(folder, wanted, site.settings, wish.confirm, by=by.name, at=by.at)
    with site.workshop.transaction() as tx:
        after = {"task": wanted.task.name, "model": asked.call.model, "tokens": asked.call.tokens}
        record(tx, by, "story.asked", f"story:{story}", after=after)
    return Proposed(
        call=asked.call.number,
        proposals=[shown(each, asked.call) for each in asked.proposals],
    )


@router.post("/proposals/{number}/accept")
def yes(
    story: StoryName, number: Number, by: Writer, tx: StaffTransaction, site: TheSite
) -> FileText:
    """Take a proposal into the story, while its line still reads as it did."""
    return FileText.of(accept(tx, site.stories, story, number, by=by))


@router.post("/proposals/{number}/reject")
def no(
    story: StoryName, number: Number, by: Writer, tx: StaffTransaction, site: TheSite
) -> ProposalShape:
    """Put a proposal away."""
    proposal, call = reject(tx, site.stories, story, number, by=by)
    return shown(proposal, call)


def _wanted(site: Site, story: str, wish: Wish, by: Actor) -> Wanted:
    evidence = look_at(site, story, by).evidence
    language = normal_tag(wish.language) if wish.language else ""
    material = material_of(evidence, wish.episode, wish.wish)
    return Wanted(task_named(wish.task), material, language)

"""Proposals at the desk: what asking would cost, asking, and a person's yes or no to each."""

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.assist.asking import Wanted
from silkreel.story.assist.landing import plan_of
from silkreel.story.assist.ordering import Order, questions
from silkreel.story.assist.record import read_record
from silkreel.story.assist.running import next_step, preview_run
from silkreel.story.assist.tasks import TASKS
from silkreel.story.desk.deciding import accept, bring_novel, reject, take_back
from silkreel.story.desk.shelf import find_story
from silkreel.story.source import read_source
from silkreel.web.edge import Reading, TheSite
from silkreel.web.site import Site
from silkreel.web.staff.assist_shapes import (
    Assistant,
    Brought,
    Confirmed,
    PlannedShape,
    PreviewShape,
    ProposalShape,
    Proposed,
    TaskShape,
    Wish,
    shown,
)
from silkreel.web.staff.rights import StaffTransaction, no_store
from silkreel.web.staff.shapes import NO_CONTROLS
from silkreel.web.staff.story_door import (
    FILE_BODY,
    PREFIX,
    STORY_NOES,
    Reader,
    StoryName,
    Upload,
    Writer,
)
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
    folder = find_story(tx, site.stories, story, by.brand_id)
    kept = read_record(folder)
    settings, plan = site.settings, plan_of(folder)
    newest = sorted(kept.proposals, key=lambda each: (-each.call, each.number))[:MOST_SHOWN]
    return Assistant(
        ready=bool(settings.writer_url),
        model=settings.writer_model or "",
        tasks=[
            TaskShape(name=t.name, wants_language=t.wants_language, about=t.scope)
            for t in TASKS.values()
        ],
        paragraphs=_paragraphs(folder),
        planned=len(plan),
        plan=[PlannedShape(number=p["episode"], title=str(p.get("title", ""))) for p in plan],
        spent_tokens=kept.spent_tokens(f"{now():%Y-%m}"),
        limit_tokens=settings.writer_month_limit_tokens,
        proposals=[shown(each, kept.call(each.call)) for each in newest],
        failed=[f"{c.task}, {c.episode}: {c.problem}" for c in kept.calls if c.problem][-5:],
    )


@router.post("/assist/preview")
def cost(story: StoryName, wish: Wish, by: Writer, site: TheSite) -> PreviewShape:
    """What asking would take; nothing is asked."""
    parts, folder = _parts(site, story, wish, by), site.stories.place(story)
    seen = preview_run(folder, parts, site.settings, f"{now():%Y-%m}")
    return PreviewShape.model_validate(seen, from_attributes=True)


@router.post("/assist/ask")
def propose(story: StoryName, wish: Confirmed, by: Writer, site: TheSite) -> Proposed:
    """Ask what was previewed; answers become proposals, and change nothing by themselves.

    A long text takes several questions, and each request asks one: ask again until `done` is `of`.
    """
    parts, folder = _parts(site, story, wish, by), site.stories.place(story)
    step = next_step(folder, parts, site.settings, wish.confirm, by=by.name, at=by.at)
    asked = step.asked
    if asked is None:
        return Proposed(call=None, done=step.done, of=step.of, proposals=[])
    with site.workshop.transaction() as tx:
        after = {"task": wish.task, "model": asked.call.model, "tokens": asked.call.tokens}
        record(tx, by, "story.asked", f"story:{story}", after=after)
    return Proposed(
        call=asked.call.number, done=step.done, of=step.of,
        proposals=[shown(each, asked.call) for each in asked.proposals],
    )  # fmt: skip


@router.post("/source", status_code=201, openapi_extra=FILE_BODY)
def bring(
    story: StoryName,
    by: Writer,
    tx: StaffTransaction,
    site: TheSite,
    upload: Upload,
    file: Annotated[str, Query(min_length=1, max_length=200, pattern=NO_CONTROLS)],
) -> Brought:
    """Bring a finished novel (.txt, .md, .epub) as the story's source."""
    return Brought(paragraphs=bring_novel(tx, site.stories, story, (file, upload), by=by))


@router.post("/proposals/{number}/undo")
def back(
    story: StoryName, number: Number, by: Writer, tx: StaffTransaction, site: TheSite
) -> FileText:
    """Take an accepted proposal out again; it waits once more."""
    return FileText.of(take_back(tx, site.stories, story, number, by=by))


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


def _parts(site: Site, story: str, wish: Wish, by: Actor) -> tuple[Wanted, ...]:
    evidence = look_at(site, story, by).evidence
    order = Order(wish.task, wish.episode, wish.language, wish.wish, wish.source)
    return questions(evidence, order, site.settings)


def _paragraphs(folder: FilePath) -> int:
    try:
        return len(read_source(folder))
    except Refusal:  # none, or one that says so when it is asked about
        return 0

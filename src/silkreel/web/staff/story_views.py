"""A story looked at: checked, played, on cards, and out in every form."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response

from silkreel.flows.story_outside import story_outside
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.story.checking import not_run
from silkreel.story.desk.breakdown import breakdown_of
from silkreel.story.desk.cards import cards_of, grid_of
from silkreel.story.desk.looking import Look
from silkreel.story.desk.preview import play
from silkreel.story.desk.shelf import find_story
from silkreel.story.desk.wanting import Wanting, languages_of, parts_of, wanting_in
from silkreel.story.exporting import ExportOrder, Form, export
from silkreel.story.lints.evidence import Evidence, Outside
from silkreel.story.media import MediaForm, MediaOrder, export_media
from silkreel.story.project import Story
from silkreel.web.edge import TheSite
from silkreel.web.site import Site
from silkreel.web.staff.report_shapes import Report
from silkreel.web.staff.rights import no_store
from silkreel.web.staff.shapes import NO_CONTROLS
from silkreel.web.staff.story_door import PREFIX, STORY_NOES, Reader, StoryName
from silkreel.web.staff.story_shapes import (
    Findings,
    FindingShape,
    NotRunShape,
    PlayedShape,
    Playing,
)
from silkreel.web.staff.wanting_shapes import WantingShape
from silkreel.web.stories import Stories, TheStories

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same story gives the same bytes

router = APIRouter(
    prefix=PREFIX + "/{story}",
    tags=["staff"],
    responses=STORY_NOES,
    dependencies=[Depends(no_store)],
)


class UnknownExport(Refusal):
    """A form we do not write."""

    status = 404
    message = "There is no form {form} to export to; there are: {known}."


@router.get("/check")
def check(story: StoryName, by: Reader, site: TheSite, stories: TheStories) -> Findings:
    """What the checks say of the story as it stands, and of what was published and filmed of it."""
    look = look_beyond(site, stories, story, by)
    return Findings(
        digest=look.digest, findings=[FindingShape.of(x) for x in look.findings],
        not_run=NotRunShape.all_of(not_run(look.evidence)),
    )  # fmt: skip


@router.get("/wanting")
def wanting(
    story: StoryName,
    by: Reader,
    site: TheSite,
    language: Annotated[str, Query(max_length=35, pattern=NO_CONTROLS)] = "",
    part: Annotated[str, Query(max_length=80, pattern=NO_CONTROLS)] = "",
    stale: Annotated[bool, Query(description="only what changed since its translation")] = False,  # noqa: FBT002 - of an address
) -> WantingShape:
    """Lines whose translation is stale or missing: in a language, of an episode or a chapter."""
    evidence = look_at(site, story, by).evidence
    languages = languages_of(evidence)
    chosen = language or next(iter(languages), "")
    told = wanting_in(evidence, chosen) if chosen in languages else Wanting(chosen, {}, ())
    told = told.stale if stale else told
    return WantingShape.of(told, languages, parts_of(evidence), part)


@router.post("/play")
def preview(story: StoryName, told: Playing, by: Reader, site: TheSite) -> PlayedShape:
    """Play the story as it stands, from a line or on by the options taken."""
    return PlayedShape.of(play(look_at(site, story, by), told.log, told.start))


@router.get("/report")
def report(story: StoryName, by: Reader, site: TheSite) -> Report:
    """Episode cards, the cast against the episodes, rhythm, and what it takes to shoot."""
    look = look_at(site, story, by)
    evidence = look.evidence
    about = evidence.story.project.rhythm_profile, breakdown_of(evidence)
    return Report.of(look.digest, cards_of(evidence), grid_of(evidence), about)


@router.get("/export/{form}", response_class=Response)
def out(
    story: StoryName,
    form: str,
    by: Reader,
    site: TheSite,
    language: Annotated[str, Query(max_length=35, pattern=NO_CONTROLS)] = "",
    episode: Annotated[int, Query(ge=1, le=999)] = 1,
) -> Response:
    """The story as a file in another form; what would not read back the same is not given out."""
    evidence = look_at(site, story, by).evidence
    name, content = _exported(evidence, story, form, language, episode)
    with site.workshop.transaction() as tx:
        record(tx, by, "story.exported", f"story:{story}", after={"form": form})
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(
        content, media_type="application/octet-stream",
        headers={"content-disposition": disposition},
    )  # fmt: skip


def look_at(site: Site, story: str, by: Actor) -> Look:
    """A story of the brand as it stands.

    Raises:
        NoSuchStory, BadStoryFile: there is none, or it cannot be read.
    """
    return site.looks.at(_folder(site, story, by))


def look_beyond(site: Site, stories: Stories, story: str, by: Actor) -> Look:
    """A story of the brand as it stands, with what the home knows of it: as the command line checks.

    Raises:
        NoSuchStory, BadStoryFile: there is none, or it cannot be read.
    """

    def beyond(opened: Story) -> Outside:
        return story_outside(site.workshop, opened, shelf=stories.shelf)

    return site.looks.at(_folder(site, story, by), beyond)


def _folder(site: Site, story: str, by: Actor) -> Path:
    with site.workshop.reading() as tx:
        return find_story(tx, site.stories, story, by.brand_id)


def _exported(
    evidence: Evidence, story: str, form: str, language: str, episode: int
) -> tuple[str, bytes]:
    if form in get_args(Form):
        order = ExportOrder(form, language, episode)  # type: ignore[arg-type]  # just looked up
        middle = f".{language}" if language else ""
        middle += f".ep{episode:03d}" if form == "vtt" else ""
        return f"{story}{middle}.{form}", export(evidence, order).encode()
    if form in get_args(MediaForm):
        wanted = MediaOrder(form, story, language)  # type: ignore[arg-type]  # just looked up
        files = export_media(evidence, wanted)
        if form != "renpy":  # a game of many languages is many files
            [(name, content)] = files.items()
            return name, content
        return f"{story}.{form}.zip", _zipped(files)
    known = ", ".join([*get_args(Form), *get_args(MediaForm)])
    raise UnknownExport(form=form[:40], known=known)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), content)
    return made.getvalue()

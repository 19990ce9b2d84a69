"""Moments: from one medium to the others; and the one place a viewer has in a story."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from silkreel.audience.places import Reader, come_to, progress_of
from silkreel.flows.story_cues import line_at
from silkreel.flows.story_doors import Doors
from silkreel.flows.story_moments import (
    canon_line,
    line_of_block,
    line_of_scene,
    moment_of,
)
from silkreel.flows.story_shelf import NotInStory
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.story.places import Place, Progress
from silkreel.web.api.money.customers import not_kept
from silkreel.web.api.shapes import MAX_NUMBER
from silkreel.web.api.works.shapes import (
    MAX_SECOND,
    MEDIA,
    FurthestShape,
    LastShape,
    MediumName,
    MomentShape,
    PlaceShape,
    PlaceWish,
)
from silkreel.web.api.works.visit import NOES, PREFIX, TheVisit, Visit

router = APIRouter(prefix=PREFIX, tags=["story"], responses=NOES)
NAMES: dict[str, MediumName] = {kept: name for name, kept in MEDIA.items()}


class NowhereNamed(Refusal):
    """A question for a moment or a place that names none."""

    status = 422
    message = "Say where: a line, an episode with a second, a chapter with a block, or a scene."


@router.get("/moments")
def moment(
    visit: TheVisit,
    response: Response,
    episode: Annotated[int | None, Query(ge=0, le=MAX_NUMBER)] = None,
    second: Annotated[float | None, Query(ge=0, le=MAX_SECOND)] = None,
    chapter: Annotated[int | None, Query(ge=1, le=MAX_NUMBER)] = None,
    block: Annotated[str | None, Query(max_length=24)] = None,
    scene: Annotated[str | None, Query(max_length=80)] = None,
) -> MomentShape:
    """From where somebody watches, reads or plays to where the other media have it."""
    not_kept(response)
    if scene is not None:
        return _told(visit, line_of_scene(visit.story.version, scene))
    return _told(visit, _line(visit, None, episode, second, chapter, block))


@router.get("/moments/{line}")
def moment_at(
    line: Annotated[str, Path(max_length=24)], visit: TheVisit, response: Response
) -> MomentShape:
    """Where a line is watched, read and played."""
    not_kept(response)
    return _told(visit, line)


@router.get("/place")
def place(visit: TheVisit, response: Response) -> PlaceShape:
    """How far this viewer has come, and where they were last in each medium."""
    not_kept(response)
    if visit.who.viewer_id is None:
        return PlaceShape(furthest=None, last={}, latest=None)
    with visit.site.workshop.reading() as tx:
        progress = progress_of(tx, _reader(visit, tx, visit.who.viewer_id))
    return _place(visit, progress)


@router.post("/place")
def come(wish: PlaceWish, visit: TheVisit, response: Response) -> PlaceShape:
    """Note where this viewer is. Devices may tell it in any order."""
    not_kept(response)
    version = visit.story.version
    line = _line(visit, wish.line, wish.episode, wish.second, wish.chapter, wish.block)
    if line not in version.lines:
        raise NotInStory
    viewer = visit.customer()
    here = Place(line, MEDIA[wish.medium], now())
    with visit.site.workshop.transaction() as tx:
        reader = _reader(visit, tx, viewer)
        progress = come_to(tx, reader, here, canon_line(version, line))
    return _place(visit, progress)


def _line(
    visit: Visit,
    line: str | None,
    episode: int | None,
    second: float | None,
    chapter: int | None,
    block: str | None,
) -> str:
    if line is not None:
        return line
    if chapter is not None and block is not None:
        return line_of_block(visit.story.version, chapter, block)
    if episode is None or second is None:
        raise NowhereNamed
    found = line_at(visit.cues(episode), second)
    if found is None:
        raise NotInStory
    return found


def _told(visit: Visit, line_id: str) -> MomentShape:
    if line_id not in visit.story.version.lines:
        raise NotInStory
    furthest = -1
    if visit.who.viewer_id is not None:
        with visit.site.workshop.reading() as tx:
            furthest = progress_of(tx, _reader(visit, tx, visit.who.viewer_id)).furthest
    episode = visit.story.version.lines[line_id].episode
    return _shape(visit, line_id, visit.doors([episode]), furthest)


def _shape(visit: Visit, line_id: str, doors: Doors, furthest: int) -> MomentShape:
    version = visit.story.version
    line = version.lines[line_id]
    near = canon_line(version, line_id)
    return MomentShape.of(
        moment_of(visit.story, line_id, visit.cues(line.episode)), visit.story.slug,
        locked=line.episode in doors.closed, ahead=version.ordinals.get(near or "", -1) > furthest,
    )  # fmt: skip


def _place(visit: Visit, progress: Progress) -> PlaceShape:
    version, doors = visit.story.version, visit.doors()
    last: dict[MediumName, LastShape] = {
        NAMES[medium]: LastShape(
            at=each.at, moment=_shape(visit, each.line_id, doors, progress.furthest)
        )
        for medium, each in progress.last.items()
    }
    furthest = None
    if progress.furthest >= 0:
        furthest = FurthestShape(
            ordinal=progress.furthest, line=version.walk[progress.furthest],
            share=round((progress.furthest + 1) / len(version.walk), 4),
        )  # fmt: skip
    latest = max(last, key=lambda name: last[name].at, default=None)
    return PlaceShape(furthest=furthest, last=last, latest=latest)


def _reader(visit: Visit, tx: Session, viewer_id: str) -> Reader:
    shelf = visit.stories.shelf
    return Reader(viewer_id, visit.story.version, lambda name: shelf.version(tx, name))

"""A story and its novel."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from silkreel.flows.read_chapter import chapter_episodes, read_chapter
from silkreel.flows.story_doors import told
from silkreel.flows.story_moments import line_of_scene, moment_of
from silkreel.flows.story_shelf import watched_languages
from silkreel.web.api.money.customers import not_kept
from silkreel.web.api.shapes import MAX_NUMBER
from silkreel.web.api.works.shapes import (
    BlockShape,
    ChapterCard,
    ChapterShape,
    MediumName,
    MediumShape,
    PictureShape,
    StoryEpisodeCard,
    TongueShape,
    WorkShape,
    tongues,
)
from silkreel.web.api.works.visit import NOES, PREFIX, TheVisit, Visit

router = APIRouter(prefix=PREFIX, tags=["story"], responses=NOES)
Number = Annotated[int, Path(ge=0, le=MAX_NUMBER)]


@router.get("")
def work(visit: TheVisit, response: Response) -> WorkShape:
    """What there is of a story: media, languages, chapters and episodes, open or locked."""
    not_kept(response)
    story, doors = visit.story, visit.doors()
    version = story.version
    return WorkShape(
        slug=story.slug, title=story.title(visit.viewer.languages), source_language=version.source_language,
        digest=version.digest, version=version.number,
        scenes_total=version.scenes_total, endings_total=version.endings_total,
        media=_media(visit),
        chapters=[_card(visit, number, closed=doors.closed) for number in sorted(version.chapters)],
        episodes=[
            StoryEpisodeCard(
                number=number, title=story.episode_title(number, visit.viewer.languages),
                watch=number in story.filmed, locked=number in doors.closed,
            )
            for number in version.episodes
        ],
    )  # fmt: skip


@router.get("/chapters/{number}")
def chapter(number: Number, visit: TheVisit, response: Response) -> ChapterShape:
    """A chapter up to its first locked block."""
    not_kept(response)
    story = visit.story
    doors = visit.doors(chapter_episodes(story, number))
    found = read_chapter(visit.stories.shelf, story, number, doors, visit.viewer.languages)
    page = found.page
    return ChapterShape(
        number=number, title=page["title"], language=page["language"],
        direction=page["direction"], state=page["state"], version=story.version.number,
        blocks=[_block(visit, each) for each in found.blocks],
        languages=tongues(dict(found.languages)), previous=found.previous, next=found.next,
        locked=told(found.locked),
    )  # fmt: skip


def _media(visit: Visit) -> dict[MediumName, MediumShape]:
    story = visit.story
    found: dict[MediumName, MediumShape] = {}
    watched = _watched(visit)
    if watched:
        found["watch"] = MediumShape(languages=watched)
    if story.version.chapters:
        found["read"] = MediumShape(languages=tongues(story.languages("chapter")))
    found["play"] = MediumShape(languages=tongues(story.languages("strings")))
    return found


def _watched(visit: Visit) -> list[TongueShape]:
    """Languages the series is heard or read in."""
    with visit.site.workshop.reading() as tx:
        return tongues(watched_languages(tx, visit.story, visit.viewer.market))


def _card(visit: Visit, number: int, closed: Collection[int]) -> ChapterCard:
    language, page = visit.page("chapter", number)
    episodes = chapter_episodes(visit.story, number)
    return ChapterCard(
        number=number, title=page["title"], language=language, episodes=list(episodes),
        locked=bool(episodes) and episodes[0] in closed,
    )  # fmt: skip


def _block(visit: Visit, block: Mapping[str, Any]) -> BlockShape:
    picture, episodes = block["picture"], block["episodes"]
    return BlockShape(
        id=block["id"], kind=block["kind"], html=block["html"], lines=block["lines"],
        episode=episodes[0] if episodes else None, level=block["level"], scene=block["scene"],
        address=_address(visit, block["kind"], block["scene"]),
        picture=PictureShape(src=visit.art(picture["src"]) or "", alt=picture["alt"])
        if picture else None,
    )  # fmt: skip


def _address(visit: Visit, kind: str, scene: str) -> str | None:
    """Where a door of the novel leads; None for a block that is none, or leads nowhere."""
    if kind not in {"watch", "play"}:
        return None
    line = line_of_scene(visit.story.version, scene)
    return moment_of(visit.story, line, {}).addresses(visit.story.slug).get(kind)

"""The game: a compiled story that anybody may keep, and words that are handed out by episode."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from silkreel.catalogue.browse import pick
from silkreel.flows.choose import Fares
from silkreel.flows.interactive import choice_points, text_of, windows_in
from silkreel.flows.story_shelf import NotInStory
from silkreel.web.api.money.customers import not_kept
from silkreel.web.api.works.reading import Number
from silkreel.web.api.works.shapes import (
    CharacterShape,
    EpisodeChoices,
    GameEpisode,
    GameShape,
    PointShape,
    coin_prices,
    tongues,
)
from silkreel.web.api.works.visit import NOES, PREFIX, TheVisit, Visit

router = APIRouter(prefix=PREFIX, tags=["story"], responses=NOES)
FOR_EVER = "public, max-age=31536000, immutable"
RUNTIME = "vendor/ink.mjs"
_ART = re.compile(r"(?P<hash>[0-9a-f]{64})(?P<suffix>\.(?:png|jpg|webp))")
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


@router.get("/game")
def game(visit: TheVisit, response: Response) -> GameShape:
    """What a game player starts with."""
    not_kept(response)
    story, version, doors = visit.story, visit.story.version, visit.doors()
    fares, home = visit.fares(), f"/api/works/{story.slug}"
    return GameShape(
        digest=version.digest, story=f"{home}/game/{version.digest}.json",
        strings=f"{home}/strings/{{episode}}", runtime=visit.site.assets.url(RUNTIME),
        language=story.language("strings", None, visit.viewer.languages),
        languages=tongues(story.languages("strings")), cast=_cast(visit),
        episodes=[
            GameEpisode(
                number=number, title=story.episode_title(number, visit.viewer.languages),
                locked=number in doors.closed,
            )
            for number in version.episodes
        ],
        first_episode=next(iter(version.episodes)), prices=coin_prices(fares),
        scenes_total=version.scenes_total, endings_total=version.endings_total,
        bought=sorted(each for each in fares.bought.taken if each in version.choices),
    )  # fmt: skip


@router.get("/game/{digest}.json", response_class=FileResponse)
def compiled(
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], visit: TheVisit
) -> FileResponse:
    """The compiled story without words. Its address never means another one."""
    if digest != visit.story.version.digest:
        raise NotInStory  # a client that kept an older page asks for `game` again
    file = visit.story.file("game", "")
    return FileResponse(
        visit.stories.shelf.path(file), media_type="application/json",
        headers={"cache-control": FOR_EVER, "etag": f'"{file.content_hash}"'},
    )  # fmt: skip


@router.get("/strings/{number}", response_class=Response)
def strings(number: Number, visit: TheVisit, request: Request) -> Response:
    """The words of one episode's lines and options; 402 where the episode is locked."""
    if number not in visit.story.version.episodes:
        raise NotInStory
    visit.doors([number]).pass_through(number)
    language, page = visit.page("strings", number)
    etag = f'"{visit.story.file("strings", str(number), language).content_hash}"'
    headers = {"cache-control": "private, no-cache", "etag": etag, "content-language": language}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    scenes = {
        name: {**scene, "backdrop": visit.art(scene["backdrop"])}
        for name, scene in page["scenes"].items()
    }
    return JSONResponse({**page, "scenes": scenes}, headers=headers)


@router.get("/art/{name}", response_class=FileResponse)
def art(name: Annotated[str, Path(max_length=80)], visit: TheVisit) -> FileResponse:
    """A picture of the story."""
    asked = _ART.fullmatch(name)
    known = visit.story.version.files.items()
    for (kind, _, _), file in known if asked else ():
        if kind == "art" and asked and f"{file.content_hash}{file.suffix}" == name:
            return FileResponse(
                visit.stories.shelf.path(file), media_type=_TYPES[file.suffix],
                headers={"cache-control": FOR_EVER},
            )  # fmt: skip
    raise NotInStory


@router.get("/episodes/{number}/choices")
def choices(number: Number, visit: TheVisit, response: Response) -> EpisodeChoices:
    """Where an interactive player asks in an episode, and what."""
    not_kept(response)
    version = visit.story.version
    if number not in version.episodes:
        raise NotInStory
    visit.doors([number]).pass_through(number)
    language, page = visit.page("strings", number)
    points = choice_points(version, number, visit.cues(number), windows_in(page))
    fares = visit.fares() if points else Fares()
    texts = {each.id: text_of(page, each.id) for point in points for each in point.options}
    return EpisodeChoices(
        episode=number, language=language, state=page["state"],
        choices=[PointShape.of(point, visit.story.slug, texts, fares) for point in points],
    )  # fmt: skip


def _cast(visit: Visit) -> dict[str, CharacterShape]:
    return {
        name: CharacterShape(
            name=pick(told["names"], *visit.viewer.languages) if told["names"] else told["name"],
            portrait=visit.art(told["portrait"]),
        )
        for name, told in visit.story.version.cast.items()
    }

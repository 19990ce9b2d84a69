"""How much of a game a viewer has seen: numbers, so that nothing is given away."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from silkreel.flows.play_story import Sent, check_sent, resume
from silkreel.flows.seen_story import Seen, note_seen, seen_by, seen_of
from silkreel.web.api.money.customers import not_kept
from silkreel.web.api.shapes import Shape
from silkreel.web.api.works.shapes import DIGEST_PATTERN, LineId, Log
from silkreel.web.api.works.visit import NOES, PREFIX, TheVisit

router = APIRouter(prefix=PREFIX, tags=["story"], responses=NOES)


class EpisodeSeenShape(Shape):
    """An episode in numbers."""

    number: int
    scenes_seen: int
    scenes_total: int


class SeenShape(Shape):
    """How much of a game there is, and how much of it this viewer has seen in all their plays."""

    scenes_seen: int
    scenes_total: int
    endings_seen: int
    endings_total: int
    episodes: list[EpisodeSeenShape]

    @classmethod
    def of(cls, seen: Seen) -> "SeenShape":
        """From the counts."""
        return cls(
            scenes_seen=seen.scenes_seen, scenes_total=seen.scenes_total,
            endings_seen=seen.endings_seen, endings_total=seen.endings_total,
            episodes=[
                EpisodeSeenShape(
                    number=each.number, scenes_seen=each.scenes_seen,
                    scenes_total=each.scenes_total,
                )
                for each in seen.episodes
            ],
        )  # fmt: skip


class SeenWish(Shape):
    """A game as it stands on a device; it is played again here, and nothing of it is saved."""

    digest: Annotated[str, Field(pattern=DIGEST_PATTERN)]
    log: Log
    line: LineId | None = Field(
        None, description="the line on the screen: what follows it has not been read yet"
    )


@router.get("/seen")
def seen(visit: TheVisit, response: Response) -> SeenShape:
    """How much there is to see of the game, and how much of it this viewer has seen."""
    not_kept(response)
    with visit.site.workshop.reading() as tx:
        return SeenShape.of(seen_by(tx, visit.story.version, visit.who.viewer_id))


@router.post("/seen")
def see(wish: SeenWish, visit: TheVisit, response: Response) -> SeenShape:
    """Note what a game has shown by now. Saves are left as they are."""
    not_kept(response)
    sent, version = Sent(wish.digest, tuple(wish.log)), visit.story.version
    with visit.site.workshop.reading() as tx:
        check_sent(tx, version, sent)
    stories = visit.stories
    resumed = resume(stories.shelf, stories.stage, visit.story, visit.doors(), visit.fares(), sent)
    viewer = visit.customer()
    with visit.site.workshop.transaction() as tx:
        met = note_seen(tx, version, viewer, resumed, wish.line)
        return SeenShape.of(seen_of(version, met))

"""Who asks for which story: looked up once for each request, with nothing left open behind it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Path, Request

from silkreel.catalogue.series import SLUG_LENGTH
from silkreel.flows.choose import Fares, fares_for
from silkreel.flows.sell_episodes import Onlooker
from silkreel.flows.story_cues import cues_of
from silkreel.flows.story_doors import Doors, doors_for
from silkreel.flows.story_shelf import StoryAt
from silkreel.kit.clock import now
from silkreel.story.forms.vtt import Cues
from silkreel.web.api.money.customers import customer, onlooker
from silkreel.web.api.shapes import Problem
from silkreel.web.edge import TheViewer, Viewer, site_of
from silkreel.web.site import Site
from silkreel.web.stories import Stories, stories_of

NOES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}}
    for code in (402, 404, 409, 413, 422, 429)
}
MONEY_NOES: dict[int | str, dict[str, Any]] = NOES | {
    code: {"model": Problem, "content": {"application/problem+json": {}}} for code in (423, 503)
}
PREFIX = "/api/works/{slug}"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a story."""

    request: Request
    site: Site
    stories: Stories
    viewer: Viewer
    who: Onlooker
    story: StoryAt

    def doors(self, episodes: Collection[int] | None = None) -> Doors:
        """Which of these episodes of the story, or of all, are closed to them."""
        if not self.site.shop.sells():
            return Doors()
        numbers = self.story.version.episodes if episodes is None else episodes
        database = self.site.workshop.database
        return doors_for(database, self.who, self.story.series_id, numbers, now())

    def fares(self) -> Fares:
        """What options of the story cost them, and which are theirs."""
        if not self.site.shop.sells():
            return Fares()
        return fares_for(self.site.workshop.database, self.who, self.story, now())

    def cues(self, episode: int) -> Cues:
        """When lines are said in an episode, for the language they listen in."""
        with self.site.workshop.reading() as tx:
            return cues_of(
                tx, self.stories.shelf, self.site.workshop.store, self.story, episode,
                self.viewer.language,
            )  # fmt: skip

    def page(self, kind: str, number: int) -> tuple[str, Mapping[str, Any]]:
        """A file of the story in their language, and which language that is."""
        language = self.story.language(kind, str(number), self.viewer.languages)
        return language, self.stories.shelf.page(self.story.file(kind, str(number), language))

    def art(self, name: str | None) -> str | None:
        """The address of a picture by its public name."""
        return f"/api/works/{self.story.slug}/art/{name}" if name else None

    def customer(self) -> str:
        """Their id; a stranger becomes a guest."""
        found = customer(self.request, self.viewer.market).viewer_id
        assert found is not None, "a customer is somebody"
        return found

    def known(self) -> "Visit":
        """The same visit of somebody we know: a price is kept for them."""
        return replace(self, who=customer(self.request, self.viewer.market))


def visit(
    request: Request,
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    viewer: TheViewer,
) -> Visit:
    """Who asks for the story of a series.

    Raises:
        NotInStory: there is none here.
        TooOften: this address asks too often.
    """
    site, stories = site_of(request), stories_of(request)
    site.plays.take(request.client.host if request.client else "")
    with site.workshop.reading() as tx:
        story = stories.shelf.find(tx, slug, viewer.market)
    who = onlooker(request, viewer.market)
    return Visit(request, site, stories, viewer, who, story)


TheVisit = Annotated[Visit, Depends(visit)]

"""In which media a series is told: so that nobody asks for a story where there is none."""

from fastapi import Request

from silkreel.flows.story_shelf import NotInStory
from silkreel.kit.database import Session
from silkreel.web.api.works.shapes import MediumName
from silkreel.web.stories import stories_of


def media_of(request: Request, tx: Session, slug: str, market: str) -> list[MediumName]:
    """Watch, and what its published story adds to it for a market."""
    try:
        version = stories_of(request).shelf.find(tx, slug, market).version
    except NotInStory:
        return ["watch"]
    return ["watch", "read", "play"] if version.chapters else ["watch", "play"]

"""What a server keeps of stories from one question to the next."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from silkreel.flows.story_shelf import StoryShelf
from silkreel.flows.story_stage import Stage
from silkreel.kit.artifacts import Workshop


@dataclass(frozen=True, slots=True)
class Stories:
    """Versions read before, players that stay open."""

    shelf: StoryShelf
    stage: Stage

    @classmethod
    def open(cls, workshop: Workshop) -> "Stories":
        """For one installation; nothing is read yet."""
        return cls(StoryShelf(workshop), Stage())


def stories_of(request: Request) -> Stories:
    """What this server keeps of stories."""
    stories: Stories = request.app.state.stories
    return stories


TheStories = Annotated[Stories, Depends(stories_of)]

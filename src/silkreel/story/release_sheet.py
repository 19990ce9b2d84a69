"""release.yaml: how a story's series is offered: its names and summaries by language, and its owner."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from silkreel.story.project import STRICT, Story, read_declared

Texts = Mapping[str, str]  # by language


@checked(frozen=True, slots=True, config=STRICT)
class Rights:
    """Who owns the story and under which licence it is shown."""

    owner: str
    licence: str
    notice: str = ""


@checked(frozen=True, slots=True, config=STRICT)
class EpisodeSheet:
    """An episode's name and what it is about."""

    title: Texts = Field(default_factory=dict)
    synopsis: Texts = Field(default_factory=dict)


@checked(frozen=True, slots=True, config=STRICT)
class ReleaseSheet:
    """What stands on the shelf."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    rights: Rights
    title: Texts = Field(default_factory=dict)
    synopsis: Texts = Field(default_factory=dict)
    orientation: Literal["vertical", "landscape"] = "vertical"
    episodes: Mapping[str, EpisodeSheet] = Field(default_factory=dict)  # by knot


def read_release_sheet(story: Story) -> ReleaseSheet:
    """What a story's release.yaml says.

    Raises:
        BadStoryFile: it is missing, no YAML, or says something impossible.
    """
    return read_declared(story.folder / "release.yaml", ReleaseSheet)

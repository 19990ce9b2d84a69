"""A chapter of the novel, up to the first block whose scene is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from silkreel.flows.story_doors import Doors
from silkreel.flows.story_shelf import NotInStory, StoryAt, StoryShelf
from silkreel.kit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class OpenChapter:
    """What somebody may read of a chapter."""

    page: Mapping[str, Any]  # as it lies in the store
    blocks: tuple[Mapping[str, Any], ...]
    locked: Refusal | None  # why there is no more, where there is more
    languages: Mapping[str, str]
    previous: int | None
    next: int | None


def read_chapter(
    shelf: StoryShelf, story: StoryAt, number: int, doors: Doors, wished: Sequence[str]
) -> OpenChapter:
    """The chapter in the reader's language, as far as it is open.

    Raises:
        NotInStory: there is no such chapter.
        EpisodeLocked, NotOutYet: nothing of it is open.
    """
    if number not in story.version.chapters:
        raise NotInStory
    name = str(number)
    page = shelf.page(story.file("chapter", name, story.language("chapter", name, wished)))
    blocks: list[Mapping[str, Any]] = []
    locked = None
    for block in page["blocks"]:
        locked = doors.first_closed(block["episodes"])
        if locked is not None:
            break
        blocks.append(block)
    if locked is not None and not any(block["html"] for block in blocks):
        raise locked
    numbers = sorted(story.version.chapters)
    at = numbers.index(number)
    return OpenChapter(
        page, tuple(blocks), locked, story.languages("chapter", name),
        numbers[at - 1] if at else None, numbers[at + 1] if at + 1 < len(numbers) else None,
    )  # fmt: skip


def chapter_episodes(story: StoryAt, number: int) -> tuple[int, ...]:
    """Episodes that open a chapter, in the order their scenes are told."""
    blocks = story.version.blocks.get(number, ())
    return tuple(dict.fromkeys(each for block in blocks for each in block.episodes))

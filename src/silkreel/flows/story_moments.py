"""One moment in three media: from where somebody watches, reads or plays to where the others have it."""

from dataclasses import dataclass

from silkreel.flows.story_shelf import NotInStory, StoryAt
from silkreel.story.forms.vtt import Cues
from silkreel.story.published import Line, Published


@dataclass(frozen=True, slots=True)
class WatchAt:
    """Where a line is watched; no second where the edition has no cue for it."""

    episode: int
    second: float | None


@dataclass(frozen=True, slots=True)
class ReadAt:
    """Where a line is read; no block: at the chapter's top."""

    chapter: int
    block: str | None


@dataclass(frozen=True, slots=True)
class PlayAt:
    """Where a line is played, and choices that lead there."""

    scene: str
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A line, and where each medium meets it; a medium it is not in is absent."""

    line: Line
    watch: WatchAt | None
    read: ReadAt | None
    play: PlayAt | None

    def addresses(self, slug: str) -> dict[str, str]:
        """Where the app shows it, by medium."""
        found = {}
        if self.watch is not None:
            found["watch"] = f"/s/{slug}/e/{self.watch.episode}?t={self.line.id}"
        if self.read is not None:
            at = f"#{self.read.block}" if self.read.block else ""
            found["read"] = f"/s/{slug}/c/{self.read.chapter}{at}"
        if self.play is not None:
            found["play"] = f"/s/{slug}/g?at={self.play.scene}"
        return found


def moment_of(story: StoryAt, line_id: str, cues: Cues) -> Moment:
    """Where a line is met.

    Raises:
        NotInStory: the story has no such line.
    """
    line = story.version.lines.get(line_id)
    if line is None:
        raise NotInStory
    scene = story.version.scenes.get(line.scene)
    cue = cues.get(line_id)
    watched = line.watched and line.episode in story.filmed
    playable = line.played and scene is not None and scene.way_in is not None
    return Moment(
        line,
        WatchAt(line.episode, cue.start_seconds if cue else None) if watched else None,
        ReadAt(*line.read_at) if line.read_at else None,
        PlayAt(line.scene, scene.way_in or ()) if playable and scene is not None else None,
    )


def line_of_block(version: Published, chapter: int, block_id: str) -> str:
    """The line a reader has come to at a block; a quoted line's own id is a block's too.

    Raises:
        NotInStory: the chapter has no such block, or nothing of the series was told by then.
    """
    for block in version.blocks.get(chapter, ()):
        if block_id in block.quotes:
            return block_id
        if block.id == block_id and block.line is not None:
            return block.line
    raise NotInStory


def line_of_scene(version: Published, scene: str) -> str:
    """The first line of a scene or an episode.

    Raises:
        NotInStory: there is no such scene, or it has no lines.
    """
    within = f"{scene}."
    for line in version.lines.values():
        if line.scene == scene or line.scene.startswith(within):
            return line.id
    raise NotInStory


def canon_line(version: Published, line_id: str) -> str | None:
    """A line itself where the series has it, else the last one of the series on the way to its scene."""
    if line_id in version.ordinals:
        return line_id
    scene = version.scenes.get(version.lines[line_id].scene)
    way = scene.way_in or () if scene is not None else ()
    passed = [version.choices[each] for each in way if each in version.choices]
    near = [
        found for each in passed for found in (each.id, each.after) if found in version.ordinals
    ]
    return max(near, key=lambda each: version.ordinals[each or ""], default=None)

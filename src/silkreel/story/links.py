"""One moment in three media: from any line to where it is watched, read and played, and back.

Links hold ids, never seconds: a new cut or dub breaks none. The edge looks seconds up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from silkreel.story.novel import Chapter
from silkreel.story.project import Story
from silkreel.story.script import Beat, Choice, Placed

Rel = Literal["adapts", "watch", "read", "play"]
Reads = tuple[int | None, str | None]  # a chapter's number and a fragment in it


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """`source` stands in this relation to `target`; both are ids."""

    rel: Rel
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Where one line is met; a medium it is not in is absent."""

    line_id: str
    episode: int | None = None  # watched there, from this line's cue on
    chapter: int | None = None
    block: str | None = None  # the fragment to read at; None with a chapter: at its top
    scene: str | None = None  # played there

    def addresses(self, slug: str) -> dict[str, str]:
        """Where the app shows the moment, by medium."""
        found = {}
        if self.episode is not None:
            found["watch"] = f"/s/{slug}/e/{self.episode}?t={self.line_id}"
        if self.chapter is not None:
            at = f"#{self.block}" if self.block else ""
            found["read"] = f"/s/{slug}/c/{self.chapter}{at}"
        if self.scene is not None:
            found["play"] = f"/s/{slug}/g?at={self.scene}"
        return found


@dataclass(frozen=True, slots=True)
class Links:
    """All links of a story, and the moments they make."""

    moments: Mapping[str, Moment]  # by line id
    all: tuple[Link, ...]
    _by_target: Mapping[str, tuple[Link, ...]] = field(repr=False, default_factory=dict)

    def moment(self, line_id: str) -> Moment | None:
        """Where a line is met in each medium; None for an id the story does not have."""
        return self.moments.get(line_id)

    def lines_at(self, target: str, rel: Rel) -> tuple[str, ...]:
        """The way back: lines that are read at a block, watched in `ep001`, played in a scene."""
        return tuple(each.source for each in self._by_target.get(target, ()) if each.rel == rel)


def links_of(story: Story, canon: Iterable[str], chapters: Iterable[Chapter] = ()) -> Links:
    """Links of a story.

    Args:
        story: as written.
        canon: ids of its canon walk; what is not on it is not in the video.
        chapters: its novel.
    """
    chapters = tuple(chapters)
    watched, reads, adapted = frozenset(canon), _reads(chapters), _adapted(chapters)
    moments: dict[str, Moment] = {}
    for placed in story.walk():
        if isinstance(placed.node, Beat | Choice) and placed.node.id is not None:
            line_id = placed.node.id
            moments[line_id] = _moment(placed, line_id, reads, adapted, watched=line_id in watched)
    told = list(_links(moments))
    by_target: dict[str, list[Link]] = {}
    for link in told:
        by_target.setdefault(link.target, []).append(link)
    return Links(
        moments,
        tuple(sorted({*told, *_adaptations(chapters)})),
        {target: tuple(found) for target, found in by_target.items()},
    )


def _moment(
    placed: Placed,
    line_id: str,
    reads: Mapping[str, Reads],
    adapted: Mapping[str, int],
    *,
    watched: bool,
) -> Moment:
    """Where one line is met; a line that is `#only:` in one medium is met in no other."""
    episode, only = placed.episode, placed.inherited("only")
    scene = placed.scene.id if placed.scene else episode.name if episode else None
    near: Reads = (adapted.get(scene or ""), None) if only in {None, "novel"} else (None, None)
    chapter, block = reads.get(line_id, near)
    return Moment(
        line_id,
        episode.number if watched and episode and only in {None, "video"} else None,
        chapter,
        block,
        scene if only in {None, "game"} else None,
    )


def _reads(chapters: tuple[Chapter, ...]) -> dict[str, Reads]:
    """Where each quoted line is read first."""
    found: dict[str, Reads] = {}
    for chapter in chapters:
        for block in chapter.blocks:
            for line_id in block.quotes:
                found.setdefault(line_id, (chapter.number, block.id or line_id))
    return found


def _adapted(chapters: tuple[Chapter, ...]) -> dict[str, int]:
    """The first chapter that tells each scene."""
    found: dict[str, int] = {}
    for chapter in chapters:
        for scene in chapter.adapts:
            found.setdefault(scene, chapter.number)
    return found


def _links(moments: Mapping[str, Moment]) -> Iterable[Link]:
    for line_id, moment in moments.items():
        if moment.episode is not None:
            yield Link("watch", line_id, f"ep{moment.episode:03}")
        if moment.chapter is not None:
            yield Link("read", line_id, moment.block or f"ch{moment.chapter:03}")
        if moment.scene is not None:
            yield Link("play", line_id, moment.scene)


def _adaptations(chapters: tuple[Chapter, ...]) -> Iterable[Link]:
    for chapter in chapters:
        for scene in chapter.adapts:
            yield Link("adapts", chapter.name, scene)

"""Pictures of a story that readers and players see: portraits, backdrops, the novel's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.keys import file_hash
from silkreel.story.forms.epub import MAX_PICTURE_BYTES
from silkreel.story.novel import Chapter
from silkreel.story.project import BadStoryFile, Story

MAX_PICTURES = 500  # a cast of twenty in ten moods, and every place by day and night
_KINDS = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"))
_RIFF, _WEBP = b"RIFF", b"WEBP"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the story's folder, and what it is by its first bytes."""

    name: str  # path as the story tells it
    path: Path
    suffix: str
    content_hash: str


def pictures_of(story: Story, chapters: Sequence[Chapter]) -> tuple[Picture, ...]:
    """Every picture that the story names.

    Raises:
        BadStoryFile: one is missing, lies outside the folder, is too large or no picture.
    """
    wanted = dict.fromkeys(_named(story, chapters))
    if len(wanted) > MAX_PICTURES:
        problem = f"more than {MAX_PICTURES} pictures."
        raise BadStoryFile(path="story.yaml", line=1, problem=problem)
    return tuple(_picture(story.folder, name) for name in wanted)


def _named(story: Story, chapters: Sequence[Chapter]) -> Iterator[str]:
    yield from (each.portrait for each in story.project.cast if each.portrait)
    yield from (each.backdrop for each in story.project.locations if each.backdrop)
    yield from (block.picture for each in chapters for block in each.blocks if block.picture)


def _picture(folder: Path, name: str) -> Picture:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadStoryFile(path=name[:200], line=1, problem="there is no such picture.")
    if path.stat().st_size > MAX_PICTURE_BYTES:
        most = MAX_PICTURE_BYTES // 1024**2
        raise BadStoryFile(path=name, line=1, problem=f"this picture is above {most} MB.")
    with path.open("rb") as stream:
        suffix = _suffix(stream.read(16))
    if not suffix:
        raise BadStoryFile(path=name, line=1, problem="pictures are PNG, JPEG or WebP.")
    return Picture(name, path, suffix, file_hash(path))


def _suffix(head: bytes) -> str:
    if head.startswith(_RIFF) and head[8:12] == _WEBP:
        return ".webp"
    return next((suffix for magic, suffix in _KINDS if head.startswith(magic)), "")

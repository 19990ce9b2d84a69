"""Pictures a board or a location names: found in the story's folder, or one sentence why not."""

from pathlib import Path

from silkreel.story.board import Board
from silkreel.story.project import BadStoryFile, Story, line_of
from silkreel.story.script import At
from silkreel.story.staging import Art

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def given_art(story: Story, board: Board) -> tuple[Art, dict[str, At]]:
    """The pictures of an episode's shots and places, and where each file is named.

    Raises:
        BadStoryFile: one does not exist, lies outside the folder or is no picture by its name.
    """
    named: dict[str, At] = {}
    shots = {}
    for each in board.shots:
        if each.shot.art:
            path = _found(story, each.shot.art, each.at)
            shots[each.shot.id] = str(path)
            named.setdefault(path.name, each.at)
    here = {each.scene.location for each in board.shots}
    backdrops = {}
    for number, location in enumerate(story.project.locations):
        if location.id in here and location.backdrop:
            line = line_of(story.folder / "story.yaml", ["locations", str(number), "backdrop"])
            at = At("story.yaml", line)
            path = _found(story, location.backdrop, at)
            backdrops[location.id] = str(path)
            named.setdefault(path.name, at)
    return Art(shots, backdrops), named


def _found(story: Story, name: str, at: At) -> Path:
    path = (story.folder / name).resolve()
    if not path.is_relative_to(story.folder.resolve()):
        raise bad_art(at, f"{name} lies outside the story's folder.")
    if path.suffix.lower() not in SUFFIXES:
        raise bad_art(at, f"{name} is no picture; name a PNG, JPEG or WebP file.")
    if not path.is_file():
        raise bad_art(at, f"{name} does not exist.")
    return path


def bad_art(at: At, problem: str) -> BadStoryFile:
    """The refusal of a picture, told where it is named."""
    return BadStoryFile(path=at.file, line=at.line, problem=problem)

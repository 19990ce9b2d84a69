"""Shot lists: one YAML file an episode, whose shots claim line ids; the script knows no camera."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from silkreel.story.project import STRICT, BadStoryFile, read_text
from silkreel.story.script import At


@checked(frozen=True, slots=True, config=STRICT)
class Shot:
    """One take of the camera, and the lines it covers."""

    id: Annotated[str, Field(pattern=r"^ep\d{3}_s\d{2,3}$")]
    covers: tuple[str, ...]
    size: str = "MS"
    move: str = "still"
    angle: str = "eye"
    length_seconds: Annotated[float, Field(gt=0, le=120)] | None = None
    cast: tuple[str, ...] = ()
    art: str = ""
    text: str = ""  # what it covers, where the board repeats it; must be the script's words


@dataclass(frozen=True, slots=True)
class ShotList:
    """The shots of one episode, in order."""

    episode: str
    path: str
    shots: tuple[Shot, ...]
    lines: tuple[int, ...]  # where each shot stands in its file

    def at(self, position: int) -> At:
        """Where a shot stands."""
        return At(self.path, self.lines[position])


def read_shot_lists(folder: Path) -> tuple[ShotList, ...]:
    """Every shot list of a story.

    Raises:
        BadStoryFile: one cannot be read.
    """
    return tuple(
        read_shot_list(path, f"shots/{path.name}")
        for path in sorted((folder / "shots").glob("*.yaml"))
    )


def read_shot_list(path: Path, shown: str) -> ShotList:
    """One episode's shots; the file's name is the episode's.

    Raises:
        BadStoryFile: it is no YAML list of shots.
    """
    text = read_text(path, shown)
    try:
        content, node = yaml.safe_load(text), yaml.compose(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadStoryFile(path=shown, line=line, problem="this is not YAML.") from None
    starts = [each.start_mark.line + 1 for each in node.value] if node is not None else []
    try:
        shots = TypeAdapter(tuple[Shot, ...]).validate_python(content or ())
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        at = first["loc"][0] if first["loc"] and isinstance(first["loc"][0], int) else None
        line = starts[at] if at is not None and at < len(starts) else 1
        where = ".".join(str(step) for step in first["loc"]) or "file"
        raise BadStoryFile(path=shown, line=line, problem=f"{where}: {first['msg']}.") from None
    return ShotList(path.stem, shown, shots, tuple(starts))

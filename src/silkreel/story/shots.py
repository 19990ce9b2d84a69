"""Shot lists: one YAML file an episode, whose shots claim line ids; the script knows no camera."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

import yaml
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from silkreel.media.theatre import plan
from silkreel.story.project import STRICT, BadStoryFile, read_text
from silkreel.story.script import At

# Sizes by other names a board may come with, in small letters.
OTHER_NAMES = {"close": "CU", "medium": "MS", "wide": "WS", "ls": "WS", "ews": "WS", "2s": "two"}


def _size(told: object) -> object:
    """A size as the stage calls it, whatever its capitals."""
    ours = {size.lower(): size for size in get_args(plan.Size)} | OTHER_NAMES
    return ours.get(str(told).lower(), told)


@checked(frozen=True, slots=True, config=STRICT)
class Acting:
    """How a line is played, and the pauses the final cut leaves around it."""

    gesture: plan.Gesture = "none"
    turn: plan.Facing | None = None
    before: Annotated[float, Field(ge=0, le=30)] = 0.0  # seconds
    after: Annotated[float, Field(ge=0, le=30)] = 0.25


@checked(frozen=True, slots=True, config=STRICT)
class Direction:
    """What a board may say to the paper theatre beyond what any camera needs."""

    scene: str = ""  # where a shot without lines is set: ep003.dawn
    at: tuple[float, float] | None = None  # the point of the stage the camera looks at
    before: Annotated[float, Field(ge=0, le=30)] = 0.3  # seconds of pause in the final cut
    after: Annotated[float, Field(ge=0, le=30)] = 0.3
    effect: plan.Effect = "none"
    enter: str | None = None
    bare: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    acting: Mapping[str, Acting] = Field(default_factory=dict)  # by line id


@checked(frozen=True, slots=True, config=STRICT)
class Shot:
    """One take of the camera, and the lines it covers."""

    id: Annotated[str, Field(pattern=r"^ep\d{3}_s\d{2,3}$")]
    covers: tuple[str, ...]
    size: Annotated[plan.Size, BeforeValidator(_size)] = "MS"
    move: plan.Move = "still"
    angle: plan.Angle = "eye"
    length_seconds: Annotated[float, Field(gt=0, le=120)] | None = None
    cast: tuple[str, ...] = ()
    art: str = ""
    text: str = ""  # what it covers, where the board repeats it; must be the script's words
    stage: Direction = Field(default_factory=Direction)


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

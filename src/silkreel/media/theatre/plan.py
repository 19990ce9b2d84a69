"""What is played: an episode as scenes, shots and lines, without a word of how it is drawn.

Coordinates on the stage: one unit is a pixel of a 720-wide picture at camera zoom 1; x grows to
the right from the middle of the place, y grows downwards from an adult's eyes.
"""

from dataclasses import dataclass
from typing import Literal

PlaceName = Literal["street", "workshop", "bridge"]
Weather = Literal["clear", "rain", "storm", "snow", "embers"]
PuppetName = Literal["maiden", "gentleman", "matron", "elder", "silhouette"]
Pose = Literal["stand", "lantern", "fan", "stoop", "umbrella", "bare", "coat"]
Size = Literal["insert", "ECU", "CU", "MCU", "MS", "two", "FS", "WS"]  # as shot lists write them
Move = Literal[
    "still", "push_in", "pull_out", "drift_left", "drift_right", "tilt_up", "shake"
]  # fmt: skip
Angle = Literal["eye", "low", "high", "dutch"]
Gesture = Literal[
    "none", "lift", "heart", "reach", "point", "bow", "fan", "recoil", "startle", "reveal",
    "slap", "throw",
]  # fmt: skip
Effect = Literal[
    "none", "lightning", "reveal", "dim", "slap", "letters", "failing", "goes_out", "fire",
    "beams", "boat",
]  # fmt: skip
Mood = Literal["plain", "dread", "arrival", "wound", "secret", "cold", "duel", "dawn"]
Facing = Literal["left", "right"]


LineKind = Literal["speech", "action", "sign", "choice"]
Hour = Literal["day", "dusk", "night"]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A place nobody has designed yet: drawn from a seed, or a picture that was given."""

    seed: int
    indoors: bool = False
    hour: Hour = "day"
    picture: str = ""  # path of a file that is shown instead


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the episode, and what stands in the picture meanwhile.

    Speech has a voice. Action, a sign to read and a choice have none, and last `still_seconds`.
    """

    id: str
    who: str
    caption: str
    gesture: Gesture = "none"
    before_seconds: float = 0.0
    after_seconds: float = 0.25
    turn: Facing | None = None
    kind: LineKind = "speech"
    still_seconds: float = 0.0
    options: tuple[str, ...] = ()  # of a choice
    canon: int = 0  # which of them the series takes


@dataclass(frozen=True, slots=True)
class Mark:
    """Where somebody stands in a scene."""

    who: str
    x: float
    facing: Facing
    pose: Pose = "stand"


@dataclass(frozen=True, slots=True)
class Shot:
    """A piece of picture between two cuts."""

    size: Size
    on: tuple[str, ...] = ()  # whom the camera looks at
    at: tuple[float, float] | None = None  # or which point of the stage
    move: Move = "still"
    before_seconds: float = 0.3
    after_seconds: float = 0.3
    effect: Effect = "none"
    enter: str | None = None  # who walks in while the shot runs
    bare: tuple[str, ...] = ()  # whose hands are empty in this shot
    writing: tuple[str, ...] = ()  # columns that come out on the lantern's paper
    lines: tuple[Line, ...] = ()
    id: str = ""
    angle: Angle = "eye"
    art: str = ""  # path of a picture that is shown instead of the stage
    asked_seconds: float = 0.0  # how long the board wants it to last


@dataclass(frozen=True, slots=True)
class Scene:
    """Shots in one place with the same people."""

    place: PlaceName | Sketch
    weather: Weather
    mood: Mood
    marks: tuple[Mark, ...]
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of the cast and the puppet that plays them."""

    id: str
    puppet: PuppetName
    name: str = ""
    seed: int = 0  # of a silhouette: which head, which clothes, which colour


@dataclass(frozen=True, slots=True)
class TitleCard:
    """Text that stands in the picture at the start and is no subtitle."""

    series: str
    episode: str


@dataclass(frozen=True, slots=True)
class Play:
    """One episode, ready to be drawn once its lines have been spoken."""

    number: int
    title: TitleCard
    watermark: str
    cast: tuple[Actor, ...]
    scenes: tuple[Scene, ...]
    seed: int = 7
    shortest_seconds: float = 40.0
    longest_seconds: float = 60.0
    language: str = (
        ""  # of captions, names and titles: whose letters are taken where scripts share them
    )

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in the order they are shown."""
        return tuple(line for shot in self.shots for line in shot.lines)

    @property
    def spoken(self) -> tuple[Line, ...]:
        """The lines that have a voice."""
        return tuple(line for line in self.lines if line.kind == "speech")

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All shots in the order they are shown."""
        return tuple(shot for scene in self.scenes for shot in scene.shots)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is written into the picture."""
        said = (text for line in self.lines for text in (line.caption, *line.options))
        names = (actor.name for actor in self.cast)
        shots = (shot.id for shot in self.shots)
        every = (self.title.series, self.title.episode, self.watermark, *names, *shots, *said)
        return tuple(dict.fromkeys(text for text in every if text))


@dataclass(frozen=True, slots=True)
class Look:
    """How finished the picture is.

    The final look has a title card, a watermark and captions as they are burned in. A preview has
    the slate's strip, its stamp, names over heads and captions in the safe zone.
    """

    preview: bool = False
    stills: bool = False  # one drawing a shot


@dataclass(frozen=True, slots=True)
class Picture:
    """The size and rate of what is drawn."""

    width_pixels: int = 720
    height_pixels: int = 1280
    frames_per_second: int = 25

    @property
    def scale(self) -> float:
        """Pixels of this picture in one stage unit."""
        return self.width_pixels / 720

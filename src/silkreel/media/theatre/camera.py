"""Where the camera looks: a size for each kind of shot, and slow moves within it."""

import math
from dataclasses import dataclass, replace

import numpy as np

from silkreel.media.theatre.plan import Angle, Mark, Picture, Shot, Size
from silkreel.media.theatre.schedule import ShotCue
from silkreel.media.theatre.sprites import Matrix, moved, spun

ZOOMS: dict[Size, float] = {
    "WS": 0.74, "FS": 0.86, "two": 1.0, "MS": 1.34, "MCU": 1.62, "CU": 1.95, "ECU": 2.7, "insert": 1.7,
}  # fmt: skip
EYE_LINE = 0.385  # share of the picture's height where eyes stand
# How far below the eyes the camera aims, in units: close shots keep the face, wide ones the ground.
AIM_BELOW: dict[Size, float] = {
    "WS": 60, "FS": 54, "two": 46, "MS": 36, "MCU": 26, "CU": 18, "ECU": 8, "insert": 0,
}  # fmt: skip
LOOK_ROOM: dict[Size, float] = {
    "WS": 0, "FS": 20, "two": 0, "MS": 46, "MCU": 40, "CU": 34, "ECU": 20, "insert": 0,
}  # fmt: skip
FACES = ("ECU", "CU")  # sizes that hold one face
# What an angle does to a paper stage: the camera aims so many units lower, comes nearer, leans.
ANGLES: dict[Angle, tuple[float, float, float]] = {
    "eye": (0, 1.0, 0.0), "low": (-64, 1.12, 0.0), "high": (78, 0.9, 0.0), "dutch": (0, 1.08, 5.0),
}  # fmt: skip
PUSH = 0.075
DRIFT_UNITS = 26.0
SHAKE_UNITS = 5.0
SHAKE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """A camera at one moment: the stage point it looks at, and how near."""

    x: float
    y: float
    zoom: float
    lean_degrees: float = 0.0

    def matrix(self, picture: Picture, parallax: float = 1.0) -> Matrix:
        """From stage units of a layer to picture pixels; distant layers move and grow less."""
        zoom = self.zoom_at(parallax) * picture.scale
        x0 = picture.width_pixels / 2 - self.x * parallax * zoom
        y0 = picture.height_pixels * EYE_LINE - self.y * parallax * zoom
        straight = np.array([[zoom, 0, x0], [0, zoom, y0], [0, 0, 1.0]])
        return self._leaning(picture) @ straight if self.lean_degrees else straight

    def _leaning(self, picture: Picture) -> Matrix:
        x, y = picture.width_pixels / 2, picture.height_pixels * EYE_LINE
        return moved(x, y) @ spun(self.lean_degrees) @ moved(-x, -y)

    def zoom_at(self, parallax: float) -> float:
        """The size of a layer under this camera."""
        return float(1 + (self.zoom - 1) * (0.35 + 0.65 * parallax))


def aim(cue: ShotCue) -> View:
    """The middle of a shot's camera path."""
    straight = _aim(cue)
    below, nearer, lean = ANGLES[cue.shot.angle]
    return View(straight.x, straight.y + below / straight.zoom, straight.zoom * nearer, lean)


def _aim(cue: ShotCue) -> View:
    shot = cue.shot
    zoom = ZOOMS[shot.size]
    if shot.at is not None:
        return View(shot.at[0], shot.at[1], zoom)
    marks = [mark for mark in (cue.mark(who) for who in shot.on) if mark is not None]
    if not marks:
        return View(0.0, AIM_BELOW[shot.size], zoom)
    x = sum(mark.x for mark in marks) / len(marks)
    if len(marks) == 1:
        x += LOOK_ROOM[shot.size] * (1 if marks[0].facing == "right" else -1)
    return View(x, AIM_BELOW[shot.size], zoom)


def view_at(cue: ShotCue, seconds: float, length_seconds: float) -> View:
    """The camera `seconds` into a shot."""
    base = aim(cue)
    t = min(1.0, max(0.0, seconds / max(length_seconds, 1e-6)))
    ease = t * t * (3 - 2 * t) * 0.35 + t * 0.65
    match cue.shot.move:
        case "push_in":
            return replace(base, zoom=base.zoom * (1 - PUSH / 2 + PUSH * ease))
        case "pull_out":
            return replace(base, zoom=base.zoom * (1 + PUSH - 1.6 * PUSH * ease))
        case "drift_left" | "drift_right":
            side = -1 if cue.shot.move == "drift_left" else 1
            reach = DRIFT_UNITS / base.zoom
            x = base.x + side * reach * (2 * ease - 1)
            return replace(base, x=x, zoom=base.zoom * (1 + 0.02 * ease))
        case "tilt_up":
            return replace(base, y=base.y + (1 - ease) * 30 - ease * 40)
        case "shake":
            return _shaken(base, seconds, ease)
        case _:
            return base


def _shaken(base: View, seconds: float, ease: float) -> View:
    fade = max(0.0, 1 - seconds / SHAKE_SECONDS) ** 2
    wave = seconds * 2 * math.pi * 9
    x = SHAKE_UNITS * fade * math.sin(wave)
    y = SHAKE_UNITS * 0.6 * fade * math.sin(1.7 * wave + 1)
    return replace(base, x=base.x + x, y=base.y + y, zoom=base.zoom * (1 + 0.035 * ease))


def who_is_near(shot: Shot, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """Whom the shot can show at all: close shots hold one face or a thing, others everybody."""
    if shot.size in FACES:
        return shot.on
    if shot.size == "insert":
        return ()
    return tuple(mark.who for mark in marks)

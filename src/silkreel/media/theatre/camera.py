"""Where the camera looks: a size for each kind of shot, and slow moves within it."""

import math
from dataclasses import dataclass

import numpy as np

from silkreel.media.theatre.plan import Mark, Picture, Shot, Size
from silkreel.media.theatre.schedule import ShotCue
from silkreel.media.theatre.sprites import Matrix

ZOOMS: dict[Size, float] = {
    "wide": 0.74, "two": 1.0, "medium": 1.34, "close": 1.95, "insert": 1.7,
}  # fmt: skip
EYE_LINE = 0.385  # share of the picture's height where eyes stand
# How far below the eyes the camera aims, in units: close shots keep the face, wide ones the ground.
AIM_BELOW: dict[Size, float] = {"wide": 60, "two": 46, "medium": 36, "close": 18, "insert": 0}
LOOK_ROOM: dict[Size, float] = {"wide": 0, "two": 0, "medium": 46, "close": 34, "insert": 0}
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

    def matrix(self, picture: Picture, parallax: float = 1.0) -> Matrix:
        """From stage units of a layer to picture pixels; distant layers move and grow less."""
        zoom = self.zoom_at(parallax) * picture.scale
        x0 = picture.width_pixels / 2 - self.x * parallax * zoom
        y0 = picture.height_pixels * EYE_LINE - self.y * parallax * zoom
        return np.array([[zoom, 0, x0], [0, zoom, y0], [0, 0, 1.0]])

    def zoom_at(self, parallax: float) -> float:
        """The size of a layer under this camera."""
        return float(1 + (self.zoom - 1) * (0.35 + 0.65 * parallax))


def aim(cue: ShotCue) -> View:
    """The middle of a shot's camera path."""
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
            return View(base.x, base.y, base.zoom * (1 - PUSH / 2 + PUSH * ease))
        case "pull_out":
            return View(base.x, base.y, base.zoom * (1 + PUSH - 1.6 * PUSH * ease))
        case "drift_left" | "drift_right":
            side = -1 if cue.shot.move == "drift_left" else 1
            reach = DRIFT_UNITS / base.zoom
            return View(
                base.x + side * reach * (2 * ease - 1), base.y, base.zoom * (1 + 0.02 * ease)
            )
        case "tilt_up":
            return View(base.x, base.y + (1 - ease) * 30 - ease * 40, base.zoom)
        case "shake":
            return _shaken(base, seconds, ease)
        case _:
            return base


def _shaken(base: View, seconds: float, ease: float) -> View:
    fade = max(0.0, 1 - seconds / SHAKE_SECONDS) ** 2
    wave = seconds * 2 * math.pi * 9
    x = SHAKE_UNITS * fade * math.sin(wave)
    y = SHAKE_UNITS * 0.6 * fade * math.sin(1.7 * wave + 1)
    return View(base.x + x, base.y + y, base.zoom * (1 + 0.035 * ease))


def who_is_near(shot: Shot, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """Whom the shot can show at all: close shots hold one face, others everybody."""
    if shot.size == "close" and shot.on:
        return shot.on
    if shot.size == "insert":
        return ()
    return tuple(mark.who for mark in marks)

"""What a moment of a shot shows besides its actors: the story's lantern, a boat, fire, searchlights."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from silkreel.media.theatre import effects, weather
from silkreel.media.theatre.camera import View
from silkreel.media.theatre.places import Lamp, Place
from silkreel.media.theatre.plan import Picture
from silkreel.media.theatre.schedule import ShotCue
from silkreel.media.theatre.sprites import Pixels, Sprite, add_light, moved, paste, sized, spun

LANTERN_SCALE = 1.8  # it fills the picture in insert shots
LANTERN_LIGHT = Lamp(0, 0, 360, "#ffa83c", 0.34, 1.0)
LETTERS_APPEAR_SECONDS = (0.5, 1.9)
BOAT_X, BOAT_Y, BOAT_PARALLAX, BOAT_SCALE = 60.0, 372.0, 0.46, 2.6
BOAT_UNITS_PER_SECOND = 15.0
BOAT_LIGHT, WATER_LIGHT = "#ffb04a", "#ff9a3c"
LARGEST_GLOW_PIXELS = 480.0
SLAP_LEAD_SECONDS, SLAP_FLASH_SECONDS = 0.06, 0.09


@dataclass(frozen=True, slots=True)
class Moment:
    """One drawing's place in time, and where the camera is."""

    cue: ShotCue
    view: View
    now: float  # seconds of the episode
    since: float  # seconds of the shot
    picture: Picture
    seed: int


def shine_lamp(
    pixels: Pixels, lamp: Lamp, spot: tuple[float, float], scale: float, now: float | None = None
) -> None:
    """Add a lamp's light at a spot of the picture; with a time it flickers."""
    size = min(lamp.radius * scale, LARGEST_GLOW_PIXELS)
    beat = 1.0 if now is None else effects.flicker(now, lamp.radius)
    effects.shine(pixels, *spot, size, lamp.colour, lamp.strength * beat)


def before_actors(pixels: Pixels, moment: Moment, place: Place) -> None:
    """What stands behind the actors."""
    shot = moment.cue.shot
    if shot.effect == "lightning":
        effects.whiten(pixels, effects.flash(moment.since - 0.1))
    if shot.effect == "boat":
        _boat(pixels, moment)
    elif shot.size == "insert" and shot.at is not None:
        _title_lantern(pixels, moment, shot.at)
    elif place.title_lantern is not None:
        _title_lantern(pixels, moment, place.title_lantern)


def after_actors(pixels: Pixels, moment: Moment) -> None:
    """What stands before the actors."""
    scale = moment.picture.scale
    match moment.cue.shot.effect:
        case "fire":
            _fire(pixels, moment)
        case "beams":
            sway = round(26 * math.sin(moment.now * 1.3) * scale)
            add_light(pixels, effects.beam(moment.picture), 0, sway, 0.9)
        case "slap" if _slapped(moment):
            effects.whiten(pixels, 1.0)
        case _:
            pass


def _title_lantern(pixels: Pixels, moment: Moment, at: tuple[float, float]) -> None:
    """The story's lantern on its string; in some shots writing comes out in its light."""
    scale = LANTERN_SCALE * moment.picture.scale
    hung = moment.view.matrix(moment.picture) @ moved(*at)
    swing = moved(0, -190) @ spun(2.2 * math.sin(moment.now * 1.6)) @ moved(0, 190)
    paste(pixels, effects.title_lantern(scale), hung @ swing)
    writing = moment.cue.shot.writing
    if writing:
        start, end = LETTERS_APPEAR_SECONDS
        share = min(1.0, max(0.0, (moment.since - start) / (end - start)))
        lit = effects.title_lantern(scale, writing)
        if 0 < share < 1:
            faded = cv2.convertScaleAbs(lit.image, alpha=share)
            lit = Sprite(faded, lit.left, lit.top, lit.scale)
        if share > 0:
            paste(pixels, lit, hung @ swing)
    spot = hung @ np.array([0, 0, 1.0])
    size = moment.view.zoom * moment.picture.scale
    shine_lamp(pixels, LANTERN_LIGHT, (float(spot[0]), float(spot[1])), size, moment.now)


def _boat(pixels: Pixels, moment: Moment) -> None:
    """A skiff comes out of the mist, a lamp in its bow and the lamp's path on the water."""
    picture, now = moment.picture, moment.now
    spot = np.array([BOAT_X - BOAT_UNITS_PER_SECOND * moment.since, BOAT_Y, 1.0])
    x, y, _ = moment.view.matrix(picture, BOAT_PARALLAX) @ spot
    size = 1.5 * moment.view.zoom_at(BOAT_PARALLAX) * picture.scale
    y += 2.5 * size * math.sin(now * 1.4)
    paste(pixels, effects.boat(BOAT_SCALE * picture.scale), moved(x, y) @ sized(-size, size))
    lamp, beat = x - 108 * size, effects.flicker(now, 4)
    effects.shine(pixels, lamp, y - 44 * size, 200 * size, BOAT_LIGHT, 0.85 * beat)
    for k in range(5):
        ripple, below = 6 * math.sin(now * 3 + k * 2), (26 + 34 * k) * size
        radius = (44 - 4 * k) * size
        effects.shine(pixels, lamp + ripple, y + below, radius, WATER_LIGHT, 0.5 * beat)


def _fire(pixels: Pixels, moment: Moment) -> None:
    picture, now = moment.picture, moment.now
    scale, beat = picture.scale, effects.flicker(now, 3)
    x, y = picture.width_pixels / 2, float(picture.height_pixels)
    drawings = effects.flames(picture)
    paste(pixels, drawings[int(now * 12.5) % len(drawings)], moved(x, y) @ sized(scale))
    effects.shine(pixels, x, y - 60 * scale, 620 * scale, "#ff6a1a", 0.62 * beat)
    for sheet in weather.sheets("embers", picture, moment.seed):
        weather.fall(pixels, sheet, now * 5)
        weather.fall(pixels, sheet, now * 3 + 7)


def _slapped(moment: Moment) -> bool:
    if not moment.cue.lines:
        return False
    start = moment.cue.lines[0].speech_start_seconds - SLAP_LEAD_SECONDS
    return start <= moment.now < start + SLAP_FLASH_SECONDS

"""Rain, snow and floating sparks: sheets of light that slide over the picture."""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture, Weather
from silkreel.media.theatre.sprites import Pixels

MARGIN = 60  # pixels a sheet may sway to each side, at 720 wide


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet of drops, twice as high as the picture so that any slice of it repeats."""

    image: Pixels
    pixels_per_second: float  # downwards
    sway: float  # pixels to each side
    behind: bool  # behind the actors


def sheets(weather: Weather, picture: Picture, seed: int) -> tuple[Sheet, ...]:
    """The sheets of a kind of weather."""
    return _sheets(weather, picture, seed)


@lru_cache(maxsize=8)
def _sheets(weather: Weather, picture: Picture, seed: int) -> tuple[Sheet, ...]:
    k = picture.scale
    match weather:
        case "rain" | "storm":
            many = 1.0 if weather == "rain" else 1.6
            return (
                Sheet(_rain(picture, seed, int(190 * many), 46, 0.9, 36), 1700 * k, 0, behind=True),
                Sheet(
                    _rain(picture, seed + 1, int(48 * many), 120, 1.7, 60),
                    2600 * k,
                    0,
                    behind=False,
                ),
            )
        case "snow":
            return (
                Sheet(
                    _dots(picture, seed, 220, (1.0, 2.2), "#dfe6ff", 120),
                    60 * k,
                    10 * k,
                    behind=True,
                ),
                Sheet(
                    _dots(picture, seed + 1, 70, (2.2, 4.2), "#ffffff", 200),
                    110 * k,
                    22 * k,
                    behind=False,
                ),
                Sheet(
                    _dots(picture, seed + 2, 12, (6.0, 11.0), "#f4f6ff", 150, blur=3.0),
                    190 * k,
                    40 * k,
                    behind=False,
                ),
            )
        case "embers":
            return (
                Sheet(
                    _dots(picture, seed, 46, (1.0, 2.4), "#ffb050", 150, blur=0.8),
                    -26 * k,
                    18 * k,
                    behind=False,
                ),
            )
        case _:
            return ()


def fall(picture: Pixels, sheet: Sheet, seconds: float) -> None:
    """Let a sheet slide over the picture."""
    height, width = picture.shape[:2]
    period = sheet.image.shape[0] // 2
    down = int(-sheet.pixels_per_second * seconds) % period
    room = sheet.image.shape[1] - width
    side = int(room / 2 + sheet.sway * math.sin(seconds * 0.9))
    side = min(max(0, side), room)
    cv2.add(picture, sheet.image[down : down + height, side : side + width], dst=picture)


def _rain(
    picture: Picture, seed: int, count: int, length: float, thick: float, light: int
) -> Pixels:
    """Slanted strokes; drawn once and repeated downwards."""
    k = picture.scale
    width, height = picture.width_pixels + int(2 * MARGIN * k), picture.height_pixels
    chance = np.random.default_rng(seed)
    canvas = np.zeros((height * 3, width), np.uint8)
    for _ in range(count):
        x, y = chance.uniform(-40, width + 40), chance.uniform(0, height)
        reach = length * k * chance.uniform(0.6, 1.3)
        tone = int(light * chance.uniform(0.4, 1.0))
        for repeat in range(3):
            top = (x, y + repeat * height)
            end = (x - 0.13 * reach, top[1] + reach)
            ends = [(round(a * 16), round(b * 16)) for a, b in (top, end)]
            cv2.line(canvas, ends[0], ends[1], tone, max(1, round(thick * k)), cv2.LINE_AA, 4)
    return _coloured(canvas[height : height * 3], "#c8dcff")


def _dots(
    picture: Picture, seed: int, count: int, radii: tuple[float, float], colour: str, light: int,
    blur: float = 0.0,
) -> Pixels:  # fmt: skip
    k = picture.scale
    width, height = picture.width_pixels + int(2 * MARGIN * k), picture.height_pixels
    chance = np.random.default_rng(seed)
    canvas = np.zeros((height * 3, width), np.uint8)
    for _ in range(count):
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        radius = chance.uniform(*radii) * k
        tone = int(light * chance.uniform(0.5, 1.0))
        for repeat in range(3):
            centre = (round(x * 16), round((y + repeat * height) * 16))
            cv2.circle(canvas, centre, max(8, round(radius * 16)), tone, -1, cv2.LINE_AA, 4)
    if blur:
        canvas = cv2.GaussianBlur(canvas, (0, 0), blur * k)
    return _coloured(canvas[height : height * 3], colour)


def _coloured(canvas: Pixels, colour: str) -> Pixels:
    blue, green, red = ink(colour)
    planes = [cv2.convertScaleAbs(canvas, alpha=share) for share in (blue, green, red)]
    made: Pixels = cv2.merge([*planes, np.zeros_like(canvas)])
    return made

"""What a place is made of: layers of paper, from far to near."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from silkreel.media.theatre.paper import Card, Colour, Light, Points, curve, grained, ink, ribbon
from silkreel.media.theatre.sprites import Sprite

# The part of the stage a layer covers: every camera of every shot stays within it.
LEFT, TOP, RIGHT, BOTTOM = -800.0, -800.0, 800.0, 1150.0
GAP_PIXELS = 40
FAR_PARALLAX, FAR_SCALE = 0.6, 0.8  # what is far may be a little soft, and costs a third less


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer; `parallax` 0 never moves, 1 moves with the actors, more is nearer than they are."""

    sprite: Sprite
    parallax: float


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lantern that breathes: its light is added anew in every frame."""

    x: float
    y: float
    radius: float
    colour: str
    strength: float
    parallax: float


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A drawn place, ready for the camera."""

    back: tuple[Layer, ...]
    front: tuple[Layer, ...]
    lamps: tuple[Lamp, ...]
    light: Light
    title_lantern: tuple[float, float] | None = None  # where the story's lantern hangs


Draw = Callable[[Card], None]


def layer(
    parallax: float, draw: Draw, light: Light, scale: float, *, blur: float = 0.0
) -> tuple[Layer, ...]:
    """Draw one layer over the whole stage, then cut it into the pieces that hold paper."""
    if parallax < FAR_PARALLAX:
        scale *= FAR_SCALE
    card = Card(LEFT, TOP, RIGHT, BOTTOM, scale)
    card.light = light
    draw(card)
    image = card.finished(blur)
    filled = cv2.max(cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY), cv2.extractChannel(image, 3)) > 0
    pieces = []
    for y0, y1 in _runs(filled.any(axis=1)):
        for x0, x1 in _runs(filled[y0:y1].any(axis=0)):
            piece = np.ascontiguousarray(image[y0:y1, x0:x1])
            pieces.append(
                Layer(Sprite(piece, LEFT + x0 / scale, TOP + y0 / scale, scale), parallax)
            )
    return tuple(pieces)


def _runs(filled: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of True, joined where the gap between them is small."""
    runs: list[tuple[int, int]] = []
    for index in np.flatnonzero(filled):
        if runs and index - runs[-1][1] <= GAP_PIXELS:
            runs[-1] = (runs[-1][0], int(index) + 1)
        else:
            runs.append((int(index), int(index) + 1))
    return runs


def sky(card: Card, stops: tuple[tuple[float, str], ...]) -> None:
    """Fill the card with a gradient through (y, colour), dithered by paper fibre."""
    ys = np.arange(card.height) / card.scale + card.top
    marks = [y for y, _ in stops]
    colours = np.array([ink(colour) for _, colour in stops])
    column = np.stack([np.interp(ys, marks, colours[:, i]) for i in range(3)], axis=1)
    fibre = grained(card.height, card.width)
    card.image[..., :3] = column[:, None, :].astype(np.float32) * fibre[..., None]
    card.image[..., 3] = 1


def mist(card: Card, top: float, bottom: float, colour: Colour | str, strength: float) -> None:
    """Let paper fade into mist towards `bottom`."""
    tint = np.array(ink(colour) if isinstance(colour, str) else colour, np.float32)
    share = (card.ramp(top, bottom) * strength)[..., None]
    card.image[..., :3] += (tint * card.image[..., 3:] - card.image[..., :3]) * share


def cloud(x: float, y: float, size: float) -> Points:
    """An auspicious cloud: a flat foot and curled heads."""
    shape = curve(
        "-150,12! -128,-4 -100,-2 -92,-22 -66,-36 -44,-24 -34,-46 -4,-62 26,-50 34,-28 58,-38 84,-26 86,-6 112,-10 150,12! 60,18 -60,18"
    )
    return shape * size + (x, y)


def cloud_curl(x: float, y: float, size: float) -> Points:
    """The curl inside a cloud's head."""
    line = "-34,-8 -30,-34 0,-46 20,-30 10,-14 -6,-18 -4,-28"
    return ribbon(line, (1.0, 3.4, 3.0, 0.6)) * size + (x, y)


def roof(left: float, right: float, ridge: float, eave: float, *, lift: float = 22.0) -> Points:
    """A hipped roof with upturned corners."""
    middle = (left + right) / 2
    half = (right - left) / 2
    return curve(
        f"{middle - half * 0.62},{ridge}! {middle + half * 0.62},{ridge}! {middle + half * 0.80},{(ridge + eave) / 2 + 6} "
        f"{right},{eave - lift}! {right - half * 0.10},{eave - 2} {middle},{eave + 4} {left + half * 0.10},{eave - 2} "
        f"{left},{eave - lift}! {middle - half * 0.80},{(ridge + eave) / 2 + 6}"
    )


def stepped_gable(x: float, width: float, top: float, foot: float) -> Points:
    """A horse-head wall: a white gable in steps."""
    w = width / 2
    return curve(
        f"{x - w},{foot}! {x - w},{top + 66}! {x - w * 0.62},{top + 66}! {x - w * 0.62},{top + 32}! {x - w * 0.3},{top + 32}! "
        f"{x - w * 0.3},{top}! {x + w * 0.3},{top}! {x + w * 0.3},{top + 32}! {x + w * 0.62},{top + 32}! "
        f"{x + w * 0.62},{top + 66}! {x + w},{top + 66}! {x + w},{foot}!",
        steps=2,
    )

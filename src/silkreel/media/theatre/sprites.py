"""Finished pieces of paper and the fast way to put them into a picture."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]  # 3 x 3, maps points (x, y, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A premultiplied picture, and where on the stage its pixels lie."""

    image: Pixels  # (height, width, 4) blue-green-red-alpha
    left: float
    top: float
    scale: float  # pixels per unit

    @property
    def to_units(self) -> Matrix:
        """From pixels of the picture to units."""
        step = 1 / self.scale
        return np.array([[step, 0, self.left], [0, step, self.top], [0, 0, 1.0]])

    def trimmed(self) -> "Sprite":
        """The same piece without its clear margins."""
        x, y, width, height = cv2.boundingRect(cv2.extractChannel(self.image, 3))
        piece = np.ascontiguousarray(self.image[y : y + height, x : x + width])
        return Sprite(piece, self.left + x / self.scale, self.top + y / self.scale, self.scale)


def moved(x: float, y: float) -> Matrix:
    """A shift."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def sized(x: float, y: float | None = None) -> Matrix:
    """A change of size, each way on its own."""
    return np.diag([x, x if y is None else y, 1.0])


def spun(degrees: float) -> Matrix:
    """A turn, clockwise on the screen."""
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def paste(picture: Pixels, sprite: Sprite, matrix: Matrix, *, smooth: bool = True) -> None:
    """Lay a sprite into a picture; `matrix` leads from the sprite's units to picture pixels."""
    whole = matrix @ sprite.to_units
    height, width = sprite.image.shape[:2]
    corners = whole @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1.0]])
    x0 = max(0, math.floor(corners[0].min()))
    y0 = max(0, math.floor(corners[1].min()))
    x1 = min(picture.shape[1], math.ceil(corners[0].max()) + 1)
    y1 = min(picture.shape[0], math.ceil(corners[1].max()) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    local = moved(-x0, -y0) @ whole
    flags = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    piece = cv2.warpAffine(sprite.image, local[:2], (x1 - x0, y1 - y0), flags=flags)
    blend(picture[y0:y1, x0:x1], piece)


def blend(ground: Pixels, piece: Pixels) -> None:
    """Put a premultiplied piece over an equally large ground, in place."""
    clear = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(piece, 3)), cv2.COLOR_GRAY2BGRA)
    # GRAY2BGRA sets alpha to 255, which keeps the ground opaque
    cv2.multiply(ground, clear, dst=ground, scale=1 / 255)
    cv2.add(ground, piece, dst=ground)


def add_light(picture: Pixels, light: Pixels, x: int, y: int, strength: float = 1.0) -> None:
    """Add a picture of light with its corner at (x, y)."""
    height, width = light.shape[:2]
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(picture.shape[1], x + width), min(picture.shape[0], y + height)
    if x0 >= x1 or y0 >= y1 or strength <= 0:
        return
    part = light[y0 - y : y1 - y, x0 - x : x1 - x]
    ground = picture[y0:y1, x0:x1]
    cv2.addWeighted(ground, 1.0, part, strength, 0.0, dst=ground)

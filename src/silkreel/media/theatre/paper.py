"""Coloured paper: curves cut by hand, sheets laid over each other with light and shadow.

Drawing happens in float32, blue-green-red-alpha, premultiplied, in [0, 1]; finished pieces are kept as
uint8. Coordinates are stage units; a card knows which rectangle of the stage it covers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
Colour = tuple[float, float, float]  # blue, green, red in [0, 1]
SUBPIXEL_BITS = 5
GRAIN_PIXELS = 512
WIDE_BLUR_PIXELS, WIDE_BLUR_SHARE = 6.0, 3


def ink(text: str) -> Colour:
    """A colour from `#rrggbb`."""
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return blue, green, red


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    b, g, r = (a + (c - a) * share for a, c in zip(first, second, strict=True))
    return b, g, r


@lru_cache(maxsize=4096)
def _curve(text: str, closed: bool, steps: int) -> Points:  # noqa: FBT001
    words = text.split()
    corners = [word.endswith("!") for word in words]
    points = np.array([[float(v) for v in word.rstrip("!").split(",")] for word in words])
    return smooth(points, corners, closed=closed, steps=steps)


def curve(text: str, *, closed: bool = True, steps: int = 9) -> Points:
    """A smooth line through points written `x,y x,y`; a point with `!` is a sharp corner."""
    return _curve(text, closed, steps).copy()


def smooth(
    points: npt.ArrayLike, corners: Sequence[bool] | None = None, *, closed: bool, steps: int = 9
) -> Points:
    """A Catmull-Rom line through points, with straight tangents at corners."""
    knots = np.asarray(points, dtype=np.float64)
    count = len(knots)
    sharp = list(corners) if corners is not None else [False] * count
    if closed:
        before, after = np.roll(knots, 1, 0), np.roll(knots, -1, 0)
    else:
        before = np.vstack([knots[:1], knots[:-1]])
        after = np.vstack([knots[1:], knots[-1:]])
    slopes = (after - before) * 0.5
    slopes[np.array(sharp, dtype=bool)] = 0.0
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    h00, h10 = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
    h01, h11 = -2 * t**3 + 3 * t**2, t**3 - t**2
    pieces = []
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        pieces.append(h00 * knots[i] + h10 * slopes[i] + h01 * knots[j] + h11 * slopes[j])
    if not closed:
        pieces.append(knots[-1:])
    return np.vstack(pieces)


def ribbon(text: str, widths: Sequence[float], *, steps: int = 9) -> Points:
    """The outline of a brush stroke along an open line, its width running through `widths`."""
    spine = _curve(text, False, steps)
    along = np.linspace(0, len(widths) - 1, len(spine))
    half = np.interp(along, np.arange(len(widths)), widths)[:, None] / 2
    direction = np.gradient(spine, axis=0)
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    return np.vstack([spine + normal * half, (spine - normal * half)[::-1]])


def ellipse(x: float, y: float, rx: float, ry: float, turn_degrees: float = 0.0) -> Points:
    """An ellipse's outline."""
    t = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    points = np.stack([rx * np.cos(t), ry * np.sin(t)], axis=1)
    made: Points = turned(points, turn_degrees) + np.array([x, y])
    return made


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """A rectangle's outline."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)


def turned(points: Points, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Points turned clockwise on the screen."""
    angle = math.radians(degrees)
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    made: Points = (points - about) @ matrix.T + about
    return made


@dataclass(frozen=True, slots=True)
class Light:
    """How a place lights paper: what falls on all of it, and what grazes its edges."""

    ambient: Colour  # multiplies every colour
    key: Colour  # grazes the edge that looks to the front
    key_strength: float
    rim: Colour  # grazes the back
    rim_strength: float


DAYLIGHT = Light((1, 1, 1), (1, 1, 1), 0.0, (1, 1, 1), 0.0)


@cache
def grain() -> Image:
    """A tile of paper fibre around 1.0, seamless."""
    chance = np.random.default_rng(20)
    fine = chance.standard_normal((GRAIN_PIXELS, GRAIN_PIXELS)).astype(np.float32)
    fibre = cv2.blur(np.tile(fine, (1, 2)), (9, 1))[:, :GRAIN_PIXELS] * 2.4
    cross = cv2.blur(np.tile(fine.T, (2, 1)), (1, 7))[:GRAIN_PIXELS] * 2.0
    cloud = cv2.GaussianBlur(np.tile(fine, (3, 3)), (0, 0), 24)
    cloud = cloud[GRAIN_PIXELS : 2 * GRAIN_PIXELS, GRAIN_PIXELS : 2 * GRAIN_PIXELS] * 40
    made: Image = (1 + 0.016 * fine + 0.011 * (fibre + cross) + 0.020 * cloud).astype(np.float32)
    return made


def grained(height: int, width: int) -> Image:
    """Paper fibre for a picture of this size."""
    tile = grain()
    rows, columns = -(-height // GRAIN_PIXELS), -(-width // GRAIN_PIXELS)
    return np.tile(tile, (rows, columns))[:height, :width]


class Card:
    """A transparent card of the stage on which sheets are laid."""

    def __init__(self, left: float, top: float, right: float, bottom: float, scale: float) -> None:
        self.left, self.top, self.scale = left, top, scale
        self.width = max(1, math.ceil((right - left) * scale))
        self.height = max(1, math.ceil((bottom - top) * scale))
        self.image: Image = np.zeros((self.height, self.width, 4), np.float32)
        self.light = DAYLIGHT

    def mask(self, *shapes: Points) -> Image:
        """What the shapes cover, softly at the edges."""
        canvas = np.zeros((self.height, self.width), np.uint8)
        for shape in shapes:
            cv2.fillPoly(canvas, [self._pixels(shape)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        return canvas.astype(np.float32) / np.float32(255)

    def even_odd(self, *shapes: Points) -> Image:
        """What the shapes cover, where the second cuts a hole into the first."""
        canvas = np.zeros((self.height, self.width), np.uint8)
        pixels = [self._pixels(shape) for shape in shapes]
        cv2.fillPoly(canvas, pixels, 255, cv2.LINE_AA, SUBPIXEL_BITS)
        return canvas.astype(np.float32) / np.float32(255)

    def lay(
        self,
        shape: Points | Image,
        top: Colour | str,
        bottom: Colour | str | None = None,
        *,
        clip: Image | None = None,
        shadow: float = 0.5,
        shadow_shift: tuple[float, float] = (-3.0, 5.0),
        shadow_blur: float = 6.0,
        edge: float = 1.0,
        edge_width: float = 2.2,
        alpha: float = 1.0,
        plain: bool = False,
    ) -> Image:
        """Lay a sheet: its shadow falls on what lies there, its edges catch the light.

        Returns the sheet's mask, which can `clip` later ones. `plain` leaves out fibre, light and
        shadow.
        """
        inner = 3 if plain else int(edge_width * 2 * self.scale) + 3
        mask = np.zeros((self.height, self.width), np.float32)
        y0, y1, x0, x1 = self._extent(shape, inner)
        if y0 >= y1 or x0 >= x1:
            return mask
        cover = self._cover(shape, (y0, y1, x0, x1))
        if clip is not None:
            cover = cover * clip[y0:y1, x0:x1]
        mask[y0:y1, x0:x1] = cover
        if shadow and not plain:
            self._cast(mask, (y0, y1, x0, x1), shadow, shadow_shift, shadow_blur)
        colour = self._field(top, bottom, cover, inner)
        if not plain:
            colour = self._lit(colour, cover, edge, edge_width, (y0, x0))
        elif self.light is not DAYLIGHT:
            colour = colour * np.array(self.light.ambient, np.float32)
        if alpha < 1:
            cover = cover * alpha
        sheet = np.empty((*cover.shape, 4), np.float32)
        sheet[..., :3], sheet[..., 3] = colour, 1
        part = cv2.multiply(self.image[y0:y1, x0:x1], _wide(1 - cover, 4))
        cv2.accumulateProduct(sheet, _wide(cover, 4), part)
        self.image[y0:y1, x0:x1] = part
        return mask

    def _cast(
        self, mask: Image, extent: tuple[int, int, int, int], strength: float,
        shift: tuple[float, float], blur: float,
    ) -> None:  # fmt: skip
        """Let a sheet's shadow fall on what lies there."""
        reach = int((blur * 2.5 + max(map(abs, shift))) * self.scale) + 2
        y0, y1 = max(0, extent[0] - reach), min(self.height, extent[1] + reach)
        x0, x1 = max(0, extent[2] - reach), min(self.width, extent[3] + reach)
        fall = _soft(_shifted(mask[y0:y1, x0:x1], shift, self.scale), blur * self.scale)
        light = _wide(1 - strength * fall, 4)
        light[..., 3] = 1
        self.image[y0:y1, x0:x1] = cv2.multiply(self.image[y0:y1, x0:x1], light)

    def _extent(self, shape: Points | Image, reach: int) -> tuple[int, int, int, int]:
        """Rows and columns a sheet and its shadow can touch."""
        if shape.shape == self.image.shape[:2]:
            x, y, width, height = cv2.boundingRect((shape > 0).astype(np.uint8))
            if not width:
                return 0, 0, 0, 0
            low, high = np.array([x, y]), np.array([x + width, y + height])
        else:
            pixels = (shape - (self.left, self.top)) * self.scale
            low, high = np.floor(pixels.min(axis=0)), np.ceil(pixels.max(axis=0)) + 1
        x0, y0 = (np.maximum(low - reach, 0)).astype(int)
        x1, y1 = np.minimum(high + reach, (self.width, self.height)).astype(int)
        return int(y0), int(y1), int(x0), int(x1)

    def _cover(self, shape: Points | Image, extent: tuple[int, int, int, int]) -> Image:
        y0, y1, x0, x1 = extent
        if shape.shape == self.image.shape[:2]:
            return np.ascontiguousarray(shape[y0:y1, x0:x1], dtype=np.float32)
        canvas = np.zeros((y1 - y0, x1 - x0), np.uint8)
        pixels = self._pixels(shape.astype(np.float64)) - np.array([x0, y0], np.int32) * (
            1 << SUBPIXEL_BITS
        )
        cv2.fillPoly(canvas, [pixels], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        return canvas.astype(np.float32) / np.float32(255)

    def cut(self, mask: Image) -> None:
        """Cut a hole."""
        self.image *= (1 - mask)[..., None]

    def shine(self, mask: Image, colour: Colour | str, strength: float, blur: float = 0.0) -> None:
        """Add light on the paper that is there."""
        tint = np.array(ink(colour) if isinstance(colour, str) else colour, np.float32)
        y0, y1, x0, x1 = self._extent(mask, int(blur * 3 * self.scale) + 2)
        spread = _soft(mask[y0:y1, x0:x1], blur * self.scale)
        part = self.image[y0:y1, x0:x1]
        part[..., :3] += (spread * strength)[..., None] * tint * part[..., 3:]

    def shade(self, mask: Image, strength: float, blur: float = 0.0) -> None:
        """Darken the paper that is there."""
        y0, y1, x0, x1 = self._extent(mask, int(blur * 3 * self.scale) + 2)
        spread = _soft(mask[y0:y1, x0:x1], blur * self.scale)
        self.image[y0:y1, x0:x1, :3] *= (1 - spread * strength)[..., None]

    def glow(
        self, x: float, y: float, radius: float, colour: Colour | str, strength: float
    ) -> None:
        """Add free light around a point: light has no body, so alpha stays."""
        part = self.part(x - radius, y - radius, x + radius, y + radius)
        if part is None:
            return
        tint = np.array(ink(colour) if isinstance(colour, str) else colour, np.float32)
        part.image[..., :3] += part.halo(x, y, radius)[..., None] * (tint * strength)

    def part(self, left: float, top: float, right: float, bottom: float) -> "Card | None":
        """A window on this card: what is laid there is laid here; None if it lies outside."""
        x0 = max(0, math.floor((left - self.left) * self.scale))
        y0 = max(0, math.floor((top - self.top) * self.scale))
        x1 = min(self.width, math.ceil((right - self.left) * self.scale))
        y1 = min(self.height, math.ceil((bottom - self.top) * self.scale))
        if x0 >= x1 or y0 >= y1:
            return None
        window = object.__new__(Card)
        window.left, window.top = self.left + x0 / self.scale, self.top + y0 / self.scale
        window.scale, window.light = self.scale, self.light
        window.width, window.height = x1 - x0, y1 - y0
        window.image = self.image[y0:y1, x0:x1]
        return window

    def halo(self, x: float, y: float, radius: float, squash: float = 1.0) -> Image:
        """A soft disc: 1 in the middle, 0 at the radius."""
        ys = (np.arange(self.height, dtype=np.float32) / self.scale + self.top - y) / squash
        xs = np.arange(self.width, dtype=np.float32) / self.scale + self.left - x
        distance = np.sqrt(xs[None, :] ** 2 + ys[:, None] ** 2) / radius
        made: Image = (np.clip(1 - distance, 0, 1) ** 2).astype(np.float32)
        return made

    def ramp(self, top: float, bottom: float) -> Image:
        """0 above `top`, 1 below `bottom`, smooth between, as a column."""
        ys = np.arange(self.height, dtype=np.float32) / self.scale + self.top
        t = np.clip((ys - top) / (bottom - top), 0, 1)
        return np.broadcast_to((t * t * (3 - 2 * t))[:, None], (self.height, self.width))

    def finished(self, blur: float = 0.0) -> npt.NDArray[np.uint8]:
        """The card as premultiplied uint8, softened by `blur` stage units."""
        image = self.image
        if blur:
            image = cv2.GaussianBlur(image, (0, 0), blur * self.scale)
        made: npt.NDArray[np.uint8] = cv2.convertScaleAbs(cv2.max(image, 0), alpha=255)
        return made

    def _pixels(self, shape: Points) -> npt.NDArray[np.int32]:
        moved = (shape - (self.left, self.top)) * self.scale - 0.5
        return np.round(moved * (1 << SUBPIXEL_BITS)).astype(np.int32)

    def _field(
        self, top: Colour | str, bottom: Colour | str | None, cover: Image, margin: int
    ) -> Image:
        upper = np.array(ink(top) if isinstance(top, str) else top, np.float32)
        field = np.empty((*cover.shape, 3), np.float32)
        if bottom is None:
            field[:] = upper
            return field
        lower = np.array(ink(bottom) if isinstance(bottom, str) else bottom, np.float32)
        length = max(1, cover.shape[0] - 2 * margin)
        t = np.clip((np.arange(cover.shape[0], dtype=np.float32) - margin) / length, 0, 1)
        field[:] = (upper + (lower - upper) * t[:, None])[:, None, :]
        return field

    def _lit(
        self, colour: Image, cover: Image, edge: float, width: float, at: tuple[int, int]
    ) -> Image:
        light = self.light
        height, breadth = cover.shape
        fibre = grained(height + 97, breadth + 89)[at[0] % 97 :, at[1] % 89 :][:height, :breadth]
        lit: Image = cv2.multiply(colour, _wide(fibre, 3))
        lit *= np.array(light.ambient, np.float32)
        if not edge:
            return lit
        blur = 0.35 * width * self.scale
        for side, strength, tint in (
            (-1, light.key_strength * edge, light.key),
            (1, light.rim_strength * edge, light.rim),
        ):
            lip = cv2.subtract(cover, _shifted(cover, (side * width, 0.7 * width), self.scale))
            lip = _soft(np.maximum(lip, 0), blur)
            cv2.accumulateProduct(
                _wide(lip, 3), np.full(lit.shape, np.array(tint) * strength, np.float32), lit
            )
        return lit


def _wide(mask: Image, channels: int) -> Image:
    made: Image = cv2.merge([mask] * channels)
    return made


def _soft(mask: Image, sigma_pixels: float) -> Image:
    """Blur; wide blurs are made small and brought back, which nobody can see and costs a tenth."""
    if sigma_pixels < 0.3 or not mask.size:
        return mask
    height, width = mask.shape[:2]
    if sigma_pixels < WIDE_BLUR_PIXELS or min(height, width) < 4 * WIDE_BLUR_SHARE:
        made: Image = cv2.GaussianBlur(mask, (0, 0), sigma_pixels)
        return made
    size = (width // WIDE_BLUR_SHARE, height // WIDE_BLUR_SHARE)
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_pixels / WIDE_BLUR_SHARE)
    wide: Image = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return wide


def _shifted(mask: Image, shift: tuple[float, float], scale: float) -> Image:
    matrix = np.array([[1, 0, shift[0] * scale], [0, 1, shift[1] * scale]], np.float32)
    made: Image = cv2.warpAffine(mask, matrix, (mask.shape[1], mask.shape[0]))
    return made

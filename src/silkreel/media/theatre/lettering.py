"""Letters as they are laid into a picture: masks, captions with an outline, the watermark."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture
from silkreel.media.theatre.sprites import Pixels, blend
from silkreel.media.theatre.typesetting import (
    PLAIN_SETTING,
    Setting,
    draw_row,
    row_height,
    row_length,
)

CAPTION_CENTRE = 0.75  # share of the height; a caption lies within CAPTION_BAND
CAPTION_BAND = (0.72, 0.78)
CAPTION_SIZE = 50 / 720  # of the width
CAPTION_WIDTH = 0.92
OUTLINE = 0.085  # of the letters' size
FINE = 3  # letters are drawn this many times as large


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """Letters ready to be laid at a corner."""

    image: Pixels
    x: int
    y: int

    def draw(self, picture: Pixels, share: float = 1.0) -> None:
        """Lay the letters, `share` of their strength."""
        height, width = self.image.shape[:2]
        x0, y0 = max(0, self.x), max(0, self.y)
        x1 = min(picture.shape[1], self.x + width)
        y1 = min(picture.shape[0], self.y + height)
        if x0 >= x1 or y0 >= y1 or share <= 0:
            return
        piece = self.image[y0 - self.y : y1 - self.y, x0 - self.x : x1 - self.x]
        if share < 1:
            piece = cv2.convertScaleAbs(piece, alpha=share)
        blend(picture[y0:y1, x0:x1], np.ascontiguousarray(piece))


def caption(text: str, picture: Picture, setting: Setting = PLAIN_SETTING) -> Label:
    """A burned-in subtitle on one line."""
    size = round(picture.width_pixels * CAPTION_SIZE)
    room = picture.width_pixels * CAPTION_WIDTH
    length = row_length(text, size, setting)
    if length > room:
        size = int(size * room / length)
    image = caption_image(text, size, setting=setting)
    height, width = image.shape[:2]
    x = round((picture.width_pixels - width) / 2)
    y = round(picture.height_pixels * CAPTION_CENTRE - height / 2)
    return Label(image, x, y)


def caption_image(
    text: str, size: int, colour: str = "#ffffff", *, setting: Setting = PLAIN_SETTING
) -> Pixels:
    """Letters with a dark outline and a breath of shadow."""
    stroke, weight = max(1, round(size * OUTLINE)), size * 0.018
    width = round(row_length(text, size, setting)) + 6 * stroke
    height = round(size * 1.42 * row_height(text, setting)) + 4 * stroke
    centre = (width / 2, height / 2)
    edge = letter_mask(text, width, height, centre, setting, size, stroke + weight)
    body = letter_mask(text, width, height, centre, setting, size, weight)
    halo = cv2.GaussianBlur(edge, (0, 0), stroke * 0.9)
    cover = np.maximum(edge, halo * 0.75)
    image = tint(cover, ink("#0b0b10"))
    return as_pixels(over(image, tint(body, ink(colour))))


def watermark(text: str, picture: Picture, setting: Setting = PLAIN_SETTING) -> tuple[Label, ...]:
    """The series' name, small and half clear, for two corners."""
    unit = picture.width_pixels / 720
    size = round(25 * unit)
    width = round(row_length(text, size, setting)) + round(20 * unit)
    height = round(44 * unit)
    centre = (width / 2, height / 2)
    edge = letter_mask(text, width, height, centre, setting, size, 1.5 * unit)
    face = letter_mask(text, width, height, centre, setting, size, 0.2)
    image = as_pixels(over(tint(edge * 0.30, ink("#000000")), tint(face * 0.50, ink("#ffffff"))))
    right = picture.width_pixels - width - round(22 * unit)
    return (
        Label(image, right, round(52 * unit)),
        Label(image, round(22 * unit), round(112 * unit)),
    )


def letter_mask(
    text: str, width: int, height: int, centre: tuple[float, float], setting: Setting,
    size: int, stroke: float,
) -> np.ndarray:  # fmt: skip
    """A mask of letters, drawn larger and brought down, so that strokes may be fractions."""
    image = Image.new("L", (width * FINE, height * FINE))
    at = (centre[0] * FINE, centre[1] * FINE)
    bold = round(stroke * FINE)
    draw_row(ImageDraw.Draw(image), at, text, size * FINE, setting, stroke_pixels=bold)
    small = cv2.resize(np.asarray(image), (width, height), interpolation=cv2.INTER_AREA)
    made: np.ndarray = small.astype(np.float32) / 255
    return made


def tint(mask: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    """A mask in one colour, premultiplied."""
    image = np.empty((*mask.shape, 4), np.float32)
    image[..., :3] = mask[..., None] * np.array(colour, np.float32)
    image[..., 3] = mask
    return image


def over(ground: np.ndarray, image: np.ndarray) -> np.ndarray:
    """One picture laid over another."""
    made: np.ndarray = image + ground * (1 - image[..., 3:])
    return made


def as_pixels(image: np.ndarray) -> Pixels:
    """A picture of shares in whole numbers."""
    made: Pixels = (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
    return made

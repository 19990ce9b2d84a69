"""Letters in the picture: captions, the title card and the watermark."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.fonts import font
from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture, Play, TitleCard
from silkreel.media.theatre.schedule import Timetable
from silkreel.media.theatre.sprites import Pixels, blend

CAPTION_CENTRE = 0.75  # share of the height; a caption lies within CAPTION_BAND
CAPTION_BAND = (0.72, 0.78)
CAPTION_SIZE = 50 / 720  # of the width
CAPTION_WIDTH = 0.92
OUTLINE = 0.085  # of the letters' size
FINE = 3  # letters are drawn this many times as large
TITLE_SECONDS = (0.5, 3.6)
TITLE_FADE_SECONDS = 0.4
FRAMES_PER_DRAWING = 2  # animated on twos, as paper is
WATERMARK_SECONDS = 14.0  # it changes its corner, as platforms do against cropping


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


class FinalLetters:
    """The letters of the final look, by frame: title card, watermark, burned-in captions."""

    def __init__(self, play: Play, times: Timetable, picture: Picture) -> None:
        self.times, self.picture = times, picture
        self._title = title_card(play.title, picture)
        self._watermarks = watermark(play.watermark, picture)
        self._shown: tuple[str, Label] | None = None

    def key(self, frame: int) -> object:
        """Equal for frames with the same caption; title and watermark follow the drawings."""
        return next(
            (
                line.line.caption
                for line in self.times.lines
                if line.caption.first_frame <= frame < line.caption.end_frame
            ),
            "",
        )

    def lay(self, pixels: Pixels, frame: int) -> None:
        """Write over a picture."""
        now = frame // FRAMES_PER_DRAWING * FRAMES_PER_DRAWING / self.times.frames_per_second
        start, end = TITLE_SECONDS
        if start <= now < end:
            rising, falling = (now - start) / TITLE_FADE_SECONDS, (end - now) / TITLE_FADE_SECONDS
            self._title.draw(pixels, min(1.0, rising + 0.1, falling))
        elif now >= end:
            corner = int((now - end) / WATERMARK_SECONDS) % 2
            self._watermarks[corner].draw(pixels)
        words = str(self.key(frame))
        if words:
            if self._shown is None or self._shown[0] != words:
                self._shown = words, caption(words, self.picture)
            self._shown[1].draw(pixels)

    def name(self, who: str, x: float, y: float, pixels: Pixels) -> None:
        """Nobody wears their name in a finished film."""


def caption(text: str, picture: Picture) -> Label:
    """A burned-in subtitle on one line."""
    size = round(picture.width_pixels * CAPTION_SIZE)
    room = picture.width_pixels * CAPTION_WIDTH
    length = font("sans", size).getlength(text)
    if length > room:
        size = int(size * room / length)
    image = caption_image(text, size)
    height, width = image.shape[:2]
    x = round((picture.width_pixels - width) / 2)
    y = round(picture.height_pixels * CAPTION_CENTRE - height / 2)
    return Label(image, x, y)


def caption_image(text: str, size: int, colour: str = "#ffffff") -> Pixels:
    """Letters with a dark outline and a breath of shadow."""
    stroke, weight = max(1, round(size * OUTLINE)), size * 0.018
    width = round(font("sans", size).getlength(text)) + 6 * stroke
    height = round(size * 1.42) + 4 * stroke
    centre = (width / 2, height / 2)
    edge = letter_mask(text, width, height, centre, "sans", size, stroke + weight)
    body = letter_mask(text, width, height, centre, "sans", size, weight)
    halo = cv2.GaussianBlur(edge, (0, 0), stroke * 0.9)
    cover = np.maximum(edge, halo * 0.75)
    image = _tint(cover, ink("#0b0b10"))
    return _bytes(_over(image, _tint(body, ink(colour))))


def title_card(title: TitleCard, picture: Picture) -> Label:
    """The series' name across the top in wide-set serif, a red seal, and the episode beneath."""
    unit = picture.width_pixels / 720
    size, step = round(108 * unit), 124 * unit
    width, height = picture.width_pixels, round(250 * unit)
    first = width / 2 - step * (len(title.series) - 1) / 2 - 22 * unit
    canvas = np.zeros((height, width, 4), np.float32)
    for i, letter in enumerate(title.series):
        centre = (first + i * step, 80 * unit + (6 if i % 2 else -6) * unit)
        glow = letter_mask(letter, width, height, centre, "serif", size, 5 * unit)
        canvas = _over(canvas, _tint(_hazy(glow, 10 * unit) * 0.9, ink("#140408")))
        letters = letter_mask(letter, width, height, centre, "serif", size, 2.6 * unit)
        canvas = _over(canvas, _tint(letters, ink("#fff3d6")))
    _episode(canvas, title.episode, unit)
    seal = _seal(width, height, first + step * (len(title.series) - 0.38), 96 * unit, unit)
    return Label(_bytes(_over(canvas, seal)), 0, round(64 * unit))


def _episode(canvas: np.ndarray, text: str, unit: float) -> None:
    height, width = canvas.shape[:2]
    size, step = round(32 * unit), 40 * unit
    first = width / 2 - step * (len(text) - 1) / 2
    for i, letter in enumerate(text):
        if letter == " ":
            continue
        centre = (first + i * step, 186 * unit)
        glow = letter_mask(letter, width, height, centre, "serif", size, 2 * unit)
        canvas[:] = _over(canvas, _tint(_hazy(glow, 5 * unit) * 0.9, ink("#140408")))
        face = letter_mask(letter, width, height, centre, "serif", size, 0.7 * unit)
        canvas[:] = _over(canvas, _tint(face, ink("#f6d98f")))


def _hazy(mask: np.ndarray, sigma: float) -> np.ndarray:
    made: np.ndarray = np.clip(cv2.GaussianBlur(mask, (0, 0), sigma) * 1.5, 0, 1)
    return made


def _seal(width: int, height: int, x: float, y: float, unit: float) -> np.ndarray:
    image = Image.new("L", (width, height))
    across, down = 23 * unit, 40 * unit
    area = (x - across, y - down, x + across, y + down)
    ImageDraw.Draw(image).rounded_rectangle(area, radius=7 * unit, fill=255)
    mask = np.asarray(image, np.float32) / 255
    letters = [
        letter_mask(
            letter, width, height, (x, y + shift * unit), "serif", round(31 * unit), 0.8 * unit
        )
        for letter, shift in (("银", -18), ("卷", 18))
    ]
    return _over(_tint(mask, ink("#b3202a")), _tint(np.maximum(*letters), ink("#ffe9d2")))


def watermark(text: str, picture: Picture) -> tuple[Label, ...]:
    """The series' name, small and half clear, for two corners."""
    unit = picture.width_pixels / 720
    size = round(25 * unit)
    width = round(font("sans", size).getlength(text)) + round(20 * unit)
    height = round(44 * unit)
    centre = (width / 2, height / 2)
    edge = letter_mask(text, width, height, centre, "sans", size, 1.5 * unit)
    face = letter_mask(text, width, height, centre, "sans", size, 0.2)
    image = _bytes(_over(_tint(edge * 0.30, ink("#000000")), _tint(face * 0.50, ink("#ffffff"))))
    right = picture.width_pixels - width - round(22 * unit)
    return (
        Label(image, right, round(52 * unit)),
        Label(image, round(22 * unit), round(112 * unit)),
    )


def letter_mask(
    text: str, width: int, height: int, centre: tuple[float, float], style: str, size: int,
    stroke: float,
) -> np.ndarray:  # fmt: skip
    """A mask of letters, drawn larger and brought down, so that strokes may be fractions."""
    image = Image.new("L", (width * FINE, height * FINE))
    face = font("serif" if style == "serif" else "sans", size * FINE)
    at = (centre[0] * FINE, centre[1] * FINE)
    bold = round(stroke * FINE)
    ImageDraw.Draw(image).text(at, text, fill=255, font=face, anchor="mm", stroke_width=bold)
    small = cv2.resize(np.asarray(image), (width, height), interpolation=cv2.INTER_AREA)
    made: np.ndarray = small.astype(np.float32) / 255
    return made


def _tint(mask: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    image = np.empty((*mask.shape, 4), np.float32)
    image[..., :3] = mask[..., None] * np.array(colour, np.float32)
    image[..., 3] = mask
    return image


def _over(ground: np.ndarray, image: np.ndarray) -> np.ndarray:
    made: np.ndarray = image + ground * (1 - image[..., 3:])
    return made


def _bytes(image: np.ndarray) -> Pixels:
    made: Pixels = (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
    return made

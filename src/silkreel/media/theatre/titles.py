"""The letters of a finished film: title card, watermark, burned-in captions."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.lettering import (
    Label,
    as_pixels,
    caption,
    letter_mask,
    over,
    tint,
    watermark,
)
from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture, Play, TitleCard
from silkreel.media.theatre.schedule import Timetable
from silkreel.media.theatre.scripts import WIDE, script_of
from silkreel.media.theatre.sprites import Pixels
from silkreel.media.theatre.typesetting import Setting, row_length

TITLE_SECONDS = (0.5, 3.6)
TITLE_FADE_SECONDS = 0.4
FRAMES_PER_DRAWING = 2  # animated on twos, as paper is
WATERMARK_SECONDS = 14.0  # it changes its corner, as platforms do against cropping
SERIES_SIZE, SERIES_STEP = 108, 124  # in stage units: letters, and from one to the next
EPISODE_SIZE, EPISODE_STEP = 32, 40
ROOM = 540  # for a title that is no Chinese: the seal stands beside it
SEAL_GAP = 22.88
CHINESE_SERIF = Setting("zh-Hans", "serif")


class FinalLetters:
    """The letters of the final look, by frame: title card, watermark, burned-in captions."""

    def __init__(self, play: Play, times: Timetable, picture: Picture) -> None:
        self.times, self.picture = times, picture
        self._setting = Setting(play.language)
        self._title = title_card(play.title, picture, play.language)
        self._watermarks = watermark(play.watermark, picture, self._setting)
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
                self._shown = words, caption(words, self.picture, self._setting)
            self._shown[1].draw(pixels)

    def name(self, who: str, x: float, y: float, pixels: Pixels) -> None:
        """Nobody wears their name in a finished film."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Letters that are drawn as one, round a point."""

    text: str
    centre: tuple[float, float]
    size: int
    right: float  # where they end


def title_card(title: TitleCard, picture: Picture, language: str = "") -> Label:
    """The series' name across the top in wide-set serif, a red seal, and the episode beneath."""
    unit = picture.width_pixels / 720
    setting = Setting(language, "serif")
    width, height = picture.width_pixels, round(250 * unit)
    canvas = np.zeros((height, width, 4), np.float32)
    middle = (width / 2 - 22 * unit, 80 * unit)
    letters = _set(title.series, middle, SERIES_SIZE, SERIES_STEP, unit, setting)
    for number, each in enumerate(letters):
        wave = 6 * unit * (1 if number % 2 else -1) * (len(letters) > 1)
        centre = (each.centre[0], each.centre[1] + wave)
        glow = letter_mask(each.text, width, height, centre, setting, each.size, 5 * unit)
        canvas = over(canvas, tint(_hazy(glow, 10 * unit) * 0.9, ink("#140408")))
        face = letter_mask(each.text, width, height, centre, setting, each.size, 2.6 * unit)
        canvas = over(canvas, tint(face, ink("#fff3d6")))
    for each in _set(
        title.episode, (width / 2, 186 * unit), EPISODE_SIZE, EPISODE_STEP, unit, setting
    ):
        glow = letter_mask(each.text, width, height, each.centre, setting, each.size, 2 * unit)
        canvas = over(canvas, tint(_hazy(glow, 5 * unit) * 0.9, ink("#140408")))
        face = letter_mask(each.text, width, height, each.centre, setting, each.size, 0.7 * unit)
        canvas = over(canvas, tint(face, ink("#f6d98f")))
    right = letters[-1].right if letters else middle[0]
    seal = _seal(width, height, right + SEAL_GAP * unit, 96 * unit, unit)
    return Label(as_pixels(over(canvas, seal)), 0, round(64 * unit))


def _set(
    text: str, middle: tuple[float, float], size: int, step: float, unit: float, setting: Setting
) -> list[Letter]:
    """Chinese letters stand far apart, each by itself; other scripts keep the row they are written in."""
    pixels, x, y = round(size * unit), *middle
    wide = all(script_of(letter) in WIDE or letter == " " for letter in text)
    if wide and step * len(text) <= 720:
        first = x - step * unit * (len(text) - 1) / 2
        places = (first + i * step * unit for i in range(len(text)))
        half = size / 2 * unit
        return [
            Letter(letter, (place, y), pixels, place + half)
            for letter, place in zip(text, places, strict=True)
            if letter != " "
        ]
    length = row_length(text, pixels, setting)
    fitting = pixels if length <= ROOM * unit else max(8, int(pixels * ROOM * unit / length))
    right = x + row_length(text, fitting, setting) / 2
    return [Letter(text, (x, y), fitting, right)] if text.strip() else []


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
            letter,
            width,
            height,
            (x, y + shift * unit),
            CHINESE_SERIF,
            round(31 * unit),
            0.8 * unit,
        )
        for letter, shift in (("银", -18), ("卷", 18))
    ]
    return over(tint(mask, ink("#b3202a")), tint(np.maximum(*letters), ink("#ffe9d2")))

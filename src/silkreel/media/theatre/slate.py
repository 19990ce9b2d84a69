"""What a preview writes over the picture: the strip, the stamp, names, captions, choices.

Captions and choices stay inside the safe zone: apps lay buttons over the rest of a vertical picture.
"""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.lettering import Label, caption_image, letter_mask
from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture, Play, Shot
from silkreel.media.theatre.rows import balanced, shortened, wrapped
from silkreel.media.theatre.schedule import LineCue, ShotCue, Timetable
from silkreel.media.theatre.sprites import Pixels
from silkreel.media.theatre.typesetting import (
    PLAIN_SETTING,
    Setting,
    draw_row,
    row_height,
    row_length,
)

SAFE_ZONE = (0.10, 0.11, 0.90, 0.80)  # shares of the picture: left, top, right, bottom
NAME_MARGIN, NAME_TOP = 0.03, 0.095  # names keep off the edges, and below the stamp
STRIP_HEIGHT = 0.046  # of the picture's height
CLOCK_STEPS_PER_SECOND = 5
CAPTION_SIZE, ACTION_SIZE = 0.062, 0.050  # of the width
MAX_ROWS = 4
ROW_STEP = 1.34  # of the letters' size, from one row to the next
CHOSEN_AFTER = 0.6  # the share of a choice's time after which the series' own way lights up
SPEECH_INK, ACTION_INK, SIGN_INK = "#ffffff", "#ffd98a", "#b8f0ff"
STAMP = "ANIMATIC"


class Slate:
    """The letters of a preview, by frame."""

    def __init__(self, play: Play, times: Timetable, picture: Picture) -> None:
        self.times, self.picture = times, picture
        self._setting = Setting(play.language)
        self._names = {actor.id: actor.name for actor in play.cast}
        self._stamp = _stamp(picture)

    def key(self, frame: int) -> object:
        """Equal for frames with the same letters."""
        cue, line = self._cue(frame), self._line(frame)
        tick = (frame - cue.span.first_frame) * CLOCK_STEPS_PER_SECOND // self._rate
        return cue.span.first_frame, tick, line and (line.line.id, self._chosen(line, frame))

    def lay(self, pixels: Pixels, frame: int) -> None:
        """Write over a picture."""
        cue, line = self._cue(frame), self._line(frame)
        ticks = (frame - cue.span.first_frame) * CLOCK_STEPS_PER_SECOND // self._rate
        clock = f"{ticks / CLOCK_STEPS_PER_SECOND:04.1f} / {cue.length_seconds:04.1f} s"
        _strip(strip_text(cue.shot), clock, self.picture).draw(pixels)
        self._stamp.draw(pixels)
        if line is None:
            return
        if line.line.kind == "choice":
            chosen = line.line.canon if self._chosen(line, frame) else -1
            for label in choice_panels(line.line.options, chosen, self.picture, self._setting):
                label.draw(pixels)
        elif line.line.caption:
            preview_caption(line.line.caption, line.line.kind, self.picture, self._setting).draw(
                pixels
            )

    def name(self, who: str, x: float, y: float, pixels: Pixels) -> None:
        """Write somebody's name over their head."""
        tag = name_tag(self._names.get(who, who), self.picture, self._setting)
        height, width = tag.shape[:2]
        edge, room = self.picture.width_pixels * NAME_MARGIN, self.picture.width_pixels
        if -width < x < room + width:
            left = min(max(x - width / 2, edge), room - edge - width)
            top = max(y - height, self.picture.height_pixels * NAME_TOP)
            Label(tag, round(left), round(top)).draw(pixels)

    @property
    def _rate(self) -> int:
        return self.times.frames_per_second

    def _cue(self, frame: int) -> ShotCue:
        return next(c for c in self.times.shots if frame < c.span.end_frame)

    def _line(self, frame: int) -> LineCue | None:
        lines = self._cue(frame).lines
        span = (
            line for line in lines if line.caption.first_frame <= frame < line.caption.end_frame
        )
        return next(span, None)

    def _chosen(self, line: LineCue, frame: int) -> bool:
        since = frame - line.caption.first_frame
        return line.line.kind == "choice" and since >= CHOSEN_AFTER * line.caption.length_frames


def strip_text(shot: Shot) -> str:
    """What the strip says of a shot: its number, size, move and angle."""
    told = [shot.id, shot.size, shot.move.replace("_", " ")]
    return "  ·  ".join([*told, shot.angle] if shot.angle != "eye" else told)


@lru_cache(maxsize=32)
def preview_caption(
    text: str, kind: str, picture: Picture, setting: Setting = PLAIN_SETTING
) -> Label:
    """Words in rows at the foot of the safe zone; a sign to read stands in its upper third."""
    shown = f"[{text}]" if kind == "action" else text
    share = ACTION_SIZE if kind == "action" else CAPTION_SIZE
    colour = {"action": ACTION_INK, "sign": SIGN_INK}.get(kind, SPEECH_INK)
    left, top, right, bottom = SAFE_ZONE
    room = picture.width_pixels * (right - left)
    size = round(picture.width_pixels * share)
    rows = wrapped(shown, size, room, setting)
    while len(rows) > MAX_ROWS and size > picture.width_pixels * 0.03:
        size -= 1
        rows = wrapped(shown, size, room, setting)
    rows = balanced(shown, size, room, rows, setting)
    images = [caption_image(row, size, colour, setting=setting) for row in rows[: MAX_ROWS * 2]]
    step = round(size * ROW_STEP * max(row_height(row, setting) for row in rows))
    height = step * (len(images) - 1) + images[-1].shape[0]
    width = max(image.shape[1] for image in images)
    sheet = np.zeros((height, width, 4), np.uint8)
    for number, image in enumerate(images):
        y, x = number * step, (width - image.shape[1]) // 2
        part = sheet[y : y + image.shape[0], x : x + image.shape[1]]
        part[:] = cv2.max(part, image)
    left_edge = round((picture.width_pixels - width) / 2)
    above = (
        picture.height_pixels * (top + 0.1)
        if kind == "sign"
        else picture.height_pixels * bottom - height
    )
    return Label(sheet, left_edge, round(above))


@lru_cache(maxsize=64)
def name_tag(name: str, picture: Picture, setting: Setting = PLAIN_SETTING) -> Pixels:
    """A name in small letters on a dark card."""
    size = round(picture.width_pixels * 0.036)
    width, height = round(row_length(name, size, setting)) + size, round(size * 1.6)
    return _panel(name, width, height, size, "#f4efe2", "#101018", 0.62, setting)


@lru_cache(maxsize=16)
def choice_panels(
    options: tuple[str, ...], chosen: int, picture: Picture, setting: Setting = PLAIN_SETTING
) -> tuple[Label, ...]:
    """The options under each other inside the safe zone; the chosen one lit."""
    left, _, right, bottom = SAFE_ZONE
    room = picture.width_pixels * (right - left)
    size = round(picture.width_pixels * 0.052)
    height = round(size * 2.3)
    first = picture.height_pixels * bottom - len(options) * (height + size // 2)
    return tuple(
        Label(
            _panel(shortened(text, size, room - size, setting), round(room), height, size,
                   "#20160a" if number == chosen else "#f4efe2",
                   "#ffd070" if number == chosen else "#14141e", 0.86, setting),
            round(picture.width_pixels * left), round(first + number * (height + size // 2)),
        )
        for number, text in enumerate(options)
    )  # fmt: skip


def _panel(
    text: str, width: int, height: int, size: int, letter: str, ground: str, alpha: float,
    setting: Setting = PLAIN_SETTING,
) -> Pixels:  # fmt: skip
    card = Image.new("L", (width, height))
    ImageDraw.Draw(card).rounded_rectangle(
        (0, 0, width - 1, height - 1), radius=size // 3, fill=255
    )
    cover = np.asarray(card, np.float32)[..., None] / 255 * alpha
    image = np.concatenate([cover * np.array(ink(ground), np.float32), cover], axis=2)
    mask = letter_mask(text, width, height, (width / 2, height / 2), setting, size, 0.2)[..., None]
    over = np.concatenate([mask * np.array(ink(letter), np.float32), mask], axis=2)
    made: Pixels = ((over + image * (1 - mask)) * 255 + 0.5).astype(np.uint8)
    return made


@lru_cache(maxsize=64)
def _strip(text: str, clock: str, picture: Picture) -> Label:
    width, height = picture.width_pixels, round(picture.height_pixels * STRIP_HEIGHT)
    size = round(height * 0.44)
    image = _strip_ground(text, picture).copy()
    letters = [_digit(letter, size, height) for letter in clock]
    x = width - round(height * 0.35) - sum(letter.shape[1] for letter in letters)
    for letter in letters:
        part = image[:, x : x + letter.shape[1]]
        np.maximum(part, letter[..., None], out=part)
        x += letter.shape[1]
    return Label(image, 0, 0)


@lru_cache(maxsize=64)
def _digit(letter: str, size: int, height: int) -> Pixels:
    """One letter of the clock, cut once: it ticks more often than anything else is written."""
    width = round(row_length(letter, size))
    canvas = Image.new("L", (width, height))
    draw_row(ImageDraw.Draw(canvas), (0, height / 2), letter, size, anchor="lm")
    made: Pixels = np.asarray(canvas)
    return made


@lru_cache(maxsize=4)
def _strip_ground(text: str, picture: Picture) -> Pixels:
    width, height = picture.width_pixels, round(picture.height_pixels * STRIP_HEIGHT)
    image = np.zeros((height, width, 4), np.uint8)
    image[..., 3] = 214
    _write(image, text, height * 0.35, height / 2, round(height * 0.44))
    return image


def _write(image: Pixels, text: str, x: float, y: float, size: int) -> None:
    """Letters over a dark, premultiplied strip, the first of them at x."""
    canvas = Image.new("L", (image.shape[1], image.shape[0]))
    draw_row(ImageDraw.Draw(canvas), (x, y), text, size, anchor="lm")
    mask = np.asarray(canvas)
    for channel in range(4):
        image[..., channel] = np.maximum(image[..., channel], mask)


def _stamp(picture: Picture) -> Label:
    """The word that says what this is, on a card under the strip."""
    size = round(picture.width_pixels * 0.034)
    width, height = round(row_length(STAMP, size)) + size, round(size * 1.7)
    image = _panel(STAMP, width, height, size, "#ffc04a", "#101018", 0.72)
    x = round(picture.width_pixels * NAME_MARGIN)
    return Label(image, x, round(picture.height_pixels * (STRIP_HEIGHT + 0.012)))

"""What a preview writes over the picture: the strip, the stamp, names, captions, choices.

Captions and choices stay inside the safe zone: apps lay buttons over the rest of a vertical picture.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.fonts import font
from silkreel.media.theatre.lettering import Label, caption_image, letter_mask
from silkreel.media.theatre.paper import ink
from silkreel.media.theatre.plan import Picture, Play, Shot
from silkreel.media.theatre.schedule import LineCue, ShotCue, Timetable
from silkreel.media.theatre.sprites import Pixels

SAFE_ZONE = (0.10, 0.11, 0.90, 0.80)  # shares of the picture: left, top, right, bottom
NAME_MARGIN, NAME_TOP = 0.03, 0.095  # names keep off the edges, and below the stamp
STRIP_HEIGHT = 0.046  # of the picture's height
CLOCK_STEPS_PER_SECOND = 5
CAPTION_SIZE, ACTION_SIZE = 0.062, 0.050  # of the width
MAX_ROWS = 4
NARROWEST_PERCENT = 52  # of the room a row may take: below it there would be a row more
CHOSEN_AFTER = 0.6  # the share of a choice's time after which the series' own way lights up
SPEECH_INK, ACTION_INK, SIGN_INK = "#ffffff", "#ffd98a", "#b8f0ff"
STAMP = "ANIMATIC"
NO_START = "，。！？；：、…）》」』”’,.!?;:)"  # marks that never begin a row


class Slate:
    """The letters of a preview, by frame."""

    def __init__(self, play: Play, times: Timetable, picture: Picture) -> None:
        self.times, self.picture = times, picture
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
            for label in choice_panels(line.line.options, chosen, self.picture):
                label.draw(pixels)
        elif line.line.caption:
            preview_caption(line.line.caption, line.line.kind, self.picture).draw(pixels)

    def name(self, who: str, x: float, y: float, pixels: Pixels) -> None:
        """Write somebody's name over their head."""
        tag = name_tag(self._names.get(who, who), self.picture)
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
def preview_caption(text: str, kind: str, picture: Picture) -> Label:
    """Words in rows at the foot of the safe zone; a sign to read stands in its upper third."""
    shown = f"[{text}]" if kind == "action" else text
    share = ACTION_SIZE if kind == "action" else CAPTION_SIZE
    colour = {"action": ACTION_INK, "sign": SIGN_INK}.get(kind, SPEECH_INK)
    left, top, right, bottom = SAFE_ZONE
    room = picture.width_pixels * (right - left)
    size = round(picture.width_pixels * share)
    rows = wrapped(shown, size, room)
    while len(rows) > MAX_ROWS and size > picture.width_pixels * 0.03:
        size -= 1
        rows = wrapped(shown, size, room)
    rows = balanced(shown, size, room, rows)
    images = [caption_image(row, size, colour) for row in rows[: MAX_ROWS * 2]]
    step = round(size * 1.34)
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


def wrapped(text: str, size: int, room: float) -> list[str]:
    """A text in rows no wider than `room` pixels, broken at blanks or between wide letters."""
    length = partial(_length_pixels, size)
    rows, filled = [""], 0.0
    pieces = (part for piece in _pieces(text) for part in _parted(piece, length, room))
    for piece in pieces:
        if rows[-1] and filled + length(piece.rstrip()) > room:
            rows.append(piece.lstrip())
            filled = length(rows[-1])
        else:
            rows[-1] += piece
            filled += length(piece)
    return [row.strip() for row in rows if row.strip()] or [""]


@lru_cache(maxsize=4096)
def _length_pixels(size: int, text: str) -> float:
    """How long letters are; words come back in every trial of `balanced`."""
    return float(font("sans", size).getlength(text))


def balanced(text: str, size: int, room: float, rows: list[str]) -> list[str]:
    """As many rows, none much shorter than the others: the narrowest room that still holds them."""
    for share in range(NARROWEST_PERCENT, 100, 4):
        even = wrapped(text, size, room * share / 100)
        if len(even) <= len(rows):
            return even
    return rows


def _parted(piece: str, length: Callable[[str], float], room: float) -> list[str]:
    """A word too long for a row, in letters."""
    return [piece] if length(piece) <= room else list(piece)


def _pieces(text: str) -> list[str]:
    """What may stand on a row of its own: words, and wide letters with the marks after them."""
    breaks = [0]
    for place, (before, letter) in enumerate(pairwise(text), start=1):
        wide = ord(before) > 0x2E7F or ord(letter) > 0x2E7F
        if (before == " " or wide) and letter not in NO_START:
            breaks.append(place)
    return [text[a:b] for a, b in pairwise([*breaks, len(text)])]


@lru_cache(maxsize=64)
def name_tag(name: str, picture: Picture) -> Pixels:
    """A name in small letters on a dark card."""
    size = round(picture.width_pixels * 0.036)
    width, height = round(font("sans", size).getlength(name)) + size, round(size * 1.6)
    return _panel(name, width, height, size, "#f4efe2", "#101018", 0.62)


@lru_cache(maxsize=16)
def choice_panels(options: tuple[str, ...], chosen: int, picture: Picture) -> tuple[Label, ...]:
    """The options under each other inside the safe zone; the chosen one lit."""
    left, _, right, bottom = SAFE_ZONE
    room = picture.width_pixels * (right - left)
    size = round(picture.width_pixels * 0.052)
    height = round(size * 2.3)
    first = picture.height_pixels * bottom - len(options) * (height + size // 2)
    return tuple(
        Label(
            _panel(_short(text, size, room - size), round(room), height, size,
                   "#20160a" if number == chosen else "#f4efe2",
                   "#ffd070" if number == chosen else "#14141e", 0.86),
            round(picture.width_pixels * left), round(first + number * (height + size // 2)),
        )
        for number, text in enumerate(options)
    )  # fmt: skip


def _short(text: str, size: int, room: float) -> str:
    face = font("sans", size)
    while text and face.getlength(text) > room:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def _panel(
    text: str, width: int, height: int, size: int, letter: str, ground: str, alpha: float
) -> Pixels:
    card = Image.new("L", (width, height))
    ImageDraw.Draw(card).rounded_rectangle(
        (0, 0, width - 1, height - 1), radius=size // 3, fill=255
    )
    cover = np.asarray(card, np.float32)[..., None] / 255 * alpha
    image = np.concatenate([cover * np.array(ink(ground), np.float32), cover], axis=2)
    mask = letter_mask(text, width, height, (width / 2, height / 2), "sans", size, 0.2)[..., None]
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
    width = round(_length_pixels(size, letter))
    canvas = Image.new("L", (width, height))
    ImageDraw.Draw(canvas).text(
        (0, height / 2), letter, fill=255, font=font("sans", size), anchor="lm"
    )
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
    ImageDraw.Draw(canvas).text((x, y), text, fill=255, font=font("sans", size), anchor="lm")
    mask = np.asarray(canvas)
    for channel in range(4):
        image[..., channel] = np.maximum(image[..., channel], mask)


def _stamp(picture: Picture) -> Label:
    """The word that says what this is, on a card under the strip."""
    size = round(picture.width_pixels * 0.034)
    width, height = round(font("sans", size).getlength(STAMP)) + size, round(size * 1.7)
    image = _panel(STAMP, width, height, size, "#ffc04a", "#101018", 0.72)
    x = round(picture.width_pixels * NAME_MARGIN)
    return Label(image, x, round(picture.height_pixels * (STRIP_HEIGHT + 0.012)))

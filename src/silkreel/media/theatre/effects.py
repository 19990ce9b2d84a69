"""What happens in a shot besides acting: lightning, fire, beams, a lamp that fails."""

import math
from functools import lru_cache

import cv2
import numpy as np

from silkreel.media.theatre.paper import Card, Light, curve, ellipse, ink, ribbon
from silkreel.media.theatre.plan import Effect, Mood, Picture
from silkreel.media.theatre.puppets.props import lit_lantern
from silkreel.media.theatre.sprites import Pixels, Sprite, add_light
from silkreel.media.theatre.writing import write

FLASH = (0.0, 0.9, 0.45, 0.0, 0.75, 0.5, 0.28, 0.12, 0.04)  # one figure a drawing
FLASH_DRAWINGS_PER_SECOND = 12.5
GRADES: dict[Mood, tuple[str, str, float]] = {
    # what the corners are multiplied with, what the middle, and how far the middle reaches
    "plain": ("#b4b4bc", "#ffffff", 1.25),
    "dread": ("#2c3460", "#fff6ea", 1.05),
    "arrival": ("#26305e", "#f2f4ff", 1.00),
    "wound": ("#3c2430", "#fff4e4", 1.05),
    "secret": ("#2e1c28", "#fff0d8", 0.98),
    "cold": ("#3a4078", "#fbf8ff", 1.10),
    "duel": ("#341f48", "#fff2e8", 1.02),
    "dawn": ("#4a4478", "#fff8ee", 1.16),
}


@lru_cache(maxsize=8)
def grade(mood: Mood, picture: Picture) -> Pixels:
    """What the finished picture is multiplied with: the corners fall away into the mood's colour."""
    width, height = picture.width_pixels, picture.height_pixels
    corner, middle, reach = GRADES[mood]
    ys = (np.arange(height, dtype=np.float32) / height - 0.42) / 0.66
    xs = (np.arange(width, dtype=np.float32) / width - 0.5) / 0.60
    distance = np.sqrt(xs[None, :] ** 2 + ys[:, None] ** 2) / reach
    share = np.clip((distance - 0.45) / 0.85, 0, 1)[..., None] ** 1.4
    field = np.array(ink(middle)) * (1 - share) + np.array(ink(corner)) * share
    alpha = np.ones((height, width, 1))
    return (np.concatenate([field, alpha], axis=2) * 255 + 0.5).astype(np.uint8)


@lru_cache(maxsize=64)
def glow(radius_pixels: int, colour: str) -> Pixels:
    """A soft disc of light, to be added."""
    ys = np.arange(-radius_pixels, radius_pixels, dtype=np.float32)
    distance = np.sqrt(ys[:, None] ** 2 + ys[None, :] ** 2) / radius_pixels
    share = np.clip(1 - distance, 0, 1) ** 2.2
    image = np.zeros((2 * radius_pixels, 2 * radius_pixels, 4), np.float32)
    image[..., :3] = share[..., None] * np.array(ink(colour), np.float32) * 255
    return image.astype(np.uint8)


def shine(picture: Pixels, x: float, y: float, radius: float, colour: str, strength: float) -> None:
    """Add lamplight around a point of the picture."""
    size = max(8, round(radius / 40) * 40 if radius > 100 else int(radius) // 4 * 4)
    add_light(picture, glow(size, colour), round(x) - size, round(y) - size, strength)


def flicker(seconds: float, seed: float) -> float:
    """The unsteady strength of a flame, around 1."""
    return 1 + 0.07 * math.sin(seconds * 9.1 + seed) + 0.05 * math.sin(seconds * 15.7 + 2.3 * seed)


def flash(seconds: float) -> float:
    """Strength of lightning `seconds` after it struck."""
    index = int(seconds * FLASH_DRAWINGS_PER_SECOND)
    return FLASH[index] if 0 <= index < len(FLASH) else 0.0


def whiten(picture: Pixels, strength: float) -> None:
    """Let a flash wash out the picture."""
    if strength > 0:
        cv2.convertScaleAbs(picture, dst=picture, alpha=1 + 0.5 * strength, beta=66 * strength)


def brightness(effect: Effect, seconds: float, length_seconds: float) -> float:
    """How bright the whole picture stands under an effect."""
    t = seconds / max(length_seconds, 1e-6)
    match effect:
        case "failing":
            return 0.86 - 0.20 * max(0.0, math.sin(seconds * 6.3) * math.sin(seconds * 2.1 + 1))
        case "goes_out":
            left = length_seconds - seconds
            dip = 0.80 - 0.25 * max(0.0, math.sin(seconds * 7.0) * math.sin(seconds * 2.7))
            return dip if left > 1.2 else max(0.06, dip * left / 1.2)
        case "dim":
            return 1 - 0.45 * max(0.0, t - 0.55) / 0.45
        case _:
            return 1.0


@lru_cache(maxsize=4)
def title_lantern(scale: float, words: tuple[str, ...] = ()) -> Sprite:
    """The story's lantern: large, pale, with the family's name; or with writing that shows."""
    card = Card(-150, -190, 150, 300, scale)
    card.lay(ribbon("0,-190 0,-108", (2.6, 2.6)), "#2a140c", shadow=0)
    lit_lantern(card, 0, 0, 112, 118, hue="amber")

    card.light = Light((1, 1, 1), (1, 1, 1), 0, (1, 1, 1), 0)
    if not words:
        ring = card.mask(ellipse(0, 2, 50, 50)) - card.mask(ellipse(0, 2, 45, 45))
        card.lay(ring.clip(0, 1), "#8e1a12", plain=True, alpha=0.8)
        write(card, "林", 0, 0, 66, "#8e1a12", spread=0)
    longest = max((len(word) for word in words), default=1)
    step = min(44.0, 118.0 / longest)
    for column, word in enumerate(words):
        x = ((len(words) - 1) / 2 - column) * step * 1.18
        for row, letter in enumerate(word):
            y = 2 + (row - (longest - 1) / 2) * step
            write(card, letter, x, y, step * 0.92, "#6a120c", spread=0)
    return Sprite(card.finished(), card.left, card.top, scale)


@lru_cache(maxsize=2)
def flames(picture: Picture) -> tuple[Sprite, ...]:
    """A burning lantern close to the camera, out of focus: four drawings of the same fire."""
    drawings = []
    for k in range(4):
        card = Card(-420, -330, 420, 60, 0.5 * picture.scale)
        chance = np.random.default_rng(40)
        for tones, many, tall, wide in (
            (("#d8430e", "#8e1606"), 15, 250, 62), (("#ff9a26", "#e05510"), 13, 180, 48),
            (("#ffdc7a", "#ffa630"), 11, 110, 36),
        ):  # fmt: skip
            for i in range(many):
                x = -400 + 800 * (i + 0.5) / many + chance.uniform(-18, 18)
                height = (
                    tall * chance.uniform(0.55, 1.0) * (0.9 + 0.2 * math.sin(k * 1.57 + i * 2.1))
                )
                lean = 22 * math.sin(k * 1.57 + i)
                half = wide * chance.uniform(0.7, 1.1)
                tongue = curve(
                    f"{x - half},60! {x - half * 0.8},{-height * 0.2} {x - half * 0.25 + lean * 0.5},{-height * 0.6} {x + lean},{-height}! "
                    f"{x + half * 0.4 + lean * 0.5},{-height * 0.55} {x + half * 0.85},{-height * 0.15} {x + half},60!"
                )
                card.lay(tongue, *tones, plain=True, alpha=0.85)
        drawings.append(Sprite(card.finished(5.0), card.left, card.top, card.scale))
    return tuple(drawings)


@lru_cache(maxsize=2)
def beam(picture: Picture) -> Pixels:
    """A searchlight from the right edge, to be added."""
    width, height = picture.width_pixels, picture.height_pixels
    canvas = np.zeros((height, width), np.uint8)
    k = picture.scale
    for spread, tone in ((150, 34), (95, 34), (50, 30)):
        cone = np.array(
            [
                [width + 20, 430 * k],
                [width + 20, 470 * k],
                [-40, (470 + spread * 2.4) * k],
                [-40, (430 - spread) * k],
            ]
        )
        layer = np.zeros_like(canvas)
        cv2.fillPoly(layer, [cone.astype(np.int32)], tone)
        canvas = cv2.add(canvas, layer)
    canvas = cv2.GaussianBlur(canvas, (0, 0), 16 * k)
    made: Pixels = cv2.merge(
        [cv2.convertScaleAbs(canvas, alpha=a) for a in (0.78, 0.92, 1.0)] + [np.zeros_like(canvas)]
    )
    return made


@lru_cache(maxsize=2)
def boat(scale: float) -> Sprite:
    """A skiff far out, and a man who stands in it holding a lantern."""
    card = Card(-150, -150, 150, 90, scale)
    card.lay(
        curve("-120,10! -140,-8 -96,4 0,8 96,4 142,-12 120,12! 84,30 0,34 -84,30"),
        "#1a1c3c",
        "#0e1028",
        shadow=0,
    )
    card.lay(curve("-60,6! -56,-34 -20,-46 20,-34 24,6!"), "#26284c", "#16183a", shadow=0)
    card.lay(
        curve("52,8! 50,-40 56,-66 66,-72 78,-64 82,-40 84,8!"), "#14162e", "#0e1028", shadow=0
    )
    card.lay(ellipse(67, -84, 11, 13), "#14162e", shadow=0)
    card.lay(curve("44,-88! 67,-106 90,-88! 67,-92"), "#14162e", shadow=0)
    card.lay(ribbon("70,-58 92,-62 108,-74", (8, 6, 5)), "#14162e", shadow=0)
    card.lay(ribbon("108,-78 108,-60", (1.6, 1.6)), "#14162e", shadow=0)
    lit_lantern(card, 108, -44, 13, 15, hue="amber")
    return Sprite(card.finished(), card.left, card.top, scale)

"""Draws the pictures of the demo's game out of the theatre: a backdrop a place, a portrait a character.

python docs/make_lantern_art.py      writes src/silkreel/story/samples/lantern/art
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from silkreel.media.theatre.camera import View
from silkreel.media.theatre.effects import grade
from silkreel.media.theatre.happenings import shine_lamp
from silkreel.media.theatre.places import draw_place
from silkreel.media.theatre.plan import Mood, Picture, PlaceName, Pose, PuppetName
from silkreel.media.theatre.puppets import joints
from silkreel.media.theatre.sprites import Pixels, moved, paste, sized
from silkreel.story.sample import LANTERN

BACKDROP = Picture(720, 1280)
PORTRAIT = Picture(640, 860)
HEAD_PIXELS = 1.62  # of the portrait, for each unit of the stage
PLACES: dict[PlaceName, Mood] = {"street": "dread", "workshop": "wound", "bridge": "cold"}
CAST: dict[str, tuple[PuppetName, Pose]] = {
    "lin": ("maiden", "stand"), "gu": ("gentleman", "coat"),
    "zhou": ("matron", "fan"), "qin": ("elder", "stoop"),
}  # fmt: skip


def backdrop(name: PlaceName, mood: Mood) -> Image.Image:
    """A place without people, in the light of its first scene."""
    place, view = draw_place(name, BACKDROP.scale), View(0, 0, 1.0)
    canvas = np.zeros((BACKDROP.height_pixels, BACKDROP.width_pixels, 4), np.uint8)
    canvas[..., 3] = 255
    for layer in place.back:
        paste(canvas, layer.sprite, view.matrix(BACKDROP, layer.parallax))
    for lamp in place.lamps:
        spot = view.matrix(BACKDROP, lamp.parallax) @ np.array([lamp.x, lamp.y, 1.0])
        shine_lamp(canvas, lamp, (float(spot[0]), float(spot[1])), BACKDROP.scale)
    for layer in place.front:
        paste(canvas, layer.sprite, view.matrix(BACKDROP, layer.parallax))
    graded = cv2.multiply(canvas, grade(mood, BACKDROP), scale=1 / 255)
    return Image.fromarray(cv2.cvtColor(graded, cv2.COLOR_BGRA2RGB))


def portrait(puppet: PuppetName, pose: Pose) -> Image.Image:
    """Somebody from the waist up, cut out: drawn on black and on white, which tells what is clear."""
    black, white = (_drawn(puppet, pose, ground) for ground in (0, 255))
    clear = np.clip(white[..., :3].astype(int) - black[..., :3], 0, 255).mean(axis=2)
    alpha = (255 - clear).astype(np.uint8)
    share = np.maximum(alpha, 1)[..., None] / 255
    colours = np.clip(black[..., 2::-1] / share, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([colours, alpha]))


def _drawn(puppet: PuppetName, pose: Pose, ground: int) -> Pixels:
    canvas = np.full((PORTRAIT.height_pixels, PORTRAIT.width_pixels, 4), ground, np.uint8)
    canvas[..., 3] = 255
    held = (joints.HELD[pose],) if pose in joints.HELD else ()
    light = draw_place("street", 1.0).light
    cut = joints.parts(puppet, light, HEAD_PIXELS, held)
    acting = joints.Acting(limbs=joints.POSES[pose], prop=joints.HELD.get(pose))
    unit = joints.UNIT * HEAD_PIXELS
    place = moved(PORTRAIT.width_pixels / 2, 330) @ sized(unit, unit)
    joints.draw_puppet(canvas, cut, acting, place)
    return canvas


def main(folder: Path = LANTERN / "art") -> None:
    """Draw all of them."""
    folder.mkdir(exist_ok=True)
    for name, mood in PLACES.items():
        backdrop(name, mood).save(folder / f"{name}.webp", quality=72, method=6)
    for who, (puppet, pose) in CAST.items():
        portrait(puppet, pose).save(folder / f"{who}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()

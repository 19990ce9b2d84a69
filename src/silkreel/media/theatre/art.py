"""Pictures that were given instead of the stage: boards, photographs, stills. Read in the child."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from silkreel.kit.refusals import Refusal
from silkreel.media.theatre.plan import Picture
from silkreel.media.theatre.sprites import Pixels

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 32 * 1024**2  # a photograph has a quarter of it
MAX_PIXELS = 50_000_000  # the largest cameras; more is a bomb


class BadArt(Refusal):
    """A picture that was given cannot be shown."""

    status = 422
    message = "{path}: {problem}; save it as PNG, JPEG or WebP of at most 50 megapixels."


@lru_cache(maxsize=2)
def load_art(path: str) -> Pixels:
    """A picture as blue-green-red-alpha, upright.

    Raises:
        BadArt: it is no picture, or larger than any.
    """
    file = Path(path)
    if file.stat().st_size > MAX_BYTES:
        raise BadArt(path=file.name, problem="the file is larger than 32 MB")
    try:
        with Image.open(file, formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise BadArt(path=file.name, problem=f"it has {width} x {height} pixels")
            opened.draft(
                "RGB", (2160, 3840)
            )  # a large JPEG is read smaller, which takes a fraction
            ImageOps.exif_transpose(opened, in_place=True)
            image = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadArt(path=file.name, problem="it cannot be read as a picture") from None
    pixels: Pixels = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGRA)
    return pixels


def covering(path: str, picture: Picture, pad_x: int, pad_y: int) -> Pixels:
    """The picture cut to cover a whole plate with its margins, its middle kept."""
    art = load_art(path)
    width, height = picture.width_pixels + 2 * pad_x, picture.height_pixels + 2 * pad_y
    share = max(width / art.shape[1], height / art.shape[0])
    size = max(width, round(art.shape[1] * share)), max(height, round(art.shape[0] * share))
    grown = cv2.resize(art, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    made: Pixels = np.ascontiguousarray(grown[y : y + height, x : x + width])
    return made

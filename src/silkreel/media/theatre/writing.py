"""Letters written on paper."""

import numpy as np
from PIL import Image, ImageDraw

from silkreel.media.theatre.fonts import font
from silkreel.media.theatre.paper import Card


def write(
    card: Card, text: str, x: float, y: float, size: float, colour: str, *, spread: float
) -> None:
    """Write letters on paper, side by side around a point."""
    canvas = Image.new("L", (card.width, card.height))
    face = font("serif", round(size * card.scale))
    first = x - spread * (len(text) - 1) / 2
    for i, letter in enumerate(text):
        at = ((first + i * spread - card.left) * card.scale, (y - card.top) * card.scale)
        ImageDraw.Draw(canvas).text(
            at,
            letter,
            fill=255,
            font=face,
            anchor="mm",
            stroke_width=max(1, round(1.2 * card.scale)),
        )
    card.lay(
        np.asarray(canvas, np.float32) / 255, colour, shadow=0.5, shadow_shift=(1, 2), shadow_blur=2
    )

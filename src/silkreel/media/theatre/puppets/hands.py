"""Hands cut from paper, hanging down from the wrist; the thumb lies to the right."""

import numpy as np

from silkreel.media.theatre.paper import Card, Colour, Points, curve, ribbon

SHAPES: dict[str, tuple[str, ...]] = {
    "rest": (
        "-9,-6 8,-6 10,8 9,22 6,36 1,40 -4,36 -8,30 -11,14",
        "7,2 13,9 14,20 11,24 8,16 6,8",
    ),
    "fist": (
        "-9,-6 8,-6 12,6 12,18 7,27 -4,28 -11,20 -11,6",
        "8,4 15,10 13,18 6,17 4,10",
    ),
    "point": (
        "-9,-6 8,-6 11,8 9,20 4,24 -6,24 -11,14",
        "-7,16 1,17 1,38 -1,52 -4,53 -7,38",
        "8,4 13,12 11,20 6,18 5,10",
    ),
    "palm": (
        "-9,-6 9,-6 12,8 11,22 10,40 7,47 4,40 3,46 0,52 -3,46 -4,48 -7,50 -8,42 -10,40 -13,40 -13,28 -12,12",
        "9,4 17,10 21,21 18,25 13,18 8,14",
    ),
}  # fmt: skip
CREASES = {
    "rest": ("-3,20 -3,36", "2,20 2,38"),
    "fist": ("-6,18 -5,27", "-1,18 0,28", "4,18 5,26"),
    "point": ("1,18 1,24", "5,16 5,22"),
    "palm": ("4,24 4,40", "-1,24 -3,46", "-6,24 -8,42"),
}  # fmt: skip


def draw_hand(
    card: Card, shape: str, x: float, y: float, skin: tuple[Colour | str, Colour | str]
) -> None:
    """Lay a hand with its wrist at (x, y)."""
    for outline in SHAPES[shape]:
        card.lay(_at(curve(outline), x, y), *skin, shadow=0.3, shadow_blur=2.5, edge_width=1.6)
    for line in CREASES[shape]:
        card.lay(_at(ribbon(line, (0.3, 1.0, 0.5)), x, y), "#9a5a3e", plain=True, alpha=0.6)


def _at(points: Points, x: float, y: float) -> Points:
    made: Points = points + np.array([x, y])
    return made

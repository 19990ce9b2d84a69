"""Mrs. Zhou's kind: waves, pearls, a fur collar over a wine-red qipao."""

import numpy as np

from silkreel.media.theatre.paper import Card, Image, curve, ellipse, ribbon, turned
from silkreel.media.theatre.puppets.faces import Face, draw_face
from silkreel.media.theatre.puppets.hands import draw_hand

HAIR = ("#34222a", "#150c12")
SKIN = ("#f6dcc2", "#e2b592")
SILK = ("#8e1f3c", "#4a0c24")
FACE = Face(
    upper="8,-45 27,-37 37,-24 39.6,-12 37.4,-4 39.6,4 45.6,13 44,17! 39,18! 40,21 43,24.4 39.6,27!",
    jaw="39.6,27.2! 41.8,30.2 38.2,33.6 37.8,36.4 39.6,41 36,46.6 29,48.6 20,51 8,48 0,38 -6,24 -7,5 -4,-20 2,-40",
    lips="#a01030",
    lip_size=0.92,
    skin=SKIN,
    brow="38,-15.4 31,-20.4 18,-15",
    brow_widths=(1.0, 2.2, 0.5),
    hair="#24121a",
    lash=3.8,
    eye=(28.5, -3.4),
    eye_size=0.98,
    blush=0.28,
    wrinkles=("33,17 35,22 33.4,27", "17,-2 13,0"),
)


def draw_back(card: Card) -> None:
    """A full chignon of waves with a gold comb."""
    card.lay(curve("-50,-14 -34,-24 -18,-6 -18,22 -34,36 -54,28 -62,8"), *HAIR)
    for line in ("-58,0 -40,-10 -24,4", "-60,12 -42,4 -22,18", "-54,24 -40,18 -24,30"):
        card.lay(ribbon(line, (0.4, 2.0, 0.4)), "#80505e", plain=True, alpha=0.6)
    card.lay(
        curve("2,-54 26,-46 36,-30 20,-8 0,10 -8,26 -22,30 -38,16 -46,-10 -36,-38 -18,-52"), *HAIR
    )


def draw_middle(card: Card, *, mouth: int, blink: bool) -> None:
    """The face, a beauty mark, the ear with a pearl drop."""
    draw_face(card, FACE, mouth=mouth, blink=blink)
    card.lay(ribbon("34,-6 26,-9 16,-5", (1.0, 4.6, 1.0)), "#6a3a66", plain=True, alpha=0.30)
    card.lay(ellipse(33, 34, 0.9, 0.9), "#2a1014", plain=True)
    card.lay(curve("-5,-4 2,-6 5,1 2,9 -2,13 -6,6"), "#e8bf9c", "#cf976f", shadow=0.3)
    card.lay(ribbon("-2,13 -2,19", (1, 1)), "#d8b45a", plain=True)
    card.lay(ellipse(-2, 24, 4.4, 5.4), "#fdf6ea", "#c7b7a2", shadow=0.4, shadow_blur=2)


def draw_front(card: Card) -> None:
    """Finger waves over the forehead and the comb."""
    card.lay(
        curve("-10,-56 14,-56 32,-45 41,-30 36,-21 30,-25 24,-18 15,-21 10,-11 3,-11 5,0 -3,3 -8,14 -22,22 -38,12 -46,-12 -36,-40"),
        *HAIR, shadow=0.5, shadow_shift=(2, 4), shadow_blur=4,
    )  # fmt: skip
    for line in (
        "38,-28 26,-36 12,-30 0,-38 -14,-34", "30,-42 16,-47 4,-42 -10,-48 -24,-42", "24,-22 12,-28 2,-20 -10,-26 -22,-18",
        "9,-13 -2,-17 -10,-8 -20,-12 -30,-4", "3,1 -8,-3 -16,6 -26,4",
    ):  # fmt: skip
        card.lay(ribbon(line, (0.3, 2.0, 2.0, 0.3)), "#9a6474", plain=True, alpha=0.55)
    comb = curve("-44,-36! -34,-50 -22,-56! -17,-48! -28,-41 -37,-29!")
    card.lay(comb, "#f0cd74", "#a5741f", shadow=0.4, shadow_blur=3)
    for x, y in ((-37, -38), (-31, -45), (-23, -50)):
        card.lay(ellipse(x, y, 2.6, 2.6), "#d23a4a", "#7c1020", shadow=0.2, shadow_blur=1)


def draw_body(card: Card) -> None:
    """A slim qipao with gold blossoms, a fur collar, two strings of pearls."""
    card.lay(curve("-13,20 13,26 18,44 24,76 -24,80 -17,44"), "#e2b592", "#b4815e", shadow=0)
    dress = curve(
        "-18,66! 6,62 26,70! 50,94 60,130 52,178 42,222 60,280 66,330 58,450 70,640! -50,640! -58,450 -66,330 -62,280 -44,222 -48,176 -54,122 -46,88"
    )
    mask = card.lay(dress, *SILK)
    _blossoms(card, mask)
    card.lay(
        ribbon("44,300 52,450 64,640", (1.2, 2.4, 3.0)), "#e0b45a", clip=mask, plain=True, alpha=0.8
    )
    card.shade(mask * card.mask(ribbon("-44,222 0,232 44,222", (4, 26, 4))), 0.35, 7)
    card.lay(curve("-19,50! 0,47 21,53! 25,74! 3,70 -22,75!"), "#a3284a", "#6e1430", shadow=0.4)
    card.lay(ribbon("-19,51 0,48 21,54", (1.6, 1.6)), "#e0b45a", plain=True)
    fur = curve(
        "-62,92 -58,72 -40,62 -26,70 -8,84 16,82 34,70 52,78 68,98 74,128 64,150 48,132 30,118 4,114 -24,122 -44,146 -64,158 -72,126"
    )
    mask = card.lay(fur, "#5a4a58", "#2a2030", shadow=0.6)
    _hairs(card, mask)
    _pearls(card)


def _blossoms(card: Card, mask: Image) -> None:
    for x, y, size in (
        (-26, 176, 1.2),
        (24, 206, 1.0),
        (-30, 262, 1.3),
        (34, 290, 1.2),
        (-16, 340, 1.5),
        (30, 392, 1.2),
        (-36, 440, 1.3),
        (14, 492, 1.5),
        (-24, 560, 1.4),
        (38, 590, 1.2),
    ):
        stem = ribbon(
            f"{x - 22 * size},{y + 26 * size} {x - 4 * size},{y + 14 * size} {x},{y}", (0.6, 1.8)
        )
        card.lay(stem, "#c99a3e", clip=mask, plain=True, alpha=0.7)
        for angle in range(0, 360, 60):
            petal = turned(ellipse(x + 7 * size, y, 6 * size, 3.6 * size), angle, (x, y))
            card.lay(petal, "#e8b85c", clip=mask, plain=True, alpha=0.85)
        card.lay(ellipse(x, y, 2.6 * size, 2.6 * size), "#7a1230", clip=mask, plain=True)


def _pearls(card: Card) -> None:
    for row, depth in ((0, 30), (1, 48)):
        for i in range(9 + row):
            t = i / (8 + row)
            x = -16 + 44 * t
            y = 78 + depth * 4 * t * (1 - t) + 3 * t
            card.lay(
                ellipse(x, y, 3.2, 3.2),
                "#fffaf0",
                "#bfae9c",
                shadow=0.35,
                shadow_blur=1.5,
                edge=0.5,
            )


def _hairs(card: Card, mask: Image) -> None:
    """Tufts of fur: short strokes along the collar, seeded by place."""
    chance = np.random.default_rng(5)
    for _ in range(150):
        x, y = chance.uniform(-70, 72), chance.uniform(64, 156)
        tone = ("#8a7886", "#3a2e3c", "#b3a2ac")[int(chance.integers(3))]
        bend, length = chance.uniform(-3, 4), chance.uniform(7, 13)
        tuft = ribbon(
            f"{x:.1f},{y:.1f} {x + bend:.1f},{y + length * 0.5:.1f} {x + bend * 1.6:.1f},{y + length:.1f}",
            (1.5, 1.0, 0.2), steps=3,
        )  # fmt: skip
        card.lay(tuft, tone, clip=mask, plain=True, alpha=0.45)


def draw_upper_arm(card: Card) -> None:
    """Fur over the shoulder, a slim silk sleeve below."""
    card.lay(curve("-20,-10 0,-22 19,-10 21,30 17,98 0,106 -17,98 -22,30"), "#97254a", "#6a1632")


def draw_forearm(card: Card, hand: str) -> None:
    """A three-quarter sleeve with a gold hem, a jade bangle, a hand with a ring."""
    draw_hand(card, hand, 0, 82, SKIN)
    card.lay(curve("-11,40 11,40 9,80 0,84 -9,80"), *SKIN, shadow=0.2)
    card.lay(ribbon("-11,70 0,73 11,70", (5, 5)), "#6fc29a", "#2f7a58", shadow=0.3, shadow_blur=2)
    card.lay(curve("-17,-14 0,-20 17,-14 20,20 20,48! 0,54 -19,48! -19,20"), "#97254a", "#701a38")
    card.lay(ribbon("-19,44 0,50 20,44", (4, 4)), "#e0b45a", "#a5741f", shadow=0.2)

"""A stone bridge over a wide river, snow, the hour before dawn."""

import numpy as np

from silkreel.media.theatre.paper import (
    Card,
    Light,
    box,
    curve,
    ellipse,
    ink,
    ribbon,
    smooth,
    turned,
)
from silkreel.media.theatre.places.layers import (
    BOTTOM,
    LEFT,
    RIGHT,
    Lamp,
    Place,
    layer,
    mist,
    roof,
    sky,
)  # fmt: skip

LIGHT = Light(ink("#d6d2ee"), ink("#ffb878"), 0.42, ink("#9fc0ff"), 0.50)
FAR = Light(ink("#ffffff"), ink("#ffd8c8"), 0.12, ink("#a8c0ff"), 0.10)


def build(scale: float) -> Place:
    """Draw the bridge."""
    return Place(
        back=(
            *layer(0.10, _sky, FAR, scale),
            *layer(0.26, _mountains, FAR, scale),
            *layer(0.46, _far_bank, FAR, scale),
            *layer(0.90, _parapet, LIGHT, scale),
        ),
        front=(*layer(1.26, _branches, FAR, scale, blur=2.2),),
        lamps=(Lamp(0, 120, 460, "#ff9a50", 0.10, 1.0),),
        light=LIGHT,
        title_lantern=None,
    )


def _sky(card: Card) -> None:
    sky(
        card,
        (
            (-800, "#0c1336"),
            (-480, "#26336e"),
            (-180, "#5a5c98"),
            (60, "#a884a6"),
            (230, "#eab49c"),
            (330, "#f6d2a8"),
            (520, "#6c6c98"),
            (1150, "#1c2450"),
        ),
    )
    card.image[..., :3] += (
        card.halo(-150, -300, 620)[..., None] * np.array(ink("#c8b8e8"), np.float32) * 0.36
    )
    card.lay(ellipse(-150, -300, 150, 150), "#fdf3e0", "#f0d8cc", shadow=0)
    for x, y, rx, ry in ((-200, -330, 34, 26), (-110, -250, 46, 30), (-120, -370, 22, 18)):
        card.shade(card.mask(ellipse(x, y, rx, ry)), 0.09, 8)
    for y, shift, tone, alpha in (
        (-60, 40, "#c89ab4", 0.5),
        (30, -60, "#f0bca0", 0.5),
        (110, 20, "#ffd8b0", 0.45),
    ):
        for k in range(-2, 3):
            x = k * 330 + shift
            band = ribbon(
                f"{x - 240},{y} {x - 60},{y - 16} {x + 90},{y + 6} {x + 260},{y - 8}",
                (1, 20, 26, 1),
            )
            card.lay(band, tone, plain=True, alpha=alpha)


def _mountains(card: Card) -> None:
    chance = np.random.default_rng(12)
    for base, height, top, foot in (
        (110, 300, "#8a7cab", "#c9a0b4"),
        (190, 230, "#6a6698", "#a892b2"),
        (262, 170, "#4c5286", "#8a84ac"),
    ):
        xs = np.linspace(-820, 820, 15)
        ys = base - height * (0.25 + 0.75 * chance.uniform(0, 1, 15) ** 1.4)
        ridge = np.stack([xs, ys], axis=1)
        line = smooth(ridge, None, closed=False)
        shape = np.vstack([line, [[820, 700], [-820, 700]]])
        card.lay(shape, top, foot, shadow=0.28, shadow_shift=(0, -6), shadow_blur=22, edge_width=3)
        mist(card, base - 90, base + 160, "#e6c2b8", 0.55)


def _far_bank(card: Card) -> None:
    _river(card)
    shore = curve(
        "-820,330! -600,296 -380,318 -140,308 60,330 240,306 460,318 640,290 820,316! 820,372! -820,372!"
    )
    card.lay(shore, "#3a4076", "#2c3266", shadow=0.4, shadow_shift=(0, 8))
    _pagoda(card, 360, 310)
    for x, width, top in (
        (-640, 190, 210),
        (-470, 150, 240),
        (-280, 170, 226),
        (560, 180, 214),
        (720, 160, 240),
    ):
        card.lay(
            box(x - width * 0.4, top + 30, x + width * 0.4, 330), "#4c5288", "#3a4076", shadow=0.3
        )
        card.lay(
            roof(x - width * 0.56, x + width * 0.56, top - 8, top + 44, lift=16),
            "#2c3266",
            "#3a4076",
            shadow=0.4,
        )
        snow = roof(x - width * 0.54, x + width * 0.54, top - 13, top + 22, lift=8)
        card.lay(snow, "#f6f2ff", "#c8cdf0", shadow=0.15)
        for dx in (-0.18, 0.12):
            card.glow(x + dx * width, top + 68, 60, "#ffa040", 0.3)
            card.lay(
                box(x + dx * width - 8, top + 56, x + dx * width + 8, top + 80),
                "#ffc870",
                "#f09040",
                shadow=0,
                edge=0,
            )


def _pagoda(card: Card, x: float, foot: float) -> None:
    for k in range(5):
        half, y = 62 - k * 9, foot - 60 - k * 70
        card.lay(box(x - half * 0.62, y, x + half * 0.62, y + 70), "#555a94", "#40467c", shadow=0.3)
        card.glow(x, y + 42, 70, "#ffa040", 0.22)
        card.lay(box(x - 7, y + 28, x + 7, y + 58), "#ffc870", "#f09040", shadow=0, edge=0)
        card.lay(
            roof(x - half, x + half, y - 24, y + 14, lift=18), "#2a3064", "#363c72", shadow=0.4
        )
        card.lay(
            roof(x - half * 0.94, x + half * 0.94, y - 28, y - 4, lift=10),
            "#f6f2ff",
            "#c8cdf0",
            shadow=0.1,
        )
    card.lay(ribbon(f"{x},{foot - 430} {x},{foot - 362}", (2, 6)), "#2a3064", shadow=0)


def _river(card: Card) -> None:
    card.lay(box(LEFT, 340, RIGHT, BOTTOM), "#d9a8a4", "#2a2f66", shadow=0, edge=0)
    chance = np.random.default_rng(8)
    for _ in range(170):
        x, y = chance.uniform(-780, 780), 352 + chance.uniform(0, 1) ** 1.7 * 560
        length = chance.uniform(30, 150) * (0.5 + (y - 340) / 500)
        tone = ("#ffe6c8", "#8a84b4", "#f2c2ac", "#5a5e98")[int(chance.integers(4))]
        glint = ribbon(f"{x - length},{y} {x},{y + 2} {x + length},{y}", (0.3, 3.0, 0.3), steps=5)
        card.lay(glint, tone, plain=True, alpha=float(chance.uniform(0.12, 0.42)))
    glow = card.halo(-150, 420, 360, 1.6)
    card.image[..., :3] += (
        (glow * card.image[..., 3])[..., None] * np.array(ink("#ffe2c0"), np.float32) * 0.28
    )


def _parapet(card: Card) -> None:
    """The balustrade behind the actors, capped with snow, and the deck they stand on."""
    card.lay(
        box(LEFT, 470, RIGHT, BOTTOM),
        "#575a86",
        "#262a52",
        shadow=0.5,
        shadow_shift=(0, -8),
        shadow_blur=18,
    )
    for left in range(-800, 800, 232):
        panel = box(left + 34, 300, left + 232, 470)
        card.lay(panel, "#6c6e9c", "#4a4c7c", shadow=0.5, shadow_blur=10)
        inner = box(left + 54, 330, left + 212, 440)
        card.lay(inner, "#585a8a", "#44467a", shadow=0.45, shadow_shift=(3, 4))
        _carving(card, left + 133, 385)
        snow = curve(
            f"{left + 30},304! {left + 40},286 {left + 96},280 {left + 150},284 {left + 206},279 {left + 236},304!"
        )
        card.lay(snow, "#fbf8ff", "#c9d0f4", shadow=0.4, shadow_shift=(0, 5), shadow_blur=6)
    for x in range(-800, 820, 232):
        card.lay(
            box(x, 236, x + 40, 520),
            "#7c7eaa",
            "#50528a",
            shadow=0.6,
            shadow_shift=(5, 4),
            shadow_blur=8,
        )
        card.lay(
            curve(
                f"{x - 6},238! {x + 2},214 {x - 2},196 {x + 20},178 {x + 42},196 {x + 38},214 {x + 46},238!"
            ),
            "#8a8cb6",
            "#5c5e92",
            shadow=0.4,
        )
        card.lay(
            curve(f"{x},196! {x + 4},180 {x + 20},170 {x + 36},180 {x + 40},196! {x + 20},190"),
            "#fbf8ff",
            "#d4d8f6",
            shadow=0.3,
        )
    deck = curve("-820,520! -400,506 0,512 400,504 820,520! 820,1150! -820,1150!")
    card.lay(deck, "#e9e8fb", "#6c70a8", shadow=0.5, shadow_shift=(0, -6), shadow_blur=14)
    chance = np.random.default_rng(4)
    for _ in range(46):
        at = chance.uniform(-760, 760), chance.uniform(560, 1080)
        card.shade(card.mask(ellipse(*at, chance.uniform(30, 90), chance.uniform(5, 12))), 0.10, 6)


def _carving(card: Card, x: float, y: float) -> None:
    for angle in range(0, 360, 60):
        petal = turned(ellipse(x + 24, y, 18, 10), angle, (x, y))
        card.lay(petal, "#7678a6", "#5a5c90", shadow=0.4, shadow_blur=4)
    card.lay(ellipse(x, y, 10, 10), "#8082ae", shadow=0.4, shadow_blur=3)


def _branches(card: Card) -> None:
    """Plum branches in flower, near the camera."""
    chance = np.random.default_rng(21)
    for line, widths in (
        ("-820,-760 -640,-640 -470,-600 -330,-520 -250,-440", (46, 30, 20, 12, 4)),
        ("-600,-628 -520,-520 -500,-420 -440,-330", (20, 14, 9, 3)),
        ("820,-700 680,-640 600,-560 470,-540 390,-490", (40, 26, 18, 10, 3)),
        ("640,-610 620,-480 560,-400", (16, 10, 3)),
    ):
        card.lay(ribbon(line, widths), "#2a1c34", "#1a1026", shadow=0.3)
        snow = " ".join(
            f"{float(p.split(',')[0])},{float(p.split(',')[1]) - 9}" for p in line.split()
        )
        card.lay(ribbon(snow, tuple(w * 0.42 for w in widths)), "#f8f6ff", "#d6daf6", shadow=0.2)
        knots = np.array([[float(v) for v in p.split(",")] for p in line.split()])
        for _ in range(9):
            t = chance.uniform(0.6, len(knots) - 1.01)
            i = int(t)
            at = knots[i] + (knots[i + 1] - knots[i]) * (t - i) + chance.uniform(-16, 16, 2)
            _blossom(card, float(at[0]), float(at[1]), float(chance.uniform(10, 17)))


def _blossom(card: Card, x: float, y: float, size: float) -> None:
    for angle in range(0, 360, 72):
        petal = turned(ellipse(x + size * 0.62, y, size * 0.62, size * 0.52), angle + x, (x, y))
        card.lay(petal, "#e0405a", "#a81c3c", shadow=0.35, shadow_blur=3)
    card.lay(ellipse(x, y, size * 0.26, size * 0.26), "#ffd88a", plain=True)

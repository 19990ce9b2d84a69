"""A lantern maker's workshop: lamplight inside, a round window on the blue night."""

import numpy as np

from silkreel.media.theatre.paper import Card, Light, box, curve, ellipse, ink, ribbon
from silkreel.media.theatre.places.layers import (
    BOTTOM,
    LEFT,
    RIGHT,
    Lamp,
    Place,
    cloud,
    cloud_curl,
    layer,
    sky,
)  # fmt: skip
from silkreel.media.theatre.puppets.props import lit_lantern

LIGHT = Light(ink("#f2ddc4"), ink("#ffc46a"), 0.50, ink("#6f92ff"), 0.42)
FAR = Light(ink("#ffffff"), ink("#ffb060"), 0.16, ink("#6f92ff"), 0.12)
WINDOW = (0.0, -70.0, 318.0)


def build(scale: float) -> Place:
    """Draw the workshop."""
    return Place(
        back=(
            *layer(0.22, _night, FAR, scale),
            *layer(0.50, _wall, FAR, scale),
            *layer(0.74, _hanging, FAR, scale),
        ),
        front=(*layer(1.22, _bench, LIGHT, scale, blur=2.6),),
        lamps=(
            Lamp(-330, -330, 420, "#ff9a3c", 0.22, 0.74),
            Lamp(360, -390, 420, "#ff7a30", 0.20, 0.74),
            Lamp(0, 160, 520, "#ff9a40", 0.16, 1.0),
        ),
        light=LIGHT,
        title_lantern=None,
    )


def _night(card: Card) -> None:
    sky(
        card,
        (
            (-800, "#081230"),
            (-300, "#132a5c"),
            (60, "#2f5694"),
            (300, "#6f8fc0"),
            (1150, "#1a2a50"),
        ),
    )
    card.image[..., :3] += (
        card.halo(60, -190, 420)[..., None] * np.array(ink("#9fc0ff"), np.float32) * 0.45
    )
    card.lay(ellipse(60, -190, 96, 96), "#f8f4e2", "#dcd8c0", shadow=0)
    for x, y, size in ((150, -140, 0.9), (-120, -60, 0.8), (40, 40, 1.1)):
        card.lay(cloud(x, y, size), "#24488a", "#2f5694", shadow=0.3)
        card.lay(cloud_curl(x, y, size), "#7fa4e0", plain=True, alpha=0.6)
    for x, lean in ((-190, 26), (-140, 40), (176, -30), (214, -16)):
        stalk = f"{x},330 {x + lean * 0.4},60 {x + lean},-330"
        card.lay(ribbon(stalk, (9, 7, 4)), "#0f2348", "#142c58", shadow=0.2)
        for k in range(7):
            y = -260 + k * 62
            bx = x + lean * (330 - y) / 660
            side = 1 if (k + int(x)) % 2 else -1
            leaf = ribbon(
                f"{bx},{y} {bx + side * 34},{y + 12} {bx + side * 74},{y + 40}", (2, 13, 0.5)
            )
            card.lay(leaf, "#0f2348", "#1a3668", shadow=0.2)


def _wall(card: Card) -> None:
    """Timber wall with a moon window cut through it."""
    x, y, radius = WINDOW
    card.lay(box(LEFT, -800, RIGHT, BOTTOM), "#5a2c16", "#8a4a22", edge=0, shadow=0)
    for k in range(-8, 9):
        plank = box(k * 100 - 1.5, -800, k * 100 + 1.5, BOTTOM)
        card.lay(plank, "#2e140a", plain=True, alpha=0.7)
    card.image[..., :3] += (
        card.halo(-330, -300, 620)[..., None] * np.array(ink("#ff9a40"), np.float32) * 0.42
    )
    card.image[..., :3] += (
        card.halo(360, -360, 620)[..., None] * np.array(ink("#ff8030"), np.float32) * 0.36
    )
    card.shade(1 - card.halo(0, 0, 1500), 0.62)
    card.lay(
        ellipse(x, y, radius + 34, radius + 34),
        "#8a4a20",
        "#4a220e",
        shadow=0.7,
        shadow_shift=(0, 8),
        shadow_blur=16,
    )
    card.lay(ellipse(x, y, radius + 20, radius + 20), "#2a120a", "#3a1a0c", shadow=0.3)
    card.cut(card.mask(ellipse(x, y, radius, radius)))
    hole = card.mask(ellipse(x, y, radius + 2, radius + 2))
    _lattice(card, hole)
    card.lay(
        box(LEFT, 520, RIGHT, BOTTOM),
        "#3a1c0e",
        "#160a06",
        shadow=0.5,
        shadow_shift=(0, -12),
        shadow_blur=20,
    )
    card.lay(box(LEFT, 505, RIGHT, 528), "#7a4420", "#4a240f", shadow=0.4)


def _lattice(card: Card, hole: np.ndarray) -> None:
    """Ice-crack bars around the rim, the middle left open like a picture."""
    x, y, radius = WINDOW
    bar = {"shadow": 0.3, "shadow_blur": 4.0}
    ring = card.mask(ellipse(x, y, radius * 0.80, radius * 0.80)) - card.mask(
        ellipse(x, y, radius * 0.77, radius * 0.77)
    )
    card.lay(
        ring.clip(0, 1), "#6a3418", "#3a1a0c", shadow=bar["shadow"], shadow_blur=bar["shadow_blur"]
    )
    for k in range(16):
        angle = k * np.pi / 8 + 0.1
        a = (x + radius * 0.79 * np.cos(angle), y + radius * 0.79 * np.sin(angle))
        bend = angle + (0.16 if k % 2 else -0.14)
        b = (x + (radius + 3) * np.cos(bend), y + (radius + 3) * np.sin(bend))
        spoke = ribbon(f"{a[0]:.1f},{a[1]:.1f} {b[0]:.1f},{b[1]:.1f}", (6, 6))
        card.lay(
            spoke,
            "#6a3418",
            "#3a1a0c",
            clip=hole,
            shadow=bar["shadow"],
            shadow_blur=bar["shadow_blur"],
        )


def _hanging(card: Card) -> None:
    """Beams, shelves and lanterns of every size."""
    card.lay(
        box(LEFT, -620, RIGHT, -560),
        "#4a2412",
        "#2a120a",
        shadow=0.6,
        shadow_shift=(0, 14),
        shadow_blur=16,
    )
    _shelf(card, -760, -370, (40, 250))
    _shelf(card, 380, 770, (10, 230))
    for x, y, rx, hue in (
        (-420, -330, 84, "amber"), (-250, -440, 46, "red"), (-600, -210, 60, "red"), (-690, -420, 56, "pale"),
        (300, -420, 56, "pale"), (440, -330, 90, "red"), (610, -240, 62, "amber"), (700, -430, 50, "red"), (150, -500, 36, "amber"), (-90, -510, 40, "red"),
    ):  # fmt: skip
        card.lay(box(x - 1.4, -600, x + 1.4, y - rx), "#1a0c06", plain=True)
        card.glow(x, y, rx * 4.4, "#ff8a30", 0.26)
        lit_lantern(card, x, y, rx, rx * 1.06, hue=hue)


def _shelf(card: Card, left: float, right: float, heights: tuple[float, ...]) -> None:
    card.lay(box(left, -40, left + 18, 560), "#4a2412", "#2a120a", shadow=0.5)
    card.lay(box(right - 18, -40, right, 560), "#4a2412", "#2a120a", shadow=0.5)
    for y in heights:
        card.lay(
            box(left - 8, y + 86, right + 8, y + 102),
            "#6a3618",
            "#3a1a0c",
            shadow=0.6,
            shadow_shift=(0, 8),
        )
        for k, x in enumerate(np.arange(left + 70, right - 40, 104)):
            if (k + int(y)) % 3:
                card.glow(float(x), y + 44, 120, "#ff9a3c", 0.14)
                lit_lantern(card, float(x), y + 40, 36, 36, hue=("dark", "pale", "dark")[k % 3])
            else:
                _frame(card, float(x), y + 40)


def _frame(card: Card, x: float, y: float) -> None:
    """A bamboo frame that waits for its paper."""
    for share in (-1.0, -0.55, 0.0, 0.55, 1.0):
        line = f"{x + 20 * share},{y - 42} {x + 38 * share},{y} {x + 20 * share},{y + 42}"
        card.lay(ribbon(line, (2.2, 2.2)), "#c08a4a", "#8a5a2a", shadow=0.25, shadow_blur=3)
    for dy in (-42, -14, 14, 42):
        width = 38 - abs(dy) * 0.4
        card.lay(
            ribbon(f"{x - width},{y + dy} {x},{y + dy + 4} {x + width},{y + dy}", (2, 2)),
            "#c08a4a",
            shadow=0.2,
        )


def _bench(card: Card) -> None:
    """The workbench between us and them: pots of brushes, paper, a half-made lantern."""
    card.lay(
        box(LEFT, 690, RIGHT, BOTTOM),
        "#3a1e10",
        "#140a06",
        shadow=0.6,
        shadow_shift=(0, -10),
        shadow_blur=18,
    )
    card.lay(box(LEFT, 676, RIGHT, 704), "#7a4824", "#4a2812", shadow=0.3)
    card.lay(curve("-470,676! -460,590 -400,590 -390,676!"), "#3f6f86", "#1f3f52", shadow=0.4)
    for x, tip in ((-450, -490), (-434, -440), (-420, -412), (-408, -372)):
        card.lay(
            ribbon(f"{x},596 {(x + tip) / 2},530 {tip},470", (4, 4, 4)),
            "#a8743a",
            "#7a4e22",
            shadow=0.2,
        )
        card.lay(
            ribbon(
                f"{tip},478 {tip + (tip - x) * 0.1},452 {tip + (tip - x) * 0.14},432", (7, 9, 0.5)
            ),
            "#1a1014",
            shadow=0.2,
        )
    card.lay(curve("330,676! 350,640! 560,632! 590,676!"), "#f0dfba", "#c8ae7c", shadow=0.4)
    card.lay(curve("350,652! 372,622! 540,618! 560,652!"), "#e6cf9c", "#bfa06a", shadow=0.35)
    card.lay(curve("-800,-800! 800,-800! 800,-700! -800,-700!"), "#120804", shadow=0)
    for x, y, rx in ((-640, -520, 78), (650, -560, 86)):
        card.lay(box(x - 2, -760, x + 2, y - rx), "#120804", plain=True)
        card.glow(x, y, 320, "#ff7a28", 0.34)
        lit_lantern(card, x, y, rx, rx * 1.05)

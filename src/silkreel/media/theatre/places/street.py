"""A street of lantern shops by a canal, at night."""

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
    mist,
    roof,
    sky,
    stepped_gable,
)  # fmt: skip
from silkreel.media.theatre.puppets.props import lit_lantern
from silkreel.media.theatre.writing import write

LIGHT = Light(ink("#cfd2ec"), ink("#ffb25e"), 0.55, ink("#5f86ff"), 0.34)
FAR = Light(ink("#ffffff"), ink("#8fb0ff"), 0.10, ink("#8fb0ff"), 0.10)


def build(scale: float) -> Place:
    """Draw the street."""
    return Place(
        back=(
            *layer(0.12, _sky, FAR, scale),
            *layer(0.34, _far_roofs, FAR, scale),
            *layer(0.58, _houses, FAR, scale),
            *layer(0.88, _shop, LIGHT, scale),
        ),
        front=(*layer(1.28, _eaves, FAR, scale, blur=4.0),),
        lamps=(
            Lamp(-520, -300, 330, "#ff7a2a", 0.22, 0.88),
            Lamp(-20, -250, 380, "#ffb04a", 0.30, 1.0),
            Lamp(360, 20, 260, "#ff9a3c", 0.16, 0.58),
        ),
        light=LIGHT,
        title_lantern=(-20, -250),
    )


def _sky(card: Card) -> None:
    sky(
        card,
        (
            (-800, "#060a1c"),
            (-420, "#0f1d42"),
            (-100, "#22406e"),
            (160, "#54688c"),
            (330, "#8a7c80"),
            (700, "#20304c"),
            (1150, "#0a1226"),
        ),
    )
    card.image[..., :3] += (
        card.halo(200, -330, 560)[..., None] * np.array(ink("#5f7db8"), np.float32) * 0.42
    )
    card.lay(ellipse(200, -330, 128, 128), "#f4ecd0", "#d8cca4", shadow=0)
    card.shade(card.mask(ellipse(170, -350, 30, 26)), 0.10, 6)
    card.shade(card.mask(ellipse(240, -300, 40, 30)), 0.10, 8)
    for x, y, size, tone in (
        (320, -262, 1.25, "#1b2f5a"),
        (40, -232, 1.0, "#1f3563"),
        (-330, -400, 1.5, "#152650"),
        (520, -430, 1.3, "#152650"),
        (-120, -520, 1.0, "#101f44"),
        (-560, -200, 1.2, "#1f3563"),
    ):
        card.lay(cloud(x, y, size), tone, shadow=0.35, shadow_blur=12)
        card.lay(cloud_curl(x, y, size), "#4a68a4", plain=True, alpha=0.55)


def _far_roofs(card: Card) -> None:
    for x, width, top in (
        (-640, 300, -40),
        (-400, 240, 10),
        (-170, 260, -70),
        (60, 220, 20),
        (270, 250, -30),
        (500, 260, 30),
        (720, 260, -60),
    ):
        card.lay(
            stepped_gable(x + 30, width * 0.8, top + 16, 900),
            "#3c5580",
            "#5a6d92",
            shadow=0.3,
            shadow_blur=14,
        )
        card.lay(
            roof(x - width / 2, x + width / 2, top - 8, top + 70), "#24385f", "#31486f", shadow=0.25
        )
    mist(card, 60, 420, "#8a8a9e", 0.92)


def _houses(card: Card) -> None:
    for x, width, top in ((180, 330, -120), (520, 330, -40), (790, 280, -180), (-560, 420, -160)):
        wall = box(x - width * 0.42, top + 80, x + width * 0.42, 1150)
        card.lay(wall, "#3d4f74", "#2c3a5c", shadow=0.4, shadow_blur=16)
        _windows(card, x, width, top)
        card.lay(
            roof(x - width * 0.58, x + width * 0.58, top - 10, top + 100, lift=34),
            "#131f3d",
            "#1d2c50",
            shadow=0.55,
            shadow_shift=(0, 10),
            shadow_blur=10,
        )
        for k in range(-8, 9):
            line = ribbon(
                f"{x + k * width * 0.045},{top - 8} {x + k * width * 0.064},{top + 98}", (1.2, 2.0)
            )
            card.lay(line, "#31456f", plain=True, alpha=0.55)
    mist(card, 180, 560, "#54586e", 0.75)
    _canal(card)


def _windows(card: Card, x: float, width: float, top: float) -> None:
    for i, dx in enumerate((-0.24, 0.02, 0.26)):
        left = x + dx * width - 22
        y = top + 138 + (i % 2) * 8
        card.glow(left + 22, y + 38, 120, "#ff9a3c", 0.22)
        card.lay(box(left, y, left + 46, y + 76), "#ffce72", "#f08c34", shadow=0.4, edge=0)
        for k in (1, 2, 3):
            card.lay(
                box(left + k * 11.5 - 1, y, left + k * 11.5 + 1, y + 76), "#4a2410", plain=True
            )
            card.lay(box(left, y + k * 19 - 1, left + 46, y + k * 19 + 1), "#4a2410", plain=True)


def _canal(card: Card) -> None:
    water = box(LEFT, 470, RIGHT, BOTTOM)
    card.lay(water, "#2b3f62", "#0d1730", shadow=0)
    chance = np.random.default_rng(3)
    for _ in range(150):
        x, y = chance.uniform(-780, 780), 480 + chance.uniform(0, 1) ** 1.6 * 560
        length = chance.uniform(20, 110)
        warm = chance.uniform() < 0.5 + 0.3 * (abs(x - 300) < 260)
        tone = "#f0a050" if warm else "#8fa8d8"
        glint = ribbon(f"{x - length},{y} {x},{y + 1.5} {x + length},{y}", (0.3, 3.2, 0.3), steps=5)
        card.lay(glint, tone, plain=True, alpha=float(chance.uniform(0.08, 0.36)))


def _shop(card: Card) -> None:
    """The Lin family's shop on the left: timber, lattice doors lit from inside, a signboard."""
    card.lay(
        box(-800, -330, -170, 1150),
        "#4a2a1c",
        "#24140f",
        shadow=0.6,
        shadow_shift=(8, 4),
        shadow_blur=20,
    )
    card.glow(-470, 80, 560, "#ff8a30", 0.30)
    for left in (-760, -590, -420):
        _door(card, left, -190, 150, 980)
    for x in (-795, -607, -437, -262):
        card.lay(
            box(x, -330, x + 32, 1150),
            "#6e3a22",
            "#341a12",
            shadow=0.6,
            shadow_shift=(5, 2),
            shadow_blur=8,
        )
    card.lay(box(-262, -330, -170, 1150), "#3a2018", "#1a0e0a", shadow=0.3)
    card.lay(box(-800, -236, -160, -196), "#7a4022", "#4a2414", shadow=0.6, shadow_blur=10)
    _signboard(card)
    _steps(card)
    for x, drop in ((-640, 0), (-470, 26), (-300, 4)):
        card.lay(box(x - 1.2, -340, x + 1.2, -150 + drop), "#2a140c", plain=True)
        card.glow(x, -104 + drop, 210, "#ff5a20", 0.30)
        lit_lantern(card, x, -104 + drop, 50, 54)
    eave = curve("-800,-420! -120,-410! -66,-372 -40,-330! -76,-342 -140,-334! -800,-330!")
    card.lay(eave, "#1a2240", "#2c3450", shadow=0.65, shadow_shift=(0, 14), shadow_blur=14)
    for x in range(-800, -90, 30):
        card.lay(ellipse(x, -333, 13, 10), "#39446a", "#1a2240", shadow=0.4, shadow_blur=3)


def _door(card: Card, left: float, top: float, width: float, height: float) -> None:
    right, foot = left + width, top + height
    card.lay(box(left, top, right, foot), "#ffc66a", "#c8682a", shadow=0.5, edge=0)
    pane = card.part(left, top, right, foot)
    if pane is None:
        return
    pane.glow((left + right) / 2, top + 240, 260, "#ffdf9a", 0.25)
    for k in range(1, 4):
        x = left + width * k / 4
        card.lay(box(x - 2.5, top, x + 2.5, top + 420), "#5a2c18", shadow=0.35, shadow_blur=3)
    for k in range(1, 8):
        y = top + k * 52
        card.lay(box(left, y - 2.5, right, y + 2.5), "#5a2c18", shadow=0.35, shadow_blur=3)
    for row in range(4):
        for column in range(2):
            x, y = left + width * (column * 2 + 1) / 4, top + 52 + row * 104
            ring = card.mask(ellipse(x, y, 24, 24)) - card.mask(ellipse(x, y, 19, 19))
            card.lay(ring.clip(0, 1), "#5a2c18", shadow=0.3, shadow_blur=3)
    card.lay(box(left, top + 420, right, foot), "#7a3c20", "#3a1c12", shadow=0.4)
    card.lay(
        box(left + 14, top + 440, right - 14, top + 620),
        "#8e4a28",
        "#4a2414",
        shadow=0.4,
        shadow_blur=4,
    )
    for edge in (left, right - 8):
        card.lay(box(edge, top, edge + 8, foot), "#6a3419", "#3a1c12", shadow=0.3, shadow_blur=3)


def _signboard(card: Card) -> None:
    card.lay(box(-640, -306, -270, -196), "#c49344", "#8a5a20", shadow=0.7, shadow_blur=10)
    card.lay(box(-631, -297, -279, -205), "#1c1210", "#2a1a14", shadow=0.3)
    write(card, "林记灯笼", -455, -251, 74, "#f2c868", spread=84)


def _steps(card: Card) -> None:
    for i, y in enumerate((640, 700, 770)):
        card.lay(
            box(-800, y, -120 + i * 46, 1150),
            ("#565a78", "#484c6a", "#3c405c")[i],
            "#20233c",
            shadow=0.5,
            shadow_shift=(4, -6),
            shadow_blur=10,
        )


def _eaves(card: Card) -> None:
    """What hangs nearest to the camera: roof tiles and dark branches, out of focus."""
    near = curve(
        "-800,-800! 800,-800! 800,-640 560,-650 420,-690 0,-712 -420,-690 -600,-640 -800,-560!"
    )
    card.lay(near, "#05070f", "#0b1020", shadow=0)
    for x in range(-800, 820, 44):
        drop = -690 + 90 * (x / 800) ** 2
        card.lay(ellipse(x, drop, 17, 13), "#10162c", "#070a14", shadow=0)
    for x, y, rx, hue in ((-610, -420, 62, "red"), (640, -470, 70, "red")):
        card.lay(box(x - 2, -700, x + 2, y - rx), "#05070f", plain=True)
        card.glow(x, y, 260, "#ff5a20", 0.40)
        lit_lantern(card, x, y, rx, rx * 1.05, hue=hue)
    rail = curve("-800,1010! -300,1030 300,1030 800,1010! 800,1150! -800,1150!")
    card.lay(rail, "#04060c", shadow=0)

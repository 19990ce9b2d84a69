"""A place nobody has designed yet: a room or a street drawn from a seed, the same each time."""

import colorsys

import numpy as np

from silkreel.media.theatre.paper import Card, Colour, Light, box, curve, ellipse, ink, mix, ribbon
from silkreel.media.theatre.places.layers import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Lamp,
    Layer,
    Place,
    layer,
    sky,
)  # fmt: skip
from silkreel.media.theatre.plan import Hour, Sketch

FLOOR = 560.0  # where wall and floor meet
NIGHT_INK, DUSK_INK, DAY_INK = ink("#141a34"), ink("#5a3448"), ink("#f4efe4")
SKIES: dict[Hour, tuple[tuple[float, str], ...]] = {
    "day": ((-800, "#7fb2d8"), (100, "#c4dcea"), (480, "#f2ead8"), (1150, "#d8ccb4")),
    "dusk": ((-800, "#2c3566"), (-100, "#8a5c86"), (300, "#e8996a"), (1150, "#70425a")),
    "night": ((-800, "#0c1230"), (100, "#1f2b58"), (480, "#3a456e"), (1150, "#161c38")),
}
LIGHTS: dict[Hour, Light] = {
    "day": Light(ink("#f4f2ee"), ink("#fff4dc"), 0.30, ink("#d8e8ff"), 0.25),
    "dusk": Light(ink("#d8b8b4"), ink("#ffb070"), 0.45, ink("#b0a0e8"), 0.40),
    "night": Light(ink("#9aa2c8"), ink("#ffc078"), 0.45, ink("#86a8ff"), 0.55),
}
SHADES: dict[Hour, tuple[Colour, float]] = {
    "day": (DAY_INK, 0.12), "dusk": (DUSK_INK, 0.42), "night": (NIGHT_INK, 0.62),
}  # fmt: skip


class _Tones:
    """Colours of one place: a hue of its own, dipped into the hour."""

    def __init__(self, sketch: Sketch) -> None:
        self.hue = (sketch.seed * 0.618034) % 1
        self._shade, self._share = SHADES[sketch.hour]

    def tone(self, lightness: float, saturation: float = 0.28, turn: float = 0.0) -> Colour:
        """A colour of the place, as blue, green, red."""
        red, green, blue = colorsys.hls_to_rgb((self.hue + turn) % 1, lightness, saturation)
        return mix((blue, green, red), self._shade, self._share)


def build(sketch: Sketch, scale: float) -> Place:
    """Draw the place of a sketch; a picture that was given takes its layers' stead."""
    chance, tones = np.random.default_rng(sketch.seed), _Tones(sketch)
    light = LIGHTS[sketch.hour]
    back: tuple[Layer, ...]
    if sketch.picture:
        back = ()
    elif sketch.indoors:
        back = layer(0.86, lambda card: _room(card, sketch, tones, chance), light, scale)
    else:
        back = (
            *layer(0.10, lambda card: _sky(card, sketch), light, scale),
            *layer(0.44, lambda card: _skyline(card, sketch, tones, chance), light, scale),
            *layer(0.88, lambda card: _ground(card, sketch, tones, chance), light, scale),
        )
    warm = Lamp(float(chance.uniform(-300, 300)), -330, 520, "#ffb45a", 0.34, 0.86)
    lamps = (warm,) if sketch.hour == "night" and not sketch.picture else ()
    return Place(back=back, front=(), lamps=lamps, light=light)


def _room(card: Card, sketch: Sketch, tones: _Tones, chance: np.random.Generator) -> None:
    card.lay(box(LEFT, TOP, RIGHT, BOTTOM), tones.tone(0.72), tones.tone(0.56), edge=0)
    panel = chance.uniform(150, 260)
    for x in np.arange(LEFT, RIGHT, panel):
        card.shade(card.mask(box(x, TOP, x + 4, FLOOR)), 0.14, 1)
    wainscot = float(chance.choice([FLOOR, 330.0, 400.0]))
    card.lay(box(LEFT, wainscot, RIGHT, FLOOR), tones.tone(0.46), tones.tone(0.40), shadow=0.3)
    card.lay(box(LEFT, FLOOR, RIGHT, BOTTOM), tones.tone(0.34, 0.22, 0.06), tones.tone(0.22, 0.2))
    card.lay(box(LEFT, FLOOR - 26, RIGHT, FLOOR + 6), tones.tone(0.26), shadow=0.4)
    for x in np.arange(-1500, 1500, 180):
        board = ribbon(f"{x * 0.45},{FLOOR + 6} {x},{BOTTOM}", (2, 5))
        card.shade(card.mask(board), 0.18, 1)
    things = [_window, _door, _shelf, _frames]
    chance.shuffle(things)
    for thing, x in zip(things[:3], (-430.0, 20.0, 450.0), strict=True):
        thing(card, x + float(chance.uniform(-50, 50)), sketch, tones, chance)


def _window(
    card: Card, x: float, sketch: Sketch, tones: _Tones, chance: np.random.Generator
) -> None:
    width, height = chance.uniform(110, 150), chance.uniform(190, 250)
    card.lay(box(x - width - 16, -height - 96, x + width + 16, height - 64), tones.tone(0.3))
    stops = SKIES[sketch.hour]
    pane = box(x - width, -height - 80, x + width, height - 80)
    card.lay(pane, stops[0][1], stops[2][1], shadow=0, edge=0, plain=True)
    for bar in (box(x - 5, -height - 80, x + 5, height - 80), box(x - width, -86, x + width, -76)):
        card.lay(bar, tones.tone(0.3), shadow=0.3)
    if sketch.hour != "night":
        card.glow(x, 0, 420, stops[2][1], 0.16)


def _door(card: Card, x: float, sketch: Sketch, tones: _Tones, chance: np.random.Generator) -> None:
    del sketch
    top = -float(chance.uniform(190, 240))
    card.lay(box(x - 140, top - 20, x + 140, FLOOR), tones.tone(0.24))
    leaf = card.lay(
        box(x - 122, top, x + 122, FLOOR), tones.tone(0.44, 0.3, 0.05), tones.tone(0.34)
    )
    for y0, y1 in ((top + 34, top + 300), (top + 340, FLOOR - 50)):
        card.shade(card.mask(box(x - 84, y0, x + 84, y1)) * leaf, 0.2, 3)
    card.lay(ellipse(x + 96, 190, 11, 11), "#d8b25a", shadow=0.4)


def _shelf(
    card: Card, x: float, sketch: Sketch, tones: _Tones, chance: np.random.Generator
) -> None:
    del sketch
    card.lay(box(x - 150, -260, x + 150, FLOOR), tones.tone(0.22), tones.tone(0.16))
    for y in np.arange(-120, FLOOR, 150):
        at = x - 128.0
        while at < x + 100:
            width, height = chance.uniform(14, 40), chance.uniform(60, 116)
            colour = tones.tone(float(chance.uniform(0.35, 0.7)), 0.4, float(chance.uniform(0, 1)))
            card.lay(box(at, y - height, at + width, y), colour, shadow=0.3, shadow_blur=3)
            at += width + float(chance.uniform(2, 16))
        card.lay(box(x - 150, y, x + 150, y + 14), tones.tone(0.28), shadow=0.4)


def _frames(
    card: Card, x: float, sketch: Sketch, tones: _Tones, chance: np.random.Generator
) -> None:
    del sketch
    for dx, dy in ((-90, -170), (70, -210), (10, -20)):
        width, height = chance.uniform(46, 74), chance.uniform(50, 86)
        left, top = x + dx, float(dy)
        card.lay(box(left - width, top - height, left + width, top + height), tones.tone(0.2))
        inner = box(left - width + 12, top - height + 12, left + width - 12, top + height - 12)
        card.lay(inner, tones.tone(0.8), tones.tone(0.6, 0.4, 0.4), shadow=0.2)
    card.lay(box(x - 170, 350, x + 190, 384), tones.tone(0.3), shadow=0.6)
    for leg in (x - 150, x + 160):
        card.lay(box(leg, 384, leg + 16, FLOOR), tones.tone(0.22))


def _sky(card: Card, sketch: Sketch) -> None:
    sky(card, SKIES[sketch.hour])
    side = -260 if sketch.seed % 2 else 240
    pale, glow = ("#fdf3e0", "#c8b8e8") if sketch.hour == "night" else ("#fff6dc", "#ffe0a8")
    card.glow(side, -330, 420, glow, 0.4)
    card.lay(ellipse(side, -330, 74, 74), pale, shadow=0)


def _skyline(card: Card, sketch: Sketch, tones: _Tones, chance: np.random.Generator) -> None:
    at = LEFT - 40.0
    hills = chance.uniform() < 0.4
    while at < RIGHT:
        width, height = chance.uniform(110, 230), chance.uniform(160, 560)
        colour = tones.tone(0.52, 0.2), tones.tone(0.62, 0.18)
        if hills:
            hill = curve(
                f"{at - 160},{FLOOR}! {at + width * 0.3},{FLOOR - height * 0.6} "
                f"{at + width},{FLOOR - height * 0.5} {at + width + 220},{FLOOR}!"
            )
            card.lay(hill, *colour, shadow=0.25)
        else:
            card.lay(box(at, FLOOR - height, at + width, FLOOR), *colour, shadow=0.35)
            _lit_windows(card, at, width, height, sketch, chance)
        at += width + float(chance.uniform(0, 30))


def _lit_windows(
    card: Card, at: float, width: float, height: float, sketch: Sketch, chance: np.random.Generator
) -> None:
    lit = {"day": "#dfe8ee", "dusk": "#ffce86", "night": "#ffcf7a"}[sketch.hour]
    for y in np.arange(FLOOR - height + 34, FLOOR - 60, 62):
        for x in np.arange(at + 20, at + width - 30, 44):
            if chance.uniform() < 0.55:
                card.lay(box(x, y, x + 20, y + 30), lit, plain=True, alpha=0.75)


def _ground(card: Card, sketch: Sketch, tones: _Tones, chance: np.random.Generator) -> None:
    card.lay(
        box(LEFT, FLOOR - 10, RIGHT, BOTTOM),
        tones.tone(0.5, 0.14),
        tones.tone(0.3, 0.16),
        shadow=0.3,
    )
    for y in (FLOOR + 60, FLOOR + 190, FLOOR + 380):
        card.shade(card.mask(box(LEFT, y, RIGHT, y + 6)), 0.18, 2)
    for x in (-560.0, 580.0):
        if chance.uniform() < 0.5:
            _tree(card, x + float(chance.uniform(-60, 60)), tones, chance)
        else:
            _street_lamp(card, x, sketch, tones)


def _tree(card: Card, x: float, tones: _Tones, chance: np.random.Generator) -> None:
    card.lay(ribbon(f"{x},{FLOOR + 20} {x + 6},200 {x - 8},-60", (46, 34, 18)), tones.tone(0.2))
    for _ in range(7):
        at = x + chance.uniform(-130, 130), chance.uniform(-330, -20)
        leaf = tones.tone(float(chance.uniform(0.24, 0.4)), 0.35, 0.3)
        card.lay(ellipse(*at, chance.uniform(70, 120), chance.uniform(60, 96)), leaf, shadow=0.3)


def _street_lamp(card: Card, x: float, sketch: Sketch, tones: _Tones) -> None:
    card.lay(ribbon(f"{x},{FLOOR + 30} {x},-240", (20, 12)), tones.tone(0.16))
    card.lay(curve(f"{x - 40},-236! {x},-290 {x + 40},-236!"), tones.tone(0.16), shadow=0.2)
    if sketch.hour != "day":
        card.glow(x, -216, 260, "#ffc070", 0.6)
    card.lay(ellipse(x, -222, 24, 16), "#ffe2a8", shadow=0, edge=0)

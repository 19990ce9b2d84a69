"""What puppets hold: each hangs or stands from the hand at (0, 0)."""

from collections.abc import Callable

import numpy as np

from silkreel.media.theatre.paper import DAYLIGHT, Card, box, curve, ellipse, ink, ribbon, turned

Area = tuple[float, float, float, float]


def draw_lantern(card: Card) -> None:
    """A silk lantern on a short stick, lit from inside."""
    card.lay(ribbon("-2,-4 2,8 0,22", (2.2, 2.2)), "#7a5326", shadow=0)
    lit_lantern(card, 0, 74, 44, 50)


def lit_lantern(card: Card, x: float, y: float, rx: float, ry: float, *, hue: str = "red") -> None:
    """A round lantern whose paper glows: bright in the heart, deep at the rim."""
    rim, body, heart = {
        "red": ("#8e1210", "#e2452a", "#ffdf9a"),
        "amber": ("#a0480e", "#f09a3a", "#fff0c0"),
        "pale": ("#9a6a3c", "#f2cf92", "#fffbe6"),
        "dark": ("#3a1412", "#5a2018", "#8a4a30"),
    }[hue]
    window = card.part(x - rx * 1.2, y - ry * 1.2, x + rx * 1.2, y + ry * 2.1)
    if window is None:
        return
    card = window
    card.light = DAYLIGHT
    shape = ellipse(x, y, rx, ry)
    mask = card.lay(shape, rim, shadow=0, edge=0)
    glow = card.halo(x, y + ry * 0.12, rx * 1.25, ry / rx)
    tint, core = np.array(ink(body), np.float32), np.array(ink(heart), np.float32)
    wide = np.clip(glow * 2.6, 0, 1)[..., None] * mask[..., None]
    near = np.clip(glow * 1.9 - 0.42, 0, 1)[..., None] * mask[..., None]
    card.image[..., :3] = card.image[..., :3] * (1 - wide) + tint * wide * card.image[..., 3:]
    card.image[..., :3] = card.image[..., :3] * (1 - near) + core * near * card.image[..., 3:]
    for share in (-0.82, -0.56, -0.28, 0.0, 0.28, 0.56, 0.82):
        rib = [
            f"{x + rx * share * k:.1f},{y + dy * ry:.1f}"
            for k, dy in ((0.55, -0.93), (0.92, -0.5), (1, 0), (0.92, 0.5), (0.55, 0.93))
        ]
        card.lay(
            ribbon(" ".join(rib), (1.0, 1.4, 1.0)), "#6a1410", clip=mask, plain=True, alpha=0.5
        )
    for top in (-1.0, 0.9):
        cap = curve(
            f"{x - rx * 0.5},{y + ry * top}! {x + rx * 0.5},{y + ry * top}! {x + rx * 0.42},{y + ry * (top + 0.12)}! {x - rx * 0.42},{y + ry * (top + 0.12)}!"
        )
        card.lay(cap, "#d8a94a", "#8a5a1c", shadow=0.2, shadow_blur=2)
    card.lay(box(x - 1, y + ry, x + 1, y + ry * 1.28), "#d8a94a", plain=True)
    tassel = curve(
        f"{x - 3},{y + ry * 1.22}! {x + 3},{y + ry * 1.22}! {x + 6},{y + ry * 1.95}! {x - 6},{y + ry * 1.95}!"
    )
    card.lay(tassel, "#d4342a", "#7c1210", shadow=0)


def draw_umbrella(card: Card) -> None:
    """An oiled-paper umbrella, open, its handle in the hand."""
    card.lay(ribbon("0,26 0,-60 4,-232", (4.2, 3.6, 3.0)), "#5a3a20", "#3a2412", shadow=0.2)
    canopy = curve(
        "-196,-150! -150,-206 -70,-242 4,-252 78,-242 158,-206 204,-150! 150,-164 104,-148! 54,-166 4,-150! -48,-166 -96,-148! -144,-164"
    )
    mask = card.lay(canopy, "#c04a2c", "#6e1c1a", shadow=0.3)
    for end in (-196, -146, -96, -48, 4, 54, 104, 152, 204):
        rib = ribbon(f"4,-252 {4 + (end - 4) * 0.55},-218 {end},-148", (1.0, 1.8))
        card.lay(rib, "#3c0f10", clip=mask, plain=True, alpha=0.55)
    band = ribbon("-170,-176 -60,-206 4,-210 70,-206 178,-176", (5, 7, 7, 5))
    card.lay(band, "#f0c878", clip=mask, plain=True, alpha=0.65)
    for x, y in ((-96, -196), (-34, -216), (44, -216), (106, -196)):
        for angle in range(0, 360, 72):
            card.lay(
                turned(ellipse(x + 7, y, 6.5, 4), angle, (x, y)),
                "#f7dfb0",
                clip=mask,
                plain=True,
                alpha=0.8,
            )
    card.lay(curve("0,-250! 8,-250! 6,-268 2,-268"), "#d8a94a", shadow=0.2)


def draw_fan(card: Card) -> None:
    """A folding fan, open, of black silk with gold."""
    leaf = curve("0,6! -62,-58! -44,-78 -14,-92 16,-92 46,-78 64,-56! ")
    mask = card.lay(leaf, "#2a1030", "#120616", shadow=0.4)
    for x, y in ((-56, -64), (-40, -78), (-20, -88), (0, -91), (20, -89), (40, -79), (57, -64)):
        card.lay(ribbon(f"0,6 {x},{y}", (1.2, 2.0)), "#c9a24e", clip=mask, plain=True, alpha=0.7)
    arc = ribbon("-58,-56 -40,-72 -14,-84 16,-84 42,-72 60,-54", (3, 4, 3))
    card.lay(arc, "#e8c878", clip=mask, plain=True)
    arc = ribbon("-34,-30 -14,-42 16,-42 36,-28", (2, 3, 2))
    card.lay(arc, "#e8c878", clip=mask, plain=True, alpha=0.7)


PROPS: dict[str, tuple[Area, Callable[[Card], None]]] = {
    "lantern": ((-60, -20, 60, 190), draw_lantern),
    "umbrella": ((-215, -285, 225, 40), draw_umbrella),
    "fan": ((-80, -105, 80, 20), draw_fan),
}

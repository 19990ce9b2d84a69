"""Lin Wan's kind: a young craftswoman in a jade jacket, her hair in a low knot."""

from silkreel.media.theatre.paper import Card, Image, curve, ellipse, ribbon, turned
from silkreel.media.theatre.puppets.faces import Face, draw_face
from silkreel.media.theatre.puppets.hands import draw_hand

HAIR = ("#2a1d2e", "#120b16")
FACE = Face(
    upper="10,-46 28,-36 37,-22 38.6,-11 36.4,-3 38.2,4 44.4,12.6 43.2,16.2! 38.6,17.4! 39.2,20.4 41.6,23.8 39,26.2!",
    jaw="39,26.4! 40.8,29.2 37.2,32.6 36.8,35.5 37.6,39 33.5,44 26,46.4 13,42 2,33 -5,22 -7,5 -4,-20 2,-40",
    lips="#b8323a",
    lip_size=0.78,
    skin=("#f7d9b8", "#eebd93"),
    brow="36.5,-13.5 30,-16.5 19,-13.5",
    brow_widths=(1.2, 2.6, 0.6),
    hair="#241521",
)


def draw_back(card: Card) -> None:
    """What lies behind the face: the knot at the nape, its pin, the mass of hair."""
    card.lay(ellipse(-45, 20, 19, 16, 20), *HAIR)
    for line in ("-60,14 -46,8 -31,16", "-61,22 -46,17 -30,24", "-57,30 -45,27 -32,32"):
        card.lay(ribbon(line, (0.3, 1.3, 0.3)), "#6b4a5e", plain=True, alpha=0.6)
    pin = ribbon("-70,-2 -46,14 -18,30", (1.4, 2.6, 1.6))
    card.lay(pin, "#e8c063", "#b8842c", shadow=0.3)
    card.lay(curve("-2,-52 24,-46 36,-30 22,-10 0,6 -6,26 -24,30 -40,14 -44,-10 -34,-36"), *HAIR)


def draw_middle(card: Card, *, mouth: int, blink: bool) -> None:
    """The face and the ear."""
    draw_face(card, FACE, mouth=mouth, blink=blink)
    _ear(card)


def draw_front(card: Card) -> None:
    """What lies before the face: the swept fringe and the flower."""
    _fringe(card)
    _flower(card)


def _ear(card: Card) -> None:
    card.lay(curve("-4,-4 3,-6 6,1 3,9 -1,13 -5,6"), "#eebd93", "#d99c74", shadow=0.3)
    card.lay(ribbon("3,-2 0,2 1,7", (0.4, 1.0, 0.4)), "#a45c40", plain=True, alpha=0.7)
    card.lay(ribbon("1,14 1.4,20", (0.8, 0.8)), "#d8b45a", plain=True)
    card.lay(ellipse(1.5, 23, 2.6, 3.6), "#4fb39a", "#2c8672", shadow=0.3)


def _fringe(card: Card) -> None:
    """Hair swept over the temple, and a loose lock before the ear."""
    card.lay(
        curve("-6,-53 18,-51 33,-39 38.5,-24! 30,-29 18,-27 9,-16 4,-2 3,10 -2,-3 -8,6 -22,20 -38,12 -45,-12 -34,-40"),
        *HAIR, shadow=0.5, shadow_shift=(2, 4), shadow_blur=4,
    )  # fmt: skip
    for line in (
        "34,-33 14,-42 -8,-34 -22,-10", "26,-31 8,-33 -8,-20 -18,2", "16,-27 2,-21 -8,-6 -16,12",
        "6,-49 -16,-44 -32,-26 -38,-2", "-24,-42 -38,-24 -41,0",
    ):  # fmt: skip
        card.lay(ribbon(line, (0.2, 1.2, 1.0, 0.2)), "#7d5568", plain=True, alpha=0.5)
    card.lay(ribbon("5,-8 9,8 6,26 9,40", (3.4, 2.6, 1.6, 0.3)), *HAIR, shadow=0.25)


def _flower(card: Card) -> None:
    for angle in range(0, 360, 72):
        petal = ellipse(-18, -26, 7.5, 5.2)
        card.lay(
            turned(petal, angle, (-24, -26)),
            "#d8303a",
            "#9c1420",
            shadow=0.35,
            shadow_blur=2,
            edge_width=1.2,
        )
    card.lay(ellipse(-24, -26, 3, 3), "#f2c45a", plain=True)
    for shift in (0, 5, 10):
        line = f"-32,-20 {-37 + shift * 0.4},-6 {-38 + shift},{4 + shift}"
        card.lay(ribbon(line, (0.7, 0.7)), "#e8c063", plain=True)
        card.lay(ellipse(-38 + shift, 6 + shift, 1.8, 2.6), "#d8303a", plain=True)


def draw_body(card: Card) -> None:
    """Jacket, standing collar and pleated skirt."""
    card.lay(curve("-12,20 12,24 17,44 22,74 -22,78 -16,44"), "#dcaa80", "#b97c56", shadow=0)
    skirt = curve("-44,228! 46,228! 66,330 88,470 104,640! -92,640! -84,470 -66,330")
    mask = card.lay(skirt, "#1f3d4c", "#10222e")
    for x in range(-70, 100, 17):
        pleat = ribbon(f"{x * 0.55},236 {x * 0.8},400 {x},640", (0.8, 2.2, 3.2))
        card.shine(mask * card.mask(pleat), "#5f93a4", 0.20)
    card.lay(
        curve("-110,612! 120,612! 120,626! -110,626!"), "#c9a24e", clip=mask, plain=True, alpha=0.85
    )
    jacket = curve(
        "-16,66! 4,62 24,70! 44,92 50,128 48,176 52,226 66,284! 10,294 -66,284! -50,226 -44,170 -52,124 -46,88"
    )
    mask = card.lay(jacket, "#8fc4b0", "#3f7f78")
    _sprigs(card, mask)
    card.lay(ribbon("-80,281 0,292 80,281", (9, 9)), "#e9dcc0", "#d8c69f", clip=mask, plain=True)
    card.lay(ribbon("22,72 30,100 40,124 50,136", (3.0, 3.0)), "#e9dcc0", "#d8c69f", shadow=0.2)
    for x, y in ((27, 92), (35, 114)):
        card.lay(ellipse(x, y, 3.0, 3.0), "#c22a34", shadow=0.4, shadow_blur=1.5)
    card.lay(curve("-19,54! 0,50 22,56! 26,76! 4,71 -22,76!"), "#f0e6d0", "#cdbd97", shadow=0.4)


def _sprigs(card: Card, mask: Image) -> None:
    for x, y, turn in (
        (-20, 120, 20),
        (24, 168, -30),
        (-24, 210, 60),
        (18, 248, 10),
        (-38, 262, -20),
        (6, 130, 80),
        (38, 212, 40),
    ):
        for angle in (0, 72, 144, 216, 288):
            petal = turned(ellipse(x + 4.4, y, 3.8, 2.3), angle + turn, (x, y))
            card.lay(petal, "#f3ead6", clip=mask, plain=True, alpha=0.75)
        card.lay(ellipse(x, y, 1.6, 1.6), "#c22a34", clip=mask, plain=True)


def draw_upper_arm(card: Card) -> None:
    """Upper sleeve, hanging from (0, 0) to the elbow at (0, 88)."""
    card.lay(curve("-22,-14 0,-24 20,-12 24,30 22,96 0,106 -22,96 -25,30"), "#8fc4b0", "#569a8e")


def draw_forearm(card: Card, hand: str) -> None:
    """Wide lower sleeve and hand, from the elbow at (0, 0)."""
    draw_hand(card, hand, 0, 78, ("#f7d9b8", "#eebd93"))
    card.lay(curve("-20,-16 0,-22 20,-14 26,30 34,84! 0,92 -32,82! -26,30"), "#8fc4b0", "#4f9087")
    card.lay(ribbon("-30,76 0,86 32,78", (8, 8, 8)), "#f0e6d0", "#d8c69f", shadow=0.2)

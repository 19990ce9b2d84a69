"""Old Qin's kind: a stooped craftsman with a white beard, a round cap and spectacles."""

from silkreel.media.theatre.paper import Card, curve, ellipse, ribbon
from silkreel.media.theatre.puppets.faces import Face, draw_face
from silkreel.media.theatre.puppets.hands import draw_hand

SKIN = ("#dcb48c", "#b98560")
GOWN = ("#7a5a3a", "#38281c")
BEARD = ("#f2ece2", "#b9b2b0")
FACE = Face(
    upper="8,-46 28,-38 38,-25 40.6,-13 37,-5 39.6,3 48.6,14.5 47.6,19.6 40,20.4! 39.6,22.6 41.6,25 38.4,27.2!",
    jaw="38.4,27.4! 40.4,30.2 37,33.4 37,36 40,41 36,47.6 27,49.6 13,45 1,36 -5,24 -7,5 -4,-20 2,-40",
    lips="#935348",
    lip_size=0.5,
    skin=SKIN,
    brow="42.5,-10.5 33,-16.5 18,-10.5",
    brow_widths=(3.0, 4.8, 1.4),
    hair="#e8e2da",
    lash=2.2,
    eye=(28.5, -2.0),
    eye_size=0.76,
    blush=0.10,
    wrinkles=(
        "16,-2 12,-4 7,-5",
        "16,1 12,1 7,2",
        "16,4 12,6 8,9",
        "33,16 35,22 33,29",
        "14,-26 24,-28 35,-25",
        "14,-31 24,-33 33,-31",
    ),
)


def draw_back(card: Card) -> None:
    """Thin white hair below the cap."""
    card.lay(curve("0,-40 -24,-36 -40,-20 -41,4 -34,22 -22,28 -10,24 -4,4"), "#d6d0cc", "#8a848a")


def draw_middle(card: Card, *, mouth: int, blink: bool) -> None:
    """The face; the beard moves with the jaw, so it belongs here."""
    draw_face(card, FACE, mouth=mouth, blink=blink)
    drop = mouth * 1.7
    beard = curve(
        f"4,16 10,26 18,{31 + drop} 28,{35 + drop} 36,{37 + drop}! 41,{44 + drop} 42,{58 + drop} 36,{78 + drop}! 31,{70 + drop} 26,{80 + drop}! 20,{66 + drop} 13,{68 + drop}! 8,{54 + drop} 0,40"
    )
    mask = card.lay(beard, *BEARD, shadow=0.45)
    for line in ("12,30 20,50 26,74", "20,34 28,54 34,72", "28,38 35,52 37,70", "8,30 12,46 14,62"):
        moved = " ".join(f"{p.split(',')[0]},{float(p.split(',')[1]) + drop}" for p in line.split())
        card.lay(ribbon(moved, (0.3, 1.4, 0.3)), "#8f8890", clip=mask, plain=True, alpha=0.7)
    card.lay(curve("42,20! 36,21.5 29,27 26,37! 34,30 41,24"), *BEARD, shadow=0.35, shadow_blur=3)
    card.lay(curve("-6,-5 2,-8 6,0 3,10 -2,15 -8,6"), "#cf9f76", "#a87350", shadow=0.35)
    card.lay(ribbon("3,-3 -1,2 0,9", (0.4, 1.2, 0.4)), "#7e4a32", plain=True, alpha=0.7)


def draw_front(card: Card) -> None:
    """Round spectacles and a black satin cap with a red knot."""
    ring = card.mask(ellipse(31, -1, 9.6, 10.4)) - card.mask(ellipse(31, -1, 8.0, 8.8))
    card.lay(ring.clip(0, 1), "#c9a24e", "#8a6424", shadow=0.3, shadow_blur=1.5)
    card.lay(ellipse(31, -1, 8.2, 9.0), "#cfe4f0", plain=True, alpha=0.10)
    card.lay(ribbon("27,-7 30,-5", (1.6, 0.4)), "#ffffff", plain=True, alpha=0.7)
    card.lay(ribbon("21,-3 8,-6 -2,-8", (1.2, 1.0)), "#b8923e", plain=True)
    cap = curve("-43,-22! -42,-44 -28,-60 -2,-65 22,-60 36,-46 39,-26! -2,-17")
    mask = card.lay(cap, "#2a2430", "#100c14", shadow=0.5, shadow_shift=(2, 5))
    for line in ("-2,-65 -24,-46 -30,-20", "-2,-65 -6,-44 -8,-18", "-2,-65 14,-46 18,-20"):
        card.lay(ribbon(line, (0.6, 1.4, 0.8)), "#54485c", clip=mask, plain=True, alpha=0.7)
    card.lay(ribbon("-43,-25 -2,-20 39,-28", (7, 7)), "#17121c", "#0a080c", shadow=0.2)
    card.lay(ellipse(-2, -68, 5.5, 5), "#c8202c", "#7c1018", shadow=0.3, shadow_blur=2)
    card.lay(ellipse(30, -24.5, 3.2, 3.2), "#6fc29a", "#2f7a58", shadow=0.2, shadow_blur=1)


def draw_body(card: Card) -> None:
    """A long gown with a dark waistcoat, cloth buttons, a craftsman's apron string."""
    card.lay(curve("-14,20 12,26 16,44 24,76 -26,80 -18,46"), "#b98560", "#8a5c3e", shadow=0)
    gown = curve(
        "-22,72! 6,68 28,78! 50,104 58,146 56,200 62,280 72,400 84,640! -84,640! -78,430 -72,300 -74,210 -76,150 -62,98"
    )
    mask = card.lay(gown, *GOWN)
    for line in ("-40,280 -46,440 -56,640", "-4,300 0,460 0,640", "34,300 42,460 52,640"):
        card.shade(mask * card.mask(ribbon(line, (1, 8, 12))), 0.30, 3)
    card.lay(ribbon("-84,632 0,640 84,632", (7, 7)), "#b08a54", clip=mask, plain=True, alpha=0.6)
    vest = curve(
        "-24,72! 4,74 26,80! 50,104 58,146 54,210 58,262! 0,276 -76,262! -74,200 -76,150 -62,98"
    )
    mask = card.lay(vest, "#33303c", "#18161e")
    for x in range(-60, 60, 26):
        for y in range(120, 260, 34):
            shift = 13 if (y // 34) % 2 else 0
            for radius, tone in ((8, "#5a5464"), (5, "#33303c"), (3, "#5a5464")):
                card.lay(
                    ellipse(x + shift, y, radius, radius), tone, clip=mask, plain=True, alpha=0.45
                )
    card.lay(
        ribbon("20,80 34,130 38,200 40,264", (2, 3, 3)), "#0c0b10", clip=mask, plain=True, alpha=0.7
    )
    for y in (118, 158, 198, 236):
        card.lay(
            ribbon(f"24,{y} 46,{y + 2}", (3.6, 3.6)),
            "#b08a54",
            "#7a5a30",
            clip=mask,
            shadow=0.3,
            shadow_blur=1.5,
        )
    card.lay(curve("-22,58! 0,54 20,60! 26,82! 2,76 -26,82!"), "#6a5036", "#46331f", shadow=0.4)


def draw_upper_arm(card: Card) -> None:
    """A wide sleeve."""
    card.lay(curve("-24,-12 0,-24 22,-12 26,30 24,98 0,108 -24,98 -27,30"), "#7a5a3a", "#553d28")


def draw_forearm(card: Card, hand: str) -> None:
    """A wide sleeve with a turned cuff, and an old hand."""
    draw_hand(card, hand, 0, 80, SKIN)
    card.lay(curve("-22,-16 0,-22 22,-14 27,30 32,82! 0,90 -30,80! -27,30"), "#7a5a3a", "#50381f")
    card.lay(ribbon("-29,76 0,84 31,77", (9, 9)), "#d8cbb2", "#a8977a", shadow=0.2)

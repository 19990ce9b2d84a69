"""Gu Chen's kind: a man back from the dead in a fedora and a long coat, its collar up."""

from silkreel.media.theatre.paper import Card, curve, ellipse, ribbon
from silkreel.media.theatre.puppets.faces import Face, draw_face
from silkreel.media.theatre.puppets.hands import draw_hand

HAIR = ("#241d22", "#0e0a0e")
SKIN = ("#eac6a0", "#d39f78")
COAT = ("#41475c", "#1d2130")
FACE = Face(
    upper="8,-46 28,-38 37,-24 40,-12 37,-4 40,4 48,14.5 46.6,18.4! 40,19.6! 41,22.4 43.4,25.4 40,27.8!",
    jaw="40,28! 42.4,31 39.4,34.4 38.6,37 41.6,42.6 38.6,48.6 29,51.4 14,47 0,38 -5,24 -7,5 -4,-20 2,-40",
    lips="#a05346",
    lip_size=0.62,
    skin=SKIN,
    brow="39.5,-12.5 32,-16 19,-12.4",
    brow_widths=(2.4, 4.2, 1.2),
    hair="#160f12",
    lash=2.4,
    eye=(29.5, -3.0),
    eye_size=0.92,
    blush=0.10,
    wrinkles=("39,-1 36,2 37,5",),
)


def draw_back(card: Card) -> None:
    """Short hair at the nape and the collar-side of the neck."""
    card.lay(curve("2,-48 -26,-44 -41,-26 -42,-4 -35,12 -24,21 -13,24 -4,10"), *HAIR)


def draw_middle(card: Card, *, mouth: int, blink: bool) -> None:
    """The face, the ear and the sideburn."""
    draw_face(card, FACE, mouth=mouth, blink=blink)
    card.lay(curve("6,-20 9,-8 6,8 2,14! -2,6 -4,-14"), *HAIR, shadow=0.15)
    for line in ("10,44 20,47 32,48", "4,38 12,43"):
        card.lay(ribbon(line, (0.4, 1.6, 0.4)), "#5e4a44", plain=True, alpha=0.25)
    card.lay(curve("-6,-6 2,-9 6,-1 3,9 -2,14 -7,6"), "#dcae86", "#bf8660", shadow=0.35)
    card.lay(ribbon("3,-4 -1,1 0,8", (0.4, 1.2, 0.4)), "#7e4a32", plain=True, alpha=0.7)


def draw_front(card: Card) -> None:
    """The fedora: crown, band, and a brim dipped over the eyes."""
    card.lay(
        curve("-46,-27! -44,-52 -38,-78 -20,-84 -2,-77 18,-86 34,-74 38,-50 41,-27! -2,-20"),
        "#4a4f63", "#23273a", shadow=0.3,
    )  # fmt: skip
    card.lay(ribbon("-6,-80 -2,-66 4,-52", (1.0, 3.2, 0.4)), "#14161f", plain=True, alpha=0.55)
    card.lay(
        ribbon("-46,-35 -2,-28 41,-35", (11, 12, 11)), "#15131a", "#08070a", shadow=0.2, edge=0.5
    )
    brim = curve(
        "-66,-24 -48,-31! -2,-23 41,-31! 62,-27 70,-20 60,-17 34,-19 -2,-12 -40,-15 -60,-17"
    )
    card.lay(brim, "#50566c", "#2a2f44", shadow=0.6, shadow_shift=(2, 8), shadow_blur=6)


def draw_bare(card: Card) -> None:
    """Without the hat: hair brushed back from the forehead, one strand come loose."""
    hair = curve(
        "-42,-4 -46,-26 -38,-50 -18,-62 8,-64 28,-56 39,-42 41,-30! 30,-36 18,-33 10,-22 7,-12 2,-6 -4,-14 -12,-4 -20,14 -30,18"
    )
    mask = card.lay(hair, *HAIR, shadow=0.5, shadow_shift=(2, 4), shadow_blur=4)
    for line in (
        "38,-36 20,-50 -6,-56 -30,-44",
        "32,-38 14,-44 -10,-46 -36,-28",
        "18,-32 2,-36 -18,-32 -38,-10",
        "10,-22 -4,-26 -20,-18 -34,2",
    ):
        card.lay(ribbon(line, (0.2, 1.4, 1.2, 0.2)), "#5c5058", clip=mask, plain=True, alpha=0.6)
    card.lay(ribbon("26,-52 40,-46 45,-34 41,-24", (2.4, 2.6, 1.8, 0.3)), *HAIR, shadow=0.25)


def draw_body(card: Card) -> None:
    """Long belted coat, lapels and a scarf."""
    card.lay(curve("-14,20 13,26 19,46 24,78 -26,80 -18,46"), "#c99a72", "#96694a", shadow=0)
    trousers = curve("-48,420! 52,420! 56,560 50,640! 8,640! 2,520 -8,640! -52,640! -56,540")
    card.lay(trousers, "#191b26", "#0c0d14")
    coat = curve(
        "-20,68! 6,66 32,74! 56,98 60,136 52,190 56,232 74,340 90,470 96,520! 4,532 -92,518! -84,430 -66,300 -58,230 -58,176 -64,124 -54,86"
    )
    mask = card.lay(coat, *COAT)
    card.lay(
        ribbon("30,84 44,180 50,300 62,524", (1.4, 2.2, 2.2)),
        "#0e1018",
        clip=mask,
        plain=True,
        alpha=0.7,
    )
    for line in ("-30,250 -40,380 -52,520", "6,250 4,380 2,526", "34,260 48,380 58,500"):
        card.shade(mask * card.mask(ribbon(line, (1, 7, 12))), 0.35, 3)
    card.lay(
        ribbon("-62,226 0,236 62,224", (15, 16, 15)), "#2b2f42", "#171a28", clip=mask, shadow=0.4
    )
    card.lay(
        curve("34,221! 50,219! 51,240! 35,242!"),
        "#c9a24e",
        "#8a6424",
        clip=mask,
        shadow=0.3,
        shadow_blur=2,
    )
    for y in (130, 170, 290):
        card.lay(ellipse(38, y, 3.4, 3.4), "#0d0f16", clip=mask, shadow=0.3, shadow_blur=1.5)
    card.lay(curve("12,70! 34,74! 58,104 44,150! 30,120"), "#4d546c", "#2a2f42", shadow=0.5)
    card.lay(
        curve("-24,58! 2,64 26,60! 34,82 12,92 -22,90 -32,76"), "#b98a4e", "#7e5626", shadow=0.5
    )
    card.lay(
        curve("16,80! 32,82! 40,134 36,168! 24,166! 20,124"), "#b98a4e", "#6e4a20", shadow=0.45
    )
    for y in (112, 122, 150, 160):
        card.lay(ribbon(f"19,{y} 38,{y + 2}", (2, 2)), "#5e3d1a", plain=True, alpha=0.5)
    card.lay(curve("-40,76! -34,36! -12,46 0,72 -10,94"), "#4a5068", "#282d40", shadow=0.5)


def draw_upper_arm(card: Card) -> None:
    """Coat sleeve from the shoulder to the elbow."""
    card.lay(curve("-25,-12 0,-26 23,-12 27,30 22,98 0,108 -22,98 -28,30"), "#464c62", "#272b3c")


def draw_forearm(card: Card, hand: str) -> None:
    """Coat sleeve with a strap, and the hand."""
    draw_hand(card, hand, 0, 84, SKIN)
    card.lay(curve("-22,-14 0,-22 22,-14 24,30 20,88! 0,92 -18,87! -23,30"), "#464c62", "#2a2f42")
    card.lay(ribbon("-20,72 0,77 21,73", (6, 6)), "#191c2a", shadow=0.2)

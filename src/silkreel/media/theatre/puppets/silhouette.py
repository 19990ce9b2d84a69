"""Somebody nobody has designed yet: a paper silhouette, told apart by hair, clothes and colour.

The first dozen of a cast are all different; each keeps their looks however many join later.
"""

import colorsys

from silkreel.media.theatre.paper import Card, Colour, curve, ellipse, ribbon
from silkreel.media.theatre.puppets.faces import MOUTH_STEPS, Face, profile
from silkreel.media.theatre.puppets.gentleman import FACE as STRONG
from silkreel.media.theatre.puppets.hands import draw_hand
from silkreel.media.theatre.puppets.maiden import FACE as SOFT

GOLDEN = 0.618034
CROWN = "-42,-4 -46,-26 -38,-50 -18,-62 8,-64 28,-56 39,-42 41,-30! 24,-34 8,-22 4,-8 -8,-2 -20,14 -32,16"
NAPE = "2,-48 -26,-44 -41,-26 -42,-4 -35,12 -24,21 -13,24 -4,10"
# What lies behind the head, and what lies over it.
HAIRS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((NAPE,), (CROWN,)),
    (("8,-60 -30,-56 -52,-30 -58,10 -60,60 -50,104 -22,108 -8,80 -4,20",),
     ("34,-44 12,-63 -24,-60 -48,-34 -52,2 -32,10 -10,-10 6,-26 26,-32",)),
    ((NAPE, "-66,-56 -52,-74 -32,-68 -28,-48 -40,-34 -60,-38"), (CROWN,)),
    (("8,-60 -30,-56 -54,-28 -56,16 -50,46 -30,52 -12,42 -4,10",),
     ("40,-34 30,-54 4,-64 -26,-60 -48,-36 -52,8 -30,16 -14,-8 8,-30",)),
    (("-20,-66 -48,-60 -66,-34 -62,-4 -66,22 -48,40 -24,34 -8,10",),
     ("44,-36 48,-54 30,-70 6,-78 -20,-76 -46,-62 -60,-36 -54,-10 -30,2 -10,-8 6,-30 24,-36",)),
    ((NAPE,), ("-46,-16! -44,-50 -24,-70 6,-72 30,-60 40,-34! 68,-28 70,-20 60,-16 36,-20 0,-18",)),
)  # fmt: skip
# Legs or skirt, then what is worn above them.
CLOTHES: tuple[tuple[str, str], ...] = (
    ("-46,300! 48,300! 54,460 48,640! 8,640! 2,400 -8,640! -50,640! -54,460",
     "-18,66! 6,64 30,72! 58,96 62,136 54,200 58,330! 4,340 -62,330! -58,200 -62,130 -52,88"),
    ("-26,440! 24,440! 26,560 20,640! 4,640! 0,500 -6,640! -24,640! -28,560",
     "-16,66! 4,62 24,70! 46,94 48,140 38,200 44,236 70,340 84,470! 0,486 -84,470! -66,340 -44,236 -40,200 -50,140 -46,92"),
    ("-44,480! 46,480! 50,570 46,640! 8,640! 2,540 -8,640! -48,640! -50,570",
     "-20,62! 6,60 32,68! 60,98 62,150 52,210 60,330 78,540! 4,552 -80,540! -62,330 -56,210 -64,140 -54,88"),
    ("-46,280! 46,280! 52,460 46,640! 10,640! 2,390 -10,640! -48,640! -54,460",
     "-30,52! 4,44 34,56! 66,102 70,160 62,230 62,292! 2,304 -64,292! -66,230 -72,160 -60,96"),
)  # fmt: skip


class Figure:
    """A silhouette's looks, from a number."""

    def __init__(self, number: int) -> None:
        self.hair = HAIRS[number % len(HAIRS)]
        self.clothes = CLOTHES[(number + number // len(HAIRS)) % len(CLOTHES)]
        self.face: Face = STRONG if number % 2 else SOFT
        self.hue = (0.58 + number * GOLDEN) % 1

    def _tone(self, lightness: float, saturation: float = 0.5) -> Colour:
        red, green, blue = colorsys.hls_to_rgb(self.hue, lightness, saturation)
        return blue, green, red

    def draw_back(self, card: Card) -> None:
        """What of the hair lies behind the head."""
        for line in self.hair[0]:
            card.lay(curve(line), self._tone(0.16), self._tone(0.10))

    def draw_middle(self, card: Card, *, mouth: int, blink: bool) -> None:
        """The profile, its mouth as wide as the voice; a closed eye where it blinks."""
        shape = profile(self.face, mouth / (MOUTH_STEPS - 1))
        card.lay(shape, self._tone(0.42, 0.30), self._tone(0.30, 0.34), shadow=0.35)
        x, y = self.face.eye
        lid = f"{x + 6},{y + 1} {x},{y + (2.4 if blink else -1.5)} {x - 7},{y + 1.2}"
        card.lay(ribbon(lid, (0.8, 2.6, 0.8)), self._tone(0.12), plain=True)

    def draw_front(self, card: Card) -> None:
        """What of the hair lies over the head."""
        for line in self.hair[1]:
            card.lay(curve(line), self._tone(0.18), self._tone(0.11), shadow=0.3)

    def draw_body(self, card: Card) -> None:
        """Neck, legs or skirt, and what is worn above them."""
        legs, worn = self.clothes
        neck = curve("-14,20 13,26 18,46 24,80 -26,82 -18,46")
        card.lay(neck, self._tone(0.36, 0.30), self._tone(0.26, 0.3), shadow=0)
        card.lay(curve(legs), self._tone(0.20, 0.35), self._tone(0.12, 0.35))
        card.lay(curve(worn), self._tone(0.40), self._tone(0.24))
        card.lay(ellipse(2, 70, 30, 11), self._tone(0.30), shadow=0.3)

    def draw_upper_arm(self, card: Card) -> None:
        """Sleeve from (0, 0) to the elbow at (0, 88)."""
        sleeve = curve("-21,-14 0,-23 19,-12 22,30 20,96 0,104 -20,96 -23,30")
        card.lay(sleeve, self._tone(0.38), self._tone(0.30))

    def draw_forearm(self, card: Card, hand: str) -> None:
        """Lower sleeve and hand, from the elbow at (0, 0)."""
        skin = self._tone(0.40, 0.30)
        draw_hand(card, hand, 0, 78, (skin, skin))
        sleeve = curve("-19,-16 0,-21 18,-14 20,30 18,82! 0,88 -18,82! -21,30")
        card.lay(sleeve, self._tone(0.38), self._tone(0.27))

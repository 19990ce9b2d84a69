"""How a puppet hangs together: parts, joints, poses and gestures.

Puppet units: 100 from chin to crown, (0, 0) near the ear, looking right. One unit is 1.7 stage
units, so that a head is 170 pixels high at zoom 1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Literal, Protocol

import numpy as np

from silkreel.media.theatre.paper import Card, Light
from silkreel.media.theatre.plan import Gesture, Pose, PuppetName
from silkreel.media.theatre.puppets import elder, gentleman, maiden, matron, props, silhouette
from silkreel.media.theatre.puppets.faces import MOUTH_STEPS
from silkreel.media.theatre.sprites import Matrix, Pixels, Sprite, moved, paste, sized, spun

UNIT = 1.7
NECK = (0.0, 42.0)
NEAR_SHOULDER = (0.0, 106.0)
FAR_SHOULDER = (22.0, 108.0)
ELBOW = (0.0, 88.0)
GRIP = (0.0, 94.0)  # in the forearm: where a closed hand holds things
Hand = Literal["rest", "fist", "point", "palm"]
BODY_SCALE = 1.45
PUPPETS_KEPT = 32
HEADS = PUPPETS_KEPT * (MOUTH_STEPS + 1)  # each mouth, and the closed eye
HEAD_BOX = (-95.0, -95.0, 95.0, 112.0)  # long hair falls below the chin
BODY_BOX = (-165.0, 10.0, 165.0, 660.0)
ARM_BOX = (-60.0, -40.0, 60.0, 150.0)


class Puppet(Protocol):
    """Something that can be cut out in parts."""

    def draw_back(self, card: Card, /) -> None:
        """What lies behind the face."""

    def draw_middle(self, card: Card, /, *, mouth: int, blink: bool) -> None:
        """The face."""

    def draw_front(self, card: Card, /) -> None:
        """What lies over the face."""

    def draw_body(self, card: Card, /) -> None:
        """Everything below the head."""

    def draw_upper_arm(self, card: Card, /) -> None:
        """From the shoulder to the elbow."""

    def draw_forearm(self, card: Card, hand: str, /) -> None:
        """From the elbow to the fingers."""


PUPPETS: dict[PuppetName, Puppet] = {
    "maiden": maiden, "gentleman": gentleman, "matron": matron, "elder": elder,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looks:
    """Which puppet, and which of the silhouettes."""

    name: PuppetName
    number: int = 0

    @property
    def puppet(self) -> Puppet:
        """What draws it."""
        known = PUPPETS.get(self.name)
        return known if known is not None else silhouette.Figure(self.number)


@dataclass(frozen=True, slots=True)
class Limbs:
    """Angles in degrees, forward positive; 0 hangs straight down or stands straight up."""

    near_upper: float = 4.0
    near_fore: float = 14.0
    far_upper: float = 0.0
    far_fore: float = 0.0
    head: float = 0.0
    lean: float = 0.0
    near_hand: Hand = "rest"
    far_hand: Hand = "fist"
    far_arm: bool = False

    def towards(self, other: "Limbs", share: float) -> "Limbs":
        """Part of the way to another position; hands change at the middle."""

        def between(a: float, b: float) -> float:
            return a + (b - a) * share

        return Limbs(
            between(self.near_upper, other.near_upper),
            between(self.near_fore, other.near_fore),
            between(self.far_upper, other.far_upper),
            between(self.far_fore, other.far_fore),
            between(self.head, other.head),
            between(self.lean, other.lean),
            other.near_hand if share > 0.35 else self.near_hand,
            other.far_hand if share > 0.35 else self.far_hand,
            other.far_arm if share > 0.5 else self.far_arm,
        )


POSES: dict[Pose, Limbs] = {
    "stand": Limbs(),
    "lantern": Limbs(far_upper=34, far_fore=64, far_arm=True),
    "fan": Limbs(near_upper=20, near_fore=118, near_hand="fist"),
    "stoop": Limbs(near_upper=14, near_fore=46, head=7, lean=6),
    "umbrella": Limbs(far_upper=30, far_fore=112, far_arm=True, near_upper=0, near_fore=8),
    "bare": Limbs(near_upper=2, near_fore=8),
    "coat": Limbs(near_upper=-4, near_fore=34),
}
HELD: dict[Pose, str] = {"lantern": "lantern", "umbrella": "umbrella", "fan": "fan"}


def gesture_limbs(pose: Pose, gesture: Gesture, seconds: float) -> Limbs:
    """The position of a gesture `seconds` after it began."""
    base = POSES[pose]
    if gesture in MOVING:
        return MOVING[gesture](base, seconds)
    return replace(base, **HELD_STILL.get(gesture, {}))


def _raised(base: Limbs, upper: float, fore: float, head: float) -> Limbs:
    """The far arm, with whatever it holds, moved from where the pose has it."""
    return replace(base, far_upper=base.far_upper + upper, far_fore=base.far_fore + fore, head=head)


def _slap(base: Limbs, seconds: float) -> Limbs:
    wound = replace(base, near_upper=-38, near_fore=20, near_hand="palm", lean=-4)
    struck = replace(base, near_upper=120, near_fore=126, near_hand="palm", lean=8, head=5)
    if seconds < 0.24:
        return base.towards(wound, seconds / 0.24)
    if seconds < 0.40:
        return wound.towards(struck, (seconds - 0.24) / 0.16)
    return struck.towards(base, min(1.0, max(0.0, (seconds - 0.9) / 0.5)))


def _throw(base: Limbs, seconds: float) -> Limbs:
    wound = replace(base, far_upper=-6, far_fore=40, lean=-5)
    thrown = replace(base, far_upper=88, far_fore=104, far_hand="palm", lean=8)
    if seconds < 0.4:
        return base.towards(wound, seconds / 0.4)
    return wound.towards(thrown, min(1.0, (seconds - 0.4) / 0.16))


HELD_STILL: dict[Gesture, dict[str, Any]] = {
    "heart": {"near_upper": 16, "near_fore": 124, "near_hand": "palm", "head": -2},
    "reach": {"near_upper": 50, "near_fore": 86, "near_hand": "palm", "lean": 3},
    "point": {"near_upper": 66, "near_fore": 88, "near_hand": "point", "lean": 2, "head": -2},
    "bow": {"near_upper": 18, "near_fore": 70, "head": 13, "lean": 9},
    "recoil": {"near_upper": 36, "near_fore": 128, "near_hand": "palm", "lean": -7, "head": -6},
    "startle": {"near_upper": 20, "near_fore": 132, "near_hand": "palm", "lean": -4, "head": -4},
}
MOVING: dict[Gesture, Callable[[Limbs, float], Limbs]] = {
    "lift": lambda base, _: _raised(base, 22, 14, -3),
    "reveal": lambda base, _: _raised(base, -16, 10, -5),
    "fan": lambda base, t: replace(base, near_fore=112 + 12 * math.sin(t * 7), head=-4),
    "slap": _slap,
    "throw": _throw,
}


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A puppet cut out at one size under one light; what may never be seen is cut when it is."""

    head: Callable[[int, bool], Sprite]  # by mouth, and whether the eye is closed
    body: Sprite
    upper: Sprite
    fore: Callable[[Hand], Sprite]
    far_upper: Callable[[], Sprite]
    far_fore: Callable[[Hand], Sprite]
    props: dict[str, Sprite]


@lru_cache(maxsize=PUPPETS_KEPT)
def parts(
    looks: Looks, light: Light, scale: float, held: tuple[str, ...] = (), *, bare: bool = False
) -> Parts:
    """Cut out a puppet with what it holds; `scale` is pixels per stage unit.

    `bare` takes off the hat of a puppet that wears one. Only heads are cut at more than `BODY_SCALE`: clothes bear a little softness, eyes do not.
    """
    puppet, fine = looks.puppet, min(scale, BODY_SCALE) * UNIT
    blue, green, red = light.ambient
    far = replace(
        light,
        ambient=(0.62 * blue, 0.62 * green, 0.62 * red),
        key_strength=light.key_strength * 0.5,
    )
    return Parts(
        head=partial(_head, looks, light, scale * UNIT, bare),
        body=_cut(BODY_BOX, light, fine, puppet.draw_body),
        upper=_upper_arm(looks, light, fine),
        fore=partial(_forearm, looks, light, fine),
        far_upper=partial(_upper_arm, looks, far, fine),
        far_fore=partial(_forearm, looks, far, fine),
        props={thing: _cut(*_prop(thing, light, fine)) for thing in held},
    )


@lru_cache(maxsize=64)
def _upper_arm(looks: Looks, light: Light, scale: float) -> Sprite:
    return _cut(ARM_BOX, light, scale, looks.puppet.draw_upper_arm)


@lru_cache(maxsize=64)
def _forearm(looks: Looks, light: Light, scale: float, hand: Hand) -> Sprite:
    """A forearm, cut when a gesture first asks for its hand."""
    return _cut(ARM_BOX, light, scale, lambda card: looks.puppet.draw_forearm(card, hand))


def _prop(
    name: str, light: Light, scale: float
) -> tuple[props.Area, Light, float, Callable[[Card], None]]:
    area, draw = props.PROPS[name]
    return area, light, scale, draw


@lru_cache(maxsize=HEADS)
def _head(looks: Looks, light: Light, scale: float, bare: bool, mouth: int, blink: bool) -> Sprite:  # noqa: FBT001
    """A head with one mouth, cut when somebody first makes it: a still shows one of five."""
    back, front = _hair(looks, light, scale, bare)
    card = _card(HEAD_BOX, light, scale)
    card.image[:] = back.image
    looks.puppet.draw_middle(card, mouth=mouth, blink=blink)
    # What lies in front casts its shadow on the face.
    cover = front.image[..., 3]
    shift = (round(4 * scale), round(1.5 * scale))
    card.shade(np.ascontiguousarray(np.roll(cover, shift, (0, 1))), 0.42, 3.0)
    card.image *= 1 - cover[..., None]
    card.image += front.image
    return Sprite(card.finished(), HEAD_BOX[0], HEAD_BOX[1], scale).trimmed()


@lru_cache(maxsize=8)  # in float32 they are large
def _hair(looks: Looks, light: Light, scale: float, bare: bool) -> tuple[Card, Card]:  # noqa: FBT001
    """What lies behind a face, and what lies over it."""
    puppet = looks.puppet
    back, front = _card(HEAD_BOX, light, scale), _card(HEAD_BOX, light, scale)
    puppet.draw_back(back)
    (getattr(puppet, "draw_bare", puppet.draw_front) if bare else puppet.draw_front)(front)
    return back, front


def _card(area: tuple[float, float, float, float], light: Light, scale: float) -> Card:
    card = Card(*area, scale)
    card.light = light
    return card


def _cut(
    area: tuple[float, float, float, float], light: Light, scale: float,
    draw: Callable[[Card], None],
) -> Sprite:  # fmt: skip
    card = _card(area, light, scale)
    draw(card)
    return Sprite(card.finished(), area[0], area[1], scale).trimmed()


@dataclass(frozen=True, slots=True)
class Acting:
    """A puppet at one moment."""

    limbs: Limbs
    mouth: int = 0
    blink: bool = False
    breath: float = 0.0  # units up or down
    swing: float = 0.0  # degrees, of what hangs from the hand
    prop: str | None = None


def draw_puppet(
    picture: Pixels, cut: Parts, acting: Acting, place: Matrix
) -> tuple[float, float] | None:
    """Lay a puppet into a picture; `place` leads from puppet units to pixels.

    Returns where a lantern in its hand shines, in pixels.
    """
    limbs = acting.limbs
    hips = moved(0, 300) @ spun(limbs.lean) @ moved(0, -300)
    trunk = place @ moved(0, acting.breath) @ hips
    shine = None
    if limbs.far_arm:
        shine = _far_arm(picture, cut, acting, trunk)
    paste(picture, cut.body, trunk)
    neck = moved(*NECK) @ spun(limbs.head) @ moved(-NECK[0], -NECK[1])
    head = cut.head(acting.mouth, acting.blink and acting.mouth == 0)
    paste(picture, head, trunk @ neck)
    shoulder = trunk @ moved(*NEAR_SHOULDER) @ spun(-limbs.near_upper)
    elbow = shoulder @ moved(*ELBOW) @ spun(-(limbs.near_fore - limbs.near_upper))
    if acting.prop == "fan":
        paste(picture, cut.props["fan"], elbow @ moved(*GRIP) @ spun(8))
    paste(picture, cut.upper, shoulder)
    paste(picture, cut.fore(limbs.near_hand), elbow)
    return shine


def _far_arm(
    picture: Pixels, cut: Parts, acting: Acting, trunk: Matrix
) -> tuple[float, float] | None:
    limbs = acting.limbs
    shoulder = trunk @ moved(*FAR_SHOULDER) @ spun(-limbs.far_upper)
    elbow = shoulder @ moved(*ELBOW) @ spun(-(limbs.far_fore - limbs.far_upper))
    hand = elbow @ moved(*GRIP) @ np.array([0, 0, 1.0])
    upright = _upright(trunk, hand)
    shine = None
    if acting.prop == "lantern":
        hanging = upright @ spun(acting.swing)
        paste(picture, cut.props["lantern"], hanging)
        spot = hanging @ np.array([0, 74, 1.0])
        shine = (float(spot[0]), float(spot[1]))
    if acting.prop == "umbrella":
        paste(picture, cut.props["umbrella"], upright @ spun(-8 + (limbs.far_upper - 30) * 0.6))
    paste(picture, cut.far_upper(), shoulder)
    paste(picture, cut.far_fore(limbs.far_hand), elbow)
    return shine


def _upright(trunk: Matrix, hand: Matrix) -> Matrix:
    """Axes of a thing that hangs straight down from the hand, at the puppet's size and side."""
    size = math.hypot(trunk[0, 1], trunk[1, 1])
    side = 1.0 if np.linalg.det(trunk[:2, :2]) > 0 else -1.0
    return moved(hand[0], hand[1]) @ sized(size * side, size)

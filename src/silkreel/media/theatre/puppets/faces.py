"""Faces in profile, looking to the right; 100 units from chin to crown, the eye near (28, -3)."""

from dataclasses import dataclass

import numpy as np

from silkreel.media.theatre.paper import Card, Image, Points, curve, ellipse, ribbon, smooth, turned

JAW_HINGE = (-2.0, 16.0)
JAW_DEGREES = 9.0
MOUTH_STEPS = 4  # closed, a little, half, wide


@dataclass(frozen=True, slots=True)
class Face:
    """A profile and what is painted on it.

    `upper` runs from the hair to the upper lip's edge, `jaw` from the lower lip's edge over the chin to below the ear.
    """

    upper: str
    jaw: str
    lips: str
    skin: tuple[str, str]
    brow: str
    brow_widths: tuple[float, ...]
    hair: str
    lash: float = 3.0
    eye: tuple[float, float] = (28.0, -3.0)
    eye_size: float = 1.0
    wrinkles: tuple[str, ...] = ()
    blush: float = 0.35
    lip_size: float = 1.0


def draw_face(card: Card, face: Face, *, mouth: int, blink: bool) -> None:
    """Lay a face: mouth from 0 (closed) to 3 (wide)."""
    opening = mouth / (MOUTH_STEPS - 1)
    skin = profile(face, opening)
    if mouth:
        _mouth_inside(card, face, opening)
    sheet = card.lay(skin, *face.skin, shadow=0.35, shadow_shift=(-2, 3), edge_width=2.0)
    _model(card, face, sheet)
    _lips(card, face, opening)
    _eye(card, face, blink=blink)
    card.lay(ribbon(face.brow, face.brow_widths), face.hair, plain=True)
    for line in face.wrinkles:
        card.lay(ribbon(line, (0.3, 1.0, 0.3)), "#7a4630", plain=True, alpha=0.55)


def profile(face: Face, opening: float) -> Points:
    """The outline of a face, its mouth open by a share."""
    upper, upper_sharp = _points(face.upper)
    jaw, jaw_sharp = _points(face.jaw)
    # The hinge turns the front of the jaw most; its end below the ear stays.
    weights = np.clip((jaw[:, 0] - JAW_HINGE[0]) / 22, 0, 1)
    moved = np.array(
        [
            turned(point[None], opening * JAW_DEGREES * weight, JAW_HINGE)[0]
            for point, weight in zip(jaw, weights, strict=True)
        ]
    )
    inside = upper[-1] - (9.0 * min(1.0, opening * 1.6), -0.6)
    if opening > 0:
        points = np.vstack([upper, inside[None], moved])
        sharp = [*upper_sharp, True, *jaw_sharp]
    else:
        points, sharp = np.vstack([upper, moved]), [*upper_sharp, *jaw_sharp]
    return smooth(points, sharp, closed=True)


def _points(text: str) -> tuple[Points, list[bool]]:
    words = text.split()
    points = np.array([[float(v) for v in word.rstrip("!").split(",")] for word in words])
    return points, [word.endswith("!") for word in words]


def _mouth_inside(card: Card, face: Face, opening: float) -> None:
    seam = _points(face.upper)[0][-1]
    dark = ellipse(seam[0] - 6.5, seam[1] + 2.0 * opening, 6.0, 1.0 + 3.4 * opening, 8)
    card.lay(dark, "#3a0d12", plain=True)


def _model(card: Card, face: Face, sheet: Image) -> None:
    """Round the flat paper: shade under the jaw and at the temple, warmth on the cheek."""
    mask = sheet
    card.shade(mask * card.mask(curve("-30,30 10,34 44,60 0,80 -40,60")), 0.30, 5)
    card.shade(mask * card.mask(curve("-34,-50 2,-40 2,10 -2,40 -40,40")), 0.30, 9)
    eye_x, eye_y = face.eye
    card.shade(mask * card.mask(ellipse(eye_x + 3, eye_y - 4, 9, 5)), 0.22, 3)
    card.shine(mask * card.mask(ellipse(eye_x - 7, eye_y + 15, 8, 7)), "#c84a38", face.blush, 5)
    card.shine(mask * card.mask(ellipse(eye_x - 4, eye_y + 8, 7, 4)), "#ffd9a8", 0.16, 4)


def _lips(card: Card, face: Face, opening: float) -> None:
    seam = _points(face.upper)[0][-1]
    x, y = float(seam[0]), float(seam[1])
    size = face.lip_size
    upper = smooth(
        [[x + 3.4, y - 2.4], [x + 0.4, y + 0.2], [x - 9, y + 0.6], [x - 4, y - 2.6 * size],
         [x + 0.6, y - 4.4 * size]],
        [True, True, True, False, False], closed=True,
    )  # fmt: skip
    lower = smooth(
        [[x, y + 0.2], [x + 2.6, y + 3.0 * size], [x + 0.2, y + 5.6 * size], [x - 4.5, y + 3.6 * size],
         [x - 9, y + 0.8]],
        [True, False, False, False, True], closed=True,
    )  # fmt: skip
    lower = turned(lower, opening * JAW_DEGREES, JAW_HINGE)
    card.lay(upper, face.lips, plain=True)
    card.lay(lower, face.lips, plain=True)
    if not opening:
        seam_line = ribbon(
            f"{x + 1.2},{y + 0.2} {x - 5},{y + 0.4} {x - 10.5},{y + 1.2}", (0.8, 1.1, 0.3)
        )
        card.lay(seam_line, "#4a141a", plain=True)


def _eye(card: Card, face: Face, *, blink: bool) -> None:
    x, y = face.eye
    k = face.eye_size
    lid = f"{x + 7 * k},{y - 0.5} {x + 3 * k},{y - 3.6 * k} {x - 3 * k},{y - 2.6 * k} {x - 9 * k},{y + 1.2 * k}"
    if blink:
        closed = f"{x + 6.5 * k},{y + 1.5} {x + 1 * k},{y + 3.0 * k} {x - 8 * k},{y + 1.6 * k}"
        card.lay(ribbon(closed, (0.8, face.lash * 0.7, 0.8)), "#1b0f14", plain=True)
        return
    white = smooth(
        [[x + 6.6 * k, y + 0.4], [x + 3 * k, y - 3.2 * k], [x - 3 * k, y - 2.3 * k],
         [x - 7.6 * k, y + 1.0 * k], [x + 1 * k, y + 2.6 * k]],
        [True, False, False, True, False], closed=True,
    )  # fmt: skip
    card.lay(white, "#f6efe2", plain=True)
    iris = card.mask(ellipse(x + 3.2 * k, y - 0.2 * k, 2.9 * k, 3.4 * k)) * card.mask(white)
    card.lay(iris, "#20141a", plain=True)
    card.lay(ellipse(x + 4.2 * k, y - 1.4 * k, 0.9 * k, 0.9 * k), "#ffffff", plain=True, alpha=0.9)
    card.lay(ribbon(lid, (0.8, face.lash, face.lash * 0.9, 0.5)), "#1b0f14", plain=True)

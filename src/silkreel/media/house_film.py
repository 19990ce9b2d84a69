"""The house ad's film: lanterns rise over water at dusk, drawn here and nobody's property.

It has no words and no sound, so that it serves in every language; who plays it labels it as an ad.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.media.errands import run_job
from silkreel.media.limits import job_limits

VERSION = 1  # of the drawing: another one is another film
WIDTH, HEIGHT, RATE, SECONDS = 360, 640, 25, 6
LANTERNS = 9
HORIZON = 0.72  # of the height
SKY_TOP, SKY_LOW = (18, 16, 42), (206, 92, 74)
WATER_NEAR = (8, 10, 26)
GLOW = (255, 190, 110)
TWINKLE_HERTZ = 0.5
SEED = 7

Picture = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class HouseFilm:
    """The finished file."""

    path: Path
    width_pixels: int
    height_pixels: int
    length_seconds: int


def make_house_film(out: Path) -> HouseFilm:
    """Draw and encode the film, in a child of its own."""
    run_job("house_film", {"out": str(out)}, limits=job_limits(SECONDS))
    return HouseFilm(out, WIDTH, HEIGHT, SECONDS)


def draw(order: dict[str, Any], report: Any) -> dict[str, Any]:
    """In the child: every frame, encoded as it is drawn."""
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(order["out"], "w", format="mp4", options=options) as container:
        stream = container.add_stream(
            "libx264", rate=RATE, options={"crf": "21", "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 2  # fixed: repeatable bytes
        for number, picture in enumerate(pictures()):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            report((number + 1) / (RATE * SECONDS))
        container.mux(stream.encode(None))
    return {"frames": RATE * SECONDS}


def pictures() -> Iterator[Bytes]:
    """The frames, in order."""
    dusk, dice = _dusk(), np.random.default_rng(SEED)
    # For each lantern: across, where it starts, its speed, size, and phase.
    lanterns = [
        (dice.uniform(0.12, 0.88), dice.uniform(0.55, 1.05), dice.uniform(0.04, 0.09),
         dice.uniform(0.03, 0.075), dice.uniform(0, 2 * math.pi))
        for _ in range(LANTERNS)
    ]  # fmt: skip
    for number in range(RATE * SECONDS):
        moment, picture = number / RATE, dusk.copy()
        for across, start, speed, size, phase in sorted(lanterns, key=lambda each: each[3]):
            sway = 0.02 * math.sin(moment * 0.9 + phase)
            up = start - speed * moment
            bright = 0.85 + 0.15 * math.sin(2 * math.pi * TWINKLE_HERTZ * moment + phase)
            _light(picture, (across + sway) * WIDTH, up * HEIGHT, size * WIDTH, bright)
            mirrored = 2 * HORIZON - up
            if mirrored > HORIZON:
                ripple = 3 * math.sin(moment * 3 + phase)
                _light(picture, (across + sway) * WIDTH + ripple, mirrored * HEIGHT,
                       size * WIDTH * 0.8, bright * 0.28)  # fmt: skip
        yield np.clip(picture * _fade(moment), 0, 255).astype(np.uint8)


def _dusk() -> Picture:
    """Sky above, its reflection below."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    shore = int(HEIGHT * HORIZON)
    down = np.linspace(0, 1, shore, dtype=np.float32)[:, None] ** 1.8
    picture[:shore] = (np.array(SKY_TOP) * (1 - down) + np.array(SKY_LOW) * down)[:, None]
    near = np.linspace(0, 1, HEIGHT - shore, dtype=np.float32)[:, None] ** 0.6
    low = np.array(SKY_LOW) * 0.55
    picture[shore:] = (low * (1 - near) + np.array(WATER_NEAR) * near)[:, None]
    return picture


def _light(picture: Picture, x: float, y: float, radius: float, bright: float) -> None:
    """A lantern: a paper body with a soft halo, added to what is there."""
    reach = int(radius * 3.2)
    left, right = max(0, int(x) - reach), min(WIDTH, int(x) + reach)
    top, low = max(0, int(y) - reach), min(HEIGHT, int(y) + reach)
    if left >= right or top >= low:
        return
    rows, columns = np.mgrid[top:low, left:right].astype(np.float32)
    across, down = (columns - x) / radius, (rows - y) / (radius * 1.25)
    body = np.clip(1.15 - (np.abs(across) ** 3 + np.abs(down) ** 3), 0, 1)
    halo = np.exp(-(across**2 + down**2) * 0.75) * 0.5
    light = (np.minimum(1, body * (0.75 + 0.25 * down)) + halo) * bright
    picture[top:low, left:right] += light[..., None] * np.array(GLOW, np.float32)


def _fade(moment: float) -> float:
    """In and out of black in half a second."""
    return max(0.0, min(1.0, moment * 2, (SECONDS - moment) * 2))

"""Posters and sprites: pictures that stand for an episode."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from silkreel.kit.children import Limits
from silkreel.media.errands import Asked, move_into, private_folder, run_job
from silkreel.media.limits import job_limits

POSTER_BYTES = 25_000
POSTERS = 4  # staff choose among them; the first is the proposal
SPRITE_BYTES = 80_000
SPRITE_TILES = 16
SPRITE_COLUMNS = 4
TILE_WIDTH_PIXELS = 160
RUNG_LENGTH_SECONDS = 20 * 60.0  # rungs are ours; none is longer


@dataclass(frozen=True, slots=True)
class Poster:
    """A still of one frame: WebP, and a thumbhash to show until it is there."""

    path: Path
    frame: int
    sharpness: float
    thumbhash: str  # base64, about 25 bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Sprite:
    """Small stills on one sheet, row by row, each with its time."""

    path: Path
    columns: int
    tile_width_pixels: int
    tile_height_pixels: int
    times_seconds: tuple[float, ...]


def make_poster(
    rung: Path,
    out: Path,
    *,
    frame: int,
    frame_rate: Fraction,
    most_bytes: int = POSTER_BYTES,
    cancelled: Asked | None = None,
) -> Poster:
    """The still that staff chose: one frame of our own rung, as WebP of at most `most_bytes`."""
    with private_folder(out.parent) as folder:
        made = folder / out.name
        order = {
            "source": str(rung), "out": str(made), "at_seconds": str(frame / frame_rate),
            "most_bytes": most_bytes,
        }  # fmt: skip
        answer = run_job("still", order, limits=_limits(), cancelled=cancelled)
        move_into(made, out.parent)
    return Poster(out, frame, 0.0, answer["thumbhash"], out.stat().st_size)


def make_sprite(rung: Path, out: Path, *, cancelled: Asked | None = None) -> Sprite:
    """Sixteen key frames of our own rung on one WebP sheet, for desk and workbench."""
    with private_folder(out.parent) as folder:
        made = folder / out.name
        order = {
            "source": str(rung), "out": str(made), "tiles": SPRITE_TILES,
            "columns": SPRITE_COLUMNS, "tile_width_pixels": TILE_WIDTH_PIXELS,
            "most_bytes": SPRITE_BYTES,
        }  # fmt: skip
        answer = run_job("sprite", order, limits=_limits(), cancelled=cancelled)
        move_into(made, out.parent)
    return Sprite(
        out,
        SPRITE_COLUMNS,
        TILE_WIDTH_PIXELS,
        answer["tile_height_pixels"],
        tuple(answer["times_seconds"]),
    )


def _limits() -> Limits:
    return job_limits(RUNG_LENGTH_SECONDS)

"""How far a known line of text stands in a frame: its strokes' edges are laid over the frame's.

Text stands still while the picture behind it moves, and its edges are steep. So the median of the
edges over some frames keeps the letters and drops the rest, and the share of that template that a
frame shows is its opacity: 1 while the line stands, a half in the middle of a fade, about 0 where
another line or none stands. It needs no bright text, no outline and no recogniser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Edges = npt.NDArray[np.int16]  # (2, rows, columns): across and down
Floats = npt.NDArray[np.float32]

# Of the template's steepest edges, those this steep count; weaker ones are background.
STEEP_SHARE = 0.35
# Edges flatter than this are grain, whatever else there is.
FLATTEST = 40.0
# At most so many frames make a median: more cost time and change nothing.
MEDIAN_FRAMES = 11
# A cell with less than this share of the mean energy says nothing of its own.
FAINT_SHARE = 0.2


def edges(luma: npt.NDArray[np.uint8]) -> Edges:
    """Sobel edges of a picture, both directions, unscaled."""
    across = cv2.Sobel(luma, cv2.CV_16S, 1, 0, ksize=3)
    down = cv2.Sobel(luma, cv2.CV_16S, 0, 1, ksize=3)
    return np.stack((across, down))


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A line's edges, weighted, in cells about one character wide."""

    weights: Floats  # (2, rows, columns): zero off the strokes
    cells: npt.NDArray[np.intp]  # first column of each cell
    energies: Floats  # per cell
    telling: npt.NDArray[np.bool_]  # cells with strokes enough to speak for themselves

    @classmethod
    def of(cls, pieces: Sequence[Edges], cell_pixels: int) -> "Template":
        """The template that frames of one line have in common."""
        if len(pieces) > MEDIAN_FRAMES:
            chosen = np.linspace(0, len(pieces) - 1, MEDIAN_FRAMES).round().astype(int)
            pieces = [pieces[place] for place in chosen]
        common = np.median(np.stack(pieces), axis=0).astype(np.float32)
        steepness = np.hypot(common[0], common[1])
        steepest = float(np.percentile(steepness, 98))
        mask = steepness >= max(FLATTEST, STEEP_SHARE * steepest)
        weights = common * mask
        cells = np.arange(0, max(1, common.shape[2] - cell_pixels // 2), max(1, cell_pixels))
        energies = _by_cell(weights * weights, cells)
        telling = energies > max(1.0, FAINT_SHARE * float(energies.mean()))
        return cls(weights, cells, energies, telling)

    def shares(self, piece: Edges) -> Floats:
        """Per cell, how much of it a frame shows."""
        shown = _by_cell(piece * self.weights, self.cells)
        return np.divide(shown, self.energies, out=np.zeros_like(shown), where=self.energies > 0)

    def share(self, piece: Edges) -> float:
        """How much of the whole line a frame shows."""
        return self.whole(self.shares(piece))

    def whole(self, shares: Floats) -> float:
        """The line's share out of its cells': their median, weighed with their strokes.

        A thing that passes behind some letters, or a logo read with them, has no say.
        """
        order = np.argsort(shares)
        weights = np.cumsum(self.energies[order])
        if not weights[-1]:
            return 0.0
        return float(shares[order[np.searchsorted(weights, weights[-1] / 2)]])


def turning_point(before: Template, after: Template, pieces: Sequence[Edges]) -> int:
    """Where frames stop resembling one template and begin to resemble another.

    Returns the number of leading pieces that belong to `before`: only edges in which the templates
    differ are looked at, and one cut must explain all frames best.
    """
    difference = before.weights - after.weights
    energy = float((difference * difference).sum())
    if energy == 0 or not pieces:
        return len(pieces)
    leaning = [
        float(((piece - after.weights) * difference).sum()) / energy - 0.5 for piece in pieces
    ]
    gains = np.concatenate(([0.0], np.cumsum(np.clip(leaning, -0.5, 0.5))))
    return int(gains.argmax())


def _by_cell(products: Floats, cells: npt.NDArray[np.intp]) -> Floats:
    columns = np.ones(products.shape[0] * products.shape[1], np.float32) @ products.reshape(
        -1, products.shape[2]
    )
    return np.add.reduceat(columns, cells)

"""Says of a frame that it shows the same as before, or that somebody should look: never what.

New text makes steep edges that stay where they are. So the gate counts edges that have stood still
for a moment and did not stand there at the last look. A background that moves makes none, a cut
makes one look, and yellow or dim text counts as much as white: only its contrast matters.
"""

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from silkreel.dubbing.stroke_templates import Edges

Mask = npt.NDArray[np.uint8]

# A stroke's edge is at least this steep (Sobel units; a step of 30 grey levels makes 120).
STEEP = 120.0
# An edge that changed by less than this share of itself stood still.
STILL_SHARE = 0.35
# It stood still when it was there so many frames ago, and half-way too.
STILL_FRAMES = 4
# New still edges, as a share of a square of one line's height: half a character has more.
NEW_SHARE = 0.07
_TOLERANCE = np.ones((3, 3), np.uint8)


@dataclass(slots=True)
class ChangeGate:
    """Remembers which edges stood still when somebody last looked."""

    line_pixels: int
    _past: deque[Edges] = field(default_factory=lambda: deque(maxlen=STILL_FRAMES + 1))
    _still: Mask | None = None
    _looked: Mask | None = None

    def fires(self, frame_edges: Edges, known: Mask | None = None) -> bool:
        """Take in the next frame; True when new edges stand still outside `known`."""
        self._past.append(frame_edges)
        if len(self._past) <= STILL_FRAMES:
            self._still = None
            return False
        self._still = _still(self._past[-1], self._past[STILL_FRAMES // 2], self._past[0])
        if self._looked is None:
            return bool(self._still.any())
        # What went away and comes back is new again: a repeated line is read again.
        self._looked = cv2.bitwise_and(self._looked, cv2.dilate(self._still, _TOLERANCE))
        fresh = cv2.bitwise_and(self._still, cv2.bitwise_not(self._looked))
        if known is not None:
            fresh = cv2.bitwise_and(fresh, known)
        side = self.line_pixels
        density = cv2.blur(fresh, (side, side), borderType=cv2.BORDER_CONSTANT)
        return bool(density.max() > NEW_SHARE * 255)

    def looked(self) -> None:
        """Somebody has looked: what stands still now is known, with a pixel of tolerance."""
        if self._still is not None:
            self._looked = cv2.dilate(self._still, _TOLERANCE)


def _still(now: Edges, between: Edges, before: Edges) -> Mask:
    """255 where a steep edge is the same in three frames."""
    steepness = np.abs(now[0]) + np.abs(now[1])
    limit = (STILL_SHARE * steepness).astype(np.int16)
    still = steepness >= STEEP
    for past in (between, before):
        still &= np.abs(now[0] - past[0]) + np.abs(now[1] - past[1]) <= limit
    return np.asarray(still.view(np.uint8) * np.uint8(255))

"""Luma of a rendition's frames, in order, decoded in a child: what a reader of captions looks at.

Only plane 0 is taken and no colour is converted; a pass over a band costs the decoding and little
more. Read from a rung of the ladder, never from the master: the cost follows the bit rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from silkreel.kit.children import Child, Limits
from silkreel.media.refusals import MediaRefusal

WORKER = "silkreel.media.frames_worker"
# Two hours of CPU time would be a day of film: a pass that needs it has gone astray.
LIMITS = Limits(address_space_bytes=2 * 1024**3, cpu_seconds=7200, wall_seconds=600.0)


class FramesLost(MediaRefusal):
    """The picture is damaged: not every frame came out."""

    message = "The picture is damaged: {came} of {frames} frames could be read; upload it again."


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A band of one frame: luma (rows, columns) uint8, and the frame's index from 0."""

    index: int
    luma: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RenditionFrames:
    """A rendition whose frames can be gone through as often as wanted."""

    path: Path
    width_pixels: int
    height_pixels: int
    frame_count: int
    frame_rate: Fraction

    @classmethod
    def open(cls, path: Path) -> "RenditionFrames":
        """Look at the file without decoding it.

        Raises:
            NotVideo: there is no video in it.
        """
        with Child(WORKER, LIMITS) as child:
            facts = child.ask({"open": str(path)}).value
        rate = Fraction(*facts["rate"])
        return cls(path, facts["width"], facts["height"], facts["frames"], rate)

    def bands(self, top_share: float = 0.0, bottom_share: float = 1.0) -> Iterator[Frame]:
        """Every frame's rows between two shares of the height, in order, none missing.

        Raises:
            FramesLost: after the frames that could be read.
        """
        return self._pass({"rows": self.rows(top_share, bottom_share)})

    def samples(
        self, top_share: float, bottom_share: float, *, every_seconds: float
    ) -> Iterator[Frame]:
        """About one frame every so many seconds."""
        every_frames = max(1, round(every_seconds * self.frame_rate))
        rows = self.rows(top_share, bottom_share)
        return self._pass({"rows": rows, "every_frames": every_frames})

    def rows(self, top_share: float, bottom_share: float) -> tuple[int, int]:
        """First row and the row after the last, never empty."""
        top = min(self.height_pixels - 1, max(0, floor(top_share * self.height_pixels)))
        return top, min(self.height_pixels, max(top + 1, ceil(bottom_share * self.height_pixels)))

    def _pass(self, order: dict[str, object]) -> Iterator[Frame]:
        with Child(WORKER, LIMITS) as child:
            child.ask({"open": str(self.path)})
            child.ask(order)
            while True:
                answer = child.ask({"more": True})
                if not answer.arrays:
                    return
                for index, luma in zip(answer.value["indexes"], answer.arrays[0], strict=True):
                    yield Frame(index, luma)

"""In the child: what is seen while the picture passes. Cuts, black, stillness, good stills."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scenedetect import FrameTimecode
from scenedetect.detectors import ContentDetector

from silkreel.media.picture import Layers
from silkreel.media.soundtrack import runs

Luma = npt.NDArray[np.uint8]

CUT_SCORE = 27.0  # PySceneDetect's own default
LEAST_SHOT_SECONDS = Fraction(2, 5)
BLACK_LUMA = 32  # limited range begins at 16
BLACK_SHARE = 0.98
STILL_DIFFERENCE = 0.255  # a thousandth of the scale, as ffmpeg's freezedetect at -60 dB
FIRST_STILL, LAST_STILL = Fraction(5, 100), Fraction(60, 100)
STILL_WINDOWS = 6
STILLS_A_SECOND = 4
DARK_LUMA, BRIGHT_LUMA = 28, 220
FLAT_SPREAD = 18.0  # a title card or a fade has less
POSTER_SHORT_SIDE_PIXELS = 540


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame that could be a poster."""

    place: int
    sharpness: float
    frame: Any  # av.VideoFrame


class Watcher:
    """Looks at each moment once."""

    def __init__(self, rate: Fraction, frame_count: int) -> None:
        self._rate = rate
        self._cuts = _Cuts(rate)
        self._black: list[bool] = []
        self._still: list[bool] = []
        self._last: Luma | None = None
        self._gallery = _Gallery(rate, frame_count)

    def look(self, place: int, layers: Layers) -> None:
        """See one moment."""
        luma = plane(layers.small)
        self._cuts.look(place, layers.small)
        self._black.append(bool((luma < BLACK_LUMA).mean() >= BLACK_SHARE))
        self._still.append(
            self._last is not None and _difference(luma, self._last) < STILL_DIFFERENCE
        )
        self._last = luma.copy()
        self._gallery.look(place, layers)

    @property
    def cuts(self) -> list[int]:
        """First frames of new shots."""
        return self._cuts.places

    @property
    def black(self) -> list[list[float]]:
        """Black runs in seconds."""
        return runs(self._black, 1 / self._rate)

    @property
    def frozen(self) -> list[list[float]]:
        """Runs of one unmoving picture in seconds, black ones aside."""
        flags = [s and not b for s, b in zip(self._still, self._black, strict=True)]
        return runs(flags, 1 / self._rate)

    def candidates(self) -> list[Candidate]:
        """The best stills, sharpest first."""
        return self._gallery.best()


class _Cuts:
    """PySceneDetect's content detector on small frames."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        shortest = max(1, round(LEAST_SHOT_SECONDS * rate))
        self._detector = ContentDetector(threshold=CUT_SCORE, min_scene_len=shortest)
        self.places: list[int] = []

    def look(self, place: int, small: Any) -> None:
        code = FrameTimecode(place, fps=self._rate)
        found = self._detector.process_frame(code, small.to_ndarray(format="bgr24"))
        self.places.extend(cut.frame_num for cut in found)


class _Gallery:
    """The sharpest frame of each part of the episode between 5 and 60 %."""

    def __init__(self, rate: Fraction, frame_count: int) -> None:
        self._first = int(frame_count * FIRST_STILL)
        self._end = max(self._first + 1, int(frame_count * LAST_STILL))
        self._step = max(1, round(rate / STILLS_A_SECOND))
        self._best: dict[int, Candidate] = {}
        self._spare: Candidate | None = None

    def look(self, place: int, layers: Layers) -> None:
        if not self._first <= place < self._end or (place - self._first) % self._step:
            return
        luma = plane(layers.rungs[-1])
        candidate = Candidate(place, _sharpness(luma), _poster_rung(layers))
        if self._spare is None or candidate.sharpness > self._spare.sharpness:
            self._spare = candidate
        if not _worth_showing(luma):
            return
        window = (place - self._first) * STILL_WINDOWS // (self._end - self._first)
        best = self._best.get(window)
        if best is None or candidate.sharpness > best.sharpness:
            self._best[window] = candidate

    def best(self) -> list[Candidate]:
        found = sorted(self._best.values(), key=lambda c: (-c.sharpness, c.place))
        return found or ([self._spare] if self._spare else [])


def plane(frame: Any) -> Luma:
    """The luma plane as a view, without the padding of its lines."""
    luma = frame.planes[0]
    view = np.frombuffer(luma, np.uint8).reshape(-1, luma.line_size)
    return view[: frame.height, : frame.width]


def _difference(one: Luma, other: Luma) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def _sharpness(luma: Luma) -> float:
    """Variance of the Laplacian: little in a blurred picture."""
    grey = luma.astype(np.int16)
    laplacian = (
        grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    )
    return round(float(laplacian.var()), 3)


def _worth_showing(luma: Luma) -> bool:
    small = luma[::4, ::4]
    return DARK_LUMA <= float(small.mean()) <= BRIGHT_LUMA and float(small.std()) >= FLAT_SPREAD


def _poster_rung(layers: Layers) -> Any:
    """The largest rung of at most 540 lines, else the smallest."""
    fitting = [f for f in layers.rungs if min(f.width, f.height) <= POSTER_SHORT_SIDE_PIXELS]
    return fitting[0] if fitting else layers.rungs[-1]

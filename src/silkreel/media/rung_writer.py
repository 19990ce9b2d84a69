"""In the child: one rung's encoder and its single CMAF file."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from silkreel.media.packing import CMAF_FLAGS
from silkreel.media.rungs import RungPlan

THREADS = 2  # fixed: bounded memory, repeatable bytes
NO_PICTURE_TYPE = 0


class RungWriter:
    """Encodes the frames it is given, in order, and finishes the file on `close`."""

    def __init__(self, folder: Path, plan: RungPlan, rate: Fraction) -> None:
        self.plan = plan
        self.frames = 0
        options = {"movflags": f"{CMAF_FLAGS}+frag_keyframe", "fflags": "+bitexact"}
        self._container = av.open(folder / f"{plan.name}.mp4", "w", format="mp4", options=options)
        self._stream = self._container.add_stream("libx264", rate=rate, options=plan.x264_options())
        self._stream.width = plan.size.width_pixels
        self._stream.height = plan.size.height_pixels
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.thread_count = THREADS
        self._stream.codec_context.time_base = 1 / rate

    def write(self, frame: Any) -> None:
        """Encode one frame; where key frames lie is the plan's business, not the source's."""
        frame.pict_type = NO_PICTURE_TYPE
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Write what the encoder still holds, and the file's end."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

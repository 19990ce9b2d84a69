"""In the child: one rung's encoder, in a thread of its own, and its single CMAF file."""

import threading
from fractions import Fraction
from pathlib import Path
from queue import Queue
from typing import Any

import av

from silkreel.media.packing import CMAF_FLAGS
from silkreel.media.rungs import RungPlan

# Within one encoder a second thread sees how far the first has come, and its rate control decides by
# that: the same frames would not always give the same bytes. Rungs work side by side instead.
ENCODER_THREADS = 1
QUEUED_FRAMES = 8  # what the decoder may be ahead: bounds memory
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
        self._stream.codec_context.thread_count = ENCODER_THREADS
        self._stream.codec_context.time_base = 1 / rate
        self._queue: Queue[Any] = Queue(QUEUED_FRAMES)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._encode, daemon=True)
        self._thread.start()

    def write(self, frame: Any) -> None:
        """Take one frame; where key frames lie is the plan's business, not the source's.

        Raises:
            FFmpegError: an earlier frame could not be encoded.
        """
        self._raise_what_broke()
        frame.pict_type = NO_PICTURE_TYPE
        self._queue.put(frame)
        self.frames += 1

    def close(self) -> None:
        """Write what the encoder still holds, and the file's end."""
        self._queue.put(None)
        self._thread.join()
        self._raise_what_broke()
        self._container.close()

    def _encode(self) -> None:
        """Until the end, even past a fault: whoever hands frames over must never wait for ever."""
        going_on = True
        while going_on:
            frame = self._queue.get()
            going_on = frame is not None
            if self._error is not None:
                continue
            try:
                self._container.mux(self._stream.encode(frame))
            except BaseException as error:  # noqa: BLE001 - told by the next `write` or `close`
                self._error = error

    def _raise_what_broke(self) -> None:
        if self._error is not None:
            raise self._error

"""The child that decodes a rendition's picture: plane 0 of each frame, a band of it, in order.

Requests: `open` walks the packets and answers what the picture is; `band` or `sample` begins a
pass; `more` answers the next frames of the pass as one array (frames, rows, columns), empty at the
end. The parent asks for more when it has used what it got, so nothing piles up.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.kit.children import Emit, Handler, Message, serve_parent
from silkreel.media.frames import FramesLost
from silkreel.media.refusals import NotVideo
from silkreel.media.sniff import Sniffed, first_streams, open_media, sniff_file

Luma = npt.NDArray[np.uint8]
THREADS = 2
# About one batch in flight: large enough to make messages cheap, small enough for any machine.
BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Film:
    """An opened file and its packets' times in the order they are shown."""

    path: Path
    sniffed: Sniffed
    width: int
    height: int
    times: tuple[int, ...]
    keys: tuple[int, ...]  # times of the frames that need no other
    rate: tuple[int, int]


def open_film(path: Path) -> Film:
    """Walk the packets without decoding: how many frames there are, and when each is shown.

    Raises:
        NotVideo: there is no video in it, or its packets carry no times.
    """
    sniffed = sniff_file(path)
    if sniffed.format is None:
        raise NotVideo(kind=sniffed.kind)
    with open_media(path, sniffed) as container:
        stream, _ = first_streams(container)
        packets = [packet for packet in container.demux(stream) if packet.size] if stream else []
        if not packets or any(packet.pts is None for packet in packets):
            raise NotVideo(kind=f"{sniffed.kind} without a picture")
        rate = stream.average_rate or stream.base_rate
        return Film(
            path,
            sniffed,
            stream.codec_context.width,
            stream.codec_context.height,
            tuple(sorted(packet.pts for packet in packets)),
            tuple(sorted(packet.pts for packet in packets if packet.is_keyframe)),
            (rate.numerator, rate.denominator),
        )


def every_band(film: Film, top: int, bottom: int) -> Iterator[tuple[int, Luma]]:
    """Rows `top` to `bottom` of every frame with its index.

    Raises:
        FramesLost: fewer frames came out than the file declares, or some were damaged.
    """
    index_at = {time: index for index, time in enumerate(film.times)}
    seen = 0
    with open_media(film.path, film.sniffed) as source:
        for frame in _decoded(source, _stream(source)):
            if frame.is_corrupt or frame.pts not in index_at:
                break
            yield index_at[frame.pts], _band(frame, top, bottom)
            seen += 1
    if seen != len(film.times):
        raise FramesLost(frames=len(film.times), came=seen)


def sampled_bands(
    film: Film, top: int, bottom: int, every_frames: int
) -> Iterator[tuple[int, Luma]]:
    """About one frame in `every_frames`, spread over the film, with its index.

    Where frames that need no other come often enough, as on our own rungs, only those are decoded
    and the pass is almost free; else the whole film is decoded and frames are picked.
    """
    index_at = {time: index for index, time in enumerate(film.times)}
    wanted = np.arange(every_frames // 2, len(film.times), every_frames)
    keys = np.array([index_at[time] for time in film.keys])
    if len(wanted) and len(keys) >= len(wanted):
        nearest = np.abs(keys[None, :] - wanted[:, None]).argmin(axis=1)
        chosen = {int(keys[each]) for each in nearest}
    else:
        chosen = set(wanted.tolist())
    with open_media(film.path, film.sniffed) as source:
        stream = _stream(source)
        if chosen <= set(keys.tolist()):
            stream.codec_context.skip_frame = "NONKEY"
        for frame in _decoded(source, stream):
            index = index_at.get(frame.pts, -1)
            if index in chosen:
                yield index, _band(frame, top, bottom)


def _decoded(source: Any, stream: Any) -> Iterator[Any]:
    """The frames up to the first that cannot be decoded; whoever counts them finds out."""
    import av

    frames = source.decode(stream)
    while True:
        try:
            frame = next(frames, None)
        except av.error.FFmpegError:
            return
        if frame is None:
            return
        yield frame


def _stream(source: Any) -> Any:
    stream, _ = first_streams(source)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = THREADS
    return stream


def _band(frame: Any, top: int, bottom: int) -> Luma:
    """Rows of the luma plane, cut without touching the colours."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[top:bottom, : frame.width]


def answering() -> Handler:
    """A handler that holds the film and the pass under way."""
    film: Film | None = None
    frames: Iterator[tuple[int, Luma]] = iter(())
    batch = 1

    def answer(request: Message, emit: Emit) -> Message:
        nonlocal film, frames, batch
        started = time.process_time()
        order = request.value
        indexes: list[int] = []
        arrays: tuple[Luma, ...] = ()
        if "open" in order:
            film = open_film(Path(order["open"]))
            reply: dict[str, Any] = {
                "width": film.width, "height": film.height,
                "frames": len(film.times), "rate": list(film.rate),
            }  # fmt: skip
        elif "more" in order:
            cut = list(islice(frames, batch))
            indexes = [index for index, _ in cut]
            arrays = (np.stack([luma for _, luma in cut]),) if cut else ()
            reply = {"indexes": indexes}
        else:
            assert film is not None
            top, bottom = order["rows"]
            batch = max(1, BATCH_BYTES // max(1, (bottom - top) * film.width))
            every = order.get("every_frames")
            frames = (
                sampled_bands(film, top, bottom, every) if every else every_band(film, top, bottom)
            )
            reply = {}
        emit(Message({"effort": {"decode": time.process_time() - started}}))
        return Message(reply, arrays)

    return answer


if __name__ == "__main__":
    serve_parent(answering())

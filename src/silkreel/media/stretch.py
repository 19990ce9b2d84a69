"""Our own sound made longer or shorter without changing its pitch, or taken to another rate.

FFmpeg's atempo and resampler through PyAV, in this process: never for media from elsewhere.
"""

import time
from collections.abc import Iterator, Sequence

import av
import av.error
import av.filter
import numpy as np

from silkreel.kit.effort import spend
from silkreel.kit.sound import Samples, Sound

SLOWEST_FACTOR, FASTEST_FACTOR = 0.5, 2.0  # one atempo's range; speech is far from it
LAYOUTS = {1: "mono", 2: "stereo"}
PUSH_SECONDS = 1  # handed to the graph at once: small pieces stay in memory that is warm

Filters = Sequence[tuple[str, str]]


def stretch(sound: Sound, factor: float, *, sample_rate: int | None = None) -> Sound:
    """Sound spoken `factor` times as fast, its length exact to the sample.

    With `sample_rate` it is resampled in the same pass. atempo misses by a few milliseconds; the
    end is padded with silence or trimmed.

    Raises:
        ValueError: the factor is out of range.
    """
    if not SLOWEST_FACTOR <= factor <= FASTEST_FACTOR:
        raise ValueError(f"a factor of {factor} is no stretching of speech")
    rate = sample_rate or sound.sample_rate
    filters = [("atempo", f"{factor:.9f}")] if factor != 1.0 else []
    if rate != sound.sample_rate:
        filters.append(("aresample", str(rate)))
    if not filters or not len(sound.samples):
        return Sound(sound.samples, rate)
    length = round(len(sound.samples) * rate / sound.sample_rate / factor)
    return Sound(exactly(through(sound, filters), length), rate)


def resample(sound: Sound, sample_rate: int) -> Sound:
    """The same sound at another sample rate."""
    return stretch(sound, 1.0, sample_rate=sample_rate)


def exactly(samples: Samples, length: int) -> Samples:
    """Samples cut or filled up with silence to `length`."""
    if len(samples) >= length:
        return samples[:length]
    return np.pad(samples, ((0, length - len(samples)), (0, 0)))


def through(sound: Sound, filters: Filters) -> Samples:
    """Samples that come out of a chain of FFmpeg filters."""
    pieces = [frame.to_ndarray().reshape(-1, _channels(sound)) for frame in run(sound, filters)]
    if not pieces:
        return np.zeros((0, _channels(sound)), dtype=np.float32)
    return np.concatenate(pieces).astype(np.float32, copy=False)


def run(sound: Sound, filters: Filters) -> Iterator[av.AudioFrame]:
    """Frames that come out of a chain of FFmpeg filters, in packed float, as they come."""
    started = time.thread_time()
    layout, rate = LAYOUTS[_channels(sound)], sound.sample_rate
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout=layout, time_base=f"1/{rate}")
    chain = [source, *(graph.add(name, arguments) for name, arguments in filters)]
    chain += [graph.add("aformat", "sample_fmts=flt"), graph.add("abuffersink")]
    graph.link_nodes(*chain).configure()
    step = PUSH_SECONDS * rate
    for first in range(0, len(sound.samples), step):
        piece = np.ascontiguousarray(sound.samples[first : first + step])
        frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate, frame.pts = rate, first
        graph.push(frame)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)
    spend("sound filters", time.thread_time() - started)


def _pulled(graph: av.filter.Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _channels(sound: Sound) -> int:
    return int(sound.samples.shape[1])

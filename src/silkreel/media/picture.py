"""In the child: frames as they come become frames as they are streamed, on every rung at once.

The fixes and the first scale are done once; each smaller rung is scaled from the one above it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.filter import Graph

from silkreel.media.geometry import VERTICAL, Size, even

Node = Any
Frame = Any

SMALL_SHORT_SIDE_PIXELS = 144  # enough to see cuts, black and stillness
HD_LINES = 720  # untagged pictures are BT.709 from here on, BT.601 below
MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
FULL_RANGE = 2
TURNS = {0: (), 90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}
GROUND_SHRINK = 8  # the ground is blurred at an eighth of its size: cheap, and no one can tell
TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"


class Deinterlacer:
    """Half pictures into whole ones, one for one; whole ones pass untouched."""

    def __init__(self, first: Frame, time_base: Fraction) -> None:
        self._graph = Graph()
        self._source = _buffer(self._graph, first, time_base)
        # One frame out for each in, field order as each frame says.
        weave = self._graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
        self._sink = self._graph.add("buffersink")
        self._source.link_to(weave)
        weave.link_to(self._sink)
        self._graph.configure()

    def push(self, frame: Frame | None) -> Iterator[Frame]:
        """Frames that are ready after this one; None ends the stream."""
        self._source.push(frame)
        yield from _pull(self._sink)


@dataclass(frozen=True, slots=True)
class Layers:
    """One moment: its frame on each rung, largest first, and a small one for measuring."""

    rungs: tuple[Frame, ...]
    small: Frame


class Cascade:
    """One frame in, its layers out."""

    def __init__(
        self,
        first: Frame,
        sizes: Sequence[Size],
        *,
        pixel_aspect: Fraction,
        rate: Fraction,
        crop: bool,
    ) -> None:
        self._graph = Graph()
        self._source = _buffer(self._graph, first, 1 / rate)
        self._sinks: list[Node] = []
        look = Look(first, pixel_aspect)
        node = self._top(look, sizes[0], crop=crop)
        for size in sizes[1:]:
            node = self._chain(self._tap(node), _scale(size))
        small = sizes[-1].scaled(min(SMALL_SHORT_SIDE_PIXELS, sizes[-1].short_side_pixels))
        node = self._chain(self._tap(node), _scale(small, "flags=area"))
        self._sinks.append(self._chain(node, "buffersink"))
        self._graph.configure()
        self._waiting: list[deque[Frame]] = [deque() for _ in self._sinks]

    def push(self, frame: Frame | None) -> Iterator[Layers]:
        """Layers that are ready after this frame; None ends the stream."""
        self._source.push(frame)
        for sink, waiting in zip(self._sinks, self._waiting, strict=True):
            waiting.extend(_pull(sink))
        while all(self._waiting):
            *rungs, small = (waiting.popleft() for waiting in self._waiting)
            yield Layers(tuple(rungs), small)

    def _top(self, look: "Look", top: Size, *, crop: bool) -> Node:
        """The mended picture at the top rung's size."""
        lying = Size(top.height_pixels, top.width_pixels) if look.turned % 180 else top
        if crop or look.fits(top):
            steps = [look.middle(top), _scale(lying, look.colour), "format=yuv420p"]
            node = self._chain(self._source, *steps, *TURNS[look.turned])
        else:
            node = self._on_ground(look, top)
        return self._chain(node, "setsar=1", TAGS)

    def _on_ground(self, look: "Look", top: Size) -> Node:
        """The whole picture in the middle of its own blurred enlargement."""
        seen = look.seen.scaled(
            top.width_pixels * look.seen.short_side_pixels // look.seen.width_pixels
        )
        fitted = Size(top.width_pixels, even(seen.height_pixels))
        lying = Size(fitted.height_pixels, fitted.width_pixels) if look.turned % 180 else fitted
        steps = [look.middle(look.seen), _scale(lying, look.colour), "format=yuv420p"]
        front = self._chain(self._source, *steps, *TURNS[look.turned], "setsar=1")
        halves = self._chain(front, "split=2")
        slice_width = even(fitted.height_pixels * VERTICAL)
        tiny = Size(even(top.width_pixels / GROUND_SHRINK), even(top.height_pixels / GROUND_SHRINK))
        ground = self._graph.add("crop", f"{slice_width}:{fitted.height_pixels}")
        halves.link_to(ground, 0, 0)
        ground = self._chain(ground, _scale(tiny), "gblur=sigma=4", _scale(top), "setsar=1")
        overlay = self._graph.add("overlay", "x=(W-w)/2:y=(H-h)/2:format=yuv420")
        ground.link_to(overlay, 0, 0)
        halves.link_to(overlay, 1, 1)
        return overlay

    def _tap(self, node: Node) -> Node:
        """Send the node's picture to a sink of its own and on."""
        split = self._chain(node, "split=2")
        sink = self._graph.add("buffersink")
        split.link_to(sink, 0, 0)
        self._sinks.append(sink)
        onward = self._graph.add("null")
        split.link_to(onward, 1, 0)
        return onward

    def _chain(self, node: Node, *steps: str) -> Node:
        for step in steps:
            name, _, arguments = step.partition("=")
            following = self._graph.add(name, arguments or None)
            node.link_to(following)
            node = following
        return node


class Look:
    """How a source's frames lie: turned, stretched, and in which colours."""

    def __init__(self, first: Frame, pixel_aspect: Fraction) -> None:
        self.width_pixels = first.width // 2 * 2
        self.height_pixels = first.height // 2 * 2
        self.pixel_aspect = pixel_aspect
        self.turned = -int(first.rotation) % 360
        width = even(self.width_pixels * pixel_aspect)
        self.seen = (
            Size(self.height_pixels, width)
            if self.turned % 180
            else Size(width, self.height_pixels)
        )
        self.colour = _colour(first)

    def fits(self, size: Size) -> bool:
        """Whether the source as seen has that size's shape, to the rounding of a pixel."""
        return abs(self.seen.scaled(size.short_side_pixels).width_pixels - size.width_pixels) <= 2

    def middle(self, size: Size) -> str:
        """Crop to the shape of `size` (as seen), in the source's own pixels."""
        wide = Fraction(size.width_pixels, size.height_pixels)
        shape = (1 / wide if self.turned % 180 else wide) / self.pixel_aspect
        width = min(self.width_pixels, even(self.height_pixels * shape))
        height = min(self.height_pixels, even(self.width_pixels / shape))
        if self.width_pixels - width <= 2 and self.height_pixels - height <= 2:
            return f"crop={self.width_pixels}:{self.height_pixels}:0:0"
        return f"crop={width}:{height}"


def _buffer(graph: Graph, first: Frame, time_base: Fraction) -> Node:
    """Where frames enter; they are told apart from the first one's form by nothing but content."""
    form = {
        "video_size": f"{first.width}x{first.height}",
        "pix_fmt": first.format.name,
        "time_base": f"{time_base.numerator}/{time_base.denominator}",
        "colorspace": str(int(first.colorspace)),
        "range": str(int(first.color_range)),
    }
    return graph.add("buffer", ":".join(f"{name}={value}" for name, value in form.items()))


def _colour(first: Frame) -> str:
    """Options of the first scale that lead from the source's colours to BT.709, limited range."""
    untagged = "bt709" if min(first.width, first.height) >= HD_LINES else "bt601"
    matrix = MATRICES.get(int(first.colorspace), untagged)
    full = int(first.color_range) == FULL_RANGE or first.format.name.startswith("yuvj")
    if matrix == "bt709" and not full and not first.format.is_rgb:
        return ""
    reach = "full" if full else "limited"
    matrices = "" if first.format.is_rgb else f"in_color_matrix={matrix}:in_range={reach}:"
    return f"{matrices}out_color_matrix=bt709:out_range=limited"


def _scale(size: Size, options: str = "") -> str:
    flags = options if "flags=" in options else ":".join(filter(None, ("flags=bicubic", options)))
    return f"scale={size.width_pixels}:{size.height_pixels}:{flags}"


def _pull(sink: Node) -> Iterator[Frame]:
    while True:
        try:
            yield sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return

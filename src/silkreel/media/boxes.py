"""Boxes of the ISO base media file format (ISO/IEC 14496-12), read without any codec library."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# Boxes that only hold other boxes, on the way to what we read.
CONTAINERS = frozenset({"moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "edts"})
MAX_BOXES = 1_000_000  # a file of two hours in fragments of 10 ms has fewer


class BoxError(ValueError):
    """The bytes are no chain of boxes, or a box reaches beyond what holds it."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it begins, its header and its whole length in bytes."""

    kind: str
    offset_bytes: int
    header_bytes: int
    length_bytes: int

    @property
    def body(self) -> int:
        """Where the content begins."""
        return self.offset_bytes + self.header_bytes

    @property
    def end(self) -> int:
        """The first byte after the box."""
        return self.offset_bytes + self.length_bytes


def top_boxes(stream: BinaryIO, size_bytes: int) -> Iterator[Box]:
    """The boxes of a file in order; the last one may claim more bytes than there are.

    Raises:
        BoxError: a header makes no sense.
    """
    offset = 0
    for _ in range(MAX_BOXES):
        if offset + 8 > size_bytes:
            return
        stream.seek(offset)
        box = _head(stream.read(16), offset, size_bytes)
        yield box
        offset = box.end
    raise BoxError("too many boxes")


def boxes(content: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that lie side by side in `content[start:end]`.

    Raises:
        BoxError: a header makes no sense or a box reaches beyond `end`.
    """
    end = len(content) if end is None else end
    while start + 8 <= end:
        box = _head(content[start : start + 16], start, end)
        if box.end > end:
            raise BoxError(f"{box.kind} at {start} reaches beyond its parent")
        yield box
        start = box.end


def find(content: bytes, path: str, start: int = 0, end: int | None = None) -> Box | None:
    """The first box at a path such as `moov/trak/mdia/hdlr`."""
    return next(find_all(content, path, start, end), None)


def find_all(content: bytes, path: str, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Every box at a path, in order."""
    kind, _, rest = path.partition("/")
    for box in boxes(content, start, end):
        if box.kind == kind:
            if rest:
                yield from find_all(content, rest, box.body, box.end)
            else:
                yield box


def _head(head: bytes, offset: int, end: int) -> Box:
    length, kind = struct.unpack_from(">I4s", head)
    header = 8
    if length == 1:
        if len(head) < 16:
            raise BoxError(f"a box ends in its header at {offset}")
        (length,) = struct.unpack_from(">Q", head, 8)
        header = 16
    elif length == 0:
        length = end - offset  # to the end of the file
    if length < header:
        raise BoxError(f"a box of {length} bytes at {offset}")
    return Box(kind.decode("latin-1"), offset, header, length)

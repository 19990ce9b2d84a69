"""Which letters a font file draws: its cmap table (OpenType 1.9, formats 4 and 12), read alone.

A font that was matched by its name or language may still lack a letter, and would draw a box for it.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

COLLECTION = b"ttcf"
OUTLINES = (b"glyf", b"CFF ", b"CFF2")  # a font of coloured bitmaps cannot be drawn at any size
SUBTABLES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))  # platform and encoding; the widest first
NO_LETTER = 0xFFFF
MAX_TABLE_BYTES = 8 * 1024 * 1024  # the largest cmap in Debian's fonts is under one


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ranges of code points, in order: firsts, and the last of each."""

    firsts: tuple[int, ...] = ()
    lasts: tuple[int, ...] = ()

    def __contains__(self, letter: str) -> bool:
        place = bisect_right(self.firsts, ord(letter)) - 1
        return place >= 0 and ord(letter) <= self.lasts[place]

    def covers(self, letters: Iterable[str]) -> bool:
        """Whether each of the letters is drawn."""
        return all(letter in self for letter in letters)


@cache
def coverage(path: Path, index: int) -> Coverage:
    """What one face of a file draws; nothing for what is no OpenType font with outlines."""
    try:
        with path.open("rb") as file:
            ranges = sorted(_ranges(_cmap(file, index)))
    except (OSError, struct.error, IndexError):
        return Coverage()
    return Coverage(tuple(a for a, _ in ranges), tuple(b for _, b in ranges))


def _cmap(file: BinaryIO, index: int) -> bytes:
    start = 0
    if file.read(4) == COLLECTION:
        file.seek(12 + 4 * index)
        (start,) = struct.unpack(">I", file.read(4))
    file.seek(start + 4)
    (count,) = struct.unpack(">H6x", file.read(8))
    tables = {
        tag: (at, size) for tag, at, size in struct.iter_unpack(">4s4xII", file.read(16 * count))
    }
    if b"cmap" not in tables or not any(tag in tables for tag in OUTLINES):
        return b""
    at, size = tables[b"cmap"]
    file.seek(at)
    return file.read(min(size, MAX_TABLE_BYTES))


def _ranges(table: bytes) -> Iterator[tuple[int, int]]:
    if not table:
        return
    (count,) = struct.unpack_from(">2xH", table)
    records = struct.iter_unpack(">HHI", table[4 : 4 + 8 * count])
    places = {(platform, encoding): at for platform, encoding, at in records}
    best = next((places[each] for each in SUBTABLES if each in places), None)
    if best is None:
        return
    (form,) = struct.unpack_from(">H", table, best)
    if form == 12:
        (groups,) = struct.unpack_from(">I", table, best + 12)
        rows = struct.iter_unpack(">III", table[best + 16 : best + 16 + 12 * groups])
        yield from ((first, last) for first, last, _ in rows)
    elif form == 4:
        yield from _segments(table, best)


def _segments(table: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Format 4: a segment may name glyph 0, the box, for some of its letters."""
    (twice,) = struct.unpack_from(">H", table, at + 6)
    ends = struct.unpack_from(f">{twice // 2}H", table, at + 14)
    starts = struct.unpack_from(f">{twice // 2}H", table, at + 16 + twice)
    offsets = struct.unpack_from(f">{twice // 2}H", table, at + 16 + 3 * twice)
    for number, (first, last, offset) in enumerate(zip(starts, ends, offsets, strict=True)):
        if first == NO_LETTER:  # every table of this format ends on it
            continue
        if offset == 0:
            yield first, last
            continue
        place = at + 16 + 3 * twice + 2 * number + offset
        glyphs = struct.unpack_from(f">{last - first + 1}H", table, place)
        yield from ((first + i, first + i) for i, glyph in enumerate(glyphs) if glyph)

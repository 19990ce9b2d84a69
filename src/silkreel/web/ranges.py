"""The Range header (RFC 9110, section 14), one range only."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes of a file to send: from `start`, `length` of them; `partial` answers 206."""

    start: int
    length: int
    partial: bool


def wanted_slice(header: bytes | None, size: int) -> Slice | None:
    """What a Range header asks of a file; None where nothing of it lies inside (416).

    No header, several ranges, or one that cannot be read: the whole file.
    """
    whole = Slice(0, size, partial=False)
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == (b"", b""):
        return whole
    first, last = match.groups()
    if not first:
        return _tail(int(last), size)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return whole  # RFC 9110: an invalid range is ignored
    return Slice(start, end - start + 1, partial=True) if start < size else None


def _tail(length: int, size: int) -> Slice | None:
    if length == 0 or size == 0:
        return None
    length = min(length, size)
    return Slice(size - length, length, partial=True)

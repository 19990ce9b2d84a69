"""Open files, kept for the next request and closed when others need the place."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEPT_OPEN = 256  # below the usual limit of 1,024 descriptors, with room for sockets

FileKey = tuple[str, str]  # asset, public file name


@dataclass(slots=True)
class OpenFile:
    """A descriptor and how many requests are reading from it."""

    descriptor: int
    size: int
    readers: int = 0
    evicted: bool = False

    @contextmanager
    def reading(self) -> Iterator[int]:
        """The descriptor, not closed while inside."""
        self.readers += 1
        try:
            yield self.descriptor
        finally:
            self.readers -= 1
            self.close_if_done()

    def close_if_done(self) -> None:
        """Close when evicted and nobody reads any more."""
        if self.evicted and self.readers == 0 and self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class OpenFiles:
    """The least recently used files close first. For one event loop: not for threads."""

    def __init__(self, kept: int = KEPT_OPEN) -> None:
        self._kept = kept
        self._files: OrderedDict[FileKey, OpenFile] = OrderedDict()

    def find(self, key: FileKey) -> OpenFile | None:
        """The file if it is open."""
        known = self._files.get(key)
        if known is not None:
            self._files.move_to_end(key)
        return known

    def open(self, key: FileKey, path: Path) -> OpenFile:
        """Open a file and keep it, closing the one unused for longest."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        opened = OpenFile(descriptor, os.fstat(descriptor).st_size)
        self._files[key] = opened
        while len(self._files) > self._kept:
            self._evict(self._files.popitem(last=False)[1])
        return opened

    def close(self) -> None:
        """Close all."""
        while self._files:
            self._evict(self._files.popitem()[1])

    def __len__(self) -> int:
        return len(self._files)

    @staticmethod
    def _evict(file: OpenFile) -> None:
        file.evicted = True
        file.close_if_done()

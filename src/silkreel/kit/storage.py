"""Files named by what is in them: made once, never changed, never half-written."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.keys import file_hash


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of immutable files under their sha256."""

    folder: Path

    def path(self, content_hash: str, suffix: str) -> Path:
        """Where the file with this hash lies (it may not be there)."""
        return self.folder / content_hash[:2] / f"{content_hash}{suffix}"

    def holds(self, content_hash: str, suffix: str) -> bool:
        """Whether the file is there."""
        return self.path(content_hash, suffix).is_file()

    def take(self, made: Path) -> str:
        """Move a finished file into the store and return its hash.

        The bytes are on disk before the name appears; a file that is there already is kept.
        """
        with made.open("rb+") as stream:
            os.fsync(stream.fileno())
        content_hash = file_hash(made)
        target = self.path(content_hash, made.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            made.unlink()
        else:
            os.replace(made, target)  # noqa: PTH105 - atomic on one file system
        return content_hash

    def copy(self, source: Path) -> str:
        """Copy a file from elsewhere into the store and return its hash."""
        with self.workspace() as folder:
            copied = folder / f"copy{source.suffix.lower()}"
            shutil.copyfile(source, copied)
            return self.take(copied)

    def write(self, content: bytes, suffix: str) -> str:
        """Store bytes and return their hash."""
        with self.workspace() as folder:
            made = folder / f"bytes{suffix}"
            made.write_bytes(content)
            return self.take(made)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A private folder on the store's own file system, removed afterwards."""
        root = self.folder / "tmp"
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root) as folder:
            yield Path(folder)

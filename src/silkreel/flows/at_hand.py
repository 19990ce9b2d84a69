"""The engines of this process, shared by all stages that run in it."""

import atexit
from pathlib import Path
from threading import Lock

from silkreel.engines.shelf import EngineShelf
from silkreel.kit.settings import Settings

_shelves: dict[Path, EngineShelf] = {}
_lock = Lock()


def shelf_for(settings: Settings) -> EngineShelf:
    """The shelf of this home; engines open on first use and close with the process."""
    with _lock:
        if settings.folder not in _shelves:
            _shelves[settings.folder] = EngineShelf(settings)
        return _shelves[settings.folder]


def close_shelves() -> None:
    """Close every engine of this process."""
    with _lock:
        shelves = list(_shelves.values())
        _shelves.clear()
    for shelf in shelves:
        shelf.close()


atexit.register(close_shelves)

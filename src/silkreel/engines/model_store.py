"""The model store as a person sees it: every packaged weight and how it stands here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from silkreel.engines.weights import (
    Model,
    looks_right,
    model_file,
    models,
    parts_at_hand,
    place,
)
from silkreel.kit.keys import file_hash
from silkreel.kit.settings import Settings

Condition = Literal["ready", "installed", "missing", "damaged"]
__all__ = ["Condition", "ModelState", "list_models", "model_file", "verify_models"]


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and how it stands here."""

    model: Model
    condition: Condition
    damaged: tuple[str, ...] = ()


def list_models(settings: Settings) -> tuple[ModelState, ...]:
    """Every model and whether it is ready, by size and time."""
    return tuple(_state(known, settings, looks_right) for known in models())


def verify_models(settings: Settings) -> tuple[ModelState, ...]:
    """Every model, each file that is there hashed anew."""
    return tuple(_state(known, settings, _hashes_right) for known in models())


def _state(wanted: Model, settings: Settings, right: Callable[[Path, str], bool]) -> ModelState:
    places = [(file, place(wanted, file, settings)) for file in wanted.files]
    damaged = tuple(
        file.name for file, path in places if path.is_file() and not right(path, file.sha256)
    )
    absent = [file for file, path in places if not path.is_file()]
    if damaged:
        return ModelState(wanted, "damaged", damaged)
    if not absent:
        return ModelState(wanted, "ready")
    installed = all(parts_at_hand(wanted, file) for file in absent)
    return ModelState(wanted, "installed" if installed else "missing")


def _hashes_right(path: Path, sha256: str) -> bool:
    return file_hash(path) == sha256

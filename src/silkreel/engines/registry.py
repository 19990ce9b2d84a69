"""Which engines there are: ours and strangers' come by the same entry points."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from silkreel.engines.contracts import EngineMissing
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

Skill = Literal[
    "readers",
    "voice_activity",
    "transcribers",
    "aligners",
    "translators",
    "speakers",
    "separators",
    "voice_printers",
]


def engine_names(skill: Skill) -> tuple[str, ...]:
    """Names registered for a skill, in alphabetical order."""
    return tuple(sorted(point.name for point in _offered(skill)))


def open_engine(skill: Skill, name: str, settings: Settings) -> Any:
    """Open an engine by name; an engine class has `open(settings)`.

    Raises:
        EngineMissing: it is not registered, or cannot run here; the sentence says what to do.
    """
    for point in _offered(skill):
        if point.name == name:
            return point.load().open(settings)
    raise EngineMissing(
        engine=name,
        why=words("no installed package offers it"),
        mend=words("Install the package that registers it, or see `silkreel doctor`."),
    )


@cache  # every call would read the papers of every installed package
def _offered(skill: Skill) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=f"silkreel.{skill}"))

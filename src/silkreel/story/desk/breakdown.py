"""What a story costs to shoot, as far as the script tells: places, nights, exteriors, and who is called.

A set is one location by day or by night: what a crew lights and dresses once. A call is one character on
one set. Days and money depend on the house; sets and calls are what it multiplies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import Beat, Scene

_HEADING = re.compile(
    r"(?P<where>INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT)\.?\s+(?P<place>.*?)(?:\s+-\s+(?P<time>.+))?",
    re.IGNORECASE,
)
_NIGHT = re.compile(r"NIGHT|EVENING|DUSK|MIDNIGHT|夜|晚|昏", re.IGNORECASE)
_GOES_ON = re.compile(r"CONTINUOUS|LATER|SAME|MOMENTS", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Set:
    """A location by day or by night, with the scenes shot there."""

    location: str
    name: str
    night: bool
    exterior: bool
    scenes: tuple[str, ...]
    episodes: tuple[int, ...]
    cast: tuple[str, ...]
    beats: int


@dataclass(frozen=True, slots=True)
class Call:
    """On how many sets a character is needed, and in how many scenes."""

    character: str
    sets: int
    scenes: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All of a story's sets and calls."""

    sets: tuple[Set, ...]
    calls: tuple[Call, ...]
    scenes: int
    night_scenes: int
    exterior_scenes: int


@dataclass(frozen=True, slots=True)
class _Shot:
    """A scene as it is shot."""

    scene: Scene
    number: int
    location: str
    name: str
    night: bool
    exterior: bool
    cast: frozenset[str]
    beats: int


def breakdown_of(evidence: Evidence) -> Breakdown:
    """Scenes the series shows, by what they need; a scene only the game has needs no camera."""
    shots = list(_shots(evidence))
    keys = dict.fromkeys((s.location, s.night, s.exterior) for s in shots)
    sets = tuple(
        _set([s for s in shots if (s.location, s.night, s.exterior) == key]) for key in keys
    )
    cast = dict.fromkeys(sorted(who for each in shots for who in each.cast))
    calls = (
        Call(who, sum(who in s.cast for s in sets), sum(who in s.cast for s in shots))
        for who in cast
    )
    return Breakdown(
        tuple(sorted(sets, key=lambda each: -len(each.scenes))),
        tuple(sorted(calls, key=lambda each: (-each.sets, each.character))),
        len(shots), sum(s.night for s in shots), sum(s.exterior for s in shots),
    )  # fmt: skip


def _set(shots: list[_Shot]) -> Set:
    first = shots[0]
    return Set(
        first.location, first.name, first.night, first.exterior,
        tuple(each.scene.id for each in shots),
        tuple(dict.fromkeys(each.number for each in shots)),
        tuple(sorted({who for each in shots for who in each.cast})),
        sum(each.beats for each in shots),
    )  # fmt: skip


def _shots(evidence: Evidence) -> Iterator[_Shot]:
    project = evidence.story.project
    names = {each.id: each.name or each.id for each in project.locations}
    for episode in evidence.numbered:
        night = False
        for scene in episode.scenes:
            found = _HEADING.fullmatch(scene.heading.strip())
            time = (found["time"] or "") if found else ""
            night = night if _GOES_ON.search(time) else bool(_NIGHT.search(time))
            if scene.only in {"game", "novel"}:
                continue
            beats = [n for n in scene.nodes if isinstance(n, Beat)]
            place = scene.location or (found["place"] if found else scene.name)
            voices = {
                b.speaker
                for b in beats
                if b.speaker and not {"V.O.", "SUB", "PHONE"} & {*b.qualifiers}
            }
            cast = {c.id if (c := project.character(v)) else v for v in voices} - {"NARRATOR"}
            exterior = found is not None and "EXT" in found["where"].upper()
            yield _Shot(
                scene, episode.number or 0, place, names.get(place, place), night, exterior,
                frozenset(cast), len(beats),
            )  # fmt: skip

"""When each spoken line starts and how fast it runs, so that a dub sits on the picture.

Times are whole frames of the picture. A plan is a pure function of its input: no line is cut, no
character talks over itself, the picture keeps its length. What does not fit is left unplaced and
named, with the seconds it is too long; its original sound stays until somebody rewords it.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from silkreel.dubbing.fit_plan import (
    FitCandidate,
    FitLine,
    FitPlan,
    Overrun,
    Placed,
    overlap_in_source,
)
from silkreel.dubbing.fitting_cost import STRETCH_REACH, TARGET_FASTEST, Window
from silkreel.dubbing.fitting_search import Choice, Task, search
from silkreel.dubbing.fitting_windows import Scene

__all__ = [
    "FitCandidate", "FitLine", "FitPlan", "Overrun", "Placed", "fit", "overlap_in_source",
    "refit", "window_frames",
]  # fmt: skip

NOTHING_LOCKED: Mapping[str, Placed] = MappingProxyType({})


def fit(
    lines: tuple[FitLine, ...],
    *,
    frame_rate: Fraction,
    length_frames: int,
    locked: Mapping[str, Placed] = NOTHING_LOCKED,
) -> FitPlan:
    """Choose wording, start and rate of every line at the least cost over the episode.

    Lines come in the order of their first frames, with ids that differ; `locked` lines stay
    exactly where they are.

    Raises:
        ValueError: the lines are out of order, or an id comes twice.
    """
    return _plan(Scene(lines, frame_rate, length_frames, locked), frozenset())


def refit(
    lines: tuple[FitLine, ...],
    before: FitPlan,
    edited: frozenset[str],
    *,
    frame_rate: Fraction,
    length_frames: int,
    locked: Mapping[str, Placed] = NOTHING_LOCKED,
) -> FitPlan:
    """Fit again after an edit: every other line keeps its take and may only move and stretch.

    Where that is not enough to make room, the others stay exactly as they were and the edited line
    waits for a shorter wording.
    """
    placed = {place.line_id: place for place in before.placed}
    frozen = tuple(
        line if line.line_id in edited else _freeze(line, placed.get(line.line_id))
        for line in lines
    )
    kept = frozenset(placed) - edited
    plan = _plan(Scene(frozen, frame_rate, length_frames, locked), kept)
    if kept <= {place.line_id for place in plan.placed}:
        return plan
    unmoved = {**{line_id: placed[line_id] for line_id in kept}, **locked}
    return _plan(Scene(lines, frame_rate, length_frames, unmoved), frozenset())


def window_frames(
    lines: tuple[FitLine, ...], *, frame_rate: Fraction, length_frames: int
) -> tuple[int, ...]:
    """W of every line: frames it can use while its neighbours stay where the original has them."""
    scene = Scene(lines, frame_rate, length_frames, NOTHING_LOCKED)
    return tuple(
        scene.room_frames(at, window, NOTHING_LOCKED) for at, window in enumerate(scene.windows())
    )


def _plan(scene: Scene, kept: frozenset[str]) -> FitPlan:
    windows = scene.windows()
    choices, cost = search(_tasks(scene, windows, kept))
    placed = dict(scene.locked)
    for line, choice in zip(scene.lines, choices, strict=True):
        if choice is not None and line.line_id not in scene.locked:
            placed[line.line_id] = _place(line, choice)
    long = [
        scene.overrun(at, windows[at], placed)
        for at, line in enumerate(scene.lines)
        if line.candidates
        and line.line_id not in scene.locked
        and _is_long(placed.get(line.line_id), windows[at])
    ]
    return FitPlan(
        placed=tuple(placed[line.line_id] for line in scene.lines if line.line_id in placed),
        needs_wording=tuple(o for o in long if o.line_id not in placed),
        tight=tuple(o for o in long if o.line_id in placed),
        waiting=tuple(
            line.line_id
            for line in scene.lines
            if not line.candidates and line.line_id not in placed
        ),
        cost=cost,
    )


def _is_long(placed: Placed | None, window: Window) -> bool:
    """Whether a shorter wording would help: it is not placed, hurries, or ends too late."""
    if placed is None:
        return True
    return placed.rate > TARGET_FASTEST or placed.end_frame > window.wanted_end


def _tasks(scene: Scene, windows: list[Window], kept: frozenset[str]) -> list[Task]:
    names = dict.fromkeys(line.character for line in scene.lines)
    numbers = {name: number for number, name in enumerate(names)}
    return [
        Task(
            window=window,
            character=numbers[line.character],
            lengths=tuple(c.natural_seconds * float(scene.frame_rate) for c in line.candidates),
            losses=tuple(c.meaning_loss for c in line.candidates),
            spoken_rates=tuple(c.spoken_rate for c in line.candidates),
            fixed=_fixed(scene.locked.get(line.line_id)),
            kept=line.line_id in kept,
            may_overlap_next=scene.may_overlap_next(at),
        )
        for at, (line, window) in enumerate(zip(scene.lines, windows, strict=True))
    ]


def _freeze(line: FitLine, placed: Placed | None) -> FitLine:
    """The line with nothing but the takes it has: the placed one, else all natural ones."""
    if placed is None:
        candidates = tuple(replace(c, spoken_rate=c.spoken_rate or 1.0) for c in line.candidates)
    else:
        candidates = (replace(placed.candidate, spoken_rate=placed.engine_rate),)
    return replace(line, candidates=candidates)


def _fixed(placed: Placed | None) -> Choice | None:
    if placed is None:
        return None
    return Choice(0, placed.first_frame, placed.end_frame, placed.rate)


def _place(line: FitLine, choice: Choice) -> Placed:
    candidate, rate = line.candidates[choice.candidate], choice.rate
    if candidate.spoken_rate is not None:
        stretch = rate / candidate.spoken_rate
    else:
        stretch = rate if 1 / STRETCH_REACH <= rate <= STRETCH_REACH else 1.0
    return Placed(line.line_id, candidate, choice.first_frame, choice.end_frame, rate, stretch)

"""The least costly way through an episode, line by line: dynamic programming over starts.

A state is the start of a line (or: left unplaced) together with the rate, in eight bins, at which
its character spoke last. The edge between two starts fixes the room of the earlier line, and so its
rate. Every state keeps its best path; rates of other characters are read off that path.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from silkreel.dubbing.fitting_cost import (
    FASTEST,
    GAP_FRAMES,
    MEANING_WEIGHT,
    SLOWEST,
    UNPLACED_COST,
    UNPLACED_KEPT_COST,
    Floats,
    Window,
    fill_rate,
    rate_bounds,
    rate_cost,
    start_cost,
    tail_cost,
)

RATE_BINS = 8
NO_RATE_BIN = RATE_BINS  # the character has not spoken yet
FAR_FRAMES = 10**9  # nothing comes after the last line
HAIR = 1e-9  # a length that differs by rounding only is the same length

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a line: which candidate, from when to when, how fast."""

    candidate: int
    first_frame: int
    end_frame: int
    rate: float


@dataclass(frozen=True, slots=True)
class Task:
    """A line as the search sees it: numbers only."""

    window: Window
    character: int
    lengths: tuple[float, ...]  # frames at natural rate, one per candidate
    losses: tuple[float, ...]
    spoken_rates: tuple[float | None, ...]
    fixed: Choice | None = None  # locked by a person
    kept: bool = False  # its take is there: leave it unplaced last
    may_overlap_next: bool = False


@dataclass(frozen=True, slots=True)
class _Slots:
    """Where a line can stand: its starts, and last the place of a line that is not spoken."""

    starts: Ints
    spoken: Bools
    fixed: bool

    def keep_off(self, free: int) -> Bools:
        """Places from a free frame on; what is not spoken, or locked, stands anyway."""
        return np.asarray((self.starts >= free) | ~self.spoken | np.bool_(self.fixed))


@dataclass(frozen=True, slots=True)
class _States:
    """The best ways up to a line, before its wording and the next start are chosen."""

    slot: Ints
    cost: Floats
    last: Floats  # (states, characters) ln of the last rate, nan before the first

    def only(self, chosen: Ints) -> "_States":
        """Some of the states."""
        return _States(self.slot[chosen], self.cost[chosen], self.last[chosen])


@dataclass(frozen=True, slots=True)
class _Edges:
    """All ways on from the states: (entries, next slots), with what each entry stands for."""

    state: Ints  # (entries,)
    candidate: Ints  # (entries,), -1: not spoken
    rate: Floats  # (entries, next slots)
    end: Ints
    cost: Floats  # inf where it cannot be

    def of_states(self, chosen: Ints) -> "_Edges":
        """The edges of some states, numbered as among all."""
        return replace(self, state=chosen[self.state])


@dataclass(frozen=True, slots=True)
class _Trace:
    """How each state of the next line was reached."""

    state: Ints
    candidate: Ints
    rate: Floats
    end: Ints


def search(tasks: list[Task]) -> tuple[list[Choice | None], float]:
    """A choice per task (None: it stays unplaced), and what they cost together."""
    if not tasks:
        return [], 0.0
    slots = [_slots(task) for task in tasks]
    characters = max(task.character for task in tasks) + 1
    count = len(slots[0].starts)
    states = _States(
        np.arange(count), np.zeros(count), np.full((count, characters), np.nan, dtype=np.float64)
    )
    history = [states]
    traces: list[_Trace] = []
    for at, task in enumerate(tasks):
        follow = slots[at + 1] if at + 1 < len(tasks) else _the_end()
        character = tasks[at + 1].character if at + 1 < len(tasks) else task.character
        edges = _edges(task, slots[at], states, follow)
        states, trace = _step(task, states, edges, character)
        history.append(states)
        traces.append(trace)
    return _walk_back(tasks, slots, history, traces), float(states.cost.min())


def _slots(task: Task) -> _Slots:
    if task.fixed is not None:
        return _Slots(np.array([task.fixed.first_frame]), np.array([True]), fixed=True)
    starts = np.array([*task.window.starts, task.window.first], dtype=np.int64)
    spoken = np.ones(len(starts), dtype=np.bool_)
    spoken[-1] = False
    return _Slots(starts, spoken, fixed=False)


def _the_end() -> _Slots:
    return _Slots(np.array([FAR_FRAMES]), np.array([True]), fixed=True)


def _edges(task: Task, slots: _Slots, states: _States, follow: _Slots) -> _Edges:
    """Every wording of every state, against every next start."""
    if task.fixed is not None:
        return _fixed_edges(task, task.fixed, states, follow)
    spoken = np.flatnonzero(slots.spoken[states.slot])
    silent = np.flatnonzero(~slots.spoken[states.slot])
    some = states.only(spoken)
    starts = slots.starts[some.slot]
    parts = [
        _spoken_edges(task, candidate, starts, some, follow).of_states(spoken)
        for candidate in range(len(task.lengths))
    ]
    parts.append(_silent_edges(task, states.only(silent), follow).of_states(silent))
    return _Edges(
        state=np.concatenate([part.state for part in parts]),
        candidate=np.concatenate([part.candidate for part in parts]),
        rate=np.concatenate([part.rate for part in parts]),
        end=np.concatenate([part.end for part in parts]),
        cost=np.concatenate([part.cost for part in parts]),
    )


def _spoken_edges(
    task: Task, candidate: int, starts: Ints, states: _States, follow: _Slots
) -> _Edges:
    """One wording from each of these states: (states, next slots)."""
    window, length = task.window, task.lengths[candidate]
    spoken_rate = task.spoken_rates[candidate]
    room_ends = _room_ends(task, follow)[None, :]
    room = room_ends - starts[:, None]
    fill = fill_rate(length, window, spoken_rate)
    rate = np.maximum(length / np.maximum(room, HAIR), fill)
    possible = (room >= 1) & (rate <= rate_bounds(spoken_rate)[1] + HAIR)
    possible &= follow.starts[None, :] >= starts[:, None]
    rate = np.where(possible, rate, 1.0)
    log_rate = np.log(rate)
    end = starts[:, None] + np.maximum(1, np.ceil(length / rate - HAIR)).astype(np.int64)
    possible &= end <= room_ends
    change = np.abs(log_rate - states.last[:, task.character, None])
    cost = rate_cost(log_rate) + tail_cost(end, window) + np.nan_to_num(change, nan=0.0)
    once = start_cost(starts, window) + MEANING_WEIGHT * task.losses[candidate]
    cost += (states.cost + once)[:, None]
    everyone = np.arange(len(starts))
    return _Edges(
        everyone, np.full(len(starts), candidate), rate, end, np.where(possible, cost, np.inf)
    )


def _room_ends(task: Task, follow: _Slots) -> Ints:
    """Latest end of the line for each place of the next one."""
    window = task.window
    ends = np.minimum(follow.starts - GAP_FRAMES, window.latest_end)
    if task.may_overlap_next:  # an interruption stays an interruption
        ends = np.maximum(ends, min(window.end, window.latest_end))
    return ends


def _silent_edges(task: Task, states: _States, follow: _Slots) -> _Edges:
    """The line is not spoken: its original sound stays, and others keep off it."""
    window = task.window
    free = window.first if task.may_overlap_next else window.end + GAP_FRAMES
    price = UNPLACED_KEPT_COST if task.kept else UNPLACED_COST
    silence = Choice(-1, window.first, window.end, 1.0)
    return _one_way(silence, follow.keep_off(free), states.cost + price)


def _fixed_edges(task: Task, fixed: Choice, states: _States, follow: _Slots) -> _Edges:
    """A locked line stands as it is; what comes next keeps off it, or is not spoken."""
    interrupted = task.may_overlap_next and fixed.end_frame <= task.window.end
    free = fixed.first_frame if interrupted else fixed.end_frame + GAP_FRAMES
    return _one_way(fixed, follow.keep_off(free), states.cost)


def _one_way(choice: Choice, possible: Bools, cost: Floats) -> _Edges:
    """Edges of a line that can be only one thing."""
    count, shape = len(cost), (len(cost), len(possible))
    return _Edges(
        state=np.arange(count),
        candidate=np.full(count, choice.candidate),
        rate=np.full(shape, choice.rate),
        end=np.full(shape, choice.end_frame, dtype=np.int64),
        cost=np.where(possible[None, :], cost[:, None], np.inf),
    )


def _step(
    task: Task, states: _States, edges: _Edges, next_character: int
) -> tuple[_States, _Trace]:
    """Keep the best edge into each pair of next slot and last rate of the next character."""
    entry, slot = np.nonzero(np.isfinite(edges.cost))
    cost, rate = edges.cost[entry, slot], edges.rate[entry, slot]
    last = states.last[edges.state[entry]]
    spoken = edges.candidate[entry] >= 0
    last[spoken, task.character] = np.log(rate[spoken])
    group = slot * (RATE_BINS + 1) + _bins(last[:, next_character])
    order = np.lexsort((cost, group))
    best = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    trace = _Trace(
        state=edges.state[entry[best]],
        candidate=edges.candidate[entry[best]],
        rate=rate[best],
        end=edges.end[entry, slot][best],
    )
    return _States(slot[best], cost[best], last[best]), trace


def _bins(log_rates: Floats) -> Ints:
    low, high = np.log(SLOWEST), np.log(FASTEST)
    share = (np.nan_to_num(log_rates, nan=low) - low) / (high - low)
    bins = np.clip((share * RATE_BINS).astype(np.int64), 0, RATE_BINS - 1)
    return np.where(np.isnan(log_rates), NO_RATE_BIN, bins)


def _walk_back(
    tasks: list[Task], slots: list[_Slots], history: list[_States], traces: list[_Trace]
) -> list[Choice | None]:
    choices: list[Choice | None] = []
    at_state = int(np.argmin(history[-1].cost))
    for at in reversed(range(len(tasks))):
        trace = traces[at]
        candidate, before = int(trace.candidate[at_state]), int(trace.state[at_state])
        start = int(slots[at].starts[history[at].slot[before]])
        end, rate = int(trace.end[at_state]), float(trace.rate[at_state])
        choices.append(None if candidate < 0 else Choice(candidate, start, end, rate))
        at_state = before
    return choices[::-1]

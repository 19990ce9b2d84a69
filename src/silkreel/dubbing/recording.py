"""A recording session: an episode's lines spoken in one language and fitted to the picture.

Of a line's wordings only the one that is expected to fit best is spoken first; another follows when
the measured length says so; and another rate is spoken only where stretching does not reach.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from types import MappingProxyType

from silkreel.dubbing.choosing import first_choice, next_choice
from silkreel.dubbing.fitting import (
    FitCandidate,
    FitLine,
    FitPlan,
    Overrun,
    Placed,
    fit,
    refit,
    window_frames,
)
from silkreel.dubbing.fitting_cost import TARGET_FASTEST
from silkreel.dubbing.pace import within_reach
from silkreel.dubbing.speaking import Take, perform
from silkreel.dubbing.studio import DubWording, LineToSpeak, Studio
from silkreel.engines.edges import NothingToSay
from silkreel.kit.sound import Sound

ROUNDS = 3  # one for each length there is

Progress = Callable[[int, int], None]  # lines spoken, lines there are
Spoken = tuple[str, str]  # a line's id and the text of a wording
FitAgain = Callable[[tuple[FitLine, ...]], FitPlan]


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that stays as it is: its place and its take."""

    placed: Placed
    take: Take


@dataclass(frozen=True, slots=True)
class Recording:
    """What was spoken for an episode in a language, and where it stands."""

    lines: tuple[FitLine, ...]  # with every wording that was spoken
    plan: FitPlan
    takes: Mapping[str, Take]  # by line: those that are placed
    naturals: Mapping[Spoken, Take]  # everything that was spoken at natural rate

    def sounds(self, sample_rate: int) -> dict[str, Sound]:
        """Every placed line as it is mixed, exactly as long as the plan says."""
        return {
            placed.line_id: perform(self.takes[placed.line_id], placed.length_seconds, sample_rate)
            for placed in self.plan.placed
        }


@dataclass(slots=True)
class _Session:
    """The work in hand: what was spoken, and what turned out to hold no sound."""

    studio: Studio
    lines: Sequence[LineToSpeak]
    frame_rate: Fraction
    length_frames: int
    locked: Mapping[str, Kept]
    naturals: dict[Spoken, Take] = field(default_factory=dict)
    mute: set[Spoken] = field(default_factory=set)
    takes: dict[str, Take] = field(default_factory=dict)  # of lines that keep theirs

    def speak(self, line: LineToSpeak, wording: DubWording) -> None:
        try:
            self.naturals[line.line_id, wording.text] = self.studio.speak(wording, line)
        except NothingToSay:
            self.mute.add((line.line_id, wording.text))

    def spoken(self, line: LineToSpeak) -> list[DubWording]:
        return [w for w in line.wordings if (line.line_id, w.text) in self.naturals]

    def untried(self, line: LineToSpeak) -> list[DubWording]:
        tried = self.mute | self.naturals.keys()
        return [w for w in line.wordings if (line.line_id, w.text) not in tried]

    def fit_line(self, line: LineToSpeak) -> FitLine:
        candidates = [
            FitCandidate(w.text, self.naturals[line.line_id, w.text].length_seconds, w.meaning_loss)
            for w in self.spoken(line)
        ]
        return FitLine(
            line.line_id, line.character, line.span, tuple(candidates),
            shot_end=line.shot_end, overlaps=line.overlaps, on_screen=line.on_screen,
        )  # fmt: skip

    def fit(
        self,
        fitted: tuple[FitLine, ...],
        before: FitPlan | None = None,
        edited: frozenset[str] = frozenset(),
    ) -> FitPlan:
        places = {line_id: kept.placed for line_id, kept in self.locked.items()}
        rate, length = self.frame_rate, self.length_frames
        if before is None:
            return fit(fitted, frame_rate=rate, length_frames=length, locked=places)
        return refit(fitted, before, edited, frame_rate=rate, length_frames=length, locked=places)


def speak_language(
    studio: Studio,
    lines: Sequence[LineToSpeak],
    *,
    frame_rate: Fraction,
    length_frames: int,
    locked: Mapping[str, Kept] = MappingProxyType({}),
    progress: Progress | None = None,
) -> Recording:
    """Speak and fit an episode's lines; safe to run again, takes that are there are not remade.

    A line without wordings waits, and one whose text holds no sound waits like it. What is too long
    in every wording stands in the plan's `needs_wording`: word it again and call this again.
    """
    session = _Session(studio, lines, frame_rate, length_frames, locked)
    _first_round(session, progress)
    for _ in range(ROUNDS):
        fitted = tuple(session.fit_line(line) for line in lines)
        plan = session.fit(fitted)
        chosen = _better_wordings(session, plan)
        for line, wording in chosen:
            session.speak(line, wording)
        if not chosen:
            break
    return _at_their_rates(session, fitted, plan, session.fit)


def speak_again(
    studio: Studio,
    lines: Sequence[LineToSpeak],
    before: Recording,
    edited: frozenset[str],
    *,
    frame_rate: Fraction,
    length_frames: int,
    locked: Mapping[str, Kept] = MappingProxyType({}),
) -> Recording:
    """Speak the edited lines only: every other keeps its take and may move and stretch."""
    session = _Session(studio, lines, frame_rate, length_frames, locked)
    known = {line.line_id: line for line in before.lines if line.line_id not in edited}
    for line in lines:
        if line.line_id not in known and line.line_id not in locked:
            for wording in line.wordings:
                session.speak(line, wording)
    session.naturals |= {s: t for s, t in before.naturals.items() if s[0] in known}
    session.takes |= {k: take for k, take in before.takes.items() if k in known}
    fitted = tuple(known.get(line.line_id) or session.fit_line(line) for line in lines)
    fresh = frozenset(line.line_id for line in lines) - known.keys()
    fit_again = partial(session.fit, before=before.plan, edited=fresh)
    return _at_their_rates(session, fitted, fit_again(fitted), fit_again)


def _first_round(session: _Session, progress: Progress | None) -> None:
    """Speak of each line what is expected to fit; what comes out sharpens the next expectation."""
    silent = tuple(session.fit_line(line) for line in session.lines)
    windows = window_frames(
        silent, frame_rate=session.frame_rate, length_frames=session.length_frames
    )
    for at, (line, window) in enumerate(zip(session.lines, windows, strict=True)):
        if line.wordings and line.line_id not in session.locked:
            seconds = float(window / session.frame_rate)
            expected = partial(session.studio.seconds_for, line.voice)
            session.speak(line, first_choice(line.wordings, seconds, expected))
        if progress is not None:
            progress(at + 1, len(session.lines))


def _better_wordings(session: _Session, plan: FitPlan) -> list[tuple[LineToSpeak, DubWording]]:
    """For lines that did not come out well, a wording that is expected to be much better."""
    chosen = []
    for line in session.lines:
        untried, spoken = session.untried(line), session.spoken(line)
        if not untried or line.line_id in session.locked:
            continue
        expected = partial(session.studio.seconds_for, line.voice)
        if not spoken:
            better: DubWording | None = min(untried, key=expected)
        else:
            now, rate = _as_it_stands(line, spoken, plan, session)
            better = next_choice(untried, now, rate, expected)
        if better is not None:
            chosen.append((line, better))
    return chosen


def _as_it_stands(
    line: LineToSpeak, spoken: Sequence[DubWording], plan: FitPlan, session: _Session
) -> tuple[DubWording, float]:
    """The wording that stands for the line, and its rate: the rate it would need, if unplaced."""
    lengths = {w: session.naturals[line.line_id, w.text].length_seconds for w in spoken}
    placed = plan.find(line.line_id)
    if placed is not None:
        now = next(w for w in spoken if w.text == placed.candidate.wording)
        span_seconds = float(line.span.length_frames / session.frame_rate)
        needed = lengths[now] / span_seconds  # a line that was slowed may leave room besides
        return now, min(placed.rate, needed) if placed.rate < 1 else placed.rate
    shortest = min(spoken, key=lambda w: lengths[w])
    over = next((o for o in plan.needs_wording if o.line_id == line.line_id), Overrun("", 0.0))
    room = lengths[shortest] / TARGET_FASTEST - over.seconds
    return shortest, lengths[shortest] / max(room, lengths[shortest] / 10)


def _at_their_rates(
    session: _Session, fitted: tuple[FitLine, ...], plan: FitPlan, fit_again: FitAgain
) -> Recording:
    """Speak again what must be faster or slower than stretching reaches.

    A voice that cannot reach its rate is fitted once more with the take it could give.
    """
    given = dict(session.takes)
    lines = fitted
    for _ in range(ROUNDS):
        takes = {p.line_id: given.get(p.line_id) or _take_for(session, p) for p in plan.placed}
        missed = {
            p.line_id: p
            for p in plan.placed
            if p.line_id not in session.locked and not within_reach(_stretch(p, takes[p.line_id]))
        }
        if not missed:
            break
        given |= {line_id: takes[line_id] for line_id in missed}
        lines = tuple(
            _only_as_spoken(line, missed[line.line_id], given[line.line_id])
            if line.line_id in missed
            else line
            for line in lines
        )
        plan = fit_again(lines)
    placed = tuple(replace(p, stretch=_stretch(p, takes[p.line_id])) for p in plan.placed)
    return Recording(fitted, replace(plan, placed=placed), takes, session.naturals)


def _only_as_spoken(line: FitLine, placed: Placed, take: Take) -> FitLine:
    spoken_rate = placed.candidate.natural_seconds / take.length_seconds
    return replace(line, candidates=(replace(placed.candidate, spoken_rate=spoken_rate),))


def _take_for(session: _Session, placed: Placed) -> Take:
    if placed.line_id in session.locked:
        return session.locked[placed.line_id].take
    take = session.naturals[placed.line_id, placed.candidate.wording]
    return take if placed.engine_rate == 1.0 else session.studio.speak_at(take, placed.rate)


def _stretch(placed: Placed, take: Take) -> float:
    return placed.rate * take.length_seconds / placed.candidate.natural_seconds

"""A fitted dub sits on the picture: what may never happen, and what it prefers."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import ceil, log

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from silkreel.dubbing.fitting import (
    FitCandidate,
    FitLine,
    FitPlan,
    Placed,
    fit,
    overlap_in_source,
    refit,
    window_frames,
)
from silkreel.dubbing.fitting_cost import (
    FILL_SLOWEST,
    GAP_FRAMES,
    LEAD_FRAMES,
    STRETCH_REACH,
    UNPLACED_COST,
)
from silkreel.kit.spans import Span

RATE = Fraction(25)
FAR = 100_000


def line(
    line_id: str,
    first: int,
    end: int,
    *seconds: float,
    character: str = "Mei",
    losses: tuple[float, ...] = (0.0, 0.25, 0.6),
    **more,
) -> FitLine:
    candidates = tuple(
        FitCandidate(f"{line_id} wording {number}", length, loss)
        for number, (length, loss) in enumerate(zip(seconds, losses, strict=False))
    )
    return FitLine(line_id, character, Span(first, end), candidates, **more)


def fitted(*lines: FitLine, length_frames: int = FAR, **more) -> FitPlan:
    return fit(lines, frame_rate=RATE, length_frames=length_frames, **more)


@st.composite
def scenes(draw, *, overlaps: bool = True, least_start: int = 0) -> tuple[FitLine, ...]:
    """Lines in order: abutting, apart or at once; wordings too short, fitting, hopeless."""
    made, clock = [], least_start + draw(st.integers(0, 40))
    for number in range(draw(st.integers(1, 7))):
        length = draw(st.integers(4, 70))
        natural = draw(st.floats(0.3, 2.0)) * length / 25
        shares = draw(st.sampled_from([(1.0,), (1.0, 0.8), (1.0, 0.8, 0.6), ()]))
        made.append(
            line(
                f"l{number}", clock, clock + length, *(natural * share for share in shares),
                character=draw(st.sampled_from("ABC")), on_screen=draw(st.booleans()),
                shot_end=draw(st.none() | st.integers(clock, clock + length + 20)),
            )
        )  # fmt: skip
        gap = draw(st.sampled_from([0, 0, 1, 2, 5, 12, 40]))
        if overlaps and draw(st.integers(0, 3)) == 0:
            gap = -draw(st.integers(0, length - 1))
        clock += length + gap
    return tuple(made)


def check(
    lines: tuple[FitLine, ...],
    plan: FitPlan,
    length_frames: int,
    fixed: frozenset[str] = frozenset(),
) -> None:
    """Everything that holds for every plan; `fixed` lines stand where they were put."""
    known = {one.line_id: one for one in lines}
    for place in plan.placed:
        one = known[place.line_id]
        frames = place.candidate.natural_seconds * float(RATE) / place.rate
        assert place.end_frame - place.first_frame == max(1, ceil(frames - 1e-6)), "cut or padded"
        assert 0.85 <= place.rate <= 1.25 + 1e-9
        assert place.first_frame >= 0
        assert place.first_frame >= one.span.first_frame - LEAD_FRAMES
        assert place.end_frame <= length_frames, "the picture grew"
    for before, after in combinations(plan.placed, 2):
        first, second = known[before.line_id], known[after.line_id]
        assert before.first_frame <= after.first_frame, "the order changed"
        if not overlap_in_source(first, second):
            assert before.end_frame + GAP_FRAMES <= after.first_frame, "talk-over"
        elif before.end_frame + GAP_FRAMES > after.first_frame:
            assert before.end_frame <= first.span.end_frame, "the interruption grew"
    placed = [place.line_id for place in plan.placed]
    assert placed == [one.line_id for one in lines if one.line_id in placed]
    unplaced = {one.line_id for one in lines} - set(placed)
    assert unplaced == {o.line_id for o in plan.needs_wording} | set(plan.waiting)
    for place in (place for place in plan.placed if place.line_id not in fixed):
        for one in lines:  # the original of a line that is not spoken is heard in its span
            if one.line_id not in unplaced or one.span.overlap_frames(known[place.line_id].span):
                continue  # what talks at once in the original may do so here
            span = Span(place.first_frame, place.end_frame)
            assert not span.overlap_frames(one.span), "over a line that kept its original"


@settings(max_examples=300, deadline=None)
@given(scenes(), st.integers(-30, 60))
def test_every_plan_keeps_the_rules(lines, after):
    length_frames = max(1, max(one.span.end_frame for one in lines) + after)
    plan = fitted(*lines, length_frames=length_frames)
    check(lines, plan, length_frames)


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_a_plan_is_a_pure_function_of_its_input(lines):
    assert fitted(*lines) == fitted(*lines)


@settings(max_examples=150, deadline=None)
@given(scenes(least_start=10), st.integers(1, 5000))
def test_moving_all_times_moves_the_plan_by_as_much(lines, shift):
    moved = tuple(
        replace(
            one,
            span=Span(one.span.first_frame + shift, one.span.end_frame + shift),
            shot_end=None if one.shot_end is None else one.shot_end + shift,
        )
        for one in lines
    )
    here, there = fitted(*lines), fitted(*moved)
    assert there.placed == tuple(
        replace(p, first_frame=p.first_frame + shift, end_frame=p.end_frame + shift)
        for p in here.placed
    )
    assert (there.needs_wording, there.tight) == (here.needs_wording, here.tight)


@settings(max_examples=150, deadline=None)
@given(scenes(), st.data())
def test_one_edit_changes_one_take(lines, data):
    length_frames = max(one.span.end_frame for one in lines) + 20
    before = fitted(*lines, length_frames=length_frames)
    at = data.draw(st.integers(0, len(lines) - 1))
    seconds = data.draw(st.floats(0.2, 4.0))
    edited = replace(lines[at], candidates=(FitCandidate("new words", seconds),))
    changed = (*lines[:at], edited, *lines[at + 1 :])
    after = refit(
        changed, before, frozenset({edited.line_id}), frame_rate=RATE, length_frames=length_frames
    )
    fixed = frozenset(p.line_id for p in after.placed if p == before.find(p.line_id))
    check(changed, after, length_frames, fixed)
    for place in after.placed:
        old = before.find(place.line_id)
        if place.line_id == edited.line_id or old is None:
            continue
        assert place.candidate.wording == old.candidate.wording
        assert place.engine_rate == pytest.approx(old.engine_rate), "another take is needed"
        assert 1 / STRETCH_REACH - 1e-6 <= place.stretch <= STRETCH_REACH + 1e-6
    lost = {p.line_id for p in before.placed} - {p.line_id for p in after.placed}
    assert lost <= {edited.line_id}, "an edit pushed another line out"


@settings(max_examples=150, deadline=None)
@given(scenes(), st.data())
def test_a_locked_line_does_not_move(lines, data):
    length_frames = max(one.span.end_frame for one in lines) + 20
    before = fitted(*lines, length_frames=length_frames)
    assume(before.placed)
    locked = {p.line_id: p for p in data.draw(st.sets(st.sampled_from(before.placed), min_size=1))}
    longer = tuple(
        one
        if one.line_id in locked
        else replace(
            one,
            candidates=tuple(
                replace(c, natural_seconds=c.natural_seconds * 1.3) for c in one.candidates
            ),
        )
        for one in lines
    )
    after = fitted(*longer, length_frames=length_frames, locked=locked)
    check(longer, after, length_frames, frozenset(locked))
    for line_id, place in locked.items():
        assert after.find(line_id) == place


@settings(max_examples=60, deadline=None)
@given(scenes(overlaps=False))
def test_no_cheaper_plan_is_found_by_trying_everything(lines):
    lines = tuple(replace(one, character="A") for one in lines[:3])
    found = fitted(*lines)
    best = min(_cost_of(lines, ways) for ways in product(*(_ways(one) for one in lines)))
    # Rates of a character are remembered in eight bins: that much may be lost per line.
    assert found.cost <= best + 0.05 * len(lines)
    assert found.cost >= best - 1e-6


def _ways(one: FitLine):
    a = one.span.first_frame
    starts = [start for start in range(a - 3, a + 7) if start >= 0]
    return [None, *product(one.candidates, starts)]


def _cost_of(lines, ways) -> float:
    """The cost by the formulas of the design, written again; infinite where a rule is broken."""
    total, last = 0.0, None
    for number, (one, way) in enumerate(zip(lines, ways, strict=True)):
        a, b = one.span.first_frame, one.span.end_frame
        after = lines[number + 1] if number + 1 < len(lines) else None
        follow = FAR if after is None else after.span.first_frame
        if after is not None and ways[number + 1] is not None:
            follow = ways[number + 1][1]
        if way is None:
            total += UNPLACED_COST
            if after is not None and ways[number + 1] is not None and follow < b + 2:
                return float("inf")
            continue
        candidate, start = way
        tail = 12
        if not one.on_screen or (one.shot_end is not None and b <= one.shot_end < b + 12):
            tail = 38
        n = candidate.natural_seconds * 25
        room = min(follow - 2, b + 38) - start
        if room < 1 or n / room > 1.25 or follow < start:
            return float("inf")
        rate = max(n / room, FILL_SLOWEST, min(1.0, n / (b - a)))
        end = start + max(1, ceil(n / rate - 1e-9))
        total += 8 * max(0, log(rate) / log(1.12)) ** 2
        total += 2 * max(0, -log(rate) / log(1 / 0.9)) ** 2
        total += ((start - a) / 3) ** 2 + 0.5 * (max(0, end - b) / tail) ** 2
        total += 4 * candidate.meaning_loss
        total += 0 if last is None else abs(log(rate) - last)
        last = log(rate)
    return total


def test_a_line_that_fits_starts_with_the_mouth_and_keeps_its_pace():
    (place,) = fitted(line("a", 100, 150, 2.0)).placed
    assert (place.first_frame, place.end_frame, place.rate) == (100, 150, 1.0)


def test_a_short_line_is_slowed_as_far_as_stretching_reaches():
    (place,) = fitted(line("a", 100, 150, 1.0)).placed
    assert place.rate == place.stretch == pytest.approx(1 / STRETCH_REACH)


def test_a_line_that_is_little_too_long_borrows_before_it_hurries():
    (place,) = fitted(line("a", 100, 150, 2.2)).placed
    assert place.end_frame > 150
    assert place.rate < 1.05


def test_a_shorter_wording_is_taken_where_the_literal_one_would_race():
    (place,) = fitted(line("a", 100, 130, 2.0, 1.4), line("b", 131, 160)).placed
    assert place.candidate.meaning_loss == 0.25


def test_the_full_wording_is_kept_where_it_fits():
    (place,) = fitted(line("a", 100, 150, 2.0, 1.5, 1.0)).placed
    assert place.candidate.meaning_loss == 0


def test_a_rate_beyond_stretching_is_asked_of_the_engine():
    (place,) = fitted(line("a", 100, 140, 1.85), line("b", 140, 180)).placed
    assert place.rate > STRETCH_REACH
    assert place.stretch == 1.0
    assert place.engine_rate == place.rate


def test_what_fits_in_no_wording_waits_and_says_how_much_too_long_it_is():
    plan = fitted(line("a", 100, 150, 2.0), line("b", 152, 172, 3.0, 2.5), line("c", 174, 224, 2.0))
    assert [place.line_id for place in plan.placed] == ["a", "c"]
    (overrun,) = plan.needs_wording
    assert overrun.line_id == "b"
    assert overrun.seconds == pytest.approx(2.5 / 1.12 - 20 / 25, abs=0.25)


def test_a_line_that_had_to_hurry_is_named_too():
    plan = fitted(line("a", 100, 130, 1.5), line("b", 130, 160))
    assert [o.line_id for o in plan.tight] == [p.line_id for p in plan.placed if p.rate > 1.12]
    assert plan.tight[0].seconds > 0


def test_a_line_without_wordings_waits_and_its_original_is_left_alone():
    plan = fitted(line("a", 100, 150, 2.3), line("b", 150, 180), line("c", 180, 230, 2.0))
    assert plan.waiting == ("b",)
    first, last = plan.placed
    assert first.end_frame <= 148
    assert last.first_frame >= 182


def test_an_interruption_stays_an_interruption():
    plan = fitted(
        line("a", 100, 160, 2.4, character="Mei"), line("b", 140, 180, 1.6, character="Gu")
    )
    long, interruption = plan.placed
    assert long.end_frame == 160
    assert interruption.first_frame < 160


def test_a_long_line_does_not_run_into_the_line_after_its_interruption():
    plan = fitted(
        line("a", 100, 200, 4.6, character="Mei"),
        line("b", 120, 140, 0.8, character="Gu"),
        line("c", 201, 240, 1.5, character="Mei"),
    )
    places = {place.line_id: place for place in plan.placed}
    assert places["a"].end_frame + GAP_FRAMES <= places["c"].first_frame


def test_off_screen_a_line_may_end_later():
    seen, unseen = (
        fitted(line("a", 100, 130, 1.9, on_screen=on_screen)) for on_screen in (True, False)
    )
    cut_away = fitted(line("a", 100, 130, 1.9, shot_end=133))
    assert unseen.placed[0].end_frame > seen.placed[0].end_frame
    assert cut_away.placed == unseen.placed


def test_a_seen_mouth_may_be_passed_in_need_and_the_line_is_named_for_it():
    plan = fitted(line("a", 100, 130, 2.4))
    (place,) = plan.placed
    assert 142 < place.end_frame <= 168
    assert [o.line_id for o in plan.tight] == ["a"]
    assert not fitted(line("a", 100, 130, 2.4, on_screen=False)).tight


def test_speech_ends_with_the_picture():
    plan = fitted(line("a", 100, 150, 2.1), length_frames=150)
    assert plan.placed[0].end_frame <= 150


def test_a_kept_take_is_stretched_but_never_spoken_again():
    one = line("a", 100, 150, 2.4)
    before = FitPlan((Placed("a", one.candidates[0], 100, 150, 1.2, 1.0),))
    (place,) = refit(
        (one,), before, frozenset(), frame_rate=RATE, length_frames=FAR
    ).placed  # fmt: skip
    assert place.engine_rate == pytest.approx(1.2)
    assert place.stretch >= 1 / STRETCH_REACH - 1e-9


def test_the_window_reaches_from_the_line_before_to_the_line_after():
    lines = (line("a", 100, 150, 1.0), line("b", 155, 200, 1.0), line("c", 205, 220, 1.0))
    assert window_frames(lines, frame_rate=RATE, length_frames=FAR)[1] == 203 - 152


def test_an_episode_of_a_hundred_lines_is_planned_at_once():
    lines = tuple(
        line(f"l{n}", 60 * n, 60 * n + 55, 2.4, 2.1, 1.8, character="ABC"[n % 3])
        for n in range(100)
    )
    plan = fitted(*lines)
    assert len(plan.placed) == 100
    assert all(before.end_frame < after.first_frame for before, after in pairwise(plan.placed))


@pytest.mark.parametrize(
    "lines",
    [
        (line("a", 50, 60, 1.0), line("b", 10, 20, 1.0)),
        (line("a", 10, 20, 1.0), line("a", 50, 60, 1.0)),
    ],
)
def test_lines_out_of_order_or_of_one_id_are_a_mistake(lines):
    with pytest.raises(ValueError, match="line"):
        fitted(*lines)


def test_no_lines_make_an_empty_plan():
    assert fitted() == FitPlan(())

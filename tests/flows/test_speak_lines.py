"""Which lines are worded again, and how much room translators are told there is."""

from fractions import Fraction
from types import SimpleNamespace

from silkreel.dubbing.estimating import LengthEstimator, allowance_characters
from silkreel.dubbing.fitting import FitCandidate, FitLine, fit
from silkreel.flows.dub_parts import DubParts
from silkreel.flows.speak_lines import to_reword
from silkreel.flows.translate_lines import lines_to_word
from silkreel.kit.spans import Span

RATE = Fraction(25)


def spoken(name, first, end, seconds):
    return FitLine(name, "Mei", Span(first, end), (FitCandidate("words", seconds),))


def test_lines_that_hurry_are_asked_to_be_reworded_like_those_that_fit_nowhere():
    easy, hurried, hopeless = (
        spoken("a", 0, 50, 1.5),
        spoken("b", 60, 110, 2.6),
        spoken("c", 113, 138, 4),
    )
    plan = fit((easy, hurried, hopeless), frame_rate=RATE, length_frames=150)
    assert [each.line_id for each in plan.tight] == ["b"]
    assert [each.line_id for each in plan.needs_wording] == ["c"]
    asked = to_reword(plan)
    assert set(asked) == {"b", "c"}
    assert 0 < asked["b"] < asked["c"]


def row(name, first, end, *, dubbed=True):
    return SimpleNamespace(
        id=name, first_frame=first, end_frame=end, dubbed=dubbed, character_id="mei",
        source_text="你好", source_hash="h", hint="", position=first, retired=False,
    )  # fmt: skip


def parts(*lines, frames=1000):
    episode = SimpleNamespace(frame_rate="25", frame_count=frames)
    return DubParts(SimpleNamespace(), episode, lines, {}, {}, {"mei": "Mei"}, {}, None)


def allowed(lines):
    return {line.line_id: line.allowance_characters for line in lines}


def test_a_line_may_use_the_air_that_its_neighbours_leave():
    crowded = allowed(lines_to_word(parts(row("a", 100, 150), row("b", 152, 200)), "en"))
    alone = allowed(lines_to_word(parts(row("a", 100, 150), row("b", 400, 450)), "en"))
    assert alone["a"] > crowded["a"]
    # 3 frames before and 12 behind: what the fitting calls the line's window
    assert alone["a"] == allowance_characters(65 / 25, LengthEstimator("en"))


def test_a_cut_behind_a_line_hides_the_mouth_and_leaves_more_room():
    lines = parts(row("a", 100, 150))
    assert (
        allowed(lines_to_word(lines, "en", (155,)))["a"] > allowed(lines_to_word(lines, "en"))["a"]
    )


def test_a_caption_that_nobody_speaks_has_no_allowance():
    lines = lines_to_word(parts(row("a", 100, 150, dubbed=False)), "en")
    assert allowed(lines) == {"a": None}

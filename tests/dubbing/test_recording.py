"""An episode is spoken with as little speech as possible, and one edit makes one line's takes."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from humming import VOICE, Humming
from silkreel.dubbing.choosing import first_choice, next_choice
from silkreel.dubbing.fitting_cost import STRETCH_REACH
from silkreel.dubbing.plans import TakeLost, plan_from_json, recording_from_json, recording_to_json
from silkreel.dubbing.recording import Kept, speak_again, speak_language
from silkreel.dubbing.studio import DubWording, LineToSpeak, Studio
from silkreel.kit.spans import Span

RATE = Fraction(25)
LENGTHS = ("full", "compact", "short")


def words(letters: int) -> str:
    return "m" * letters


def line(name: str, first: int, end: int, *letters: int, **more) -> LineToSpeak:
    """A line with wordings of so many letters; Humming takes a tenth of a second for each."""
    wordings = tuple(
        DubWording(words(count) + name, length)
        for count, length in zip(letters, LENGTHS, strict=False)
    )
    return LineToSpeak(name, "Mei", Span(first, end), VOICE, wordings, **more)


def spoken(speaker: Humming, workshop, *lines: LineToSpeak, **more):
    studio = Studio(workshop, {"hum": speaker})
    return speak_language(studio, lines, frame_rate=RATE, length_frames=2000, **more)


def warm(count: int = 12) -> list[LineToSpeak]:
    """Lines that fit well, from which the voice's length is learnt."""
    return [line(f"w{chr(97 + n)}", 100 * n, 100 * n + 50, 18) for n in range(count)]


@pytest.fixture
def speaker() -> Humming:
    return Humming()


def test_lines_that_fit_are_spoken_exactly_once(workshop, speaker):
    made = spoken(speaker, workshop, *warm())
    assert len(made.plan.placed) == 12
    assert len(speaker.asked) == 12
    assert set(speaker.asked) == {1.0}


def test_only_the_wording_that_may_fit_is_spoken(workshop, speaker):
    crowded = line("x", 1200, 1250, 60, 19, 10)
    made = spoken(speaker, workshop, *warm(), crowded)
    assert made.plan.find("x").candidate.wording == crowded.wordings[1].text
    assert len(speaker.asked) == 13


def test_a_shorter_wording_follows_when_the_measured_one_is_too_long(workshop, speaker):
    fooled = replace(
        line("x", 1200, 1230, 20),
        wordings=(DubWording("mm " * 3 + words(25)), DubWording(words(9), "short")),
    )
    made = spoken(speaker, workshop, fooled, line("y", 1231, 1260, 9))
    assert made.plan.find("x").candidate.wording == words(9)


def test_what_no_wording_fits_waits_and_the_rest_goes_on(workshop, speaker):
    made = spoken(
        speaker, workshop, line("a", 0, 50, 18), line("b", 52, 72, 60, 50), line("c", 74, 124, 18)
    )
    assert [p.line_id for p in made.plan.placed] == ["a", "c"]
    assert [o.line_id for o in made.plan.needs_wording] == ["b"]
    assert set(made.takes) == {"a", "c"}


def test_a_line_without_words_or_without_sound_waits(workshop, speaker):
    mute = replace(line("b", 60, 100), wordings=(DubWording("…!"),))
    made = spoken(speaker, workshop, line("a", 0, 50, 18), mute, line("c", 110, 150))
    assert made.plan.waiting == ("b", "c")


def test_every_placed_line_is_as_long_as_the_plan_says(workshop):
    speaker = Humming(answer=0.7)
    lines = [line("a", 0, 40, 20), line("b", 41, 81, 20), line("c", 82, 122, 19)]
    made = spoken(speaker, workshop, *lines)
    sounds = made.sounds(48_000)
    assert any(place.rate > STRETCH_REACH for place in made.plan.placed)
    for place in made.plan.placed:
        assert 1 / STRETCH_REACH - 1e-6 <= place.stretch <= STRETCH_REACH + 1e-6
        room = (place.end_frame - place.first_frame) / 25
        assert sounds[place.line_id].length_seconds <= room + 1 / 48_000
        assert sounds[place.line_id].length_seconds > room - 1 / 25 - 1 / 48_000


def test_a_voice_that_cannot_hurry_is_fitted_with_what_it_gives(workshop):
    speaker = Humming(answer=0.0)
    lines = [line("a", 0, 40, 20), line("b", 41, 81, 20), line("c", 82, 122, 19)]
    made = spoken(speaker, workshop, *lines)
    for place in made.plan.placed:
        assert 1 / STRETCH_REACH - 1e-6 <= place.stretch <= STRETCH_REACH + 1e-6
    assert made.plan.needs_wording


def test_running_it_again_speaks_nothing(workshop, speaker):
    lines = [*warm(), line("x", 1200, 1230, 17, 12)]
    first = spoken(speaker, workshop, *lines)
    speaker.asked.clear()
    assert spoken(speaker, workshop, *lines) == first
    assert not speaker.asked


def test_one_edit_makes_one_lines_takes(workshop, speaker):
    lines = [*warm(), line("x", 1200, 1250, 18), line("y", 1252, 1300, 18)]
    before = spoken(speaker, workshop, *lines)
    speaker.texts.clear()
    edited = replace(lines[12], wordings=(DubWording("new words are here"),))
    after = speak_again(
        Studio(workshop, {"hum": speaker}),
        [*lines[:12], edited, lines[13]],
        before,
        frozenset({"x"}),
        frame_rate=RATE,
        length_frames=2000,
    )
    assert set(speaker.texts) == {"new words are here"}
    assert {k: t.key for k, t in after.takes.items() if k != "x"} == {
        k: t.key for k, t in before.takes.items() if k != "x"
    }
    assert after.plan.find("x").candidate.wording == "new words are here"


def test_a_locked_line_is_neither_spoken_nor_moved(workshop, speaker):
    lines = warm(4)
    before = spoken(speaker, workshop, *lines)
    kept = Kept(before.plan.placed[1], before.takes["wb"])
    speaker.texts.clear()
    changed = [replace(one, wordings=(DubWording("quite other words"),)) for one in lines]
    after = spoken(speaker, workshop, *changed, locked={"wb": kept})
    assert after.plan.find("wb").first_frame == kept.placed.first_frame
    assert after.takes["wb"] == kept.take
    assert len(speaker.texts) == 1, "the same words by the same voice are one take"


def test_a_recording_is_kept_as_json_and_taken_up_again(workshop, speaker):
    made = spoken(
        speaker, workshop, *warm(), line("x", 1200, 1230, 17, 12), line("y", 1240, 1245, 40)
    )
    value = json.loads(json.dumps(recording_to_json(made)))
    assert recording_from_json(workshop, value) == made
    assert plan_from_json(value) == made.plan
    made.takes["wa"].path.unlink()
    with pytest.raises(TakeLost, match="wa"):
        recording_from_json(workshop, value)


def test_progress_names_the_lines_done(workshop, speaker):
    seen = []
    spoken(speaker, workshop, *warm(3), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_fullest_wording_that_fits_is_chosen_first():
    full, compact, short = (
        DubWording(words(n), kind) for n, kind in zip((30, 20, 10), LENGTHS, strict=True)
    )
    seconds = lambda wording: len(wording.text) / 10  # noqa: E731
    wordings = (full, compact, short)
    assert first_choice(wordings, 3.2, seconds) == full
    assert first_choice(wordings, 2.1, seconds) == compact
    assert first_choice(wordings, 0.2, seconds) == short
    assert next_choice((short,), compact, 1.05, seconds) is None
    assert next_choice((short,), compact, 1.2, seconds) == short
    assert next_choice((full,), short, 0.33, seconds) == full


def test_a_fuller_wording_follows_when_there_is_much_more_room_than_expected(workshop, speaker):
    # Figures are expected to take long, and are not hummed at all.
    full, short = words(20) + " 1" * 8, words(8) + " 1" * 4
    roomy = replace(line("x", 1200, 1290), wordings=(DubWording(full), DubWording(short, "short")))
    made = spoken(speaker, workshop, roomy, line("y", 1291, 1330, 10))
    assert speaker.texts[0] == short
    assert made.plan.find("x").candidate.wording == full

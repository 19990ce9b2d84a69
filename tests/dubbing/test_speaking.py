"""Takes are spoken once, trimmed and measured; a rate is reached with few syntheses."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from humming import VOICE, Humming
from silkreel.dubbing.fitting_cost import STRETCH_REACH
from silkreel.dubbing.pace import Pace
from silkreel.dubbing.speaking import find_take, perform, speak_at_rate, speak_take, take_key
from silkreel.engines.edges import NothingToSay


def test_a_take_is_trimmed_before_it_is_measured(workshop):
    take = speak_take(workshop, Humming(), "twenty letters are in it", VOICE)
    assert take.length_seconds == pytest.approx(2.0, abs=0.06)
    assert take.read().length_seconds == pytest.approx(take.length_seconds, abs=1e-4)
    assert take.path.suffix == ".flac"


def test_the_same_words_are_spoken_once(workshop):
    speaker = Humming()
    takes = [speak_take(workshop, speaker, "never twice", VOICE) for _ in range(3)]
    assert len(speaker.asked) == 1
    assert takes[0] == takes[1] == takes[2]
    assert find_take(workshop, takes[0].key) == takes[0]
    assert find_take(workshop, "0" * 64) is None


def test_whatever_changes_the_sound_changes_the_key():
    card = Humming().card
    keys = [
        take_key(card, "text", VOICE, 1.0, 0),
        take_key(card, "other", VOICE, 1.0, 0),
        take_key(card, "text", replace(VOICE, pitch_semitones=1.5), 1.0, 0),
        take_key(card, "text", replace(VOICE, preset="high"), 1.0, 0),
        take_key(card, "text", VOICE, 1.1, 0),
        take_key(card, "text", VOICE, 1.0, 7),
        take_key(replace(card, version="2"), "text", VOICE, 1.0, 0),
        take_key(replace(card, model_sha256="ab"), "text", VOICE, 1.0, 0),
    ]
    assert len(set(keys)) == len(keys)
    assert take_key(card, " text ", VOICE, 1.0004, 0) == keys[0]


def test_silence_is_no_take(workshop):
    with pytest.raises(NothingToSay):
        speak_take(workshop, Humming(), "…", VOICE)


@pytest.mark.parametrize("wanted", [0.95, 1.0, 1.05, 1.08])
def test_what_stretching_reaches_is_not_spoken_again(workshop, wanted):
    speaker = Humming()
    natural = speak_take(workshop, speaker, "a line of some words", VOICE)
    take, _ = speak_at_rate(workshop, speaker, natural, wanted, Pace())
    assert take == natural
    assert len(speaker.asked) == 1


@pytest.mark.parametrize("answer", [0.5, 0.75, 1.0, 1.3])
@pytest.mark.parametrize("wanted", [0.86, 1.12, 1.2, 1.25])
def test_a_rate_is_reached_with_few_syntheses(workshop, answer, wanted):
    speaker = Humming(answer)
    natural = speak_take(workshop, speaker, "a line of some more words than before", VOICE)
    take, pace = speak_at_rate(workshop, speaker, natural, wanted, Pace())
    rest = wanted * take.length_seconds / natural.length_seconds
    assert 1 / STRETCH_REACH - 1e-6 <= rest <= STRETCH_REACH + 1e-6
    assert len(speaker.asked) <= 4
    again = speak_take(workshop, speaker, "other words of the same voice", VOICE)
    speaker.asked.clear()
    speak_at_rate(workshop, speaker, again, wanted, pace)
    assert len(speaker.asked) == 1, "what the voice gave is remembered"


def test_an_engine_that_cannot_change_its_pace_gives_its_best(workshop):
    speaker = Humming(answer=0.0)
    natural = speak_take(workshop, speaker, "always the same pace", VOICE)
    take, _ = speak_at_rate(workshop, speaker, natural, 1.25, Pace())
    assert take.length_seconds == pytest.approx(natural.length_seconds, abs=0.02)
    assert len(speaker.asked) <= 4


def test_a_take_is_performed_to_the_sample(workshop):
    take = speak_take(workshop, Humming(), "performed to the sample", VOICE)
    sound = perform(take, take.length_seconds / 1.07, 48_000)
    assert sound.sample_rate == 48_000
    assert len(sound.samples) == pytest.approx(take.length_seconds / 1.07 * 48_000, abs=1)


@example([(2.0, 1.0)], 1.0)  # asked for twice the rate, it came as ever
@given(st.lists(st.tuples(st.floats(0.5, 2.0), st.floats(0.5, 2.0)), max_size=8), st.floats(0.5, 2))
def test_whatever_a_voice_gave_the_next_question_is_sensible(answers, wanted):
    pace = Pace.of("kokoro")
    for asked, came in answers:
        pace = pace.learn(asked, came)
    came = [c for _, c in pace.points]
    assert came == sorted(came)
    assert 0.5 <= pace.ask(wanted) <= 2.0
    assert pace.ask(1.0) == 1.0


def test_a_known_engine_is_asked_for_more_than_is_wanted():
    assert Pace.of("kokoro").ask(1.2) == 1.3
    assert Pace.of("stranger").ask(1.2) == 1.2

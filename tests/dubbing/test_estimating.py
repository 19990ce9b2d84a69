"""An estimate is good enough to choose what to speak, and gets better with every take."""

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from silkreel.dubbing.estimating import LengthEstimator, allowance_characters, syllables
from silkreel.engines.contracts import EngineMissing, VoiceChoice
from silkreel.engines.espeak import EspeakSpeaker

LINES = Path(__file__).parents[2] / "benchmarks" / "fit_lines.yaml"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("你以为你是谁", "zh-Hans", 6),
        ("今日は", "ja", 3),
        ("안녕하세요", "ko", 5),
        ("I never loved you", "en", 5),
        ("take", "en", 1),
        ("mañana", "es", 3),
    ],
)
def test_syllables_are_counted_about_right(text, language, expected):
    assert syllables(text, language) == pytest.approx(expected, abs=1)


@given(st.text(max_size=80), st.sampled_from(["zh-Hans", "en", "es", "th", "ar", "xx"]))
def test_any_text_has_a_length(text, language):
    assert 0 < LengthEstimator(language).seconds_for(text) < 200


@given(st.lists(st.tuples(st.text(min_size=1, max_size=60), st.floats(0.05, 20)), max_size=12))
def test_no_measure_makes_it_senseless(takes):
    learnt = LengthEstimator("en").learn_all(takes)
    assert 0 < learnt.seconds_for("I will never forget this day, my friend.") < 60
    assert learnt.characters_per_second > 0


def test_more_words_last_longer():
    fresh = LengthEstimator("en")
    assert fresh.seconds_for("I never loved you, not one single day.") > fresh.seconds_for("Never.")


def test_after_thirty_takes_it_errs_by_less_than_a_tenth():
    try:
        speaker = EspeakSpeaker()
    except EngineMissing as missing:
        pytest.skip(str(missing))
    rows = yaml.safe_load(LINES.read_text(encoding="utf-8"))
    for language in ("en", "es"):
        voice = VoiceChoice("espeak", speaker.voices(language)[0], language)
        texts = [text for row in rows for text in row[language]]
        random.Random(1).shuffle(texts)
        takes = [(t, speaker.speak(t, voice=voice).sound.length_seconds) for t in texts[:70]]
        learnt = LengthEstimator(language).learn_all(takes[:30])
        errors = [abs(learnt.seconds_for(text) / seconds - 1) for text, seconds in takes[30:]]
        assert sum(errors) / len(errors) <= 0.10


def test_the_allowance_follows_what_the_voice_has_shown():
    slow = LengthEstimator("en").learn_all([("x" * 30, 3.0)] * 20)
    fast = LengthEstimator("en").learn_all([("x" * 30, 1.2)] * 20)
    assert allowance_characters(2.0, slow) < allowance_characters(2.0, fast)
    assert allowance_characters(2.0, slow) == pytest.approx(2.0 * 1.12 * 10, abs=3)
    assert allowance_characters(0.01, slow) == 1

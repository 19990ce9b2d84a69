"""Verdicts with stable codes."""

from dataclasses import replace

import pytest

from silkreel.bible.subtitle_limits import subtitle_limits
from silkreel.dubbing.checks import (
    SENTENCES,
    JudgedLine,
    JudgedSound,
    Reason,
    judge_episode,
    judge_line,
    judge_series,
)
from silkreel.dubbing.gate import GateFinding
from silkreel.dubbing.listening import Understood
from silkreel.dubbing.take_sound import TakeSound
from silkreel.kit.words import speaking

LIMITS = subtitle_limits("en", vertical=True)
GOOD = JudgedLine(
    line_id="ep001_7k2m", speech_seconds=2.0, dubbed=True, came_from="read", text="You came back.",
    rate=1.0, onset_frames=0, covered_seconds=2.0, cue_characters=14, cue_seconds=2.0, cue_lines=1,
    read_confidence=0.99, heard_confidence=0.9,
)  # fmt: skip
CHANGED = GateFinding("number_added", "FAIL", (("target", "30"),))
SOUND = JudgedSound(-16.1, -1.6, -16.0, -1.5, "given")


def codes(verdict):
    return {reason.code: reason.level for reason in verdict.reasons}


def test_a_good_line_passes():
    assert judge_line(GOOD, LIMITS).level == "PASS"


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"text": None}, "text.waiting", "FAIL"),
        ({"stale": True}, "text.stale", "FAIL"),
        ({"draft": True}, "duty.draft", "WARN"),
        ({"fuzzy": True}, "text.fuzzy", "WARN"),
        ({"gate": (CHANGED,)}, "text.gate", "FAIL"),
        ({"take": TakeSound(0.0005, 0.0, 0.0)}, "sound.clipped", "WARN"),
        ({"take": TakeSound(0.01, 0.0, 0.0)}, "sound.clipped", "FAIL"),
        ({"take": TakeSound(0.0, 0.01, 0.0)}, "sound.offset", "WARN"),
        ({"take": TakeSound(0.0, 0.05, 0.0)}, "sound.offset", "FAIL"),
        ({"take": TakeSound(0.0, 0.0, 0.5)}, "sound.holes", "WARN"),
        ({"take": TakeSound(0.0, 0.0, 0.7)}, "sound.holes", "FAIL"),
        ({"understood": Understood("You became.", 0.3)}, "sound.unclear", "WARN"),
        ({"understood": Understood("", 1.0)}, "sound.unclear", "FAIL"),
        ({"rate": 1.2}, "time.rate", "WARN"),
        ({"rate": 1.3}, "time.rate", "FAIL"),
        ({"rate": 0.8}, "time.rate", "FAIL"),
        ({"rate": None, "overrun_seconds": 0.7}, "time.no_fit", "FAIL"),
        ({"rate": None}, "time.unspoken", "FAIL"),
        ({"onset_frames": -5}, "time.onset", "WARN"),
        ({"onset_frames": 7}, "time.onset", "FAIL"),
        ({"covered_seconds": 1.2}, "time.hole", "WARN"),
        ({"covered_seconds": 0.1}, "time.hole", "FAIL"),
        ({"overlaps_itself": True}, "time.overlap", "FAIL"),
        ({"cue_characters": 60, "cue_seconds": 2.0}, "text.fast", "WARN"),
        ({"cue_lines": 3}, "text.lines", "WARN"),
        ({"read_confidence": 0.5}, "source.read", "WARN"),
        ({"heard_confidence": 0.1}, "source.unheard", "WARN"),
        ({"came_from": "heard"}, "source.uncaptioned", "WARN"),
        ({"has_voice": False}, "voice.missing", "FAIL"),
    ],
)
def test_each_fault_has_its_code_and_level(change, code, level):
    verdict = judge_line(replace(GOOD, **change), LIMITS)
    assert codes(verdict).get(code) == level


def test_a_silent_caption_is_judged_by_its_text_only():
    verdict = judge_line(replace(GOOD, dubbed=False, rate=None, heard_confidence=0.0), LIMITS)
    assert verdict.level == "PASS"


def test_an_episode_with_a_failed_line_goes_to_the_worklist():
    failed = judge_line(replace(GOOD, text=None), LIMITS)
    assert codes(judge_episode([failed], SOUND)) == {"episode.worklist": "FAIL"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, {}),
        ({"loudness_lufs": -12.7}, {"sound.loudness": "FAIL"}),
        ({"true_peak_dbtp": -0.2}, {"sound.peak": "FAIL"}),
        ({"bed": "ducked"}, {"sound.voice_over": "WARN"}),
        ({"setbacks": ("The stem is cut off.",)}, {"sound.bed_setback": "WARN"}),
    ],
)
def test_loudness_and_peaks_are_held_against_the_profile(change, found):
    line = judge_line(GOOD, LIMITS)
    assert codes(judge_episode([line], replace(SOUND, **change))) == found


def test_an_episode_without_sound_or_without_lines_fails():
    assert codes(judge_episode([judge_line(GOOD, LIMITS)], None)) == {"sound.missing": "FAIL"}
    assert codes(judge_episode([], SOUND)) == {"episode.no_lines": "FAIL"}


def test_a_series_is_no_better_than_its_episodes():
    verdict = judge_series({1: "PASS", 2: "FAIL", 3: None, 4: "WARN"}, {}, [], {})
    assert codes(verdict) == {
        "series.failed": "FAIL", "series.missing": "FAIL", "series.worklist": "WARN"
    }  # fmt: skip
    assert "not in this language: 3" in " ".join(r.sentence for r in verdict.reasons)
    assert judge_series({1: "PASS"}, {}, [], {}).level == "PASS"


def test_a_series_shows_drift_doubled_wordings_and_shared_voices():
    verdict = judge_series(
        {1: "PASS", 2: "PASS", 3: "PASS"},
        {1: -16.0, 2: -16.1, 3: -13.0},
        [("你好", "Hi."), ("你好", "Hello."), ("再见", "Bye.")],
        {"mei": "kokoro:af", "lan": "kokoro:af"},
    )
    assert codes(verdict) == {
        "series.loudness": "FAIL",
        "series.wording": "WARN",
        "series.voice": "WARN",
    }


def test_every_reason_has_a_sentence_that_takes_its_values():
    verdict = judge_line(replace(GOOD, rate=1.3, cue_characters=99, came_from="heard"), LIMITS)
    assert all(reason.sentence and "{" not in reason.sentence for reason in verdict.reasons)
    assert set(codes(verdict)) <= set(SENTENCES)


def test_a_finding_of_the_gate_is_kept_as_code_and_values_and_said_in_the_readers_language():
    (reason,) = judge_line(replace(GOOD, gate=(CHANGED,)), LIMITS).reasons
    assert reason.to_json()["values"] == {"finding": "number_added", "target": "30"}
    assert reason.sentence == "The original does not say 30."
    with speaking("es"):
        assert reason.sentence == "El original no dice 30."
    with speaking("zh-Hans"):
        assert reason.sentence == "原文没有说 30。"


def test_a_finding_an_older_version_kept_as_a_sentence_is_still_said():
    assert Reason("text.gate", "WARN", {"finding": "Copied."}).sentence == "Copied."


def test_a_verdicts_count_is_said_in_the_form_it_asks_for():
    failed = judge_line(replace(GOOD, stale=True), LIMITS)
    one, two = judge_episode([failed], SOUND), judge_episode([failed, failed], SOUND)
    with speaking("es"):
        assert [each.reasons[0].sentence for each in (one, two)] == [
            "1 línea por revisar.",
            "2 líneas por revisar.",
        ]

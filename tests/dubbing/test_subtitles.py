"""Subtitle tracks, read back by independent readers."""

import html
import io
from fractions import Fraction

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.bible.subtitle_limits import subtitle_limits
from silkreel.dubbing.line_breaks import break_lines
from silkreel.dubbing.subtitles import SubtitleLine, make_track, write_ass, write_srt, write_vtt
from silkreel.kit.spans import TimeSpan

RATE = Fraction(25)


def track(*lines, language="en", vertical=True, length=60.0, shots=()):
    return make_track(
        lines, language=language, kind="cc", vertical=vertical, frame_rate=RATE,
        length_seconds=length, shots=shots,
    )  # fmt: skip


def line(name, text, start, end, speaker="Mei"):
    return SubtitleLine(name, text, speaker, TimeSpan(start, end))


def test_a_cue_carries_its_line_id_and_starts_with_the_voice():
    made = track(line("ep001_7k2m", "You came back.", 1.0, 2.0))
    assert made.cues[0].cue_id == "ep001_7k2m"
    assert made.cues[0].span.start_seconds == 1.0
    assert made.cues[0].span.end_seconds >= 2.0


def test_a_short_word_stays_long_enough_to_be_read():
    made = track(line("a", "No!", 1.0, 1.2))
    assert made.cues[0].span.length_seconds >= 5 / 6 - 0.001


def test_neighbours_keep_two_frames_apart():
    made = track(line("a", "No!", 1.0, 1.3), line("b", "Yes.", 1.5, 2.0))
    gap = made.cues[1].span.start_seconds - made.cues[0].span.end_seconds
    assert gap == pytest.approx(0.08, abs=0.002)


def test_a_line_too_long_for_two_lines_becomes_two_events_with_one_root_id():
    text = "He told me that he would come back before the lanterns were lit and the river froze over again"
    made = track(line("a", text, 1.0, 6.0))
    assert [cue.cue_id for cue in made.cues][:2] == ["a", "a.2"]
    assert all(len(part) <= 30 for cue in made.cues for part in cue.lines)
    assert " ".join(cue.text for cue in made.cues) == text


def test_chinese_breaks_between_words():
    assert break_lines("我三年前就已经把所有的钱都还给你们了", "zh-Hans", line_characters=15) != []
    for part in break_lines("我三年前就已经把所有的钱都还给你们了", "zh-Hans", line_characters=15):
        assert len(part) <= 15


def test_a_line_does_not_end_on_an_article():
    first, _ = break_lines("She never saw the man in the grey coat", "en", line_characters=24)
    assert not first.endswith((" the", " a", " in"))


def test_web_vtt_is_read_back_by_another_reader():
    made = track(line("a", "R&D < profit", 1.0, 2.5), line("b", "¿Qué?", 3.0, 3.5))
    text = write_vtt(made)
    captions = webvtt.from_buffer(io.StringIO(text))
    assert [caption.identifier for caption in captions] == ["a", "b"]
    assert html.unescape(captions[0].text) == "R&D < profit"
    assert "X-TIMESTAMP-MAP" in text


def test_ass_has_the_pictures_own_canvas_and_line_ids():
    text = write_ass(
        track(line("ep001_aaaa", "Hi, you.", 1.0, 2.0)), width_pixels=720, height_pixels=1280
    )
    made = pysubs2.SSAFile.from_string(text)
    assert made.info["PlayResX"] == "720"
    assert made[0].name == "Mei"
    assert "{id=ep001_aaaa}" in made[0].text
    assert made[0].plaintext == "Hi, you."


def test_srt_is_read_back_with_the_same_times():
    made = track(line("a", "One", 1.0, 2.0), line("b", "Two", 3.0, 4.0))
    back = pysubs2.SSAFile.from_string(write_srt(made), format_="srt")
    assert [event.start for event in back] == [1000, 3000]


def test_no_limit_is_called_verified_without_a_primary_source():
    for language in ("en", "th", "zh-Hans", "es", "xx"):
        limits = subtitle_limits(language, vertical=False)
        assert not limits.verified or limits.source.startswith("http")


texts = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=120
).filter(str.strip)


@given(st.lists(st.tuples(texts, st.floats(0.1, 3), st.floats(0, 2)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_cues_are_in_order_apart_and_inside_the_episode(pieces):
    moment, lines = 0.0, []
    for number, (text, length, pause) in enumerate(pieces):
        moment += pause
        lines.append(line(f"l{number}", " ".join(text.split()), moment, moment + length))
        moment += length
    made = track(*lines, length=moment + 0.2)
    for before, after in zip(made.cues, made.cues[1:], strict=False):
        assert before.span.end_seconds <= after.span.start_seconds + 1e-6
    assert all(cue.span.end_seconds <= moment + 0.2 + 1e-6 for cue in made.cues)
    shown = "".join("".join(cue.lines) for cue in made.cues).replace(" ", "")
    said = "".join(each.text for each in lines).replace(" ", "")
    assert shown == said

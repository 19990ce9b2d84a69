"""Text from what is written, time from what is heard."""

from fractions import Fraction

from silkreel.dubbing.joining import WrittenLine, join_lines, sounds
from silkreel.engines.contracts import HeardLine, Word
from silkreel.kit.spans import TimeSpan

RATE = Fraction(25)


def heard(text: str, start: float, end: float) -> HeardLine:
    step = (end - start) / len(text)
    words = tuple(
        Word(c, start + i * step, start + (i + 1) * step, 0.9) for i, c in enumerate(text)
    )
    return HeardLine(TimeSpan(start, end), text, words, "zh", 0.9)


def read(text: str, start: float, end: float) -> WrittenLine:
    return WrittenLine(TimeSpan(start, end), text, "read", 0.98)


def join(written, listened, speech):
    return join_lines(
        written, listened, speech, language="zh-Hans", frame_rate=RATE, length_frames=500
    )


def test_a_caption_takes_the_time_of_its_speech_and_keeps_its_own_text():
    lines = join(
        [read("你终于回来了", 1.0, 3.0)], [heard("你中于回来啦", 1.4, 2.6)], [TimeSpan(1.4, 2.6)]
    )
    assert lines[0].source_text == "你终于回来了"
    assert lines[0].span.first_frame == 35
    assert lines[0].span.end_frame == 65
    assert lines[0].dubbed
    assert lines[0].heard_confidence > 0.8


def test_a_caption_nobody_speaks_is_not_dubbed():
    lines = join([read("三年后", 1.0, 3.0)], [], [])
    assert not lines[0].dubbed


def test_a_scripts_line_is_dubbed_although_nothing_of_it_was_heard():
    written = [WrittenLine(TimeSpan(1.0, 3.0), "三年后", "script")]
    lines = join(written, [], [])
    assert lines[0].dubbed
    assert (lines[0].span.first_frame, lines[0].span.end_frame) == (25, 75)


def test_a_caption_over_speech_that_was_not_understood_is_dubbed_over_that_speech():
    lines = join([read("谁在那里", 1.0, 3.0)], [], [TimeSpan(1.5, 2.8)])
    assert lines[0].dubbed
    assert (lines[0].span.first_frame, lines[0].span.end_frame) == (38, 70)


def test_speech_without_a_caption_becomes_a_line_of_its_own():
    lines = join(
        [read("你好", 1.0, 2.0)],
        [heard("你好", 1.0, 2.0), heard("救命啊快来人", 5.0, 6.5)],
        [TimeSpan(1.0, 2.0), TimeSpan(5.0, 6.5)],
    )
    assert [line.came_from for line in lines] == ["read", "heard"]
    assert lines[1].source_text == "救命啊快来人"


def test_the_same_words_said_far_away_lend_no_times():
    lines = join([read("你好", 1.0, 2.0)], [heard("你好", 9.0, 9.6)], [TimeSpan(9.0, 9.6)])
    captions = [line for line in lines if line.came_from == "read"]
    assert captions[0].span.end_frame <= 50


def test_lines_never_overlap_and_stay_inside_the_picture():
    lines = join(
        [read("第一句话", 0.5, 2.2), read("第二句话", 2.0, 25.0)],
        [heard("第一句话第二句话", 0.5, 21.0)],
        [TimeSpan(0.5, 21.0)],
    )
    assert lines[0].span.end_frame <= lines[1].span.first_frame
    assert lines[-1].span.end_frame <= 500


def test_different_characters_with_the_same_sound_match():
    assert sounds("在见", "zh-Hans") == sounds("再见", "zh-Hans")
    assert sounds("Sound travels", "en") == ["sound", "travels"]

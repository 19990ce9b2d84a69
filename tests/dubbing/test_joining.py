"""Text from what is written, time from what is heard."""

from fractions import Fraction

import numpy as np

from silkreel.dubbing.aligning import align_lines
from silkreel.dubbing.joining import Aligned, WrittenLine, hardly_heard, join_lines, sounds
from silkreel.engines.contracts import HeardLine, Word
from silkreel.kit.sound import Sound
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


def join(written, listened, speech, aligned=None):
    return join_lines(
        written, listened, speech, language="zh-Hans", frame_rate=RATE, length_frames=500,
        aligned=aligned,
    )  # fmt: skip


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


def test_a_caption_the_recogniser_missed_takes_the_time_at_which_its_text_was_aligned():
    late, speech = [read("谁在那里", 1.5, 3.0)], [TimeSpan(1.0, 2.2)]
    [line] = join(late, [], speech, {0: Aligned(TimeSpan(1.1, 2.1), 0.6)})
    assert (line.span.first_frame, line.span.end_frame) == (25, 55)
    assert line.dubbed
    assert line.heard_confidence == 0.6


def test_an_aligned_time_where_nobody_speaks_is_not_believed():
    [line] = join([read("三年后", 1.0, 3.0)], [], [], {0: Aligned(TimeSpan(1.1, 2.1), 0.6)})
    assert not line.dubbed


def test_only_lines_that_were_hardly_heard_while_somebody_speaks_are_to_be_aligned():
    written = [read("你终于回来了", 1, 3), read("谁在那里", 5, 7), read("三年后", 11, 13)]
    speech = [TimeSpan(1, 3), TimeSpan(4.5, 6)]
    listened = [heard("你终于回来了", 1, 3)]
    assert hardly_heard(written, listened, speech, language="zh-Hans") == (1,)


class Aligner:
    """Finds every word where it is told to, and keeps what it was given."""

    def __init__(self, *words):
        self.words, self.seconds = words, []

    def align(self, sound, _text, *, language):  # noqa: ARG002 - as the contract has it
        self.seconds.append(sound.length_seconds)
        return self.words


def test_aligned_times_are_those_of_the_whole_sound_and_doubtful_ones_are_left_out():
    sound = Sound.mono(np.zeros(16_000 * 60), 16_000)
    written = [read("谁在那里", 5, 7), read("片尾名单", 10, 50)]
    sure, unsure = Word("谁", 0.5, 0.9, 0.5), Word("谁", 0.5, 0.9, 0.1)
    good = Aligner(sure)
    found = align_lines(sound, written, (0, 1), language="zh-Hans", aligner=good)
    assert found == {0: Aligned(TimeSpan(4.8, 5.2), 0.5)}
    assert [round(seconds, 3) for seconds in good.seconds] == [3.4]
    assert align_lines(sound, written, (0,), language="zh-Hans", aligner=Aligner(unsure)) == {}
    assert align_lines(sound, written, (0,), language="zh-Hans", aligner=Aligner()) == {}

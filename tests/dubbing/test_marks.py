"""Marks as a script writes them."""

from silkreel.dubbing.marks import proper_marks


def test_a_half_width_mark_after_chinese_becomes_the_full_one():
    assert proper_marks("那船是谁凿沉的?", "zh-Hans") == "那船是谁凿沉的？"
    assert proper_marks("什么?!", "zh-Hans") == "什么？！"


def test_latin_text_and_other_languages_keep_their_marks():
    assert proper_marks("OK? 3:00", "zh-Hans") == "OK? 3:00"
    assert proper_marks("Why?", "en") == "Why?"

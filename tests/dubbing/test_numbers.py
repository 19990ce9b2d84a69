"""Numbers are read in every spelling that dialogue uses, and held against each other."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.dubbing.amounts import compare_amounts
from silkreel.dubbing.numbers import read_numbers, spells_numbers
from silkreel.dubbing.numbers_chinese import chinese_value


def values(text, language):
    return [
        sorted(float(value) for value in amount.values)
        for amount in read_numbers(text, language)
        if amount.firmness == "firm"
    ]


def kinds(source, target, language="en", source_language="zh-Hans"):
    found = compare_amounts(read_numbers(source, source_language), read_numbers(target, language))
    return [difference.kind for difference in found]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10), ("十二", 12), ("二十", 20), ("三百零五", 305), ("一百五", 150), ("三万五", 35_000),
        ("三万零五", 30_005), ("一千二百三十四", 1234), ("三亿五千万", 350_000_000), ("一万亿", 10**12),
        ("二零一五", 2015), ("三点五亿", 350_000_000), ("一百二十万", 1_200_000),
    ],
)  # fmt: skip
def test_chinese_numerals_have_their_value(numeral, value):
    assert chinese_value(numeral) == value


@settings(deadline=None)  # the first call reads dictionaries
@given(st.integers(min_value=1, max_value=9_999_999_999))
def test_every_whole_number_survives_being_written_in_chinese(number):
    import cn2an

    assert chinese_value(cn2an.an2cn(number, "low")) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("给我一个亿", [[10**8]]), ("三百多万", [[3_000_000]]), ("3千万", [[30_000_000]]),
        ("1,000万", [[10_000_000]]), ("百分之五十一", [[51]]), ("51%", [[51]]), ("三分之一", [[1 / 3, 3, 100 / 3]]),
        ("下午三点半", [[3, 15], [0.5, 30]]), ("八点四十五分", [[8, 20], [45]]), ("三月十五号", [[3], [15]]),
        ("2015年", [[2015]]), ("九八年", [[98, 1998]]), ("一年半", [[1.5]]), ("半小时", [[0.5]]),
        ("三块五", [[3.5]]), ("九成", [[90]]), ("伍佰萬元整", [[5_000_000]]), ("両", []),
    ],
)  # fmt: skip
def test_chinese_lines_are_read(text, expected):
    found = values(text, "zh")
    assert [pytest.approx(each) for each in expected] == found


@pytest.mark.parametrize(
    "text",
    ["一起走吧", "千万别说", "万一他来了呢", "十分重要", "乱七八糟", "一心一意", "她是小三", "他成功了", "陆景行来了",
     "三思而后行", "几百万", "说不定吧", "四面八方", "百年好合", "一点都不疼"],
)  # fmt: skip
def test_everyday_chinese_words_hold_no_number(text):
    assert values(text, "zh") == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("a hundred million yuan", "en", [[10**8]]), ("fifty-one percent", "en", [[51]]),
        ("two hundred and five", "en", [[205]]), ("one and a half million", "en", [[1_500_000]]),
        ("half a million", "en", [[500_000]]), ("$1,500", "en", [[1500]]), ("50k", "en", [[50_000]]),
        ("nineteen ninety-eight", "en", [[1998]]), ("a year and a half", "en", [[1.5]]),
        ("No one knows everyone", "en", []), ("the two of us", "en", []), ("thousands of people", "en", []),
        ("dos mil millones", "es", [[2 * 10**9]]), ("treinta y cinco mil", "es", [[35_000]]),
        ("un millón y medio", "es", [[1_500_000]]), ("1.500 euros", "es", [[1500]]), ("los dos", "es", []),
        ("setenta y dos horas", "es", [[72]]), ("veintiún años", "es", [[21]]), ("mil gracias", "es", []),
        ("dois bilhões", "pt-BR", [[2 * 10**9]]), ("duzentos e cinco", "pt-BR", [[205]]),
        ("um milhão e meio", "pt-BR", [[1_500_000]]), ("quarta-feira", "pt-BR", [[3]]),
        ("na quinta", "pt-BR", [[4]]), ("nós dois", "pt-BR", []), ("cento e vinte", "pt-BR", [[120]]),
    ],
)  # fmt: skip
def test_spelled_out_numbers_are_read(text, language, expected):
    assert values(text, language) == [pytest.approx(each) for each in expected]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("三天之后", "seventy-two hours from now"), ("半年", "six months"), ("一年半", "eighteen months"),
        ("两个人", "the two of you"), ("十几个人", "a dozen people"), ("第二天", "the next day"),
        ("七天七夜", "seven days and nights"), ("下午三点", "15:00"), ("三月十五号", "March 15th"),
        ("九成把握", "ninety percent"), ("三分之一", "a third"), ("五百块", "five hundred bucks"),
    ],
)  # fmt: skip
def test_the_same_amount_said_otherwise_agrees(source, target):
    assert kinds(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("三天", "five days", ["missing", "added"]), ("三天", "three months", ["unit"]),
        ("一个亿", "ten million", ["missing", "added"]), ("五百美元", "five hundred yuan", ["currency"]),
        ("我等了二十年", "I waited for years", ["missing"]), ("第二次", "the first time", ["missing"]),
        ("星期三", "on Thursday", ["missing", "added"]), ("走吧", "I have 3 days", ["added"]),
    ],
)  # fmt: skip
def test_another_amount_is_a_difference(source, target, expected):
    assert kinds(source, target) == expected


def test_where_number_words_are_unknown_digits_are_still_read():
    assert read_numbers("3 дня", "ru")[0].values == {Fraction(3)}
    assert not spells_numbers("ru")


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["zh", "en", "es", "pt-BR", "ru"]))
def test_no_text_breaks_a_reader_and_every_text_agrees_with_itself(text, language):
    amounts = read_numbers(text, language)
    assert compare_amounts(amounts, amounts) == ()


@given(
    st.lists(
        st.sampled_from("一二三四五六七八九十百千万亿两零点半第个年月天号多几0123456789.,%"),
        max_size=12,
    )
)
def test_no_heap_of_numerals_breaks_the_chinese_reader(chars):
    read_numbers("".join(chars), "zh")


WORDS = "one two ten twenty hundred thousand million half and a - the third of percent $ 3 1.5 1,000 : dollars"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_heap_of_number_words_breaks_the_latin_reader(words):
    read_numbers(" ".join(words), "en")

"""The small parts of reading: votes, spelling, marks of a series."""

from dataclasses import replace

from silkreel.dubbing.caption_script import normal_text, written_in
from silkreel.dubbing.caption_votes import Ballot, elect
from silkreel.dubbing.reading import CaptionBand, Reading, ReadLine, without_series_watermarks
from silkreel.engines.contracts import Box
from silkreel.kit.spans import Span

SPOKEN = ("你终于回来了", "这三年你去哪儿了", "把合同拿过来", "快叫救护车", "都是我的错")


def ballot(text: str, *sure: float) -> Ballot:
    return Ballot(text, sure if len(sure) == len(text) else (sure[0],) * len(text))


def test_two_surer_readings_outvote_a_third():
    elected = elect([ballot("我愿意", 0.9), ballot("我思意", 0.9, 0.4, 0.9), ballot("我愿意", 0.8)])
    assert elected.text == "我愿意"
    assert elected.alternatives == ("我思意",)


def test_a_letter_only_one_reading_has_is_left_out():
    assert (
        elect([ballot("快叫救护车家", 0.9), *[ballot("快叫救护车", 0.9)] * 2]).text == "快叫救护车"
    )


def test_a_letter_one_reading_missed_is_kept():
    assert elect([ballot("五百万分", 0.9), *[ballot("五百万一分", 0.9)] * 2]).text == "五百万一分"


def test_no_reading_elects_nothing():
    assert elect([]).text == ""


def test_variants_are_normalised_for_simplified_chinese_alone():
    assert normal_text("拋棄", "zh-Hans") == normal_text("拋棄", "zh") == "抛弃"
    assert normal_text("拋棄", "zh-Hant") == normal_text("拋棄", "zh-TW") == "拋棄"


def test_a_chinese_line_may_hold_a_brand():
    assert written_in("VIP包厢已经为您准备好了", "zh-Hans")
    assert not written_in("RECORDED AT TED", "zh-Hans")


def test_what_stands_in_most_episodes_is_a_watermark():
    mark = ReadLine(Span(0, 90), "星河剧场", (), 1.0, Box(40, 900, 160, 50))
    episodes = [
        Reading(
            (
                mark,
                replace(mark, text=SPOKEN[n], span=Span(n, 60 + n), box=Box(200, 900, 300, 50)),
            ),
            CaptionBand(0.6, 0.8),
        )
        for n in range(5)
    ]
    for cleaned in without_series_watermarks(episodes):
        assert len(cleaned.lines) == 1
        assert cleaned.lines[0].text in SPOKEN
        assert [(line.text, line.kind) for line in cleaned.rejected] == [("星河剧场", "watermark")]
    assert without_series_watermarks(episodes[:2]) == tuple(episodes[:2])

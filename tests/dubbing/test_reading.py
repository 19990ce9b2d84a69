"""Captions drawn on a moving picture come back letter for letter and frame for frame."""

from fractions import Fraction

import pytest

from drawn_captions import Caption, Drama, DrawnFrames, Look, drama, film, usable_fonts
from reading_scores import score
from silkreel.dubbing.reading import (
    CaptionBand,
    NoCaptionsSeen,
    ReadingOrder,
    read_captions,
    vote_band,
)
from silkreel.engines.contracts import LanguageNotSpoken
from silkreel.engines.rapidocr_reader import RapidOcrReader
from silkreel.kit.settings import Settings
from silkreel.media.frames import RenditionFrames

pytestmark = pytest.mark.skipif(
    not usable_fonts(), reason="no Chinese font is installed (Debian's fonts-noto-cjk)"
)
WIDTH = 360
BAND = CaptionBand(0.69, 0.84, 0.052)
WHITE = Look(0, 22, (255, 255, 255), 1, shadow=False)
YELLOW = Look(0, 22, (255, 214, 30), 1, shadow=False)
DIM = Look(0, 22, (190, 190, 190), 1, shadow=False)


class Counting:
    """A reader that counts what it is asked."""

    def __init__(self, inner):
        self.inner, self.card = inner, inner.card
        self.looks = self.lines = 0

    def read(self, picture, *, detect):
        self.looks += detect
        self.lines += not detect
        return self.inner.read(picture, detect=detect)

    def close(self):
        self.inner.close()


@pytest.fixture(scope="module")
def model():
    opened = RapidOcrReader.open(Settings())
    yield opened
    opened.close()


@pytest.fixture
def reader(model):
    return Counting(model)


def play(*captions: Caption, frames: int = 100, **extras) -> DrawnFrames:
    settings = {"busy": 0.5, **extras}
    return DrawnFrames(Drama(3, captions, frames, width=WIDTH, height=640, **settings))


def read(frames, reader, band=BAND, language="zh-Hans"):
    return read_captions(frames, reader, ReadingOrder(language, band, frames.frame_rate))


def found(reading):
    return [(line.span.first_frame, line.span.end_frame, line.text) for line in reading.lines]


def test_a_line_is_read_from_its_first_to_its_last_frame(reader):
    reading = read(play(Caption(23, 71, "把合同拿过来", WHITE)), reader)
    assert found(reading) == [(23, 71, "把合同拿过来")]
    (line,) = reading.lines
    assert line.kind == "dialogue"
    assert line.confidence > 0.9
    assert line.box.centre == pytest.approx((WIDTH / 2, 0.765 * 640), abs=6)


def test_back_to_back_lines_part_at_the_frame(reader):
    frames = play(
        Caption(10, 43, "你终于回来了", WHITE), Caption(43, 90, "我等了你整整三年", WHITE)
    )
    assert found(read(frames, reader)) == [(10, 43, "你终于回来了"), (43, 90, "我等了你整整三年")]


def test_lines_that_differ_by_one_letter_stay_two(reader):
    frames = play(Caption(10, 50, "我不会放过你", WHITE), Caption(50, 92, "我不会放过他", WHITE))
    assert found(read(frames, reader)) == [(10, 50, "我不会放过你"), (50, 92, "我不会放过他")]


def test_a_repeated_line_after_a_pause_is_two_lines(reader):
    frames = play(Caption(10, 40, "不要过来", WHITE), Caption(52, 90, "不要过来", WHITE))
    assert found(read(frames, reader)) == [(10, 40, "不要过来"), (52, 90, "不要过来")]


@pytest.mark.parametrize("look", [YELLOW, DIM], ids=["yellow", "dim"])
def test_yellow_and_dim_text_is_read_as_well(reader, look):
    frames = play(Caption(15, 60, "今晚的拍卖会你必须来", look))
    assert found(read(frames, reader)) == [(15, 60, "今晚的拍卖会你必须来")]


def test_a_fading_line_begins_and_ends_at_half(reader):
    reading = read(play(Caption(20, 80, "快叫救护车", WHITE, fade_frames=6)), reader)
    ((first, end, text),) = found(reading)
    assert text == "快叫救护车"
    assert abs(first - 20) <= 1
    assert abs(end - 80) <= 1


def test_two_rows_are_one_line(reader):
    frames = play(Caption(15, 80, "如果当初我没有走\n我们会不会不一样", WHITE))
    assert found(read(frames, reader)) == [(15, 80, "如果当初我没有走\n我们会不会不一样")]


def test_a_very_short_line_is_found(reader):
    assert found(read(play(Caption(40, 50, "跪下", WHITE)), reader)) == [(40, 50, "跪下")]


def test_the_other_script_is_a_hint_and_no_line(reader):
    two = Caption(15, 80, "我等了你整整三年", WHITE, below="I waited three whole years.")
    frames = play(two)
    reading = read(frames, reader, CaptionBand(0.70, 0.80, 0.052, 0.70, 0.83))
    assert found(reading) == [(15, 80, "我等了你整整三年")]
    assert reading.lines[0].hint == "I waited three whole years."


def test_a_picture_without_captions_costs_few_looks(reader):
    reading = read(play(frames=100), reader)
    assert reading.lines == ()
    assert reader.looks <= 6 + 100 / 8


def test_a_still_line_is_looked_at_once_a_second(reader):
    frames = play(Caption(5, 145, "医生说他可能醒不过来了", WHITE), frames=150, busy=0.2)
    assert found(read(frames, reader)) == [(5, 145, "医生说他可能醒不过来了")]
    assert reader.looks - 6 >= 150 / 25 - 1


def test_the_same_frames_give_the_same_reading(model):
    frames = play(Caption(23, 71, "把合同拿过来", YELLOW), frames=80)
    assert read(frames, model) == read(frames, model)


def test_the_band_is_where_different_texts_stand_and_not_the_disclaimer(reader):
    lines = ("你终于回来了", "我等了你整整三年", "这三年你去哪儿了", "快叫救护车")
    captions = [Caption(5 + 25 * k, 27 + 25 * k, text, WHITE) for k, text in enumerate(lines)]
    frames = play(*captions, frames=105, disclaimer="本故事纯属虚构 请勿模仿")
    band = vote_band([frames], reader, "zh-Hans")
    assert band.top_share < 0.765 < band.bottom_share < 0.9
    assert band.holds(0.765)
    assert not band.holds(0.955)


def test_a_wrong_band_of_the_series_is_voted_anew(reader):
    lines = ("你终于回来了", "我等了你整整三年", "这三年你去哪儿了", "快叫救护车", "都是我的错")
    captions = [Caption(5 + 25 * k, 27 + 25 * k, text, WHITE) for k, text in enumerate(lines)]
    frames = play(*captions, frames=130)
    reading = read(frames, reader, CaptionBand(0.86, 0.93, 0.052))
    assert reading.band.holds(0.765)
    assert [line.text for line in reading.lines] == list(lines)


def test_a_picture_without_text_has_no_band(reader):
    with pytest.raises(NoCaptionsSeen):
        vote_band([play(frames=50)], reader, "zh-Hans")


def test_a_language_the_reader_does_not_know_is_refused(reader):
    with pytest.raises(LanguageNotSpoken, match="ru"):
        read(play(frames=30), reader, language="ru")
    with pytest.raises(LanguageNotSpoken):
        vote_band([play(frames=30)], reader, "ru")


def test_an_encoded_nasty_clip_is_read_without_a_mistake(reader, tmp_path):
    """Eight seconds with everything: fades, pairs, yellow, a drifting name, a logo."""
    plan = drama(21, 8, width=480)
    frames = RenditionFrames.open(film(plan, tmp_path / "nasty.mp4"))
    reading = read(frames, reader)
    result = score(plan.captions, reading.lines)
    assert result.f1 == 1
    assert result.cer <= 0.01
    assert result.within_one == 1
    assert frames.frame_rate == Fraction(25)

"""Real clips: every caption once, none invented, titles told apart."""

from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from silkreel.dubbing.reading import ReadingOrder, read_captions
from silkreel.engines.contracts import LanguageNotSpoken
from silkreel.engines.rapidocr_reader import RapidOcrReader
from silkreel.kit.settings import Settings
from silkreel.media.frames import RenditionFrames
from skips import BEYOND_CI

CLIPS = Path(__file__).parents[3] / "shared" / "media"
TALK, RUSSIAN = CLIPS / "talk-bilingual-hardsubs.mp4", CLIPS / "hardsubs-russian-small.mp4"
pytestmark = [
    pytest.mark.media_clips,
    pytest.mark.skipif(not TALK.exists(), reason=f"{BEYOND_CI}: the real clips of ../shared/media"),
]
# Start and end in seconds were read by eye, every half second.
TRUTH = (
    (0.0, 3.0, "有时你以为只是在发一张练习纸", "Sometimes you think that you're handing out a worksheet"),
    (3.0, 4.5, "仅仅是复习图形名称", "just reviewing the names of shapes."),
    (5.5, 10.0, "结果呢 学生们不是乖乖写下六边形和八边形",
     "But then, instead of getting back hexagon and octagon"),
    (10.0, 11.0, "而是交上来这个", "you get back this."),
    (15.0, 16.0, "我觉得吧 这答案也没毛病", "And I think we can agree that is just correct."),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    opened = RapidOcrReader.open(Settings())
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["zh-Hans", "en"])
def reading(request, reader):
    frames = RenditionFrames.open(TALK)
    order = ReadingOrder(request.param, None, frames.frame_rate)
    return request.param, read_captions(frames, reader, order), frames.frame_rate


def texts(language):
    return [row[2] if language == "zh-Hans" else row[3] for row in TRUTH]


def test_every_line_is_found_once_and_none_invented(reading):
    language, result, _ = reading
    assert len(result.lines) == len(TRUTH)
    wrong = sum(
        Levenshtein.distance(line.text, text)
        for line, text in zip(result.lines, texts(language), strict=True)
    )
    assert wrong <= 0.01 * sum(map(len, texts(language)))


def test_they_stand_where_the_eye_saw_them(reading):
    _, result, rate = reading
    for line, (start, end, *_) in zip(result.lines, TRUTH, strict=True):
        span = line.span.seconds(rate)
        assert span.start_seconds == pytest.approx(start, abs=0.55)
        assert span.end_seconds == pytest.approx(end, abs=0.55)


def test_the_other_script_is_kept_as_a_hint(reading):
    language, result, _ = reading
    hints = texts("en" if language == "zh-Hans" else "zh-Hans")
    for line, hint in zip(result.lines, hints, strict=True):
        read, known = line.hint.replace(" ", ""), hint.replace(" ", "")
        assert Levenshtein.distance(read, known) <= 1


def test_titles_are_rejected_as_titles_or_signs(reading):
    _, result, _ = reading
    rejected = {line.text.replace(" ", ""): line.kind for line in result.rejected}
    assert rejected["RECORDEDATTED"] == "title"
    assert rejected["APRIL2024"] == "sign"
    assert all("TED" not in line.text and "APRIL" not in line.text for line in result.lines)


def test_russian_is_refused_because_the_model_has_no_cyrillic(reader):
    frames = RenditionFrames.open(RUSSIAN)
    with pytest.raises(LanguageNotSpoken):
        read_captions(frames, reader, ReadingOrder("ru", None, frames.frame_rate))

"""Every script a series is localised into is drawn with its own letters, joined, in its order."""

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from silkreel.media.theatre import fonts, typesetting
from silkreel.media.theatre.coverage import coverage
from silkreel.media.theatre.fonts import Face, FontMissing, ScriptMissing, ShapingMissing, sized
from silkreel.media.theatre.plan import Picture, Play, TitleCard
from silkreel.media.theatre.render import find_letters
from silkreel.media.theatre.rows import pieces_of, shortened, wrapped
from silkreel.media.theatre.scripts import clusters
from silkreel.media.theatre.slate import preview_caption
from silkreel.media.theatre.typesetting import Setting, draw_row, row_length, runs

SAID = {
    "ar": "لم تسألني قط عمّن كتب اسمه على تلك الورقة، والآن فات الأوان!",
    "th": "คุณไม่เคยถามเลยว่าชื่อใครอยู่บนกระดาษแผ่นนั้น และตอนนี้ก็สายเกินไปแล้ว!",
    "hi": "तुमने कभी नहीं पूछा कि उस काग़ज़ पर किसका नाम था, और अब बहुत देर हो चुकी है!",
    "vi": "Anh chưa từng hỏi tên ai trên tờ giấy ấy, và bây giờ đã quá muộn rồi ạ!",
    "ko": "너는 그 종이에 누구의 이름이 있었는지 한 번도 묻지 않았어. 이제는 너무 늦었어!",
    "ja": "あの紙に誰の名前があったのか、君は一度も聞かなかった。もう遅すぎるんだよ！",
    "ru": "Ты никогда не спрашивал, чьё имя стояло на той бумаге, а теперь уже поздно!",
    "zh-Hans": "你从来没有问过那张纸上写的是谁的名字，现在对我们来说都太晚了！",
    "zh-Hant": "你從來沒有問過那張紙上寫的是誰的名字，現在對我們來說都太晚了！",
    "es": "¿Nunca preguntaste de quién era el nombre? ¡Ahora ya es tarde, señor Ñúñez!",
}
PICTURE = Picture(540, 960)
NOWHERE = "\U0010fffd"  # for private use: no font has it, so it is drawn as the box


def set_in(language, text=None):
    """A sentence's runs; skipped where this machine has no font for it."""
    try:
        return runs(text or SAID[language], Setting(language))
    except ScriptMissing as refusal:
        pytest.skip(str(refusal))


def drawn(text, language, size=48):
    canvas = Image.new("L", (1800, 120))
    draw_row(ImageDraw.Draw(canvas), (40, 60), text, size, Setting(language), anchor="lm")
    return np.asarray(canvas)


@pytest.mark.parametrize("language", SAID)
def test_every_letter_is_in_its_font_as_another_reader_of_fonts_sees_it(language):
    row = set_in(language)
    assert "".join(sorted("".join(run.text for run in row))) == "".join(sorted(SAID[language]))
    for run in row:
        known = TTFont(run.face.path, fontNumber=run.face.index, lazy=True).getBestCmap()
        assert {ord(letter) for letter in run.text} <= known.keys()


@pytest.mark.parametrize("language", SAID)
def test_no_letter_is_the_box(language):
    for run in set_in(language):
        face = sized(run.face, 40)
        box = bytes(face.getmask(NOWHERE))
        for letter in set(run.text) - {" "}:
            assert bytes(face.getmask(letter)) != box, letter


@pytest.mark.parametrize("language", SAID)
def test_a_caption_leaves_ink_that_is_whole(language):
    set_in(language)
    image = preview_caption(SAID[language], "speech", PICTURE, Setting(language)).image
    assert (image[..., 0] > 200).mean() > 0.04, "white letters"
    assert image[..., 3].max() == 255
    for edge in (image[0], image[-1], image[:, 0], image[:, -1]):
        assert edge[..., 0].max() < 40, "nothing is cut off"


def test_arabic_letters_are_joined():
    set_in("ar")
    word, apart = "محبة", "\u200c".join("محبة")
    assert row_length(word, 48, Setting("ar")) < 0.85 * row_length(apart, 48, Setting("ar"))
    columns = drawn(word, "ar").any(axis=0)
    gaps = np.flatnonzero(np.diff(columns.astype(int)) == 1).size
    assert gaps == 1, "one stroke from the first letter to the last"
    assert np.flatnonzero(np.diff(drawn(apart, "ar").any(axis=0).astype(int)) == 1).size == 4


def test_devanagari_makes_conjuncts_and_moves_its_vowels():
    set_in("hi")
    setting = Setting("hi")
    assert row_length("क्ष", 48, setting) < row_length("क", 48, setting) + row_length(
        "ष", 48, setting
    )
    one, moved = drawn("कि", "hi"), drawn("क", "hi")
    assert one.any(axis=0).sum() > moved.any(axis=0).sum()
    before = one[:, : 40 + round(row_length("कि", 48, setting) / 3)].sum()
    assert before > 0.25 * one.sum(), "the vowel is spoken after its letter and stands before it"


def test_thai_marks_stand_over_their_letters():
    set_in("th")
    setting = Setting("th")
    assert row_length("กี่", 48, setting) == row_length("ก", 48, setting)
    assert drawn("กี่", "th")[:60].sum() > drawn("ก", "th")[:60].sum()


def test_a_line_from_right_to_left_begins_on_the_right():
    set_in("ar")
    first, rest = "قال", "لا إله يعرف ذلك"
    both, alone = drawn(f"{first} {rest}", "ar"), drawn(first, "ar")
    width = round(row_length(first, 48, Setting("ar")))
    right = 40 + round(row_length(f"{first} {rest}", 48, Setting("ar")))
    one, other = both[:, right - width : right], alone[:, 40 : 40 + width]
    assert np.abs(one.astype(int) - other).mean() < 6
    assert np.abs(both[:, 40 : 40 + width].astype(int) - other).mean() > 12


def test_a_latin_name_in_an_arabic_line_stands_where_it_is_read():
    row = set_in("ar", "يا Anna Li، تعالي")
    assert [run.leftward for run in row] == [True, False, True]
    assert row[1].text == "Anna Li"
    assert "تعالي" in row[0].text
    assert "يا" in row[2].text


def test_an_arabic_name_in_a_latin_line_keeps_the_lines_order():
    row = set_in("es", "Dice (مرحبا) y calla")
    assert [run.leftward for run in row] == [False, True, False]
    assert row[0].text == "Dice ("
    assert row[2].text.startswith(")")


@pytest.mark.parametrize("language", SAID)
def test_rows_break_where_a_reader_would_and_nothing_is_lost(language):
    set_in(language)
    rows = wrapped(SAID[language], 33, 320, Setting(language))
    assert len(rows) > 1
    assert "".join("".join(rows).split()) == "".join(SAID[language].split())
    for row in rows:
        assert row_length(row, 33, Setting(language)) <= 322
        assert row[0] not in "，。！？、,.!?;:،"
    if language in {"ko", "ru", "vi", "ar", "hi", "es"}:
        assert " ".join(rows) == SAID[language], "words stay whole"


def test_thai_breaks_between_words_and_never_off_a_vowel():
    pieces = pieces_of("คุณไม่เคยถามเลยว่าชื่อใครอยู่บนกระดาษ", Setting("th"))
    assert len(pieces) > 4
    assert "ไม่เคย" in "".join(pieces[:4])
    for piece in pieces:
        assert piece[0] not in "ะาำิีึืุู็่้๊๋์"
        assert piece[-1] not in "เแโใไ"


@given(st.text(alphabet="กขาเแิีค์่ नमस्ते क्षि لمحبة ab한국어", max_size=40))
def test_clusters_lose_nothing_and_begin_with_no_mark(text):
    parts = clusters(text)
    assert "".join(parts) == text
    for part in parts[1:]:
        assert part[0] not in "ิี์่ा्ेि"


def test_what_is_cut_off_is_cut_between_letters():
    set_in("hi")
    short = shortened(SAID["hi"], 30, 200, Setting("hi"))
    assert short.endswith("…")
    assert row_length(short, 30, Setting("hi")) <= 200
    assert SAID["hi"].startswith(short[:-1])


@pytest.fixture
def bare(monkeypatch):
    """A machine with the house font alone."""
    monkeypatch.setattr(fonts, "MATCHER", "no-such-program")
    for cached in (fonts.matched, typesetting.runs):
        cached.cache_clear()
    yield
    for cached in (fonts.matched, typesetting.runs):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("language", "package"),
    [("ar", "Arabic .*fonts-noto-core"), ("th", "Thai .*fonts-noto-core"),
     ("hi", "Devanagari .*fonts-noto-core"), ("ko", "Hangul .*fonts-noto-cjk")],
)  # fmt: skip
def test_without_a_font_the_sentence_names_the_package(bare, language, package):
    play = Play(1, TitleCard("", ""), SAID[language], (), (), language=language)
    with pytest.raises(FontMissing, match=f"No font with {package}"):
        find_letters(play)


def test_without_shaping_no_letters_are_drawn_apart(monkeypatch):
    set_in("ar")
    monkeypatch.setattr(typesetting, "shapes", lambda: False)
    typesetting.runs.cache_clear()
    with pytest.raises(ShapingMissing, match="Arabic letters cannot be joined"):
        runs(SAID["ar"], Setting("ar"))
    assert runs(SAID["es"], Setting("es")), "Latin letters need none"
    typesetting.runs.cache_clear()


def test_ornaments_no_font_has_are_left_out_and_letters_never(bare):
    assert typesetting.text_of(runs("Ja \U0001fae0\ufe0f!")) == "Ja !"
    with pytest.raises(ScriptMissing):
        runs("Ja ᚠ")


def test_what_is_no_font_draws_nothing(tmp_path):
    for content in (b"", b"ttcf\x00\x01", b"\x00\x01\x00\x00\x00\x09" + b"x" * 20):
        path = tmp_path / f"{len(content)}.ttf"
        path.write_bytes(content)
        assert not Face(path).draws("a")
    assert not coverage(tmp_path / "absent.ttf", 0).covers("a")

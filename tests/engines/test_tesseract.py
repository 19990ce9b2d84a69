"""Tesseract reads what the first reader cannot: Russian, drawn and from a real clip."""

from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from drawn_captions import drawn_line
from silkreel.engines.contracts import EngineMissing, LanguageNotSpoken
from silkreel.engines.registry import open_engine
from silkreel.engines.tesseract import TesseractReader
from silkreel.flows import read_series
from silkreel.flows.at_hand import close_shelves
from silkreel.kit.effort import measuring
from silkreel.kit.settings import Settings
from skips import BEYOND_CI

CLIPS = Path(__file__).parents[3] / "shared" / "media"


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    try:
        opened = open_engine("readers", "tesseract", Settings(home=tmp_path_factory.mktemp("home")))
        opened.expect("ru")
    except (EngineMissing, LanguageNotSpoken) as refusal:
        pytest.skip(str(refusal))
    yield opened
    opened.close()


def test_a_drawn_russian_line_is_read_where_it_stands(reader):
    picture = np.full((300, 900), 90, np.uint8)
    picture[120:200] = drawn_line("Я ждала тебя три года", space=(900, 80))
    [found] = reader.read(picture, detect=True)
    assert found.text == "Я ждала тебя три года"
    assert 100 < found.box.top < 160
    assert found.box.top + found.box.height < 210
    assert len(found.character_confidences) == len(found.text.replace(" ", ""))
    assert found.confidence > 0.8


def test_a_known_line_is_read_without_looking_for_it(reader):
    [found] = reader.read(drawn_line("Не уходи, мама"), detect=False)
    assert found.text == "Не уходи, мама"


def test_an_empty_picture_holds_no_text_and_cpu_time_is_counted(reader):
    with measuring() as effort:
        assert reader.read(np.full((100, 300), 90, np.uint8), detect=True) == ()
    assert effort.cpu_seconds["tesseract"] > 0


def test_a_language_that_is_not_installed_is_refused(reader):
    with pytest.raises(LanguageNotSpoken):
        reader.expect("tlh")


def test_small_captions_of_a_real_russian_clip_are_read(reader):
    path = CLIPS / "hardsubs-russian-small.mp4"
    if not path.is_file():
        pytest.skip(f"{BEYOND_CI}: the clip {path}")
    wanted = {20: "И СМЕХ", 100: "КРАСОТА В МЫСЛЯХ", 140: "В ЭМОЦИЯХ"}
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                luma = frame.to_ndarray(format="gray")
                lines = reader.read(luma[len(luma) * 6 // 10 :], detect=True)
                assert wanted[number] in [line.text for line in lines]


def test_each_language_goes_to_the_first_reader_that_knows_its_letters(tmp_path, reader):
    desk = SimpleNamespace(settings=Settings(home=tmp_path))
    try:
        assert read_series._reader(desk, "zh-Hans") == "rapidocr"
        assert read_series._reader(desk, "ru") == "tesseract"
        with pytest.raises(read_series.NoReaderFor, match="tesseract-ocr"):
            read_series._reader(desk, "ka")
    finally:
        close_shelves()


def test_without_the_program_the_refusal_names_the_command(monkeypatch, tmp_path):
    from silkreel.engines import tesseract

    tesseract._installed.cache_clear()
    monkeypatch.setattr(tesseract.shutil, "which", lambda _: None)
    with pytest.raises(EngineMissing, match="apt-get install tesseract-ocr"):
        TesseractReader.open(Settings(home=tmp_path))

"""The default reader reads drawn text, and none of rapidocr's traps catches it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from drawn_captions import FONTS, drawn_line
from silkreel.engines import rapidocr_reader
from silkreel.engines.contracts import EngineMissing
from silkreel.engines.rapidocr_reader import LANGUAGES, RapidOcrReader
from silkreel.engines.registry import open_engine
from silkreel.kit.effort import measuring
from silkreel.kit.settings import Settings

CHINESE = Path(FONTS[0][0])
pytestmark = pytest.mark.skipif(
    not CHINESE.exists(), reason="fonts-noto-cjk is not installed: nothing to draw Chinese with"
)
# One sentence with the letters that make each language different.
SENTENCES = {
    "zh": "你终于回来了 我等了你整整三年", "ja": "どうしてここにいるの", "en": "Don't say that name again!",
    "es": "¿Mañana será otro día, corazón?", "pt": "Amanhã às três, coração!",
    "fr": "Ça n'a rien à voir, mon cœur.", "de": "Schöne Grüße aus München, Füße hoch!",
    "it": "È così, città più bella", "nl": "Het is één groot mysterie",
    "id": "Aku sudah menunggu tiga tahun.", "ms": "Kenapa awak baru balik sekarang?",
    "pl": "Żółć, gęś i źdźbło się śmieją", "hu": "Miért nem mondtad korábban?",
    "ro": "De ce nu mi-ai spus mai devreme?", "tr": "Neden bana daha önce söylemedin?",
    "sv": "Varför sa du inte det tidigare?", "da": "Hvorfor sagde du det ikke før?",
    "nb": "Blåbærsyltetøy på øya", "fi": "Hyvää yötä, äiti", "hr": "Čačkalica, ćevap, đak, žaba",
    "sl": "Čez cesto žaba šepeta", "et": "Miks sa mulle varem ei öelnud?",
    "lv": "Glāžšķūņa rūķīši dzērumā čiepj", "lt": "Kodėl man nepasakei anksčiau?",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    opened = open_engine("readers", "rapidocr", Settings(home=tmp_path_factory.mktemp("home")))
    yield opened
    opened.close()


def test_a_line_is_found_where_it_stands_and_read(reader):
    (found,) = reader.read(drawn_line("把合同拿过来", space=(720, 160)), detect=True)
    assert found.text == "把合同拿过来"
    assert found.box.centre == pytest.approx((360, 80), abs=8)
    assert 230 < found.box.width < 300


def test_every_character_has_its_own_confidence(reader):
    (found,) = reader.read(drawn_line("五百万 一分都不能少"), detect=False)
    assert len(found.character_confidences) == len(found.text)
    assert all(0 < each <= 1 for each in found.character_confidences)
    assert found.confidence == pytest.approx(np.mean(found.character_confidences))


def test_what_one_call_asks_does_not_stick_to_the_next(reader):
    band, line = drawn_line("你终于回来了", space=(720, 160)), drawn_line("你终于回来了")
    for _ in range(2):
        assert [each.text for each in reader.read(line, detect=False)] == ["你终于回来了"]
        assert [each.text for each in reader.read(band, detect=True)] == ["你终于回来了"]


def test_two_rows_come_from_top_to_bottom(reader):
    band = np.vstack(
        [
            drawn_line("如果当初我没有走", space=(720, 70)),
            drawn_line("我们会不会不一样", space=(720, 70)),
        ]
    )
    texts = [each.text for each in reader.read(band, detect=True)]
    assert texts == ["如果当初我没有走", "我们会不会不一样"]


def test_a_flat_band_is_read_at_its_own_size(reader):
    (found,) = reader.read(
        drawn_line("今晚的拍卖会你必须来", size=24, space=(640, 48)), detect=True
    )
    assert found.text == "今晚的拍卖会你必须来"


def test_a_picture_without_text_gives_nothing(reader):
    assert reader.read(np.full((96, 320), 120, np.uint8), detect=True) == ()
    assert reader.read(np.full((40, 200), 120, np.uint8), detect=False) == ()


def test_the_card_has_a_sentence_for_every_language_and_no_other():
    assert set(SENTENCES) == set(LANGUAGES)
    assert not {"ru", "ko", "th", "ar", "vi", "el"} & set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_of_every_language_on_the_card_are_read(reader, language):
    sentence = SENTENCES[language].replace(" ", "")
    found = "".join(
        each.text for each in reader.read(drawn_line(SENTENCES[language]), detect=False)
    )
    assert Levenshtein.distance(found.replace(" ", ""), sentence) <= 0.05 * len(sentence)


def test_the_card_names_the_weights_by_their_hash(reader):
    assert len(reader.card.model_sha256) == 64
    assert reader.card.model_sha256 == RapidOcrReader.open(Settings()).card.model_sha256
    assert not reader.card.needs_network


def test_cpu_seconds_are_counted(reader):
    with measuring() as effort:
        reader.read(drawn_line("跪下"), detect=False)
    assert effort.cpu_seconds["rapidocr"] > 0


def test_a_killed_child_is_started_again(reader):
    reader.read(drawn_line("跪下"), detect=False)
    os.kill(reader._child._process.pid, signal.SIGKILL)
    reader._child._process.wait()
    assert [each.text for each in reader.read(drawn_line("救命啊"), detect=False)] == ["救命啊"]


def test_weights_that_are_not_there_name_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(rapidocr_reader, "FILES", {"detect": "no_such.onnx"})
    with pytest.raises(EngineMissing, match="pip install"):
        RapidOcrReader.open(Settings())


def test_no_downloader_and_no_socket_is_touched():
    script = """
import socket, sys
import numpy as np
def refused(*words, **named): raise AssertionError("the network was asked")
socket.socket.connect = refused
import rapidocr.utils.download_file as download
download.DownloadFile.run = refused
from silkreel.engines.rapidocr_reader import _weights
from silkreel.engines.rapidocr_worker import load, read
model = load({use: str(path) for use, path in _weights().items()})
read(model, np.full((64, 320), 90, np.uint8), detect=True)
read(model, np.full((48, 320), 90, np.uint8), detect=False)
print("read")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "read", done.stderr

"""`silkreel story export` to other media, from the folder a person has."""

import io
import zipfile

import pytest

from drawn_stories import heiress_at
from silkreel.cli import run


@pytest.fixture
def folder(tmp_path):
    return heiress_at(tmp_path / "heiress")


def test_the_novel_comes_out_as_a_book_with_doors(folder, tmp_path):
    out = tmp_path / "heiress.epub"
    words = ["story", "export", str(folder), "--to", "epub", "--out", str(out)]
    assert run([*words, "--base-url", "https://drama.example"]) == 0
    page = zipfile.ZipFile(io.BytesIO(out.read_bytes())).read("OEBPS/text/ch001.xhtml").decode()
    assert 'href="https://drama.example/s/heiress/e/1?t=ep001_gala_G7KD"' in page
    first = out.read_bytes()
    assert run([*words, "--base-url", "https://drama.example"]) == 0
    assert out.read_bytes() == first


def test_a_translated_novel_quotes_the_translated_line(folder, tmp_path):
    (folder / "i18n").mkdir()
    (folder / "i18n/es.po").write_text(
        'msgid ""\nmsgstr "Language: es\\n"\n\nmsgctxt "ep001_gala_A1X9"\n'
        'msgid "You invited me to my own funeral."\nmsgstr "Me invitaste a mi propio funeral."\n'
    )
    out = tmp_path / "heiress.html"
    words = ["story", "export", str(folder), "--to", "html", "--language", "es", "--out", str(out)]
    assert run(words) == 0
    assert "«Me invitaste a mi propio funeral,»" in out.read_text()


@pytest.mark.parametrize("form", ["html", "epub", "vtt"])
def test_what_is_read_in_a_language_is_never_silently_in_another(form, tmp_path, capsys):
    assert run(["story", "new", "lamp", "--into", str(tmp_path)]) == 0
    folder, out = tmp_path / "lamp", tmp_path / f"lamp.{form}"
    words = ["story", "export", str(folder), "--to", form, "--out", str(out), "--language"]
    assert run([*words, "es"]) == 1
    assert "The story has no words in es; begin them with" in capsys.readouterr().err
    assert not out.exists()
    (folder / "i18n").mkdir(exist_ok=True)
    (folder / "i18n/es.po").write_text(
        'msgid ""\nmsgstr "Language: es\\n"\n\nmsgctxt "ep001_lobby_Q4ZA"\n'
        'msgid "Room 304 is not let, sir."\nmsgstr "La 304 no se alquila."\n'
    )
    assert run([*words, "es"]) == 0
    assert "texts are not translated; `silkreel story translate" in capsys.readouterr().err
    assert run([*words, "en"]) == 0
    assert "!" not in capsys.readouterr().err


@pytest.mark.parametrize(("form", "name"), [("twee", "heiress.twee"), ("renpy", "script.rpy")])
def test_the_game_comes_out_for_other_engines(form, name, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["story", "export", str(folder), "--to", form]) == 0
    assert "ep001_gala_A1X9" in (tmp_path / name).read_text()


def test_a_story_without_a_novel_is_told_where_it_goes(folder, capsys):
    (folder / "novel/ch001.md").unlink()
    assert run(["story", "export", str(folder), "--to", "epub"]) == 1
    assert "novel/ch001.md" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["epub", "html", "twee", "renpy"])
def test_the_story_everybody_begins_with_comes_out_in_every_medium(form, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["story", "new", "lamp"]) == 0
    assert run(["story", "export", "lamp", "--to", form, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").is_dir() == (form == "renpy")
    assert run(["story", "play", "lamp", "--walks", "5"]) == 0

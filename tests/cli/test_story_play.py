"""`silkreel story play`, as somebody at a terminal meets it."""

import io
import json

import pytest

from drawn_stories import HEIRESS_CANON, heiress_at
from silkreel.cli import run


@pytest.fixture
def folder(tmp_path):
    return str(heiress_at(tmp_path / "heiress"))


def type_in(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_story_is_played_by_numbers(folder, monkeypatch, capsys):
    type_in(monkeypatch, "9\nx\n2\n")
    assert run(["story", "play", folder]) == 0
    told = capsys.readouterr().out
    assert "1. Tell him. Now.  (30 coins)" in told
    assert told.count("Type a number from 1 to 2") == 2
    assert "CHEN: Is the child mine?" in told
    assert told.rstrip().endswith("The end.")


def test_a_save_goes_on_where_it_stopped(folder, tmp_path, monkeypatch, capsys):
    save = tmp_path / "save.json"
    type_in(monkeypatch, "")
    assert run(["story", "play", folder, "--log", str(save)]) == 0
    assert not save.exists()
    type_in(monkeypatch, "1\n")
    assert run(["story", "play", folder, "--log", str(save)]) == 0
    assert json.loads(save.read_text())["log"] == ["ep001_terrace_C001"]
    capsys.readouterr()
    assert run(["story", "play", folder, "--log", str(save)]) == 0
    assert "She has your eyes." in capsys.readouterr().out


def test_a_log_that_is_no_save_or_has_no_folder_is_one_sentence(
    folder, tmp_path, monkeypatch, capsys
):
    binary = tmp_path / "photo.json"
    binary.write_bytes(b"\x89PNG\r\n\xfb\xff")
    assert run(["story", "play", folder, "--log", str(binary)]) == 1
    assert "This is no save of a game" in capsys.readouterr().err
    type_in(monkeypatch, "1\n")
    lost = tmp_path / "nowhere" / "save.json"
    assert run(["story", "play", folder, "--log", str(lost)]) == 1
    assert f"{lost} cannot be written" in capsys.readouterr().err


def test_the_canon_is_shown_by_id(folder, capsys):
    assert run(["story", "play", folder, "--canon", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == list(HEIRESS_CANON)
    assert run(["story", "play", folder, "--canon"]) == 0
    assert "ep001_gala_A1X9  LIN: You invited me" in capsys.readouterr().out


def test_walks_name_the_line_no_play_shows(folder, capsys):
    assert run(["story", "play", folder, "--walks", "20"]) == 1
    told = capsys.readouterr().out
    assert "ep002_corridor_R9R9: no walk ever showed it (DRM007)" in told
    assert run(["story", "play", folder, "--walks", "5", "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["lines"]) == 13


def test_broken_ink_is_one_sentence_with_file_and_line(folder, capsys):
    main = f"{folder}/script/main.ink"
    with open(main, "a", encoding="utf-8") as file:  # noqa: PTH123 - to add a line
        file.write("Hello { #id:ep002_corridor_B0B0\n")
    assert run(["story", "play", folder, "--canon"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("silkreel: script/main.ink:")
    assert told.count("\n") == 1


ENDLESS = """\
-> ep001
=== ep001
# episode:1
Hi. #id:ep001_A1X9
* [On. #id:ep001_C001]
- -> a
=== a
-> a
"""


def test_a_story_that_hangs_ends_in_one_sentence_and_its_walks_in_none(
    tmp_path, monkeypatch, capsys
):
    path = tmp_path / "endless.ink"
    path.write_text(ENDLESS)
    type_in(monkeypatch, "1\n")
    assert run(["story", "play", str(path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("silkreel: endless.ink:5: after ep001_C001 the story runs on")
    assert run(["story", "play", str(path), "--walks", "5"]) == 1
    assert "a: goes round for ever and shows nothing (DRM008)" in capsys.readouterr().out

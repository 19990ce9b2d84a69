"""The script on paper and the sheets for the set hold every line once, and nothing else."""

import io

import openpyxl
import pypdf
import pytest

from drawn_stories import HEIRESS, write_story
from silkreel.media.theatre.fonts import find
from silkreel.story.checking import look_into
from silkreel.story.exporting import canon_ids
from silkreel.story.forms.pdf import CannotPrint, write_pdf
from silkreel.story.ids import random_digits
from silkreel.story.importing import import_script
from silkreel.story.media import MediaOrder, export_media
from silkreel.story.project import open_story
from silkreel.story.script import Beat
from silkreel.story.sheets import write_sheets
from silkreel.story.stamping import new_story

CHINESE = """第1集
1-1 夜 内 酒店宴会厅
△灯灭了。
林晚（冷）：你们请我来参加自己的葬礼，这么热闹，怎么也不等我先把遗书写完呢？
顾先生：你不是死了吗？
"""


@pytest.fixture
def story(tmp_path):
    return new_story("Two Keys", tmp_path)


def pages(content):
    return [
        page.extract_text().replace("\0", "") for page in pypdf.PdfReader(io.BytesIO(content)).pages
    ]


def squeezed(text):
    return "".join(text.split())


def test_paper_has_the_series_in_order_an_episode_on_pages_of_its_own(story):
    evidence = look_into(story)
    [(name, content)] = export_media(evidence, MediaOrder("pdf", "two-keys")).items()
    assert name == "two-keys.pdf"
    front, *rest = pages(content)
    assert "Two Keys" in front
    assert [page for page in rest if "Episode 1" in page and "Episode 2" in page] == []
    text, at = squeezed("".join(rest)), 0
    by_id = {line.id: line for line in story.lines}
    for line_id in canon_ids(evidence):
        if isinstance(by_id[line_id], Beat):
            at = text.index(squeezed(by_id[line_id].text), at)
    assert export_media(evidence, MediaOrder("pdf", "two-keys"))[name] == content


def test_chinese_is_printed_and_wrapped_inside_its_column(tmp_path):
    (tmp_path / "剧本.txt").write_text(CHINESE)
    made = import_script(tmp_path / "剧本.txt", tmp_path / "story", random_digits)
    content = write_pdf(made.story, canon_ids(look_into(made.story)), *find("serif"))
    told = pages(content)[1]
    assert "怎么也不等我先把遗书写完呢？" in squeezed(told)
    assert max(len(row) for row in told.splitlines() if "葬礼" in row) <= 24


def test_letters_that_cannot_be_printed_are_named(story):
    main = story.folder / "script/ep001.ink"
    main.write_text(main.read_text().replace("Three years ago.", "ثلاث سنوات"))
    with pytest.raises(CannotPrint, match="no letters for"):
        export_media(look_into(open_story(story.folder)), MediaOrder("pdf", "x"))


@pytest.fixture
def heiress(tmp_path):
    write_story(tmp_path, {"script/main.ink": HEIRESS})
    return look_into(open_story(tmp_path))


def sheet(content, name):
    rows = openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True)
    head = next(rows)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_voiced_line_is_on_the_sheet_once_and_the_game_s_follow_their_option(heiress):
    rows = sheet(write_sheets(heiress, canon_ids(heiress)), "Lines")
    voiced = [line.id for line in heiress.story.lines if isinstance(line, Beat) and line.spoken]
    assert sorted(row["id"] for row in rows) == sorted(voiced)
    series = [row["id"] for row in rows if row["medium"] == "series"]
    assert series == [i for i in canon_ids(heiress) if i in voiced]
    by_id = {row["id"]: row for row in rows}
    assert by_id["ep001_terrace_D4D4"]["follows option"] == "Tell him. Now."
    assert by_id["ep001_terrace_D4D4"]["medium"] == "game"
    assert by_id["ep001_terrace_E5E5"]["follows option"] is None
    assert "almost a whisper" in by_id["ep001_gala_A1X9"]["notes"]


def test_the_sheet_shows_shots_translations_and_how_much_each_says(story):
    (story.folder / "i18n").mkdir(exist_ok=True)
    evidence = look_into(story)
    content = export_media(evidence, MediaOrder("sheets", "k", "es"))["k.xlsx"]
    lines, shots = sheet(content, "Lines"), sheet(content, "Shots")
    covered = {line_id for row in shots for line_id in row["covers"].split(", ")}
    assert covered >= {row["id"] for row in lines if row["medium"] == "series"}
    assert all(row["shots"] for row in lines if row["medium"] == "series")
    assert {row["state"] for row in lines} <= {"waiting", "draft", "stale", "approved"}
    counted = sum(row["lines"] for row in sheet(content, "Cast"))
    assert counted == len(lines)


def test_words_that_look_like_a_formula_stay_words(story):
    main = story.folder / "script/ep001.ink"
    main.write_text(main.read_text().replace("Three years ago.", "=1+1 years ago."))
    evidence = look_into(open_story(story.folder))
    rows = sheet(write_sheets(evidence, canon_ids(evidence)), "Lines")
    assert any("=1+1 years ago." in str(row["line"]) for row in rows)

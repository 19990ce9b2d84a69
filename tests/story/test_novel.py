"""Chapters quote the script by id; the book they make is valid, accessible and always the same."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_stories import CHAPTER, heiress_at
from silkreel.story.book import NoNovel, book_as_epub, book_as_html, open_book, reading_of
from silkreel.story.forms.epub import read_pictures, write_epub
from silkreel.story.novel import Quote, Text, parse_chapter, read_novel
from silkreel.story.novel_pages import Reading, chapter_body, markup
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.quotation import quoted, with_comma

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c"
    "63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
XHTML = "{http://www.w3.org/1999/xhtml}"
JAR = Path("/usr/share/java/epubcheck.jar")
DOORS = {
    ("watch", "ep001.gala"): "https://drama.example/s/heiress/e/1?t=ep001_gala_G7KD",
    ("play", "ep001.terrace"): "https://drama.example/s/heiress/g?at=ep001.terrace",
}


@pytest.fixture
def folder(tmp_path):
    return heiress_at(tmp_path / "heiress")


def with_chapter(folder, text):
    (folder / "novel/ch001.md").write_text(text, encoding="utf-8")
    return open_story(folder)


def epub_of(folder, language="en", doors=None, texts=None):
    story = open_story(folder)
    book = open_book(story, "heiress")
    book = replace(book, modified=datetime(2026, 11, 23, tzinfo=UTC), creator="Anna <A&B>")
    reading = reading_of(story, language, doors=doors or {})
    return book_as_epub(story, book, replace(reading, texts={**reading.texts, **(texts or {})}))


def page_of(content, name):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def epubcheck(path):
    if not JAR.is_file() or shutil.which("java") is None:
        pytest.skip("epubcheck is not installed (Debian's package `epubcheck`)")
    told = subprocess.run(
        ["java", "-jar", str(JAR), "--failonwarnings", str(path)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


def test_a_chapter_is_blocks_with_ids_and_quotes():
    chapter = parse_chapter(CHAPTER, "novel/ch001.md")
    assert (chapter.number, chapter.title) == (1, "My Own Funeral")
    assert chapter.adapts == ("ep001.gala", "ep001.terrace")
    kinds = [block.kind for block in chapter.blocks]
    assert kinds == ["prose", "prose", "break", "heading", "prose", "watch", "play"]
    first, second = chapter.blocks[:2]
    assert first.pieces[1] == Text("not", "em")
    assert (second.id, second.pieces[0]) == ("ch001_D4E5", Quote("ep001_gala_A1X9", comma=True))
    assert second.at.line == 6
    assert chapter.quotes == ("ep001_gala_A1X9", "ep001_terrace_Q7R2", "ep001_gala_A1X9")


def test_a_line_is_said_in_the_marks_of_the_language_and_has_its_id_once(folder):
    page = page_of(epub_of(folder), "OEBPS/text/ch001.xhtml")
    said = '<span class="line" id="ep001_gala_A1X9">“You invited me to my own funeral,”</span> she said'
    assert said in page
    assert page.count('id="ep001_gala_A1X9"') == 1
    assert '<span class="line">“You invited me to my own funeral.”</span>' in page


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en-GB", "“Ja.”"), ("de", "„Ja.“"), ("fr-CA", "«\u202fJa.\u202f»"), ("zh-Hant", "「Ja.」"),
     ("zh-Hans", "“Ja.”"), ("tlh", "“Ja.”"), ("pt-PT", "«Ja.»"), ("pt-BR", "“Ja.”")],
)  # fmt: skip
def test_quotation_marks_are_the_languages(language, expected):
    assert quoted("Ja.", language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("No.", "No,"), ("No!", "No!"), ("Why?", "Why?"), ("And then...", "And then..."),
     ("不。", "不，"), ("", "")],
)  # fmt: skip
def test_only_a_final_stop_becomes_a_comma(text, expected):
    assert with_comma(text) == expected


def test_the_same_novel_gives_the_same_bytes(folder):
    assert epub_of(folder) == epub_of(folder)


def test_every_fragment_is_a_line_or_a_block(folder):
    story = open_story(folder)
    chapter = read_novel(story)[0]
    page = ET.fromstring(page_of(epub_of(folder, doors=DOORS), "OEBPS/text/ch001.xhtml"))
    ids = {each.get("id") for each in page.iter() if each.get("id")}
    assert ids == chapter.ids
    assert {each for each in ids if not each.startswith("ch")} <= set(story.ids)


def test_doors_are_plain_links_and_left_out_where_there_is_no_address(folder):
    page = page_of(epub_of(folder, doors=DOORS), "OEBPS/text/ch001.xhtml")
    assert 'href="https://drama.example/s/heiress/g?at=ep001.terrace"' in page
    assert "door" not in page_of(epub_of(folder), "OEBPS/text/ch001.xhtml")


def test_mimetype_comes_first_and_is_stored(folder):
    archive = zipfile.ZipFile(io.BytesIO(epub_of(folder)))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", 0, b"")
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_epubcheck_finds_nothing(folder, tmp_path):
    """With doors, a cover, a picture, names and words full of what XML minds."""
    (folder / "art").mkdir()
    (folder / "art/glass.png").write_bytes(PNG)
    (folder / "novel/cover.png").write_bytes(PNG)
    hostile = "A <b>bold</b> & \u000b \ufffe “quote” 𝄞 ]]> <!-- {#ch001_H9H9}\n\n"
    picture = '![A glass & its "shards"](art/glass.png) {#ch001_J0J0}\n\n'
    with_chapter(folder, CHAPTER.replace("***", hostile + picture + "***"))
    (folder / "novel/ch002.md").write_text("---\n{chapter: 2, title: '<Two> & more'}\n---\nLast.\n")
    path = tmp_path / "heiress.epub"
    path.write_bytes(epub_of(folder, doors=DOORS))
    code, told = epubcheck(path)
    assert (code, "No errors or warnings" in told) == (0, True), told


def test_epubcheck_finds_nothing_in_a_book_that_reads_from_the_right(folder, tmp_path):
    texts = {
        "ch001_B2C3": "كان الزجاج لا يزال يسقط.",
        "ch001_title": "جنازتي",
        "title": "عودة الوريثة",
    }
    path = tmp_path / "heiress.epub"
    content = epub_of(folder, "ar", texts=texts)
    path.write_bytes(content)
    assert 'page-progression-direction="rtl"' in page_of(content, "OEBPS/package.opf")
    page = page_of(content, "OEBPS/text/ch001.xhtml")
    assert 'lang="ar" xml:lang="ar" dir="rtl"' in page
    assert "جنازتي" in page
    code, told = epubcheck(path)
    assert (code, "No errors or warnings" in told) == (0, True), told


def test_the_page_holds_the_same_fragments(folder):
    story = open_story(folder)
    page = book_as_html(story, open_book(story, "heiress"), reading_of(story, "en", doors=DOORS))
    for fragment in read_novel(story)[0].ids:
        assert page.count(f'id="{fragment}"') == 1
    assert '<html lang="en" dir="ltr">' in page
    assert "<script" not in page


def test_xml_never_sees_what_it_forbids():
    assert markup('a\x00\x0b\ufffe\ud800<"&') == "a&lt;&quot;&amp;"


@given(st.text())
def test_any_text_becomes_well_formed_and_reads_the_same(text):
    wanted = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    read = ET.fromstring(f"<p>{markup(text)}</p>").text or ""
    assert read == wanted.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(alphabet="*{}|:#!()[]-\n line:ep001_gala_A1X9watchcomma{{}}ab", max_size=200))
def test_any_chapter_is_read_or_refused_with_its_line(text):
    whole = "---\n{chapter: 1, title: A}\n---\n" + text
    line = 4
    try:
        chapter = parse_chapter(whole, "novel/ch001.md")
    except BadStoryFile as refusal:
        chapter, line = None, refusal.values["line"]
    assert 4 <= line <= whole.count("\n") + 1
    if chapter is None:
        return
    reading = Reading("en", dict.fromkeys(chapter.quotes, "Hm."))
    ET.fromstring(f"<section>{chapter_body(chapter, reading)}</section>")


BAD = {
    "no front matter": ("Just prose.\n", 1, "a chapter begins with"),
    "no YAML": ("---\n{chapter: 1, title: [\n---\n", 2, "not YAML"),
    "no title": ("---\n{chapter: 1}\n---\n", 2, "title"),
    "no number": ("---\n{chapter: one, title: A}\n---\n", 2, "chapter"),
    "a strange key": ("---\n{chapter: 1, title: A, colour: red}\n---\n", 2, "colour"),
    "a quote of nothing": ("---\n{chapter: 1, title: A}\n---\nOne.\n\n{{line:nope}}\n", 6, "DRM010"),
    "a quote of a game-only line": (
        "---\n{chapter: 1, title: A}\n---\n{{line:ep002_corridor_G7G7}}\n", 4, "game only",
    ),
    "a scene of nothing": ("---\n{chapter: 1, title: A, adapts: [ep009.moon]}\n---\n", 2, "ep009.moon"),
    "a door to nowhere": ("---\n{chapter: 1, title: A}\n---\n:::watch ep009.moon\n", 4, "DRM040"),
    "an unknown door": ("---\n{chapter: 1, title: A}\n---\n:::smell ep001.gala\n", 4, ":::smell"),
    "a block id that is none": ("---\n{chapter: 1, title: A}\n---\nHi. {#first}\n", 4, "first"),
    "a block id twice": (
        "---\n{chapter: 1, title: A}\n---\nHi. {#ch001_B2C3}\n\nHo. {#ch001_B2C3}\n", 6, "stands already",
    ),
    "a picture without words": ("---\n{chapter: 1, title: A}\n---\n![](art/a.png)\n", 4, "cannot see"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_chapter_is_one_sentence_with_its_line(folder, name):
    text, line, words = BAD[name]
    with pytest.raises(BadStoryFile) as refusal:
        read_novel(with_chapter(folder, text))
    assert str(refusal.value).startswith(f"novel/ch001.md:{line}: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["art/none.png", "../outside.png", "/etc/passwd"])
def test_a_picture_comes_from_the_storys_folder_only(folder, name):
    (folder.parent / "outside.png").write_bytes(PNG)
    text = CHAPTER.replace("***", f"![A glass]({name})")
    story = with_chapter(folder, text)
    with pytest.raises(BadStoryFile, match=r"novel/ch001\.md:9: there is no picture"):
        read_pictures(story.folder, read_novel(story))


def test_a_picture_that_is_none_is_refused(folder):
    (folder / "art").mkdir()
    (folder / "art/a.png").write_bytes(b"<svg onload='alert(1)'/>")
    story = with_chapter(folder, CHAPTER.replace("***", "![A glass](art/a.png)"))
    book = open_book(story, "heiress")
    with pytest.raises(BadStoryFile, match="PNG and JPEG"):
        write_epub(book, reading_of(story, "en"), read_pictures(story.folder, book.chapters))


def test_two_chapters_of_one_number_are_refused(folder):
    (folder / "novel/ch002.md").write_text("---\n{chapter: 1, title: B}\n---\nHi.\n")
    with pytest.raises(BadStoryFile, match=r"novel/ch002\.md:2: novel/ch001\.md is chapter 1"):
        read_novel(open_story(folder))


def test_a_story_without_chapters_says_where_they_go(folder):
    (folder / "novel/ch001.md").unlink()
    with pytest.raises(NoNovel, match=r"novel/ch001\.md"):
        open_book(open_story(folder), "heiress")

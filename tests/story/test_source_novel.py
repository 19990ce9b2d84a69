"""A novel from elsewhere comes in chapter by chapter, whatever encoding and headings it has."""

import io
import zipfile

import pytest

from assisted import NOVEL, no_blanks, with_novel
from silkreel.story.book import open_book, reading_of
from silkreel.story.forms.epub import write_epub
from silkreel.story.importing import UnknownNovel, import_novel
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.readers.prose import LONGEST_PARAGRAPH, is_heading, read_prose
from silkreel.story.source import (
    NoSource,
    SourceTaken,
    SourceTooLong,
    read_source,
    write_source,
)
from silkreel.story.stamping import new_story


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_comes_in_from_the_encodings_novels_are_given_out_in(encoding):
    chapters = read_prose(NOVEL.encode(encoding), "novel.txt")
    assert [each.title for each in chapters] == ["第一章 归来", "第二章 信", "第三章 灯"]
    assert [len(each.paragraphs) for each in chapters] == [3, 3, 2]


@pytest.mark.parametrize(
    "row",
    ["第十二章", "第 3 章：雨夜", "第一百零五回 风雪", "第2集", "楔子", "番外二", "尾声 灯",
     "Chapter 7", "CHAPTER IV: The Key", "Chapter Twenty-One", "Capítulo 3", "Prologue", "PART TWO"],
)  # fmt: skip
def test_headings_people_write_are_known(row):
    assert is_heading(row)


@pytest.mark.parametrize(
    "row",
    ["第一章的内容他早就忘了，只记得那场雨。", "第三回合开始", "他翻到第五章", "Chapter and verse, she said.",
     "In Chapter 7 he dies.", "尾声渐渐远了，灯也灭了。", "Part of it was true."],
)  # fmt: skip
def test_prose_that_speaks_of_chapters_is_no_heading(row):
    assert not is_heading(row)


def test_a_volume_stands_with_its_first_chapter_and_a_table_of_contents_goes():
    text = "目录在此\n第一章 甲\n第二章 乙\n第一卷 起\n第一章 甲\n正文一。\n第二章 乙\n正文二。\n"
    told = [(each.title, each.paragraphs) for each in read_prose(text.encode(), "a.txt")]
    assert told == [
        ("", ("目录在此",)),
        ("第一卷 起 · 第一章 甲", ("正文一。",)),
        ("第二章 乙", ("正文二。",)),
    ]


@pytest.mark.parametrize(
    ("sentence", "between", "end"),
    [
        ("她看着他，什么也没说。", "", "。"),
        ("“你走吧！”她说。", "", "。"),
        ("She said 3.5 words.", " ", "."),
    ],
)
def test_a_paragraph_that_never_ends_is_cut_between_sentences_and_loses_nothing(
    sentence, between, end
):
    text = between.join([sentence] * 400)
    [chapter] = read_prose(text.encode(), "a.txt")
    assert between.join(chapter.paragraphs) == text
    assert max(map(len, chapter.paragraphs)) <= LONGEST_PARAGRAPH
    assert all(each.endswith((end, "”")) for each in chapter.paragraphs)


def book(*pages, encrypted=False):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        )
        rows = "".join(f'<item id="p{n}" href="page%20{n}.xhtml"/>' for n in range(len(pages)))
        order = "".join(f'<itemref idref="p{n}"/>' for n in reversed(range(len(pages))))
        archive.writestr(
            "OPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
            f"{rows}</manifest><spine>{order}</spine></package>",
        )
        for number, page in enumerate(pages):
            archive.writestr(f"OPS/page {number}.xhtml", page)
    return made.getvalue()


def test_an_epub_comes_in_by_its_spine_with_headings_and_without_scripts():
    second = (
        "<html><head><title>no</title></head><body><h2>Two</h2><p>Rain&nbsp;fell.</p></body></html>"
    )
    first = (
        "<html><body><h1>One</h1><div><p>The <em>glass</em> fell.</p><script>evil()</script>"
        "<p>She<br/>ran.</p></div></body></html>"
    )
    told = read_prose(book(second, first), "a.epub")
    assert [(each.title, each.paragraphs) for each in told] == [
        ("One", ("The glass fell.", "She", "ran.")),
        ("Two", ("Rain fell.",)),
    ]


def test_our_own_epub_comes_in_again(tmp_path):
    story = new_story("desk", tmp_path)
    made = write_epub(open_book(story, "desk"), reading_of(story, "en"))
    [chapter] = [c for c in read_prose(made, "a.epub") if "Night Desk" in c.title]
    assert any("green shadow on the desk" in each for each in chapter.paragraphs)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.epub", b"PK no zip"), ("a.epub", b""), ("a.txt", b"\x00\x01\x02\xff\xfe\x00")],
)
def test_what_is_no_novel_is_told_so(name, content):
    with pytest.raises(BadStoryFile):
        read_prose(content, name)


def test_a_source_reads_back_as_it_came_even_where_prose_looks_like_a_heading(tmp_path):
    text = "第一章 甲\n\\# 不是标题\n# 也是标题\n正文。\n"
    write_source(tmp_path, read_prose(text.encode(), "a.txt"))
    assert [(p.number, p.chapter, p.text) for p in read_source(tmp_path)] == [
        (1, "第一章 甲", "\\# 不是标题"),
        (2, "也是标题", "正文。"),
    ]


def test_a_novel_begins_a_story_where_there_is_none(tmp_path):
    (tmp_path / "novel.txt").write_text(NOVEL, "utf-8")
    assert import_novel(tmp_path / "novel.txt", tmp_path / "story", "zh-Hans") == 8
    story = open_story(tmp_path / "story")
    assert (story.project.title, story.project.language) == ("novel", "zh-Hans")
    assert no_blanks("".join(p.text for p in read_source(tmp_path / "story"))) in no_blanks(
        NOVEL.replace("第一章 归来", "").replace("第二章 信", "").replace("第三章 灯", "")
    )
    with pytest.raises(UnknownNovel):
        import_novel(tmp_path / "novel.pdf", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_novel_that_episodes_were_taken_from_is_not_written_over(tmp_path):
    with_novel(tmp_path)
    (tmp_path / "source" / "episodes.yaml").write_text(
        "- {episode: 1, first: 1, last: 2}\n", "utf-8"
    )
    with pytest.raises(SourceTaken):
        with_novel(tmp_path)


def test_too_much_text_and_none_are_refused(tmp_path):
    with pytest.raises(NoSource):
        read_source(tmp_path)
    with pytest.raises(BadStoryFile):
        write_source(tmp_path, read_prose(b"Chapter 1\n", "a.txt"))
    with pytest.raises(SourceTooLong, match="4 MB"):
        write_source(tmp_path, read_prose("夜里下着雨。\n".encode() * 290_000, "a.txt"))

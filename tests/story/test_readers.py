"""Scripts from elsewhere: Chinese and western plain text, and Word files, honest and hostile."""

import io
import zipfile

import pytest

from silkreel.story.project import BadStoryFile
from silkreel.story.readers.docx import read_docx
from silkreel.story.readers.plain import read_plain
from silkreel.story.script import Beat, Comment

CHINESE = """\
第一集：我的葬礼

1-1 夜 内 酒店宴会厅
人物：林晚、陈默
△香槟杯碎了，所有人回头。
林晚（冷）：你请我来参加我自己的葬礼。
陈默OS：她不是死了吗？
【闪回】
陈默：（低声）林晚？
灯灭了
第2集
2-1 日外 码头
林晚：走。
"""


def beats(draft):
    return [line for line in draft.script.lines if isinstance(line, Beat)]


def test_a_chinese_script_is_read_by_its_layout():
    draft = read_plain(CHINESE, "a.txt")
    assert [(e.name, e.title) for e in draft.script.episodes] == [
        ("ep001", "我的葬礼"),
        ("ep002", ""),
    ]
    headings = [s.heading for e in draft.script.episodes for s in e.scenes]
    assert headings == ["INT. 酒店宴会厅 - NIGHT", "EXT. 码头 - DAY"]
    assert [(b.speaker, b.qualifiers, b.direction, b.text) for b in beats(draft)] == [
        ("", (), "", "香槟杯碎了，所有人回头。"),
        ("林晚", (), "冷", "你请我来参加我自己的葬礼。"),
        ("陈默", ("O.S.",), "", "她不是死了吗？"),
        ("陈默", (), "低声", "林晚？"),
        ("", (), "", "灯灭了"),
        ("林晚", (), "", "走。"),
    ]
    assert [str(x) for x in draft.unsure] == ["a.txt:10: taken as action: 灯灭了"]
    notes = [n for s in draft.script.episodes[0].scenes for n in s.nodes if isinstance(n, Comment)]
    assert Comment("【闪回】", "SHOT") in notes
    assert draft.cast == ("林晚", "陈默")
    assert draft.script.tag("lang") == "zh-Hans"


def test_every_line_of_a_chinese_script_is_kept_somewhere():
    draft = read_plain(CHINESE, "a.txt")
    kept = "".join(b.speaker + b.text for b in beats(draft))
    for words in ("香槟杯碎了", "你请我来", "她不是死了吗", "灯灭了", "走"):
        assert words in kept


def test_a_western_text_is_read_with_cues_or_colons():
    draft = read_plain("INT. CAR - NIGHT\n\nLIN\n(cold)\nDrive.\n\nCHEN: Where to?\n", "a.txt")
    assert [(b.speaker, b.direction, b.text) for b in beats(draft)] == [
        ("LIN", "cold", "Drive."), ("CHEN", "", "Where to?"),
    ]  # fmt: skip


def docx(paragraphs, *, head=""):
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rows = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    body = (
        f'<?xml version="1.0"?>{head}<w:document xmlns:w="{w}"><w:body>{rows}</w:body></w:document>'
    )
    return packed(body.encode())


def packed(content, name="word/document.xml"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_a_word_file_is_read_by_its_styles():
    draft = read_docx(
        docx([
            ("SceneHeading", "INT. CAR - NIGHT"), ("Action", "Rain."), ("Character", "LIN (V.O.)"),
            ("Parenthetical", "(cold)"), ("Dialogue", "Drive &amp; go."), ("Normal", "Hm."),
        ]),
        "a.docx",
    )  # fmt: skip
    assert [(b.speaker, b.qualifiers, b.direction, b.text) for b in beats(draft)] == [
        ("", (), "", "Rain."), ("LIN", ("V.O.",), "cold", "Drive & go."), ("", (), "", "Hm."),
    ]  # fmt: skip
    assert len(draft.unsure) == 1


def test_a_word_file_without_styles_is_read_as_plain_text():
    draft = read_docx(docx([("", row) for row in CHINESE.split("\n")]), "a.docx")
    assert [b.text for b in beats(draft)] == [b.text for b in beats(read_plain(CHINESE, ""))]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"not a zip", "this is no Word file"),
        (packed(b"x", "other.xml"), "this is no Word file"),
        (packed(b" " * 30_000_000), "it unpacks to more than 50 MB or 100 times its size"),
        (docx([], head='<!DOCTYPE x [<!ENTITY a "b">]>'), "this XML declares entities"),
        (packed(b"\xff\xfe"), "its text is not UTF-8"),
        (packed(b"<a>"), "this is broken XML"),
    ],
)
def test_a_hostile_word_file_is_refused_in_one_sentence(content, told):
    with pytest.raises(BadStoryFile) as refused:
        read_docx(content, "a.docx")
    assert str(refused.value).startswith("a.docx:1: ")
    assert told in str(refused.value)


def test_a_zip_that_lies_about_its_size_is_stopped_all_the_same():
    content = bytearray(packed(bytes(range(256)) * 300_000))
    size = (300_000 * 256).to_bytes(4, "little")
    small = (1000).to_bytes(4, "little")
    content = content.replace(size, small)
    with pytest.raises(BadStoryFile, match=r"^a\.docx:1: "):
        read_docx(bytes(content), "a.docx")

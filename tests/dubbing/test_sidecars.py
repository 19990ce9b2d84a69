"""Subtitles that came beside an episode."""

import pytest

from silkreel.dubbing.sidecars import (
    BadSubtitles,
    ScriptOfAnotherCut,
    examine_script,
    read_script,
)

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>你终于</i>回来了

2
00:00:03,000 --> 00:00:04,000
阿梅：我等你三年
"""
VTT = """WEBVTT

ep001_7k2m
00:01.000 --> 00:02.500
<v Mei>You came back.</v>

00:03.000 --> 00:04.000
Nobody knows.
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,Mei,0,0,0,,{\\an8}You came\\Nback.
Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not a line
"""


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_srt_gives_plain_lines_in_order_with_known_speakers_only(tmp_path):
    path = write(tmp_path, "01.zh.srt", SRT)
    lines = read_script(path, name=path.name, speakers=frozenset({"阿梅"}))
    assert [line.text for line in lines] == ["你终于回来了", "我等你三年"]
    assert [line.speaker for line in lines] == ["", "阿梅"]
    assert lines[0].span.start_seconds == 1.0


def test_a_colon_is_no_speaker_where_nobody_of_that_name_is_in_the_cast(tmp_path):
    path = write(tmp_path, "01.zh.srt", SRT)
    assert read_script(path, name=path.name)[1].text == "阿梅：我等你三年"


def test_web_vtt_voices_are_speakers(tmp_path):
    path = write(tmp_path, "01.en.vtt", VTT)
    lines = read_script(path, name=path.name)
    assert [(line.speaker, line.text) for line in lines] == [
        ("Mei", "You came back."),
        ("", "Nobody knows."),
    ]


def test_ass_names_are_speakers_and_comments_are_left_out(tmp_path):
    path = write(tmp_path, "01.en.ass", ASS)
    lines = read_script(path, name=path.name)
    assert [(line.speaker, line.text) for line in lines] == [("Mei", "You came back.")]


@pytest.mark.parametrize("text", ["", "no subtitles in here", "WEBVTT\n"])
def test_a_file_without_lines_is_refused_with_its_name(tmp_path, text):
    path = write(tmp_path, "01.zh.srt", text)
    with pytest.raises(BadSubtitles, match=r"01\.zh\.srt"):
        read_script(path, name=path.name)


def test_another_encoding_is_refused_and_the_sentence_says_what_to_do(tmp_path):
    path = write(tmp_path, "01.zh.srt", SRT, "gb18030")
    with pytest.raises(BadSubtitles, match="save it as UTF-8"):
        read_script(path, name=path.name)


def test_binary_that_pretends_to_be_subtitles_is_refused(tmp_path):
    path = tmp_path / "01.zh.srt"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(BadSubtitles):
        read_script(path, name=path.name)


def test_a_strangers_script_is_read_in_a_child_and_counted(tmp_path):
    path = tmp_path / "01.zh.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n他还活着\n", encoding="utf-8")
    assert examine_script(path, name=path.name, length_seconds=4.0) == 1
    with pytest.raises(ScriptOfAnotherCut, match=r"is at 1\.0 s and the picture ends at 1\.0 s"):
        examine_script(path, name=path.name, length_seconds=1.0)


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"1\n2\n3\n" * 900, b"<html>no</html>"])
@pytest.mark.parametrize("ending", ["srt", "vtt", "ass"])
def test_rubbish_is_refused_by_name_whatever_its_ending(tmp_path, content, ending):
    path = tmp_path / f"01.zh.{ending}"
    path.write_bytes(content)
    with pytest.raises(
        BadSubtitles, match=rf"^01\.zh\.{ending} cannot be read as subtitles: .*\.$"
    ):
        examine_script(path, name=path.name, length_seconds=4.0)


def test_more_lines_than_a_film_has_are_refused(tmp_path):
    path = tmp_path / "01.zh.vtt"
    path.write_text("WEBVTT\n\n" + "00:01.000 --> 00:02.000\n<v A>x\n\n" * 6000, encoding="utf-8")
    with pytest.raises(BadSubtitles, match="more than 5000 lines"):
        examine_script(path, name=path.name, length_seconds=4.0)

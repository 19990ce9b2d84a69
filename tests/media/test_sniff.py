import pytest

from silkreel.media.sniff import sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "an ffconcat script"),
        (b"#EXTM3U\n#EXT-X-VERSION:7\n", "a playlist"),
        (b"\xef\xbb\xbfWEBVTT\n\n", "a subtitle file"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nhi\r\n", "a subtitle file"),
        (b"<?xml version='1.0'?><svg/>", "an XML file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        ("第一集".encode(), "a text file"),
        (b"\xff\xd8\xff\xe0" + bytes(60), "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "a PNG picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI file"),
        (b"\0\0\0\x1cftypheic" + bytes(40), "a HEIF or AVIF picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04" + bytes(60), "a ZIP archive"),
        (bytes(4096), "a file of an unknown kind"),
        (b"", "a file of an unknown kind"),
    ],
)
def test_what_is_no_video_is_never_given_a_format(head, kind):
    assert sniff(head).format is None
    assert sniff(head).kind == kind


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"\0\0\0\x1cftypisom" + bytes(40), "mp4"),
        (b"\0\0\0\x14ftypqt  " + bytes(40), "mp4"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mp4"),
        (b"\x1aE\xdf\xa3" + bytes(40), "matroska"),
        ((b"G" + bytes(187)) * 5, "mpegts"),
        (b"\0\0\0\0" + (b"G" + bytes(191)) * 5, "mpegts"),
    ],
)
def test_accepted_containers_are_told_by_their_first_bytes(head, form):
    assert sniff(head).format == form
    assert sniff(head).holds_picture


def test_a_sound_has_a_format_but_no_picture():
    assert sniff(b"RIFF\0\0\0\0WAVEfmt ").format == "wav"
    assert not sniff(b"RIFF\0\0\0\0WAVEfmt ").holds_picture
    assert sniff(b"fLaC" + bytes(40)).format == "flac"


def test_every_beginning_of_64_kib_gets_an_answer_even_cut_inside_a_character():
    assert sniff("集".encode() * 30_000).kind == "a text file"

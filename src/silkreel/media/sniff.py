"""What a file is, by its first bytes alone. FFmpeg never guesses: it is told what we found.

A text file named `.mp4` that holds an `ffconcat` script would be opened by a guess, and would read
another file of this machine.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD_BYTES = 64 * 1024
TS_PACKET_BYTES = 188
# What FFmpeg is told beside the format: nothing but the one file.
OPTIONS = {"protocol_whitelist": "file"}

ISO_KINDS = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
ISO_PICTURES = frozenset({b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A format FFmpeg is told (None: refused) and what to call the file."""

    format: str | None
    kind: str
    holds_picture: bool = True  # whether such a file may hold a moving picture


@dataclass(frozen=True, slots=True)
class _Mark:
    start: bytes
    found: Sniffed
    offset: int = 0


def _no(kind: str) -> Sniffed:
    return Sniffed(None, kind)


def _sound(name: str, kind: str) -> Sniffed:
    return Sniffed(name, kind, holds_picture=False)


MARKS = (
    _Mark(b"\x1aE\xdf\xa3", Sniffed("matroska", "a Matroska or WebM file")),
    _Mark(b"\x00\x00\x01\xba", _no("an MPEG program stream")),
    _Mark(b"\x00\x00\x01\xb3", _no("a bare MPEG stream")),
    _Mark(b"\x00\x00\x00\x01", _no("a bare video stream without a container")),
    _Mark(b"\xff\xd8\xff", _no("a JPEG picture")),
    _Mark(b"\x89PNG", _no("a PNG picture")),
    _Mark(b"GIF8", _no("a GIF picture")),
    _Mark(b"BM", _no("a BMP picture")),
    _Mark(b"II*\x00", _no("a TIFF picture")),
    _Mark(b"MM\x00*", _no("a TIFF picture")),
    _Mark(b"WEBP", _no("a WebP picture"), 8),
    _Mark(b"AVI ", _no("an AVI file"), 8),
    _Mark(b"WAVE", _sound("wav", "a WAV sound"), 8),
    _Mark(b"FLV\x01", _no("an FLV file")),
    _Mark(b"0&\xb2u\x8ef\xcf\x11", _no("a Windows Media file")),
    _Mark(b"fLaC", _sound("flac", "a FLAC sound")),
    _Mark(b"OggS", _sound("ogg", "an Ogg file")),
    _Mark(b"AIFF", _sound("aiff", "an AIFF sound"), 8),
    _Mark(b"AIFC", _sound("aiff", "an AIFF sound"), 8),
    _Mark(b"ID3", _sound("mp3", "an MP3 sound")),
    _Mark(b"\xff\xfb", _sound("mp3", "an MP3 sound")),
    _Mark(b"\xff\xf3", _sound("mp3", "an MP3 sound")),
    _Mark(b"\xff\xfa", _sound("mp3", "an MP3 sound")),
    _Mark(b"\xff\xf1", _sound("aac", "a bare AAC sound")),
    _Mark(b"\xff\xf9", _sound("aac", "a bare AAC sound")),
    _Mark(b"%PDF", _no("a PDF document")),
    _Mark(b"PK\x03\x04", _no("a ZIP archive")),
    _Mark(b"Rar!", _no("a RAR archive")),
    _Mark(b"7z\xbc\xaf", _no("a 7z archive")),
    _Mark(b"\x1f\x8b", _no("a gzip archive")),
    _Mark(b"\x06\x0e+4", _no("an MXF file")),
    _Mark(b"\x7fELF", _no("a program")),
    _Mark(b"MZ", _no("a program")),
)
TEXTS = (
    (b"#extm3u", "a playlist"),
    (b"ffconcat", "an ffconcat script"),
    (b"webvtt", "a subtitle file"),
    (b"[script info]", "a subtitle file"),
    (b"<?xml", "an XML file"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"#!", "a script"),
)


def sniff_file(path: Path) -> Sniffed:
    """`sniff` of a file's first 64 KiB."""
    with path.open("rb") as stream:
        return sniff(stream.read(HEAD_BYTES))


def sniff(head: bytes) -> Sniffed:
    """What the first bytes of a file say it is."""
    if head[4:8] in ISO_KINDS:
        return _iso(head)
    if _is_transport_stream(head):
        return Sniffed("mpegts", "an MPEG transport stream")
    for mark in MARKS:
        if head.startswith(mark.start, mark.offset):
            return mark.found
    return _no(_text(head) or "a file of an unknown kind")


def open_media(path: Path, sniffed: Sniffed) -> Any:
    """Open a file as what it is and nothing else; only ever called in a child.

    Raises:
        av.error.FFmpegError: it is not what its first bytes say.
    """
    import av

    if sniffed.format is None:
        raise ValueError(f"{sniffed.kind} is never opened")
    return av.open(path, format=sniffed.format, options=dict(OPTIONS), metadata_errors="replace")


def first_streams(container: Any) -> tuple[Any, Any]:
    """The first moving picture (no cover art) and the first sound, None where there is none."""
    pictures = [s for s in container.streams.video if not is_cover(s)]
    return next(iter(pictures), None), next(iter(container.streams.audio), None)


def is_cover(stream: Any) -> bool:
    """Whether a picture stream is one still that only decorates the file."""
    return bool(stream.disposition & stream.disposition.attached_pic)


def _iso(head: bytes) -> Sniffed:
    if head[4:8] == b"ftyp" and head[8:12] in ISO_PICTURES:
        return _no("a HEIF or AVIF picture")
    return Sniffed("mp4", "an MP4 or MOV file")


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes in a row, in packets of 188 bytes, or of 192 with a time stamp before each."""
    for first, step in ((0, TS_PACKET_BYTES), (4, TS_PACKET_BYTES + 4)):
        marks = head[first : first + 5 * step : step]
        if len(marks) >= 3 and marks == b"\x47" * len(marks):
            return True
    return False


def _text(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, kind in TEXTS:
        if text.startswith(start):
            return kind
    if b"-->" in text and b"\x00" not in text:
        return "a subtitle file"
    try:
        plain = head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    return "a text file" if plain and "\x00" not in plain else None

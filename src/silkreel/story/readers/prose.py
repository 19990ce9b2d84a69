"""Novels from elsewhere: plain text, Markdown and EPUB, cut into chapters by the headings people write.

Text comes in UTF-8, UTF-16 with its mark, or GB 18030, as Chinese novel sites give it out.
"""

import io
import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from silkreel.story.project import BadStoryFile
from silkreel.story.readers.fdx import xml_root
from silkreel.story.source import SourceChapter

LONGEST_PARAGRAPH = 1_500  # characters; a longer one is cut at the end of a sentence
LONGEST_HEADING = 60
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MOST_PAGES = 3_000  # of a book; a long serial has some 1,500 chapters
ENDINGS = (".txt", ".md", ".epub")

_NUMBER = r"[0-9〇零一二三四五六七八九十百千两]{1,8}"
_CHINESE = re.compile(rf"第\s*{_NUMBER}\s*(?:章.*|[回节集部卷](?:[\s:：、.．—-].*)?)")
_NAMED = re.compile(
    r"(?:序章|楔子|引子|序言|前言|尾声|后记|番外)(?:[\s:：、—-].*|[一二三四五六七八九十\d]*)"
)
_WESTERN = re.compile(
    r"(?:chapter|part|cap[ií]tulo|chapitre|kapitel)\s+(?:\d{1,4}|[ivxlc]{1,8}|[a-z-]{3,14})"
    r"(?:\s*[:.—–-].*)?|prolog(?:ue|o)|epilog(?:ue|o)",
    re.IGNORECASE,
)  # fmt: skip
_VOLUME = re.compile(rf"(?:第\s*{_NUMBER}\s*[部卷]|part\b|volume\b)[^·]*$", re.IGNORECASE)
_MARKDOWN = re.compile(r"#{1,3}\s+(?P<title>\S.*)")
_SENTENCE = re.compile(r"(?<=[。！？!?…])(?![”」’])|(?<=[”」])|(?<=\.)(?=\s)")
_STOPS = "。，！？；,.!?;"
_CONTAINER = "META-INF/container.xml"
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def read_prose(content: bytes, name: str) -> tuple[SourceChapter, ...]:
    """A novel from elsewhere, chapter by chapter; what stands before the first heading has no title.

    Raises:
        BadStoryFile: it is neither text in a known encoding nor an EPUB without locks.
    """
    if name.lower().endswith(".epub"):
        return _joined(_epub_rows(content, name))
    return _joined(_text_rows(_text(content, name)))


def is_heading(row: str) -> bool:
    """Whether a line reads as a chapter's heading."""
    if len(row) > LONGEST_HEADING or row[-1:] in _STOPS.replace(".", ""):
        return False
    return any(form.fullmatch(row) for form in (_CHINESE, _NAMED, _WESTERN))


def _text(content: bytes, name: str) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    problem = "this is no text in UTF-8, UTF-16 or GB 18030."
    raise BadStoryFile(path=name, line=1, problem=problem)


def _text_rows(text: str) -> Iterator[tuple[bool, str]]:
    for row in text.splitlines():
        plain = _plain(row)
        if marked := _MARKDOWN.fullmatch(plain):
            yield True, marked["title"]
        elif plain:
            yield is_heading(plain), plain


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _ODD.sub(" ", text)).split())


def _joined(rows: Iterable[tuple[bool, str]]) -> tuple[SourceChapter, ...]:
    chapters: list[tuple[str, list[str]]] = [("", [])]
    for heading, text in rows:
        above = chapters[-1][0]
        if heading and not chapters[-1][1]:  # a volume's title, or a row of a table of contents
            chapters[-1] = (f"{above} · {text}" if _VOLUME.match(above) else text, [])
        elif heading:
            chapters.append((text, []))
        else:
            chapters[-1][1].extend(_short(text))
    return tuple(SourceChapter(title, tuple(told)) for title, told in chapters if told)


def _short(text: str) -> Iterator[str]:
    """A paragraph, or its sentences joined up to what one question can hold."""
    if len(text) <= LONGEST_PARAGRAPH:
        yield text
        return
    made = ""
    for sentence in (each for each in _SENTENCE.split(text) if each):
        if made and len(made) + len(sentence) > LONGEST_PARAGRAPH:
            yield made.strip()
            made = ""
        made += sentence
        while len(made) > LONGEST_PARAGRAPH:  # no sentence ends there
            yield made[:LONGEST_PARAGRAPH]
            made = made[LONGEST_PARAGRAPH:]
    if made.strip():
        yield made.strip()


def _epub_rows(content: bytes, name: str) -> Iterator[tuple[bool, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED_BYTES * 4:
                raise BadStoryFile(path=name, line=1, problem="it unpacks to more than any novel.")
            left = MAX_UNPACKED_BYTES
            for page in _pages(archive, name)[:MOST_PAGES]:
                with archive.open(page) as stream:
                    text = stream.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise BadStoryFile(path=name, line=1, problem="its text has more than 50 MB.")
                yield from _page_rows(text.decode("utf-8-sig", "replace"))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError):
        problem = "this is no EPUB, or it is locked."
        raise BadStoryFile(path=name, line=1, problem=problem) from None


def _pages(archive: zipfile.ZipFile, name: str) -> list[str]:
    """Paths of a book's pages, in reading order (EPUB 3.3, 5.6 and 5.7)."""
    box = _root(archive, _CONTAINER, name)
    package = next(each.get("full-path", "") for each in box.iter() if _tag(each) == "rootfile")
    root, base = _root(archive, package, name), posixpath.dirname(package)
    paths = {e.get("id"): e.get("href", "") for e in root.iter() if _tag(e) == "item"}
    order = [e.get("idref") for e in root.iter() if _tag(e) == "itemref"]
    return [posixpath.normpath(posixpath.join(base, unquote(paths[each]))) for each in order]


def _root(archive: zipfile.ZipFile, path: str, name: str) -> Element:
    with archive.open(path) as stream:
        content = stream.read(MAX_UNPACKED_BYTES)
    text = content.decode("utf-8-sig")
    return xml_root(text.partition("?>")[2] or text, name)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _page_rows(text: str) -> Iterator[tuple[bool, str]]:
    reader = _Page()
    reader.feed(text)
    reader.close()
    for heading, row in reader.rows:
        if plain := _plain(row):
            yield heading or is_heading(plain), plain


class _Page(HTMLParser):
    """Takes the words out of a page: one row a block, headings told."""

    BLOCKS = frozenset(
        (
            "p",
            "div",
            "li",
            "blockquote",
            "section",
            "article",
            "body",
            "tr",
            "dd",
            "dt",
            "pre",
            "br",
            "hr",
        )
    )
    HEADINGS = frozenset(("h1", "h2", "h3"))
    SILENT = frozenset(("head", "script", "style", "nav", "rt", "rp"))

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[bool, str]] = []
        self._words: list[str] = []
        self._heading = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self.SILENT:
            self._silent += 1
        if tag in self.BLOCKS or tag in self.HEADINGS:
            self._end()
            self._heading = tag in self.HEADINGS

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self.BLOCKS:
            self._end()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in self.BLOCKS or tag in self.HEADINGS:
            self._end()
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        self.rows.append((self._heading, "".join(self._words)))
        self._words = []

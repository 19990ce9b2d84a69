"""Word files: paragraphs by their style where the writer used a screenplay's, else as plain text.

A .docx is a zip of XML; only `word/document.xml` is read, within caps that no script reaches.
"""

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from silkreel.story.project import BadStoryFile
from silkreel.story.readers.draft import Draft, Drafting, plain, said
from silkreel.story.readers.fdx import xml_root
from silkreel.story.readers.plain import read_plain
from silkreel.story.script import Beat

MAX_UNPACKED_BYTES = 50 * 1024 * 1024  # a long novel's document.xml is below 5 MB
MAX_RATIO = 100  # honest XML packs to a tenth or twentieth
DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLES = {
    "sceneheading": "heading", "slugline": "heading", "character": "character", "cue": "character",
    "parenthetical": "direction", "dialogue": "words", "dialog": "words", "action": "action",
}  # fmt: skip


def read_docx(content: bytes, path: str, language: str = "") -> Draft:
    """A Word file as a draft; `line` of what is unsure counts paragraphs.

    Raises:
        BadStoryFile: it is no Word file, unpacks to too much, or declares entities.
    """
    root = xml_root(_document(content, path), path)
    rows = [(_style(each), _text(each)) for each in root.iter(f"{_W}p")]
    if any(STYLES.get(style) == "heading" for style, _ in rows):
        return _by_style(rows, path, language)
    return read_plain("\n".join(text for _, text in rows), path, language)


def _document(content: bytes, path: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            info = archive.getinfo(DOCUMENT)
            packed = max(1, info.compress_size)
            if info.file_size > MAX_UNPACKED_BYTES or info.file_size / packed > MAX_RATIO:
                raise BadStoryFile(path=path, line=1, problem=_too_much())
            with archive.open(info) as stream:
                unpacked = stream.read(MAX_UNPACKED_BYTES + 1)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise BadStoryFile(path=path, line=1, problem="this is no Word file (.docx).") from None
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise BadStoryFile(path=path, line=1, problem=_too_much())
    try:
        return unpacked.decode("utf-8-sig").partition("?>")[2] or unpacked.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadStoryFile(path=path, line=1, problem="its text is not UTF-8.") from None


def _too_much() -> str:
    most = MAX_UNPACKED_BYTES // 1024**2
    return f"it unpacks to more than {most} MB or {MAX_RATIO} times its size, which no script does."


def _style(paragraph: Element) -> str:
    found = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = "" if found is None else found.get(f"{_W}val", "")
    return "".join(char for char in name.casefold() if char.isalpha())


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph)).strip()


def _pieces(paragraph: Element) -> Iterator[str]:
    for each in paragraph.iter():
        if each.tag == f"{_W}t":
            yield each.text or ""
        elif each.tag in {f"{_W}tab", f"{_W}br"}:
            yield " "


def _by_style(rows: list[tuple[str, str]], path: str, language: str) -> Draft:
    drafting = Drafting(path, language)
    name = direction = ""
    for number, (style, text) in enumerate(rows, start=1):
        drafting.line = number
        kind = STYLES.get(style, "")
        if not text:
            continue
        if kind == "heading":
            drafting.scene(plain(text))
        elif kind == "character":
            name, direction = text, ""
        elif kind == "direction":
            direction = text.strip("()（） ")
        elif kind == "words" and name:
            drafting.beat(said(name, direction, text))
            direction = ""
        else:
            if kind != "action":
                drafting.unsure(text, f"a paragraph of style {style or 'none'}, taken as action")
            drafting.beat(Beat(plain(text)))
    return drafting.draft()

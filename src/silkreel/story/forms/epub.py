"""The novel as an EPUB 3: one XHTML file a chapter, ids of blocks and lines as fragments.

Own writer: the usual library is AGPL. The same novel gives the same bytes. EPUB 3.3, Open Container
Format 3.3, Accessibility 1.1 (all W3C).
"""

import io
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from silkreel.kit.words import speaking, words
from silkreel.story.novel import Chapter
from silkreel.story.novel_pages import Reading, chapter_body, markup
from silkreel.story.project import BadStoryFile

NAMESPACE = uuid.UUID("6f1b6f0e-3d3b-5f3e-9a55-5e1f0b7c2d41")  # ours, for uuid5 of book names
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the oldest a zip can hold: bytes depend on nothing but content
MAX_PICTURE_BYTES = 8 * 1024 * 1024
PICTURE_TYPES = {b"\x89PNG": ("png", "image/png"), b"\xff\xd8\xff": ("jpg", "image/jpeg")}
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">\n'
    '<rootfiles><rootfile full-path="OEBPS/package.opf" '
    'media-type="application/oebps-package+xml"/></rootfiles>\n</container>\n'
)
STYLE = (
    "body { line-height: 1.6; margin: 1em; }\n"
    "h1 { text-align: center; margin: 2em 0 1.5em; }\n"
    "p { margin: 0; text-indent: 1.2em; }\n"
    "h1 + p, hr + p, .door { text-indent: 0; }\n"
    "hr { border: 0; text-align: center; margin: 1.5em 0; }\n"
    'hr::after { content: "* * *"; }\n'
    "figure { margin: 1em 0; text-align: center; }\n"
    "img { max-width: 100%; }\n"
    ".door { margin: 1em 0; text-align: center; }\n"
)


@dataclass(frozen=True, slots=True)
class Book:
    """A novel and what its cover says."""

    slug: str
    title: str
    chapters: tuple[Chapter, ...]
    modified: datetime  # of the version, aware; never now
    creator: str = ""
    cover: str = ""  # path of a picture in `pictures`
    cover_alt: str = ""

    def identifier(self, language: str) -> str:
        """The same for every edition of the book in a language."""
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{self.slug}/{language}')}"


def write_epub(book: Book, reading: Reading, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The book as a file; the same arguments give the same bytes.

    Args:
        book: what is in it.
        reading: its language, texts and doors.
        pictures: contents by path, of the cover and of every picture block.

    Raises:
        BadStoryFile: a picture is missing, too large, or neither PNG nor JPEG.
    """
    named = _named(book, pictures or {})
    shown = replace(reading, pictures={path: f"../{name}" for path, (name, _) in named.items()})
    with speaking(reading.language):
        texts = dict(_texts(book, shown, named))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        _put(archive, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        for name, text in texts.items():
            _put(archive, name, text.encode())
        for path, (name, _) in named.items():
            _put(archive, f"OEBPS/{name}", (pictures or {})[path], zipfile.ZIP_STORED)
    return packed.getvalue()


def read_pictures(folder: Path, chapters: Sequence[Chapter], cover: str = "") -> dict[str, bytes]:
    """Pictures of the chapters, from the story's folder and nowhere else.

    Raises:
        BadStoryFile: one is missing, lies outside or is too large.
    """
    wanted = {cover: ("story.yaml", 1)} if cover else {}
    for chapter in chapters:
        for block in chapter.blocks:
            if block.picture:
                wanted.setdefault(block.picture, (chapter.path, block.at.line))
    found = {}
    for name, (path, line) in wanted.items():
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()) or not place.is_file():
            raise BadStoryFile(path=path, line=line, problem=f"there is no picture {name}.")
        if place.stat().st_size > MAX_PICTURE_BYTES:
            most = MAX_PICTURE_BYTES // 1024**2
            raise BadStoryFile(path=path, line=line, problem=f"{name} is above {most} MB.")
        found[name] = place.read_bytes()
    return found


def _named(book: Book, pictures: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """Name in the book and type of every picture."""
    wanted = [block.picture for chapter in book.chapters for block in chapter.blocks]
    paths = dict.fromkeys(path for path in (book.cover, *wanted) if path)
    named = {}
    for number, path in enumerate(paths):
        content = pictures.get(path, b"")
        kind = next((k for magic, k in PICTURE_TYPES.items() if content.startswith(magic)), None)
        if kind is None:
            raise BadStoryFile(path=path, line=1, problem="a book takes PNG and JPEG pictures.")
        named[path] = (f"art/p{number:03}.{kind[0]}", kind[1])
    return named


def _texts(
    book: Book, reading: Reading, named: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    yield "META-INF/container.xml", CONTAINER
    yield "OEBPS/package.opf", _package(book, reading, named)
    yield "OEBPS/nav.xhtml", _nav(book, reading)
    yield "OEBPS/style.css", STYLE
    if book.cover:
        yield "OEBPS/text/cover.xhtml", _cover(book, reading)
    for chapter in book.chapters:
        body = chapter_body(chapter, reading)
        section = f'<section epub:type="chapter" role="doc-chapter">\n{body}\n</section>'
        title = reading.texts.get(f"{chapter.name}_title", chapter.title)
        yield f"OEBPS/text/{chapter.name}.xhtml", _page(title, section, reading, "../style.css")


def _package(book: Book, reading: Reading, named: Mapping[str, tuple[str, str]]) -> str:
    stamp = book.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
    creator = f"<dc:creator>{markup(book.creator)}</dc:creator>\n" if book.creator else ""
    features = "".join(
        f'<meta property="schema:accessibilityFeature">{each}</meta>\n'
        for each in ("tableOfContents", "readingOrder", "structuralNavigation", "alternativeText")
    )
    modes = ("textual", "visual") if named else ("textual",)
    seen = "".join(f'<meta property="schema:accessMode">{each}</meta>\n' for each in modes)
    progression = ' page-progression-direction="rtl"' if reading.direction == "rtl" else ""
    items, spine = _manifest(book, named), _spine(book)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" '
        f'xml:lang="{reading.language}">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="book">{book.identifier(reading.language)}</dc:identifier>\n'
        f"<dc:title>{markup(_title(book, reading))}</dc:title>\n"
        f"<dc:language>{reading.language}</dc:language>\n{creator}"
        f'<meta property="dcterms:modified">{stamp}</meta>\n'
        f'{seen}<meta property="schema:accessModeSufficient">textual</meta>\n{features}'
        '<meta property="schema:accessibilityHazard">none</meta>\n'
        '<meta property="schema:accessibilitySummary">'
        f"{markup(words('Text in reading order, with a table of contents.'))}</meta>\n"
        f"</metadata>\n<manifest>\n{items}</manifest>\n"
        f"<spine{progression}>\n{spine}</spine>\n</package>\n"
    )


def _manifest(book: Book, named: Mapping[str, tuple[str, str]]) -> str:
    xhtml = "application/xhtml+xml"
    rows = [
        ("nav", "nav.xhtml", xhtml, ' properties="nav"'),
        ("style", "style.css", "text/css", ""),
    ]
    if book.cover:
        rows.append(("cover", "text/cover.xhtml", xhtml, ""))
    rows += [(each.name, f"text/{each.name}.xhtml", xhtml, "") for each in book.chapters]
    for number, (path, (name, kind)) in enumerate(named.items()):
        rows.append((f"p{number:03}", name, kind, _cover_mark(book, path)))
    return "".join(
        f'<item id="{name}" href="{place}" media-type="{kind}"{more}/>\n'
        for name, place, kind, more in rows
    )


def _cover_mark(book: Book, path: str) -> str:
    return ' properties="cover-image"' if path == book.cover else ""


def _spine(book: Book) -> str:
    first = ["cover"] if book.cover else []
    names = [*first, *(chapter.name for chapter in book.chapters)]
    return "".join(f'<itemref idref="{name}"/>\n' for name in names)


def _nav(book: Book, reading: Reading) -> str:
    rows = "\n".join(
        f'<li><a href="text/{each.name}.xhtml">'
        f"{markup(reading.texts.get(f'{each.name}_title', each.title))}</a></li>"
        for each in book.chapters
    )
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc">\n<h1>{markup(words("Contents"))}</h1>\n'
        f"<ol>\n{rows}\n</ol>\n</nav>"
    )
    return _page(_title(book, reading), body, reading, "style.css")


def _cover(book: Book, reading: Reading) -> str:
    alt = book.cover_alt or _title(book, reading)
    image = f'<img src="{reading.pictures[book.cover]}" alt="{markup(alt)}" role="doc-cover"/>'
    return _page(_title(book, reading), f"<figure>{image}</figure>", reading, "../style.css")


def _page(title: str, body: str, reading: Reading, style: str) -> str:
    tag, way = reading.language, reading.direction
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{tag}" xml:lang="{tag}" dir="{way}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<title>{markup(title)}</title>\n<link rel="stylesheet" type="text/css" href="{style}"/>\n'
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _title(book: Book, reading: Reading) -> str:
    return reading.texts.get("title", book.title)


def _put(
    archive: zipfile.ZipFile, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED
) -> None:
    entry = zipfile.ZipInfo(name, ZIP_DATE)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    archive.writestr(entry, content)

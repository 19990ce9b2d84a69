"""A chapter as semantic HTML: every paragraph and every quoted line has its id as a fragment.

The same markup serves the web reader and the book; the book adds its own attributes.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape

from silkreel.kit.words import words
from silkreel.story.legal import legal
from silkreel.story.novel import Block, Chapter, Piece, Quote, Text, pieces_of
from silkreel.story.quotation import quoted, with_comma

_KEPT_ESCAPE = re.compile(r"\\([\\{}<])")
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Reading:
    """In which words a novel is shown, and where its doors lead.

    `texts` are lines by id as told in the script, and blocks by id in Markdown where they are
    translated; `doors` are addresses by (medium, scene), and a door without one is left out.
    """

    language: str
    texts: Mapping[str, str]
    doors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)  # address by path in the story

    @property
    def direction(self) -> str:
        """Which way its script runs: ltr or rtl."""
        return "rtl" if self.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def markup(text: str) -> str:
    """Text for HTML and XML, without the characters XML forbids."""
    return escape(legal(text))


def told_text(text: str) -> str:
    """A told text of the script as readers see it: without the escapes that are kept in it."""
    return _KEPT_ESCAPE.sub(r"\1", text)


def chapter_body(chapter: Chapter, reading: Reading, known_ids: Collection[str] = ()) -> str:
    """The chapter's blocks as HTML, headed by its title.

    A line quoted twice has its id on the first quote only; ids in `known_ids` are taken already.
    """
    title = reading.texts.get(chapter.title_id, chapter.title)
    taken = set(known_ids)
    rows = [f"<h1>{markup(title)}</h1>"]
    rows += [row for block in chapter.blocks if (row := _block(block, reading, taken))]
    return "\n".join(rows)


def _block(block: Block, reading: Reading, taken: set[str]) -> str:
    mark = _id(block.id, taken)
    match block.kind:
        case "prose":
            return f"<p{mark}>{inline(block, reading, taken)}</p>"
        case "heading":
            level = f"h{block.level}"
            return f"<{level}{mark}>{inline(block, reading, taken)}</{level}>"
        case "break":
            return f"<hr{mark}/>"
        case "picture":
            return _picture(block, reading, mark)
    return _door(block, reading)


def inline(block: Block, reading: Reading, taken: set[str]) -> str:
    """A block's words, emphasis and quotes as HTML, without an element around them."""
    translated = reading.texts.get(block.id or "")
    pieces = block.pieces if translated is None else pieces_of(translated)
    return "".join(_piece(piece, reading, taken) for piece in pieces)


def _piece(piece: Piece, reading: Reading, taken: set[str]) -> str:
    if isinstance(piece, Quote):
        return _quote(piece, reading, taken)
    return _words(piece)


def _words(piece: Text) -> str:
    told = markup(piece.text)
    return f"<{piece.emphasis}>{told}</{piece.emphasis}>" if piece.emphasis else told


def _quote(piece: Quote, reading: Reading, taken: set[str]) -> str:
    text = told_text(reading.texts[piece.line_id])
    told = quoted(with_comma(text) if piece.comma else text, reading.language)
    mark = _id(piece.line_id, taken)
    return f'<span class="line"{mark}>{markup(told)}</span>'


def _picture(block: Block, reading: Reading, mark: str) -> str:
    address = reading.pictures.get(block.picture)
    if address is None:
        return ""
    image = f'<img src="{markup(address)}" alt="{markup(block.alt)}"/>'
    return f"<figure{mark}>{image}</figure>"


def _door(block: Block, reading: Reading) -> str:
    address = reading.doors.get((block.kind, block.scene))
    if address is None:
        return ""
    told = words("Watch this scene") if block.kind == "watch" else words("Play this scene")
    return f'<p class="door"><a href="{markup(address)}">{markup(told)}</a></p>'


def _id(wanted: str | None, taken: set[str]) -> str:
    if wanted is None or wanted in taken:
        return ""
    taken.add(wanted)
    return f' id="{markup(wanted)}"'

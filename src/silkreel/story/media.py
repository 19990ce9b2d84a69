"""A story out as files: paper and sheets for the set, the novel as a book, the game for engines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from silkreel.media.theatre.fonts import find
from silkreel.story.book import book_as_epub, book_as_html, doors_of, open_book, reading_of
from silkreel.story.exporting import canon_ids, worded_in
from silkreel.story.forms.renpy import write_renpy
from silkreel.story.forms.twee import write_twee
from silkreel.story.links import links_of
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import read_novel

MediaForm = Literal["pdf", "sheets", "epub", "html", "twee", "renpy"]

Files = Mapping[str, bytes]  # by path: one file, or a folder of them


@dataclass(frozen=True, slots=True)
class MediaOrder:
    """What to write."""

    form: MediaForm
    slug: str  # what the work is called in addresses and identifiers
    language: str = ""  # by default the source's
    base_url: str = ""  # where the app is; without it a book has no doors to watch and play


def export_media(evidence: Evidence, order: MediaOrder) -> Files:
    """The story as a medium.

    Raises:
        NotPlayable: the series' own way cannot be walked, so nothing can be joined to it.
        NoNovel: a book is asked for and there are no chapters.
        NoWordsIn: a book is asked for in a language nothing is worded in.
        BadStoryFile: a chapter or picture cannot be read.
        CannotPrint, FontMissing: a script cannot be put on paper here.
        CannotCarry: the other engine has no word for a piece of the ink.
    """
    story = evidence.story
    if order.form == "pdf":
        from silkreel.story.forms.pdf import write_pdf  # brings fpdf: a third of a second's start

        return {f"{order.slug}.pdf": write_pdf(story, canon_ids(evidence), *find("serif"))}
    if order.form == "sheets":
        from silkreel.story.sheets import write_sheets  # brings xlsxwriter

        sheets = write_sheets(evidence, canon_ids(evidence), order.language)
        return {f"{order.slug}.xlsx": sheets}
    if order.form == "renpy":
        texts = write_renpy(story, evidence.translations)
        return {name: text.encode() for name, text in texts.items()}
    if order.form == "twee":
        return {f"{order.slug}.twee": write_twee(story, order.slug).encode()}
    book = open_book(story, order.slug)
    language, worded = order.language or story.project.language, worded_in(evidence, order.language)
    reading = reading_of(story, language, worded, _doors(evidence, order))
    if order.form == "html":
        return {f"{order.slug}.html": book_as_html(story, book, reading).encode()}
    return {f"{order.slug}.epub": book_as_epub(story, book, reading)}


def _doors(evidence: Evidence, order: MediaOrder) -> dict[tuple[str, str], str]:
    if not order.base_url:
        return {}
    chapters = read_novel(evidence.story)
    moments = links_of(evidence.story, canon_ids(evidence), chapters).moments
    return doors_of(moments, order.slug, order.base_url)

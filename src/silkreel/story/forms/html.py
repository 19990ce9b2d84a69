"""The novel as one page of HTML that needs nothing beside it but its pictures."""

from silkreel.kit.words import speaking, words
from silkreel.story.forms.epub import STYLE, Book
from silkreel.story.novel_pages import Reading, chapter_body, markup


def write_html(book: Book, reading: Reading) -> str:
    """All chapters on one page, with a table of contents; ids are blocks, lines and chapters."""
    title = markup(reading.texts.get("title", book.title))
    taken = {chapter.name for chapter in book.chapters}
    sections, rows = [], []
    with speaking(reading.language):
        for chapter in book.chapters:
            told = markup(reading.texts.get(f"{chapter.name}_title", chapter.title))
            rows.append(f'<li><a href="#{chapter.name}">{told}</a></li>')
            body = chapter_body(chapter, reading, taken)
            taken |= chapter.ids
            sections.append(f'<section id="{chapter.name}" role="doc-chapter">\n{body}\n</section>')
        contents = markup(words("Contents"))
    return (
        f'<!DOCTYPE html>\n<html lang="{reading.language}" dir="{reading.direction}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        f'<nav role="doc-toc" aria-label="{contents}">\n<ol>\n{chr(10).join(rows)}\n</ol>\n</nav>\n'
        f"<main>\n{chr(10).join(sections)}\n</main>\n</body>\n</html>\n"
    )

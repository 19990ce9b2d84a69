"""From a story's folder to its novel as a file: one book, in one language."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from silkreel.kit.refusals import Refusal
from silkreel.story.forms.epub import Book, read_pictures, write_epub
from silkreel.story.forms.html import write_html
from silkreel.story.forms.po import Translations
from silkreel.story.links import Moment
from silkreel.story.novel import Chapter, read_novel
from silkreel.story.novel_pages import Reading
from silkreel.story.project import Story

COVERS = ("novel/cover.png", "novel/cover.jpg")
USES = ("print", "sub")  # a novel takes a line's printed words, else its subtitle


class NoNovel(Refusal):
    """There are no chapters."""

    status = 404
    message = "{story} has no novel; write novel/ch001.md, or start with `silkreel story new`."


def open_book(story: Story, slug: str) -> Book:
    """The novel of a story, dated by its newest source file.

    Raises:
        NoNovel: there are no chapters.
        BadStoryFile: a chapter cannot be read.
    """
    chapters = read_novel(story)
    if not chapters:
        raise NoNovel(story=slug)
    cover = next((name for name in COVERS if (story.folder / name).is_file()), "")
    title = story.project.title or story.main.tag("title") or slug
    return Book(slug, title, chapters, newest(story, chapters), cover=cover)


def newest(story: Story, chapters: Iterable[Chapter]) -> datetime:
    """When the newest file of the script or novel was written, to the second."""
    names = [*story.texts, *(chapter.path for chapter in chapters)]
    paths = [story.folder / name for name in names]
    seconds = max(int(path.stat().st_mtime) for path in paths if path.is_file())
    return datetime.fromtimestamp(seconds, UTC)


def reading_of(
    story: Story,
    language: str,
    translations: Translations | None = None,
    doors: Mapping[tuple[str, str], str] | None = None,
) -> Reading:
    """A story's words in a language, the source's where a line has none."""
    texts = {line.id: line.text for line in story.lines if line.id is not None}
    for use in reversed(USES):
        found = translations.wordings if translations is not None else ()
        texts |= {each.line_id: each.text for each in found if each.use == use and each.text}
    return Reading(language, texts, doors or {})


def doors_of(moments: Mapping[str, Moment], slug: str, base_url: str) -> dict[tuple[str, str], str]:
    """Where `:::watch` and `:::play` lead: the first line of each scene, at an https address."""
    doors: dict[tuple[str, str], str] = {}
    for moment in moments.values():
        for medium, address in moment.addresses(slug).items():
            for scene in filter(None, (moment.scene, (moment.scene or "").split(".")[0])):
                doors.setdefault((medium, scene), f"{base_url.rstrip('/')}{address}")
    return doors


def book_as_epub(story: Story, book: Book, reading: Reading) -> bytes:
    """The book as EPUB, with the pictures it shows."""
    return write_epub(book, reading, read_pictures(story.folder, book.chapters, book.cover))


def book_as_html(story: Story, book: Book, reading: Reading) -> str:
    """The book as one page; pictures are told from the story's folder."""
    pictures = read_pictures(story.folder, book.chapters)
    shown = {name: Path(name).as_posix() for name in pictures}
    return write_html(book, Reading(reading.language, reading.texts, reading.doors, shown))

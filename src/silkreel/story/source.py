"""The novel a story is made from: somebody's finished text, kept as it came, paragraph by paragraph.

It lies in `source/novel.md`: a chapter's title after `# `, a paragraph a line, blank lines between. It is
not the novel of `novel/`, which quotes the script; that one comes after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.keys import text_hash
from silkreel.kit.refusals import Refusal
from silkreel.story.project import LONGEST_LINE, MAX_FILE_BYTES, BadStoryFile, read_text
from silkreel.story.stamping import replace_file

FILE = "source/novel.md"
PLAN = "source/episodes.yaml"  # which paragraphs become which episode
HEADING = "# "


class NoSource(Refusal):
    """There is no novel to read."""

    status = 409
    message = "This story has no source novel yet; bring one with `silkreel story source`."


class SourceTaken(Refusal):
    """Paragraphs of the novel there is are spoken for."""

    status = 409
    message = (
        "This story has a source novel already, and {path} counts its paragraphs. Take both files out "
        "of the story's folder if another novel shall come in."
    )


class SourceTooLong(Refusal):
    """More text than a story's file holds."""

    status = 413
    message = (
        "This novel has {size} MB of text and at most {most} MB are taken; bring it in volumes."
    )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and the chapter it stands in."""

    number: int  # from 1, through the whole novel
    chapter: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceChapter:
    """A chapter as it came."""

    title: str
    paragraphs: tuple[str, ...]


def read_source(folder: Path) -> tuple[Paragraph, ...]:
    """Every paragraph of a story's source novel.

    Raises:
        NoSource: there is none, or nothing stands in it.
        BadStoryFile: it cannot be read.
    """
    place = folder / FILE
    if not place.is_file():
        raise NoSource
    chapter = ""
    found: list[Paragraph] = []
    for row in read_text(place, FILE).splitlines():
        text = row.strip()
        if text.startswith(HEADING):
            chapter = text.removeprefix(HEADING).strip()
        elif text:
            found.append(Paragraph(len(found) + 1, chapter, text.removeprefix("\\")))
    if not found:
        raise NoSource
    return tuple(found)


def write_source(folder: Path, chapters: Sequence[SourceChapter]) -> int:
    """Keep a novel as a story's source; how many paragraphs it has.

    Raises:
        SourceTaken: episodes were taken from the one that is there.
        SourceTooLong, BadStoryFile: it holds too much, or nothing.
    """
    plan = folder / PLAN
    if plan.is_file() and plan.read_text(encoding="utf-8").strip():
        raise SourceTaken(path=PLAN)
    text = "\n\n".join(row for each in chapters for row in _rows(each)) + "\n"
    size = len(text.encode())
    if size > MAX_FILE_BYTES:
        most = MAX_FILE_BYTES // 1024**2
        raise SourceTooLong(size=f"{size / 1024**2:.0f}", most=most)
    count = sum(len(each.paragraphs) for each in chapters)
    if not count:
        raise BadStoryFile(path=FILE, line=1, problem="there is no text in it.")
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    replace_file(folder / FILE, text)
    return count


def hash_of_paragraphs(paragraphs: Sequence[Paragraph], first: int, last: int) -> str:
    """What says that these paragraphs still read as they did; both ends belong to it."""
    return text_hash("\n".join(each.text for each in paragraphs[first - 1 : last]))


def _rows(chapter: SourceChapter) -> list[str]:
    title = " ".join(chapter.title.split())[: LONGEST_LINE // 2]
    told = [
        f"\\{text}" if text.startswith((HEADING, "\\")) else text for text in chapter.paragraphs
    ]
    return [*([HEADING + title] if title else []), *told]

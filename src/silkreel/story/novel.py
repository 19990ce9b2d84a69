"""The novel: chapters in Markdown that quote the script's lines instead of repeating them.

A chapter is front matter, blocks with ids, `{{line:ID|comma}}` where the script is quoted, and
`:::watch SCENE` or `:::play SCENE` where the other media stand beside it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from silkreel.story.ids import ID
from silkreel.story.playing import game_only_of
from silkreel.story.project import BadStoryFile, Story, read_text
from silkreel.story.script import NOWHERE, At

MOST_CHAPTERS = 1_000  # a long serial has some hundreds
MOST_BLOCKS = 5_000  # in one chapter; a long one has two hundred

BlockKind = Literal["prose", "heading", "picture", "break", "watch", "play"]
Emphasis = Literal["", "em", "strong"]

_FRONT = re.compile(r"\A---\s*\n(?P<front>.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_BLOCK_ID = re.compile(r"\s*\{#(?P<id>[^}]*)\}\s*$")
_QUOTE = re.compile(r"\{\{line:(?P<id>[^}|]*)(?:\|(?P<how>[^}]*))?\}\}")
_EMPHASIS = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*")
_DIRECTIVE = re.compile(r":::\s*(?P<what>\w+)\s*(?P<scene>\S*)\s*")
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]+)\)")
_HEADING = re.compile(r"(?P<marks>#{2,4})\s+(?P<text>.+)")


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the novel."""

    text: str
    emphasis: Emphasis = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A line of the script, said in the novel."""

    line_id: str
    comma: bool = False


Piece = Text | Quote


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a picture, a break, or a door to another medium."""

    kind: BlockKind
    id: str | None = None
    pieces: tuple[Piece, ...] = ()
    markdown: str = ""  # as written, without its id: what a translator gets
    scene: str = ""  # of a door
    picture: str = ""  # path from the story's folder
    alt: str = ""
    level: int = 2
    at: At = field(default=NOWHERE, compare=False)

    @property
    def quotes(self) -> tuple[str, ...]:
        """Ids of the lines it quotes."""
        return tuple(piece.line_id for piece in self.pieces if isinstance(piece, Quote))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of the novel."""

    number: int
    title: str
    adapts: tuple[str, ...] = ()
    omits: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    path: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What files and links call it: ch001."""
        return f"ch{self.number:03}"

    @property
    def title_id(self) -> str:
        """What its title is called among the texts to translate."""
        return f"{self.name}_title"

    @property
    def quotes(self) -> tuple[str, ...]:
        """Ids of the lines it quotes, in order."""
        return tuple(line_id for block in self.blocks for line_id in block.quotes)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of its blocks and of the lines it quotes: its fragments."""
        return frozenset((*self.quotes, *(block.id for block in self.blocks if block.id)))


@dataclass(frozen=True, slots=True)
class ProseUnit:
    """A text of the novel that is translated by itself: a title, a block, a picture's words."""

    id: str
    text: str
    at: At
    note: str  # what it is, for translators


def prose_units(chapters: Iterable[Chapter]) -> Iterator[ProseUnit]:
    """Every text of the novel that has an id, in order."""
    for chapter in chapters:
        yield ProseUnit(chapter.title_id, chapter.title, At(chapter.path, 2), "A chapter's title.")
        for block in chapter.blocks:
            if block.id is None:
                continue
            if block.kind in {"prose", "heading"}:
                note = "Prose; what stands in double braces is a line of the script, and stays."
                yield ProseUnit(block.id, block.markdown, block.at, note)
            elif block.kind == "picture":
                yield ProseUnit(block.id, block.alt, block.at, "What a picture shows.")


@checked(frozen=True, slots=True, config=ConfigDict(extra="forbid", str_strip_whitespace=True))
class _Front:
    """What stands between the dashes of a chapter."""

    chapter: Annotated[int, Field(ge=1, le=MOST_CHAPTERS)]
    title: Annotated[str, Field(min_length=1, max_length=300)]
    adapts: tuple[str, ...] = ()
    omits: tuple[str, ...] = ()


def read_novel(story: Story) -> tuple[Chapter, ...]:
    """The chapters of a story by number; none where it has no novel.

    Raises:
        BadStoryFile: a chapter cannot be read, a number or id stands twice, or a quoted line or a
            scene is not in the script.
    """
    paths = chapter_paths(story.folder)[:MOST_CHAPTERS]
    chapters = [read_chapter(path, f"novel/{path.name}") for path in paths]
    _check_numbers(chapters)
    _check_joins(chapters, story)
    return tuple(sorted(chapters, key=lambda chapter: chapter.number))


def chapter_paths(folder: Path) -> list[Path]:
    """The files of a story's novel; one that was emptied, as undoing leaves it, is none."""
    return [each for each in sorted((folder / "novel").glob("*.md")) if each.stat().st_size]


def read_chapter(path: Path, shown: str) -> Chapter:
    """One file of the novel; see `parse_chapter`."""
    return parse_chapter(read_text(path, shown), shown)


def parse_chapter(text: str, shown: str) -> Chapter:
    """A chapter from its Markdown.

    Raises:
        BadStoryFile: with the line that cannot be read.
    """
    found = _FRONT.match(text)
    if found is None:
        raise BadStoryFile(
            path=shown, line=1,
            problem="a chapter begins with --- {chapter: 1, title: …, adapts: [ep001.gala]} ---.",
        )  # fmt: skip
    front = _front(found["front"], shown)
    below = text[found.end() :]
    first = text.count("\n", 0, found.end()) + 1
    blocks = tuple(_blocks(below, first, shown))
    return Chapter(front.chapter, front.title, front.adapts, front.omits, blocks, shown)


def pieces_of(markdown: str) -> tuple[Piece, ...]:
    """Words, emphasis and quotes of a block."""
    pieces: list[Piece] = []
    position = 0
    for found in _QUOTE.finditer(markdown):
        pieces += _emphasised(markdown[position : found.start()])
        pieces.append(Quote(found["id"], comma=found["how"] == "comma"))
        position = found.end()
    return (*pieces, *_emphasised(markdown[position:]))


def needs_words(markdown: str) -> bool:
    """Whether a block has words of its own: one that only quotes is translated with its lines."""
    own = (piece.text for piece in pieces_of(markdown) if not isinstance(piece, Quote))
    return any(char.isalnum() for text in own for char in text)


def _front(text: str, shown: str) -> _Front:
    try:
        front: _Front = TypeAdapter(_Front).validate_python(yaml.safe_load(text))
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        raise BadStoryFile(path=shown, line=line, problem="this is not YAML.") from None
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "front matter"
        raise BadStoryFile(path=shown, line=2, problem=f"{where}: {first['msg']}.") from None
    return front


def _blocks(text: str, first_line: int, shown: str) -> Iterator[Block]:
    rows: list[str] = []
    count = 0
    for number, row in enumerate([*text.split("\n"), ""], start=first_line):
        if row.strip():
            rows.append(row.strip())
            continue
        if rows:
            count += 1
            if count > MOST_BLOCKS:
                raise BadStoryFile(
                    path=shown, line=number, problem=f"more than {MOST_BLOCKS} blocks; split it."
                )
            yield _block(" ".join(rows), At(shown, number - len(rows)))
        rows = []


def _block(raw: str, at: At) -> Block:
    found = _BLOCK_ID.search(raw)
    block_id, markdown = (found["id"], raw[: found.start()]) if found else (None, raw)
    if block_id is not None and not ID.fullmatch(block_id):
        raise BadStoryFile(path=at.file, line=at.line, problem=f"{block_id} is no id.")
    if directive := _DIRECTIVE.fullmatch(markdown):
        return _door(directive["what"], directive["scene"], at)
    if picture := _PICTURE.fullmatch(markdown):
        return _picture(block_id, picture["alt"].strip(), picture["path"], at)
    if markdown in {"***", "* * *", "---"}:
        return Block("break", block_id, at=at)
    if heading := _HEADING.fullmatch(markdown):
        text, level = heading["text"], len(heading["marks"])
        return Block("heading", block_id, pieces_of(text), text, level=level, at=at)
    return Block("prose", block_id, pieces_of(markdown), markdown, at=at)


def _door(what: str, scene: str, at: At) -> Block:
    if what == "watch":
        return Block("watch", scene=scene, at=at)
    if what == "play":
        return Block("play", scene=scene, at=at)
    problem = f":::{what} is not known; write :::watch or :::play and a scene."
    raise BadStoryFile(path=at.file, line=at.line, problem=problem)


def _picture(block_id: str | None, alt: str, path: str, at: At) -> Block:
    if not alt:
        problem = "this picture has no words for those who cannot see it: ![what it shows](path)."
        raise BadStoryFile(path=at.file, line=at.line, problem=problem)
    return Block("picture", block_id, picture=path, alt=alt, at=at)


def _emphasised(text: str) -> Iterator[Text]:
    position = 0
    for found in _EMPHASIS.finditer(text):
        if found.start() > position:
            yield Text(text[position : found.start()])
        emphasis: Emphasis = "strong" if found["strong"] else "em"
        yield Text(found["strong"] or found["em"], emphasis)
        position = found.end()
    if position < len(text):
        yield Text(text[position:])


def _check_numbers(chapters: list[Chapter]) -> None:
    numbers: dict[int, str] = {}
    blocks: dict[str, At] = {}
    for chapter in chapters:
        if chapter.number in numbers:
            other = numbers[chapter.number]
            problem = f"{other} is chapter {chapter.number} already."
            raise BadStoryFile(path=chapter.path, line=2, problem=problem)
        numbers[chapter.number] = chapter.path
        for block in chapter.blocks:
            if block.id is not None and block.id in blocks:
                problem = f"{block.id} stands already in {blocks[block.id]}."
                raise BadStoryFile(path=chapter.path, line=block.at.line, problem=problem)
            if block.id is not None:
                blocks[block.id] = block.at


def _check_joins(chapters: list[Chapter], story: Story) -> None:
    """Quotes and doors lead into the script, and to nothing that only the game shows."""
    lines, game_only = frozenset(story.ids), game_only_of(story)
    scenes = {scene.id for episode in story.episodes for scene in episode.scenes}
    scenes |= {episode.name for episode in story.episodes}
    for chapter in chapters:
        for scene in (*chapter.adapts, *chapter.omits):
            if scene not in scenes:
                problem = f"{scene} is no scene of the script."
                raise BadStoryFile(path=chapter.path, line=2, problem=problem)
        for block in chapter.blocks:
            unknown = [each for each in block.quotes if each not in lines]
            if unknown:
                problem = f"{unknown[0]} is no line of the script (DRM010)."
                raise BadStoryFile(path=chapter.path, line=block.at.line, problem=problem)
            hidden = [each for each in block.quotes if each in game_only]
            if hidden:
                problem = (
                    f"{hidden[0]} exists in the game only; quote a line of the series (DRM010)."
                )
                raise BadStoryFile(path=chapter.path, line=block.at.line, problem=problem)
            if block.kind in {"watch", "play"} and block.scene not in scenes:
                problem = f"{block.scene or 'nothing'} is no scene of the script (DRM040)."
                raise BadStoryFile(path=chapter.path, line=block.at.line, problem=problem)

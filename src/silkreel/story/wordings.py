"""A story's words in one language: which text a line or a block has, and how it came about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from silkreel.story.forms.po import Translations, Use, Wording
from silkreel.story.novel import Chapter, Quote, pieces_of, prose_units
from silkreel.story.playing import game_only_of
from silkreel.story.project import BadStoryFile, Story
from silkreel.story.script import NOWHERE, At, tag_value

State = Literal["source", "approved", "stale", "draft"]
STATES: tuple[State, ...] = ("source", "approved", "stale", "draft")  # the best first
IN_GAME: tuple[Use, ...] = ("sub", "print")  # which words a medium prefers
IN_NOVEL: tuple[Use, ...] = ("print", "sub")


@dataclass(frozen=True, slots=True)
class Worded:
    """A text in a language, and where it was read."""

    text: str
    state: State
    at: At = NOWHERE


Words = Mapping[str, Worded]  # by id of a line, a block or a title


def worst(states: Iterable[State]) -> State:
    """What to say of a whole: it is as good as its worst part."""
    return max(states, key=STATES.index, default="source")


def source_words(story: Story, chapters: Sequence[Chapter]) -> Words:
    """Every text as it was written."""
    return {name: Worded(text, "source") for name, text in _sources(story, chapters).items()}


def words_in(
    story: Story, chapters: Sequence[Chapter], translations: Translations, uses: Sequence[Use]
) -> Words:
    """Every text that has words in the language of `translations`, in the first of `uses` it has.

    Raises:
        BadStoryFile: a translated block quotes other lines than the block itself.
    """
    sources = _sources(story, chapters)
    found: dict[tuple[str, str], Wording] = {}
    for wording in translations.wordings:
        if wording.text and wording.line_id in sources:
            found.setdefault((wording.line_id, wording.use), wording)
    shared = _shared(story)
    told: dict[str, Worded] = {}
    for name, source in sources.items():
        own = shared.get(name, name)
        best = next((found[own, use] for use in uses if (own, use) in found), None)
        if best is not None:
            told[name] = Worded(best.text, state_of(best, source), best.at)
    _check_quotes(chapters, told, game_only_of(story))
    return told


def _sources(story: Story, chapters: Sequence[Chapter]) -> dict[str, str]:
    texts = {line.id: line.text for line in story.lines if line.id is not None}
    texts |= {unit.id: unit.text for unit in prose_units(chapters)}
    return texts


def _shared(story: Story) -> dict[str, str]:
    """Lines that are the `#same:` as another, and which."""
    same = ((line.id, tag_value(line.tags, "same")) for line in story.lines)
    return {line_id: other for line_id, other in same if line_id and other}


def state_of(wording: Wording, source: str) -> State:
    """How a wording stands to its line as it reads now."""
    if wording.source != source:
        return "stale"
    return "draft" if wording.draft else "approved"


def _check_quotes(chapters: Sequence[Chapter], told: Words, hidden: frozenset[str]) -> None:
    """A translation opens no door that its source does not: it quotes the same lines."""
    for block in (block for chapter in chapters for block in chapter.blocks):
        worded = told.get(block.id or "")
        if worded is None or block.kind not in {"prose", "heading"}:
            continue
        quotes = {piece.line_id for piece in pieces_of(worded.text) if isinstance(piece, Quote)}
        if quotes != set(block.quotes) or quotes & hidden:
            raise BadStoryFile(
                path=worded.at.file, line=worded.at.line,
                problem=f"{block.id} must quote the same lines as its source.",
            )  # fmt: skip

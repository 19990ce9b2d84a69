"""A long text is asked about part by part: whole chapters where they fit, paragraphs always.

The parts are a function of the text alone, so that what they cost is known before, and a run that was
broken off goes on where it stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from silkreel.engines.chat_replies import tokens_of
from silkreel.kit.refusals import Refusal
from silkreel.story.assist.material import TERMS_TOLD, Material, Passage
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import Beat, Choice
from silkreel.story.source import Paragraph, read_source

MOST_PARTS = 400  # some three million characters
BEFORE = 2  # paragraphs of the part before, told so that a part does not begin in the dark
LONGEST_BEFORE = 300  # characters of each


class TooManyParts(Refusal):
    """More questions than anybody confirms."""

    status = 422
    message = (
        "This text takes {parts} questions and at most {most} are asked; raise "
        "SILKREEL_WRITER_PART_TOKENS, or bring the novel in volumes."
    )


def novel_parts(
    evidence: Evidence, wish: str, most_tokens: int, *, names: bool
) -> tuple[Material, ...]:
    """The source novel as a model is told of it, part by part; with `names`, what story.yaml has as well.

    A question that does not need them stays the same when somebody is added to the cast.

    Raises:
        NoSource, BadStoryFile: there is none to read. TooManyParts: it is too long.
    """
    paragraphs = read_source(evidence.story.folder)
    passages = [_passage(each) for each in paragraphs]
    return materials(evidence, passages, wish, most_tokens, names=names)


def script_parts(evidence: Evidence, wish: str, most_tokens: int) -> tuple[Material, ...]:
    """The script's lines in the order written, part by part; an episode counts as a chapter.

    Raises:
        TooManyParts: it is too long.
    """
    passages = [
        Passage(line.id, f"{speaker}: {line.text}" if speaker else line.text, placed.episode.name)
        for placed in evidence.story.walk()
        if placed.episode is not None
        for line in [placed.node]
        if isinstance(line, Beat | Choice) and line.id
        for speaker in [line.speaker if isinstance(line, Beat) else ""]
    ]
    return materials(evidence, passages, wish, most_tokens)


def materials(
    evidence: Evidence, passages: Sequence[Passage], wish: str, most_tokens: int, *,
    names: bool = True,
) -> tuple[Material, ...]:  # fmt: skip
    """Passages as questions take them.

    Raises:
        TooManyParts: there are too many.
    """
    parts = cut(passages, most_tokens)
    if len(parts) > MOST_PARTS:
        raise TooManyParts(parts=len(parts), most=MOST_PARTS)
    told = []
    for number, part in enumerate(parts, start=1):
        before = parts[number - 2][-BEFORE:] if number > 1 else []
        made = _material(evidence, part, before, (number, len(parts)), wish)
        told.append(_with_names(made, evidence) if names else made)
    return tuple(told)


def _with_names(material: Material, evidence: Evidence) -> Material:
    project = evidence.story.project
    cast = [{"name": c.name or c.id, "aliases": list(c.aliases)} for c in project.cast]
    terms = [t.source for t in project.terms[:TERMS_TOLD]]
    document = {**material.document, "cast": cast, "terms": terms}
    return replace(material, document=document, known=_known(evidence))


def cut(passages: Sequence[Passage], most_tokens: int) -> list[list[Passage]]:
    """Passages in parts: every one once, in order, none above the limit unless one passage is."""
    parts: list[list[Passage]] = []
    room = 0
    for chapter in _chapters(passages):
        size = sum(tokens_of(each.text) for each in chapter)
        if parts and size <= room:
            parts[-1] += chapter
            room -= size
            continue
        pieces = _even(chapter, size, most_tokens)
        parts += pieces
        room = most_tokens - sum(tokens_of(each.text) for each in pieces[-1])
    return parts


def _chapters(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    made: list[Passage] = []
    for each in passages:
        if made and each.chapter != made[-1].chapter:
            yield made
            made = []
        made.append(each)
    if made:
        yield made


def _even(chapter: list[Passage], size: int, most_tokens: int) -> list[list[Passage]]:
    """A chapter in pieces of about one size, so that no stump is left at its end."""
    wanted = size / max(1, -(-size // most_tokens))
    pieces: list[list[Passage]] = [[]]
    filled = 0
    for each in chapter:
        more = tokens_of(each.text)
        full = filled >= wanted or filled + more > most_tokens
        if pieces[-1] and full:
            pieces.append([])
            filled = 0
        pieces[-1].append(each)
        filled += more
    return pieces


def _material(
    evidence: Evidence,
    part: list[Passage],
    before: list[Passage],
    place: tuple[int, int],
    wish: str,
) -> Material:
    project = evidence.story.project
    number, of = place
    document = {
        "language": project.language,
        "title": project.title,
        "part": {"number": number, "of": of},
        "before": [each.text[-LONGEST_BEFORE:] for each in before],
        "chapters": [
            {"title": chapter[0].chapter, "paragraphs": [each.text for each in chapter]}
            for chapter in _chapters(part)
        ],
        "wish": wish,
    }
    return Material(
        f"{number}/{of}", number, {}, (), (), (), document, passages=tuple(part),
    )  # fmt: skip


def _known(evidence: Evidence) -> frozenset[str]:
    project = evidence.story.project
    cast = (name for c in project.cast for name in (c.id, c.name, *c.aliases))
    sets = (name for each in project.locations for name in (each.id, each.name))
    props = (name for each in project.props for name in (each.id, each.name))
    names = (*cast, *sets, *props, *(each.source for each in project.terms))
    return frozenset(name.casefold() for name in names if name)


def _passage(paragraph: Paragraph) -> Passage:
    return Passage(f"p{paragraph.number}", paragraph.text, paragraph.chapter)

"""Checks of ids: every line has one, its own, for ever."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from silkreel.kit.keys import text_hash
from silkreel.story.ids import is_id
from silkreel.story.lints import needs
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import At, Beat, Choice, TagLine, has_tag, tag_value

SHORTEST_PIECE = 4  # letters: shorter halves stand in any sentence
FARTHEST_PIECE = 4  # lines from the one that keeps the id: nobody cuts a sentence in more
_LETTERS = re.compile(r"[\W_]+")


@lint("DRM002", "B")
def one_id_each(evidence: Evidence) -> Iterator[Found]:
    """A line has no id, another's id, or more than one; or an id belongs to no line.

    Voices, translations, subtitles, saves and figures all hang on the id. `silkreel story stamp`
    gives ids to lines that have none; of two lines with one id, take it from the copy and stamp again.
    """
    seen: dict[str, At] = {}
    for placed in evidence.story.walk():
        node = placed.node
        if isinstance(node, TagLine) and has_tag(node.tags, "id"):
            yield Found("This id belongs to no line; put it behind the text.", node.at)
        if not isinstance(node, Beat | Choice):
            continue
        if has_tag(node.tags, "id"):
            yield Found("This line has two ids; leave the older one.", node.at, node.id)
        if node.id is None:
            if isinstance(node, Beat):
                yield Found("This line has no id; run `silkreel story stamp`.", node.at)
        elif node.id in seen:
            yield Found(
                f"{node.id} is also the id of {seen[node.id]}; take it from the copy and stamp again.",
                node.at, node.id,
            )  # fmt: skip
        else:
            seen[node.id] = node.at
    yield from _on_names(evidence)


def _on_names(evidence: Evidence) -> Iterator[Found]:
    for episode in evidence.story.episodes:
        if has_tag(episode.tags, "id"):
            yield Found(f"An id is for lines; take it from {episode.name}.", episode.at)
        for scene in episode.scenes:
            if has_tag(scene.tags, "id"):
                yield Found(f"An id is for lines; take it from {scene.id}.", scene.at)


@lint("DRM020", "B")
def no_second_life(evidence: Evidence) -> Iterator[Found]:
    """A retired id is used again.

    The line it named is gone, but saves, places and translations of it live on and would now speak
    of another line. Take the id out and stamp.
    """
    for line in evidence.story.lines:
        if line.id in evidence.story.lock.retired:
            yield Found(f"{line.id} is retired; take it out and stamp a new one.", line.at, line.id)


@lint("DRM021", "B")
def same_words(evidence: Evidence) -> Iterator[Found]:
    """A line says it is the `#same:` as another, and reads otherwise.

    It shares that line's string and take, so both must have the same words.
    """
    texts = {line.id: line.text for line in evidence.story.lines if line.id}
    for line in evidence.story.lines:
        other = tag_value(line.tags, "same")
        if other is None:
            continue
        if other not in texts:
            yield Found(f"No line has the id {other}.", line.at, line.id)
        elif text_hash(texts[other]) != text_hash(line.text):
            yield Found(f"{other} reads “{texts[other]}”; make both alike.", line.at, line.id)


@lint("DRM022", "B")
def id_grammar(evidence: Evidence) -> Iterator[Found]:
    """An id is not spelled as ids are.

    Ids look like ep001_gala_G7KD: birthplace, then four digits or capitals without I, L, O and U.
    Only stamp makes them; lines of a series that was filmed first have small letters.
    """
    for line in evidence.story.lines:
        if line.id is not None and not is_id(line.id):
            yield Found(f"“{line.id}” is no id; take it out and stamp.", line.at, line.id)


@lint("DRM023", "B", needs.compiled)
def two_readers_agree(evidence: Evidence) -> Iterator[Found]:
    """The ink compiler sees other ids than the checks do.

    Something on the line is read as logic by one and as text by the other. Put the text on a line of
    its own.
    """
    if evidence.compiled_ids is None:
        return
    for line in evidence.story.lines:
        if line.id is not None and line.id not in evidence.compiled_ids:
            yield Found(f"{line.id} is not in the compiled story.", line.at, line.id)
    for extra in sorted(evidence.compiled_ids - set(evidence.story.ids)):
        yield Found(
            f"The compiled story has {extra}, the script has not.", At(evidence.story.main.path, 1)
        )


@lint("DRM024", "W", needs.before)
def likely_split(evidence: Evidence) -> Iterator[Found]:
    """A new line says what its neighbour said before: likely one line that was split in two.

    The first half keeps the id; the second gets a new one and says where it comes from with `#from:`,
    so that translators and voices find the words they had. What lines read before is known from the
    version last published, and from what translators were given. Without either it is not run.
    """
    spoken = (p for p in evidence.story.walk() if isinstance(p.node, Beat))
    for _, placed in groupby(spoken, key=lambda each: (each.episode, each.scene)):
        beats = [each.node for each in placed if isinstance(each.node, Beat)]
        for number, beat in enumerate(beats):
            if beat.id in evidence.before or has_tag(beat.tags, "from"):
                continue
            above = beats[max(0, number - FARTHEST_PIECE) : number][::-1]
            below = beats[number + 1 : number + 1 + FARTHEST_PIECE]
            whole = _split_from(beat, above, below, evidence)
            if whole is not None:
                told = f"{whole.id} said this before; write #from:{whole.id} behind it."
                yield Found(told, beat.at, beat.id)


def _split_from(
    piece: Beat, above: Sequence[Beat], below: Sequence[Beat], evidence: Evidence
) -> Beat | None:
    """The nearest older line, above or below, that had these words and has them no more."""
    said = _letters(piece.text)
    for side in (above, below):
        older = next((beat for beat in side if beat.id in evidence.before), None)
        if older is None or older.speaker != piece.speaker or len(said) < SHORTEST_PIECE:
            continue
        if said in _letters(evidence.before[older.id or ""]) and said not in _letters(older.text):
            return older
    return None


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()

"""Script, captions and speech become one list of lines: text as written, time as heard."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from rapidfuzz.distance import LCSseq

from silkreel.bible.lines import NewLine
from silkreel.engines.contracts import HeardLine
from silkreel.kit.languages import primary
from silkreel.kit.spans import Span, TimeSpan

MAX_SHIFT_SECONDS = 1.5  # text and speech further apart than this are not the same words
HEARD_SHARE = 0.3  # share of a text's tokens that must be heard for its times to be believed
SPEECH_SHARE = (
    0.4  # of a caption's time filled with speech: somebody speaks although unintelligibly
)
UNWRITTEN_SHARE = 0.5  # of a heard sentence's tokens that no text explains: speech without caption
SNAP_SECONDS = 0.25  # word times are this unsure: edges of speech nearby win
# A caption comes and goes this far from its speech; an aligner given more sound meets the neighbours.
AIR_SECONDS = 0.7
SHORTEST_SECONDS = 0.2  # below this nothing can be said

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+", re.UNICODE
)


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line that somebody wrote: a script's, or a caption's as it was read."""

    span: TimeSpan
    text: str
    came_from: str  # script | read
    confidence: float | None = None
    hint: str = ""
    box: tuple[float, float, float, float] | None = None
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Aligned:
    """When a written line is said, and how sure its words are (mean probability)."""

    span: TimeSpan
    confidence: float


@dataclass(frozen=True, slots=True)
class _Token:
    sound: str
    owner: int
    start_seconds: float
    end_seconds: float


def join_lines(
    written: Sequence[WrittenLine],
    heard: Sequence[HeardLine],
    speech: Sequence[TimeSpan],
    *,
    language: str,
    frame_rate: Fraction,
    length_frames: int,
    aligned: Mapping[int, Aligned] | None = None,
) -> list[NewLine]:
    """One list of lines in order of time.

    Written and heard: the text that is written, at the time it is heard. Written and hardly heard:
    the time at which an aligner found it (`aligned`, by place in `written`). Written only: not dubbed
    unless somebody audibly speaks meanwhile, or a script says it is dialogue. Heard only: the
    recogniser's text. Both sequences are aligned by their longest common subsequence of sounds
    (pinyin without tones for Chinese).
    """
    text_tokens = _text_tokens(written, language)
    heard_tokens = _heard_tokens(heard, language)
    matches = _matches(text_tokens, heard_tokens, written)
    lines = [
        _written_line(i, line, text_tokens, matches, heard_tokens, speech, (aligned or {}).get(i))
        for i, line in enumerate(written)
    ]
    explained = set(matches.values())
    lines += [
        _heard_line(line)
        for i, line in enumerate(heard)
        if _unexplained(i, line, heard_tokens, explained, written)
    ]
    return _in_frames(lines, frame_rate, length_frames)


def hardly_heard(
    written: Sequence[WrittenLine],
    heard: Sequence[HeardLine],
    speech: Sequence[TimeSpan],
    *,
    language: str,
) -> tuple[int, ...]:
    """Places of written lines of which a recogniser caught too little, though somebody speaks."""
    tokens = _text_tokens(written, language)
    matches = _matches(tokens, _heard_tokens(heard, language), written)
    own, found = Counter(t.owner for t in tokens), Counter(tokens[i].owner for i in matches)
    return tuple(
        place
        for place, line in enumerate(written)
        if own[place] and found[place] / own[place] < HEARD_SHARE and _near(line.span, speech)
    )


def _near(span: TimeSpan, speech: Sequence[TimeSpan]) -> bool:
    first, end = span.start_seconds - AIR_SECONDS, span.end_seconds + AIR_SECONDS
    return any(first < each.end_seconds and each.start_seconds < end for each in speech)


@dataclass(frozen=True, slots=True)
class _Timed:
    span: TimeSpan
    line: NewLine


def _written_line(
    index: int,
    line: WrittenLine,
    text_tokens: list[_Token],
    matches: dict[int, int],
    heard_tokens: list[_Token],
    speech: Sequence[TimeSpan],
    aligned: Aligned | None,
) -> _Timed:
    own = [i for i, token in enumerate(text_tokens) if token.owner == index]
    found = [(place, heard_tokens[matches[i]]) for place, i in enumerate(own) if i in matches]
    share = len(found) / len(own) if own else 0.0
    dubbed, span = True, line.span
    if share >= HEARD_SHARE:
        span = _spoken_span(found, len(own), line.span, speech)
    elif aligned is not None and _speech_within(aligned.span, speech) is not None:
        span, share = _snapped(aligned.span, speech), aligned.confidence
    else:
        covered = _speech_within(line.span, speech)
        if covered is not None:
            span = covered
        else:  # a script holds what is spoken; a caption may be there to be read only
            dubbed = line.came_from == "script"
    heard_text = "".join(token.sound for _, token in found) if found else None
    new = NewLine(
        span=Span(0, 1), source_text=line.text, came_from=line.came_from, dubbed=dubbed,
        hint=line.hint, read_confidence=line.confidence, heard_confidence=round(share, 3),
        heard_text=heard_text, box=line.box, speaker=line.speaker,
    )  # fmt: skip
    return _Timed(span, new)


def _heard_line(line: HeardLine) -> _Timed:
    new = NewLine(
        span=Span(0, 1), source_text=line.text, came_from="heard",
        heard_confidence=round(line.confidence, 3), heard_text=line.text,
    )  # fmt: skip
    return _Timed(line.span, new)


def _spoken_span(
    found: list[tuple[int, _Token]], count: int, written: TimeSpan, speech: Sequence[TimeSpan]
) -> TimeSpan:
    """Time of a line from its tokens that were heard; missing ones at the edges are estimated."""
    first_place, first = found[0]
    last_place, last = found[-1]
    spoken = max(last.end_seconds - first.start_seconds, SHORTEST_SECONDS)
    each = spoken / max(1, last_place - first_place + 1)
    start = first.start_seconds - first_place * each
    end = last.end_seconds + (count - 1 - last_place) * each
    start = max(start, written.start_seconds - MAX_SHIFT_SECONDS, 0.0)
    end = min(end, written.end_seconds + MAX_SHIFT_SECONDS)
    return _snapped(TimeSpan(start, max(start, end)), speech)


def _snapped(span: TimeSpan, speech: Sequence[TimeSpan]) -> TimeSpan:
    start = _snap(span.start_seconds, [each.start_seconds for each in speech])
    end = _snap(span.end_seconds, [each.end_seconds for each in speech])
    return TimeSpan(start, max(end, start + SHORTEST_SECONDS))


def _snap(moment: float, edges: Sequence[float]) -> float:
    nearest = min(edges, key=lambda edge: abs(edge - moment), default=moment)
    return nearest if abs(nearest - moment) <= SNAP_SECONDS else moment


def _speech_within(span: TimeSpan, speech: Sequence[TimeSpan]) -> TimeSpan | None:
    pieces = [
        (max(span.start_seconds, each.start_seconds), min(span.end_seconds, each.end_seconds))
        for each in speech
    ]
    pieces = [(start, end) for start, end in pieces if end > start]
    filled = sum(end - start for start, end in pieces)
    if not pieces or filled < SPEECH_SHARE * span.length_seconds:
        return None
    return TimeSpan(pieces[0][0], pieces[-1][1])


def _unexplained(
    index: int,
    line: HeardLine,
    tokens: list[_Token],
    explained: set[int],
    written: Sequence[WrittenLine],
) -> bool:
    own = [i for i, token in enumerate(tokens) if token.owner == index]
    if not own:
        return False
    missing = sum(1 for i in own if i not in explained) / len(own)
    if missing < UNWRITTEN_SHARE:
        return False
    middle = (line.span.start_seconds + line.span.end_seconds) / 2
    return not any(each.span.start_seconds <= middle <= each.span.end_seconds for each in written)


def _matches(
    text: list[_Token], heard: list[_Token], written: Sequence[WrittenLine]
) -> dict[int, int]:
    """Index of a text token -> index of the heard token that sounds like it, in order."""
    blocks = LCSseq.opcodes([t.sound for t in text], [t.sound for t in heard])
    matches = {}
    for block in blocks:
        if block.tag != "equal":
            continue
        for step in range(block.src_end - block.src_start):
            i, j = block.src_start + step, block.dest_start + step
            span = written[text[i].owner].span
            early = span.start_seconds - MAX_SHIFT_SECONDS
            late = span.end_seconds + MAX_SHIFT_SECONDS
            if early <= heard[j].start_seconds and heard[j].end_seconds <= late:
                matches[i] = j
    return matches


def _text_tokens(written: Sequence[WrittenLine], language: str) -> list[_Token]:
    return [
        _Token(sound, i, line.span.start_seconds, line.span.end_seconds)
        for i, line in enumerate(written)
        for sound in sounds(line.text, language)
    ]


def _heard_tokens(heard: Sequence[HeardLine], language: str) -> list[_Token]:
    tokens = []
    for i, line in enumerate(heard):
        for word in line.words:
            pieces = sounds(word.text, language)
            length = (word.end_seconds - word.start_seconds) / max(1, len(pieces))
            for place, sound in enumerate(pieces):
                start = word.start_seconds + place * length
                tokens.append(_Token(sound, i, start, start + length))
    return tokens


def sounds(text: str, language: str) -> list[str]:
    """Tokens of a text as they sound: toneless pinyin for Chinese, folded words elsewhere."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    tokens = _TOKEN.findall(folded)
    if primary(language) == "zh":
        return [_pinyin(token) if _CJK.match(token) else token for token in tokens]
    return tokens


@cache
def _pinyin(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


def _in_frames(timed: Sequence[_Timed], frame_rate: Fraction, length_frames: int) -> list[NewLine]:
    """Lines in order of time, inside the picture, each ending where the next begins at the latest."""
    ordered = sorted(timed, key=lambda each: each.span)
    lines: list[NewLine] = []
    for place, each in enumerate(ordered):
        span = each.span.frames(frame_rate)
        first = min(span.first_frame, length_frames - 1)
        end = min(span.end_frame, length_frames)
        if place + 1 < len(ordered):
            following = round(ordered[place + 1].span.start_seconds * frame_rate)
            end = min(end, max(following, first + 1))
        lines.append(_at(each.line, Span(first, max(end, first + 1))))
    return lines


def _at(line: NewLine, span: Span) -> NewLine:
    from dataclasses import replace

    return replace(line, span=span)

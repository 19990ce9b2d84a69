"""Tells dialogue from what else is written on the picture, and puts the pieces of a caption together."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from rapidfuzz.fuzz import partial_ratio

from silkreel.dubbing.caption_script import comparable, normal_text, written_in
from silkreel.dubbing.caption_tracks import HIDDEN_FRAMES, Sighting, across, same_row
from silkreel.dubbing.caption_votes import alike
from silkreel.dubbing.read_lines import CaptionBand, Kind, Reading, ReadLine
from silkreel.dubbing.scripts import scripts_in
from silkreel.engines.contracts import Box
from silkreel.kit.spans import Span

# The same text in the same box for more of an episode than this is a watermark, but never a line
# that only seems long because the clip is short.
WATERMARK_SHARE, WATERMARK_SECONDS = 0.6, 12.0
# In more of the episodes than this, of at least so many, at the same box: likewise.
SERIES_SHARE, SERIES_EPISODES = 0.8, 5
SAME_TEXT = 0.8
# Below this a reading is texture; letters that are few and foreign must be surer.
LEAST_CONFIDENCE, LEAST_OF_FEW = 0.6, 0.85
FEW_LETTERS = 2
# Captions are centred when most are; then what lies beside the middle is none.
CENTRED_SHARE, OFF_CENTRE = 0.7, 0.12
# Rows of one caption stand together for most of the time; their middles are so many boxes apart.
TOGETHER_SHARE = 0.7
NEAREST_ROW, FARTHEST_ROW = 0.45, 1.9
# A line in a foreign script is dialogue only exactly in the row of the others.
EXACT_ROW = 0.15
EXACT_MIDDLE = 0.03
HINT_SHARE = 0.6
DISCLAIMER_LETTERS = 8
# Pieces of a moving text are alike so far, out of a hundred.
CLUSTER_RATIO, PIECE_RATIO = 70, 85
FEWEST_PIECE_LETTERS = 4


def lines_of(
    sightings: Sequence[Sighting],
    band: CaptionBand,
    *,
    language: str,
    size_pixels: tuple[int, int],
    frame_count: int,
    frame_rate: float,
) -> tuple[tuple[ReadLine, ...], tuple[ReadLine, ...]]:
    """Lines of dialogue, and what was read but is none of it.

    Args:
        sightings: lines of text with boxes in pixels of the whole picture.
        band: where dialogue stands.
        language: the source's.
        size_pixels: width and height of the picture.
        frame_count: length of the episode.
        frame_rate: frames per second.
    """
    width, height = size_pixels
    seen = [_line(each, language) for each in sightings if comparable(each.text)]
    drifting = [line for line, each in zip(seen, _worded(sightings), strict=True) if each.drifting]
    standing = [
        line for line, each in zip(seen, _worded(sightings), strict=True) if not each.drifting
    ]
    moved = _drifting(drifting)
    rejected = list(moved)
    standing = _unhidden(standing)
    least = max(WATERMARK_SHARE * frame_count, WATERMARK_SECONDS * frame_rate)
    candidates: list[ReadLine] = []
    foreign: list[ReadLine] = []
    marks = [line for line in standing if _standing_frames(line, standing) > least]
    standing = [line if line in marks else _without_marks(line, marks) for line in standing]
    for line in standing:
        off_middle = abs(line.box.centre[0] / width - 0.5) > EXACT_MIDDLE
        if off_middle and any(_piece_of(line, moving) for moving in moved):
            rejected.append(replace(line, kind="watermark"))
        elif line in marks:
            rejected.append(replace(line, kind=_still_kind(line, band, height)))
        elif not band.holds(line.box.centre[1] / height):
            foreign.append(line)
        elif _is_texture(line, language):
            rejected.append(replace(line, kind="sign"))
        elif written_in(line.text, language):
            candidates.append(line)
        else:
            foreign.append(line)
    candidates, aside = _centred(candidates, width)
    candidates = _without_pieces(candidates)
    rejected += aside
    spoken, others = _in_the_row(candidates, foreign, width)
    lines = [_with_hint(line, others, width) for line in _captions(candidates + spoken)]
    hints = {line.hint for line in lines}
    rejected += [
        replace(line, kind=_kind_outside(line, width)) for line in others if line.text not in hints
    ]
    order: Callable[[ReadLine], tuple[int, int, int]] = lambda line: (  # noqa: E731
        line.span.first_frame, line.box.top, line.box.left,
    )  # fmt: skip
    return tuple(sorted(lines, key=order)), tuple(sorted(rejected, key=order))


def without_series_watermarks(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The same readings without what stands in the same box in most episodes of the series."""
    if len(readings) < SERIES_EPISODES:
        return tuple(readings)
    cleaned = []
    for reading in readings:
        marks = [
            line
            for line in reading.lines
            if _episodes_with(line, readings) > SERIES_SHARE * len(readings)
        ]
        kept = tuple(line for line in reading.lines if line not in marks)
        named = tuple(replace(line, kind="watermark") for line in marks)
        cleaned.append(replace(reading, lines=kept, rejected=(*reading.rejected, *named)))
    return tuple(cleaned)


def _episodes_with(line: ReadLine, readings: Sequence[Reading]) -> int:
    return sum(
        any(_same_place(line.box, other.box) and alike(line.text, other.text) >= SAME_TEXT
            for other in (*reading.lines, *reading.rejected))
        for reading in readings
    )  # fmt: skip


def _worded(sightings: Sequence[Sighting]) -> list[Sighting]:
    return [each for each in sightings if comparable(each.text)]


def _line(sighting: Sighting, language: str) -> ReadLine:
    text = normal_text(sighting.text, language)
    others = (normal_text(other, language) for other in sighting.alternatives)
    alternatives = tuple(dict.fromkeys(other for other in others if other and other != text))
    return ReadLine(sighting.span, text, alternatives, sighting.confidence, sighting.box)


def _drifting(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """What moved, piece by piece, as one watermark per text; what came once was noise."""
    clusters: list[list[ReadLine]] = []
    for line in sorted(lines, key=lambda each: -len(each.text)):
        for cluster in clusters:
            if partial_ratio(comparable(line.text), comparable(cluster[0].text)) >= CLUSTER_RATIO:
                cluster.append(line)
                break
        else:
            clusters.append([line])
    return [
        replace(
            cluster[0],
            span=Span(
                min(line.span.first_frame for line in cluster),
                max(line.span.end_frame for line in cluster),
            ),
            kind="watermark",
        )
        for cluster in clusters
        if len(cluster) > 1
    ]


def _piece_of(line: ReadLine, moving: ReadLine) -> bool:
    """Whether a line is a piece of a text that is known to move."""
    piece, whole = comparable(line.text), comparable(moving.text)
    return len(piece) >= FEWEST_PIECE_LETTERS and partial_ratio(piece, whole) >= PIECE_RATIO


def _unhidden(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """Lines that were hidden for a moment, in one piece again."""
    kept: list[ReadLine] = []
    for line in sorted(lines, key=lambda each: each.span.first_frame):
        for place, other in enumerate(kept):
            gap = line.span.first_frame - other.span.end_frame
            if (
                gap <= HIDDEN_FRAMES
                and _same_place(line.box, other.box)
                and comparable(line.text) == comparable(other.text)
            ):
                end = max(other.span.end_frame, line.span.end_frame)
                kept[place] = replace(other, span=Span(other.span.first_frame, end))
                break
        else:
            kept.append(line)
    return kept


def _standing_frames(line: ReadLine, lines: Sequence[ReadLine]) -> int:
    """Frames on which this text stands in this box, all its sightings together."""
    return sum(
        other.span.length_frames
        for other in lines
        if same_row(line.box, other.box)
        and across(line.box, other.box) >= 0.6 * min(line.box.width, other.box.width)
        and _is_of(comparable(line.text), comparable(other.text))
    )


def _is_of(text: str, mark: str) -> bool:
    """Whether a text is a mark's or a piece of it, misread or not."""
    if len(text) > len(mark):
        return alike(text, mark) >= 0.6
    return partial_ratio(text, mark) >= PIECE_RATIO


def _without_marks(line: ReadLine, marks: Sequence[ReadLine]) -> ReadLine:
    """A line without the name of a mark beside it that was read with it."""
    for mark in marks:
        beside = same_row(line.box, mark.box) and across(line.box, mark.box) > 0
        if not beside or len(line.text) <= len(mark.text):
            continue
        right = line.box.left + line.box.width
        if line.text.startswith(mark.text):
            left = mark.box.left + mark.box.width
        elif line.text.endswith(mark.text):
            left, right = line.box.left, mark.box.left
        else:
            continue
        box = Box(left, line.box.top, max(1, right - left), line.box.height)
        text, *others = (
            each.removeprefix(mark.text).removesuffix(mark.text).strip()
            for each in (line.text, *line.alternatives)
        )
        kept = tuple(dict.fromkeys(other for other in others if other and other != text))
        return replace(line, text=text, alternatives=kept, box=box)
    return line


def _still_kind(line: ReadLine, band: CaptionBand, height: int) -> Kind:
    below = line.box.centre[1] / height > band.bottom_share
    long = len(comparable(line.text)) >= DISCLAIMER_LETTERS
    return "disclaimer" if below and long else "watermark"


def _is_texture(line: ReadLine, language: str) -> bool:
    """Whether a reading is too unsure to be text at all."""
    letters = comparable(line.text)
    few = len(letters) <= FEW_LETTERS and (
        not scripts_in(letters) or not written_in(letters, language)
    )
    return line.confidence < (LEAST_OF_FEW if few else LEAST_CONFIDENCE)


def _centred(lines: Sequence[ReadLine], width: int) -> tuple[list[ReadLine], list[ReadLine]]:
    """Lines that stand where the series centres them, and signs beside them."""
    off = [abs(line.box.centre[0] / width - 0.5) > OFF_CENTRE for line in lines]
    if off.count(False) < CENTRED_SHARE * len(lines) and off.count(False) < 2:
        return list(lines), []
    kept = [line for line, aside in zip(lines, off, strict=True) if not aside]
    signs = [replace(line, kind="sign") for line, aside in zip(lines, off, strict=True) if aside]
    return kept, signs


def _without_pieces(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """Lines that are not a piece of another one in the same row at the same time."""
    return [
        line
        for line in lines
        if not any(
            other is not line
            and same_row(line.box, other.box)
            and line.span.overlap_frames(other.span) >= 0.6 * line.span.length_frames
            and across(line.box, other.box) >= 0.6 * line.box.width
            and len(comparable(line.text)) < len(comparable(other.text))
            for other in lines
        )
    ]


def _in_the_row(
    candidates: Sequence[ReadLine], foreign: Sequence[ReadLine], width: int
) -> tuple[list[ReadLine], list[ReadLine]]:
    """Foreign words that are dialogue all the same ("OK"), and the others.

    They stand exactly in the row of the rest, centred, while no line of the source does.
    """
    if len(candidates) < 3:
        return [], list(foreign)
    row = median(line.box.centre[1] for line in candidates)
    high = median(line.box.height for line in candidates)
    spoken = [
        line
        for line in foreign
        if abs(line.box.centre[1] - row) <= EXACT_ROW * high
        and 0.75 <= line.box.height / high <= 1.33
        and abs(line.box.centre[0] / width - 0.5) <= EXACT_MIDDLE
        and not any(line.span.overlap_frames(other.span) for other in candidates)
        and line.confidence >= LEAST_OF_FEW
    ]
    return spoken, [line for line in foreign if line not in spoken]


def _captions(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """Rows that stand together become one line, top to bottom."""
    captions: list[ReadLine] = []
    for line in sorted(lines, key=lambda each: (each.box.top, each.span.first_frame)):
        for place, upper in enumerate(captions):
            if _stacked(upper, line):
                captions[place] = _stack(upper, line)
                break
        else:
            captions.append(line)
    return captions


def _stacked(upper: ReadLine, lower: ReadLine) -> bool:
    common = upper.span.overlap_frames(lower.span)
    longer = max(upper.span.length_frames, lower.span.length_frames)
    rows = upper.text.count("\n") + 1
    high = upper.box.height / rows
    apart = lower.box.centre[1] - (upper.box.top + upper.box.height - high / 2)
    return (
        common >= TOGETHER_SHARE * longer
        and NEAREST_ROW * min(high, lower.box.height) <= apart <= FARTHEST_ROW * high
        and across(upper.box, lower.box) > 0
        and 0.65 <= lower.box.height / high <= 1.5
    )


def _stack(upper: ReadLine, lower: ReadLine) -> ReadLine:
    letters = len(upper.text) + len(lower.text)
    sure = (upper.confidence * len(upper.text) + lower.confidence * len(lower.text)) / letters
    others = [f"{other}\n{lower.text}" for other in upper.alternatives]
    others += [f"{upper.text}\n{other}" for other in lower.alternatives]
    first = min(upper.span.first_frame, lower.span.first_frame)
    end = max(upper.span.end_frame, lower.span.end_frame)
    box = _union(upper.box, lower.box)
    return ReadLine(Span(first, end), f"{upper.text}\n{lower.text}", tuple(others), sure, box)


def _with_hint(line: ReadLine, others: Sequence[ReadLine], width: int) -> ReadLine:
    """The line with what stands beside it in another script for most of its time."""
    high = line.box.height / (line.text.count("\n") + 1)
    beside = [
        other
        for other in others
        if line.span.overlap_frames(other.span) >= HINT_SHARE * line.span.length_frames
        and abs(other.box.centre[0] - line.box.centre[0]) <= 0.06 * width
        and abs(other.box.centre[1] - line.box.centre[1]) <= 1.2 * line.box.height + high
        and not same_row(other.box, line.box)
    ]
    if not beside:
        return line
    rows = [
        other
        for other in sorted(beside, key=lambda each: each.box.top)
        if other.box.height >= 0.6 * max(each.box.height for each in beside)
    ]
    return replace(line, hint="\n".join(other.text for other in rows))


def _kind_outside(line: ReadLine, width: int) -> Kind:
    return "title" if abs(line.box.centre[0] / width - 0.5) <= OFF_CENTRE else "sign"


def _same_place(one: Box, other: Box) -> bool:
    """Whether two boxes have more in common than not."""
    wide = across(one, other)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    common = max(0, wide) * max(0, high)
    return 2 * common > one.width * one.height + other.width * other.height - common


def _union(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)

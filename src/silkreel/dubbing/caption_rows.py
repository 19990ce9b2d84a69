"""The boxes of one look, joined to rows: a wide blank parts a line into two boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from silkreel.dubbing.scripts import scripts_in
from silkreel.engines.contracts import Box, TextBox

# Boxes of one row overlap in height by this share of the lower one.
SAME_ROW_SHARE = 0.6
# A blank inside a line is at most so many line heights wide.
WIDEST_BLANK = 2.2
# Letters of one line are about as high.
HEIGHT_RATIO = 1.5


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text on one frame."""

    text: str
    box: Box
    confidence: float
    confidences: tuple[float, ...]


def rows_of(boxes: Sequence[TextBox], width: int) -> tuple[Row, ...]:
    """Join boxes that are pieces of one line.

    Captions are centred: two pieces are joined only where the whole lies nearer to the middle of
    the picture than either piece, so a logo beside a caption stays what it is.
    """
    rows: list[Row] = []
    for box in sorted(boxes, key=lambda each: each.box.left):
        piece = Row(box.text, box.box, box.confidence, box.character_confidences)
        if len(piece.confidences) != len(piece.text):
            piece = Row(piece.text, piece.box, piece.confidence, (box.confidence,) * len(box.text))
        for place, row in enumerate(rows):
            whole = _union(row.box, piece.box)
            if _one_line(row, piece) and _off_centre(whole, width) < min(
                _off_centre(row.box, width), _off_centre(piece.box, width)
            ):
                rows[place] = _joined(row, piece, whole)
                break
        else:
            rows.append(piece)
    return tuple(sorted(rows, key=lambda row: (row.box.top, row.box.left)))


def _one_line(left: Row, right: Row) -> bool:
    high, low = sorted((left.box.height, right.box.height), reverse=True)
    top = max(left.box.top, right.box.top)
    bottom = min(left.box.top + left.box.height, right.box.top + right.box.height)
    gap = right.box.left - (left.box.left + left.box.width)
    ours, theirs = scripts_in(left.text), scripts_in(right.text)
    return (
        bottom - top >= SAME_ROW_SHARE * low
        and -0.5 * low <= gap <= WIDEST_BLANK * low
        and high <= HEIGHT_RATIO * low
        and (not ours or not theirs or bool(set(ours) & set(theirs)))
    )


def _joined(left: Row, right: Row, whole: Box) -> Row:
    confidences = (*left.confidences, 1.0, *right.confidences)
    mean = (left.confidence * len(left.text) + right.confidence * len(right.text)) / max(
        1, len(left.text) + len(right.text)
    )
    return Row(f"{left.text} {right.text}", whole, mean, confidences)


def _off_centre(box: Box, width: int) -> float:
    return abs(box.centre[0] - width / 2)


def _union(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)

"""Speech packed into windows a recogniser hears at once, and times mapped back.

A recogniser of fixed windows costs the same however short its sound: spans of speech are laid one
after the other with a little air between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np

from silkreel.kit.sound import Samples, Sound
from silkreel.kit.spans import TimeSpan

LONGEST_SECONDS = 28.0  # the network's window is 30; a little room keeps the last word whole
GAP_SECONDS = 0.3
AIR_SECONDS = 0.12  # the first sound of a word is quieter than a detector of speech hears


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of speech, the stretch of the source round it, and where that starts in its window."""

    speech: TimeSpan
    source: TimeSpan
    start_seconds: float

    @property
    def end_seconds(self) -> float:
        """Where it ends in the window."""
        return self.start_seconds + self.source.length_seconds


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces heard at once."""

    pieces: tuple[Piece, ...]

    @property
    def length_seconds(self) -> float:
        """Length of the sound, gaps included."""
        return self.pieces[-1].end_seconds

    def piece_at(self, seconds: float) -> int:
        """Number of the piece that lies nearest to a time in the window."""
        reach = [
            max(piece.start_seconds - seconds, seconds - piece.end_seconds) for piece in self.pieces
        ]
        return min(range(len(reach)), key=reach.__getitem__)

    def span(self, start_seconds: float, end_seconds: float) -> TimeSpan:
        """A stretch of the window in the source: it stays in the speech that holds its middle."""
        piece = self.pieces[self.piece_at((start_seconds + end_seconds) / 2)]
        shift = piece.source.start_seconds - piece.start_seconds
        low, high = piece.speech.start_seconds, piece.speech.end_seconds
        start = min(max(start_seconds + shift, low), high)
        return TimeSpan(start, min(max(end_seconds + shift, start), high))

    def samples(self, sound: Sound) -> Samples:
        """The window's sound, flat."""
        parts = [sound.cut(p.source.start_seconds, p.source.end_seconds).flat for p in self.pieces]
        total = round(self.length_seconds * sound.sample_rate)
        heard = np.zeros(max(total, 1), dtype=np.float32)
        for piece, part in zip(self.pieces, parts, strict=True):
            first = round(piece.start_seconds * sound.sample_rate)
            heard[first : first + len(part)] = part[: len(heard) - first]
        return heard


def pack(
    spans: Sequence[TimeSpan],
    *,
    longest_seconds: float = LONGEST_SECONDS,
    gap_seconds: float = GAP_SECONDS,
) -> tuple[Window, ...]:
    """Spans in order, filled from the front; a span that is too long is cut in even parts.

    Each span brings air of the source with it, at most half of what lies before its neighbour.
    """
    windows: list[list[Piece]] = []
    parts = list(_cut(spans, longest_seconds - 2 * AIR_SECONDS))
    befores = [0.0, *(span.end_seconds for span in parts)]
    afters = [*(span.start_seconds for span in parts[1:]), float("inf")]
    for span, before, after in zip(parts, befores, afters, strict=False):
        source = _with_air(span, before, after)
        last = windows[-1][-1] if windows else None
        apart = source.start_seconds - last.source.end_seconds if last else 0.0
        start = last.end_seconds + min(gap_seconds, max(0.0, apart)) if last else 0.0
        if last is None or start + source.length_seconds > longest_seconds:
            windows.append([Piece(span, source, 0.0)])
        else:
            windows[-1].append(Piece(span, source, start))
    return tuple(Window(tuple(pieces)) for pieces in windows)


def unheard(window: Window, end_seconds: float) -> tuple[TimeSpan, ...]:
    """Speech of a window that lies behind a time of the source."""
    return tuple(
        TimeSpan(max(piece.speech.start_seconds, end_seconds), piece.speech.end_seconds)
        for piece in window.pieces
        if piece.speech.end_seconds > end_seconds
    )


def _with_air(span: TimeSpan, before: float, after: float) -> TimeSpan:
    lead = min(AIR_SECONDS, max(0.0, (span.start_seconds - before) / 2))
    tail = min(AIR_SECONDS, max(0.0, (after - span.end_seconds) / 2))
    return TimeSpan(max(0.0, span.start_seconds - lead), span.end_seconds + tail)


def _cut(spans: Sequence[TimeSpan], longest_seconds: float) -> Iterator[TimeSpan]:
    for span in spans:
        count = max(1, ceil(span.length_seconds / longest_seconds))
        step = span.length_seconds / count
        edges = [span.start_seconds + number * step for number in range(count)]
        yield from (TimeSpan(*pair) for pair in pairwise([*edges, span.end_seconds]))

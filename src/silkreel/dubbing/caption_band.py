"""Finds where a series burns in its captions: the row in which the most different texts stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from silkreel.dubbing.caption_rows import rows_of
from silkreel.dubbing.caption_script import comparable, written_in
from silkreel.dubbing.caption_votes import alike
from silkreel.dubbing.read_lines import CaptionBand, CaptionFrames, NoCaptionsSeen, must_read
from silkreel.engines.contracts import Luma, Reader

# Captions stand in the lower half; the last rows hold nothing but disclaimers and players' bars.
TOP_SHARE, BOTTOM_SHARE = 0.45, 0.97
EPISODES = 3
SAMPLES_EVERY_SECONDS = 2.0
FEWEST_SAMPLES, MOST_SAMPLES = 16, 24
CHECK_SAMPLES = 6
# Letters need about this many pixels of width to be found; more only cost time.
PORTRAIT_PIXELS, LANDSCAPE_PIXELS = 360, 640
LEAST_CONFIDENCE = 0.6
LINE_HEIGHTS = (0.012, 0.07)  # of the picture, with the detector's air
OFF_CENTRE = 0.12
# The same text in the same place on more than half of an episode's samples is no caption.
STANDING_SHARE = 0.5
SAME_TEXT = 0.7
AIR_BOXES = 0.25  # of a box's height, above and below: with its own air 0.6 of the letters'
# A second row, of the same language or another, was seen with so many different texts.
SECOND_ROW_TEXTS = 2
# An episode whose lines stand elsewhere by more than this share is voted on its own.
OUTSIDE_SHARE, OUTSIDE_TEXTS = 0.1, 3


@dataclass(frozen=True, slots=True)
class _Vote:
    """A text seen on a sample; places are shares of the picture."""

    sample: tuple[int, int]  # episode and frame
    text: str
    middle: float
    height: float
    own: bool  # in the source's script


def vote_band(
    episodes: Sequence[CaptionFrames], reader: Reader, source_language: str
) -> CaptionBand:
    """Where captions stand, by the votes of up to three episodes.

    Each different text counts once, so that a logo or a disclaimer, however long it stands, has
    one voice. Rows that stand together with the winner's, of its language or another, come along.

    Raises:
        LanguageNotSpoken: the reader does not know the language's letters.
        NoCaptionsSeen: no text of the language was seen there.
    """
    must_read(reader, source_language)
    votes: list[_Vote] = []
    for number, frames in enumerate(episodes[:EPISODES]):
        votes += _votes(frames, reader, source_language, number, samples=None)
    band = _band(votes)
    if band is None:
        raise NoCaptionsSeen(language=source_language)
    return band


def band_fits(
    band: CaptionBand, frames: CaptionFrames, reader: Reader, source_language: str
) -> bool:
    """Whether an episode's captions stand where the series' do, by a few samples."""
    votes = _votes(frames, reader, source_language, 0, samples=CHECK_SAMPLES)
    like = [
        vote
        for vote in _different([vote for vote in votes if vote.own])
        if 0.65 < vote.height / band.line_height_share < 1.5
    ]
    outside = [vote for vote in like if not band.holds(vote.middle)]
    return len(outside) < OUTSIDE_TEXTS or len(outside) <= OUTSIDE_SHARE * len(like)


def _votes(
    frames: CaptionFrames, reader: Reader, language: str, number: int, *, samples: int | None
) -> list[_Vote]:
    length_seconds = float(frames.frame_count / frames.frame_rate)
    count = samples or min(
        MOST_SAMPLES, max(FEWEST_SAMPLES, round(length_seconds / SAMPLES_EVERY_SECONDS))
    )
    votes: list[_Vote] = []
    taken = 0
    for frame in frames.samples(TOP_SHARE, BOTTOM_SHARE, every_seconds=length_seconds / count):
        taken += 1
        picture = _sized(frame.luma)
        share = (BOTTOM_SHARE - TOP_SHARE) / picture.shape[0]
        for row in rows_of(reader.read(picture, detect=True), picture.shape[1]):
            middle = TOP_SHARE + row.box.centre[1] * share
            height = row.box.height * share
            centred = abs(row.box.centre[0] / picture.shape[1] - 0.5) <= OFF_CENTRE
            fits = LINE_HEIGHTS[0] <= height <= LINE_HEIGHTS[1]
            if centred and fits and row.confidence >= LEAST_CONFIDENCE and comparable(row.text):
                own = written_in(row.text, language)
                votes.append(_Vote((number, frame.index), row.text, middle, height, own))
    return [
        vote
        for vote in votes
        if sum(_same(vote, other) for other in votes) <= max(3, STANDING_SHARE * taken)
    ]


def _band(votes: Sequence[_Vote]) -> CaptionBand | None:
    own = [vote for vote in votes if vote.own]
    different = _different(own)
    if not different:
        return None
    line = median(vote.height for vote in different)
    mode = max(
        (vote.middle for vote in different),
        key=lambda middle: sum(abs(each.middle - middle) <= 0.35 * line for each in different),
    )
    row = [vote for vote in different if abs(vote.middle - mode) <= 0.6 * line]
    line = median(vote.height for vote in row)
    near = [vote for vote in own if abs(vote.middle - mode) <= 2 * line]
    pairs = _different([vote for vote in near if _beside(vote, near, line)])
    kept = row + (pairs if len(pairs) > SECOND_ROW_TEXTS else [])
    top, bottom = _reach(kept, AIR_BOXES)
    other = [vote for vote in votes if not vote.own and _beside(vote, row_mates(own, row), line)]
    if len(_different(other)) < SECOND_ROW_TEXTS:
        return CaptionBand(top, bottom, line)
    above, below = _reach(other, AIR_BOXES / 2)
    return CaptionBand(top, bottom, line, min(top, above), max(bottom, below))


def row_mates(votes: Iterable[_Vote], row: Sequence[_Vote]) -> list[_Vote]:
    """All votes, also repeated ones, that stand in a row's place."""
    low, high = min(each.middle for each in row), max(each.middle for each in row)
    return [vote for vote in votes if low <= vote.middle <= high]


def _beside(vote: _Vote, others: Iterable[_Vote], line: float) -> bool:
    """Whether another text stands on the same sample in the row above or below."""
    return any(
        other.sample == vote.sample and 0.6 * line <= abs(other.middle - vote.middle) <= 1.9 * line
        for other in others
    )


def _reach(votes: Sequence[_Vote], air: float) -> tuple[float, float]:
    """From above the highest to below the lowest text, without the strays of a twentieth."""
    line = median(vote.height for vote in votes)
    tops = [vote.middle - vote.height / 2 for vote in votes]
    bottoms = [vote.middle + vote.height / 2 for vote in votes]
    top = float(np.quantile(tops, 0.05)) - air * line
    bottom = float(np.quantile(bottoms, 0.95)) + air * line
    return max(0.0, top), min(1.0, bottom)


def _different(votes: Iterable[_Vote]) -> list[_Vote]:
    """Each text of a row once."""
    kept: list[_Vote] = []
    for vote in votes:
        if not any(_same(vote, other) for other in kept):
            kept.append(vote)
    return kept


def _same(one: _Vote, other: _Vote) -> bool:
    return (
        abs(one.middle - other.middle) < 0.5 * min(one.height, other.height)
        and alike(one.text, other.text) >= SAME_TEXT
    )


def _sized(luma: Luma) -> Luma:
    height, width = luma.shape
    # The rows are about half of the picture: a band wider than it is high is not yet landscape.
    portrait = height / (BOTTOM_SHARE - TOP_SHARE) > width
    scale = min(1.0, (PORTRAIT_PIXELS if portrait else LANDSCAPE_PIXELS) / width)
    if scale == 1.0:
        return np.ascontiguousarray(luma)
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA))

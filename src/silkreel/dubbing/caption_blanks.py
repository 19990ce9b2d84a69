"""Puts back the blanks between clauses of a Chinese line, which recognisers often leave out.

Chinese letters stand on a grid. A blank moves everything after it off the grid, so the width of the
grid and the place of a blank are sought together: the borders between letters must fall where there
is no ink. A wide gap alone proves nothing, some letters are narrow.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from silkreel.dubbing.caption_script import is_han

Floats = npt.NDArray[np.float64]

# A blank is at least so wide, in widths of a letter; a whole letter's width is the widest.
WIDTHS = (0.2, 0.25, 0.3, 0.35, 0.45, 0.6, 0.8, 1.0)
# A gap that may be a blank is at least so wide, with the letters' own air.
CANDIDATE = 0.16
MAX_CANDIDATES = 4
# With the blank the grid must fit so much better than without.

BETTER = 0.65
TOLD = 0.9  # the same, where a reading has the blank
# Shorter lines give no grid to speak of.
FEWEST_LETTERS = 4


def with_blanks(text: str, ink: Floats, others: Sequence[str] = ()) -> str:
    """The text with blanks where the ink's columns show them; only for lines all in Chinese letters.

    Args:
        text: what was read, without blanks.
        ink: how much stroke each column of the line has, from its first to its last inked one.
        others: other readings; where one has the same letters and a blank, less ink decides.
    """
    count = len(text)
    if count < FEWEST_LETTERS or not all(map(is_han, text)) or len(ink) < 6 * count:
        return text
    ink = np.minimum(ink / max(1e-9, float(np.percentile(ink, 80))), 1.0)
    plain = _best_fit(ink, count, ())
    best: float = plain
    places: tuple[int, ...] = ()
    for chosen in _choices(ink, count):
        misfit = _best_fit(ink, count, chosen)
        if misfit < best:
            best, places = misfit, chosen
    told = any(_cuts(other) == places for other in others if other.replace(" ", "") == text)
    if best >= (TOLD if told else BETTER) * plain:
        return text
    cuts = [0, *places, count]
    return " ".join(text[first:end] for first, end in pairwise(cuts))


def _cuts(text: str) -> tuple[int, ...]:
    """After how many letters a text's blanks stand."""
    ends = np.cumsum([len(piece) for piece in text.split(" ")])
    return tuple(int(end) for end in ends[:-1])


def _choices(ink: Floats, count: int) -> Iterator[tuple[int, ...]]:
    """Sets of one or two places, after so many letters, at which a gap is wide enough."""
    letter = len(ink) / count
    inked = np.flatnonzero(ink > 0.08)
    gaps = np.diff(inked) - 1
    wide = [
        place for place in np.argsort(-gaps)[:MAX_CANDIDATES] if gaps[place] >= CANDIDATE * letter
    ]
    places: set[int] = set()
    for gap in wide:
        before = inked[gap] / letter
        places |= {round(before + shift) for shift in (0.0, 0.5)}
    within = sorted(place for place in places if 0 < place < count)
    yield from ((place,) for place in within)
    yield from combinations(within, 2)


def _best_fit(ink: Floats, count: int, blanks: Sequence[int]) -> float:
    """The least ink on the borders between letters, over widths of letter and blank."""
    best = np.inf
    width = len(ink)
    shifts = np.zeros(count - 1)
    for place in blanks:
        shifts += np.arange(1, count) > place
    at_blank = np.isin(np.arange(1, count), blanks)
    for blank in WIDTHS if blanks else (0.0,):
        # The first and last letter have air of their own: the ink is a little narrower.
        for air in np.arange(0.0, 0.21, 0.02):
            letter = width / (count + blank * len(blanks) - air)
            for left in np.arange(0.0, air + 1e-9, 0.04):
                borders = (np.arange(1, count) + blank * shifts - left) * letter
                misfit = float(_around(ink, borders, letter).sum())
                if len(blanks):
                    ends = borders[at_blank] + blank * letter / 2
                    misfit += float(_around(ink, ends, letter).sum())
                best = min(best, misfit)
    return best / (count - 1)


def _around(ink: Floats, places: Floats, letter: float) -> Floats:
    """The mean ink of three columns at each place."""
    reach = max(1, round(0.03 * letter))
    columns = np.clip(np.round(places).astype(int), reach, len(ink) - 1 - reach)
    around = (ink[columns - reach] + ink[columns] + ink[columns + reach]) / 3
    return np.asarray(around)

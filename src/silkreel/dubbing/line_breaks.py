"""Breaking a subtitle: balanced, at a clause where there is one, never inside a word or name."""

import re
from itertools import combinations, pairwise

from silkreel.kit.phrases import phrases

_CLAUSE_END = re.compile(r"[,;:.!?…，。；：！？、—]$")
# Words that belong to what follows: a line should not end on one.
_LEANING = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "but",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "is",
        "are",
        "was",
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "de",
        "del",
        "al",
        "en",
        "y",
        "o",
        "que",
        "mi",
        "tu",
        "su",
        "por",
        "para",
        "con",
        "sin",
        "o",
        "os",
        "a",
        "as",
        "um",
        "uma",
        "do",
        "da",
        "dos",
        "das",
        "no",
        "na",
        "nos",
        "nas",
        "e",
        "ou",
        "meu",
        "minha",
        "seu",
        "sua",
    ]
)


def break_lines(text: str, language: str, *, line_characters: int, lines: int = 2) -> list[str]:
    """Text in as few lines as fit; more than `lines` where it cannot be done with fewer."""
    if len(text) <= line_characters:
        return [text]
    pieces, glue = pieces_of(text, language)
    for count in range(2, max(lines, 2) + 1):
        best = _best(pieces, glue, count, line_characters)
        if best:
            return best
    return _greedy(pieces, glue, line_characters)


def pieces_of(text: str, language: str) -> tuple[list[str], str]:
    """Units a line may break between, and what joins them."""
    found = phrases(text, language)
    return (text.split(), " ") if found is None else (found, "")


def _best(pieces: list[str], glue: str, count: int, limit: int) -> list[str] | None:
    """The cheapest way to cut into `count` lines that all fit; dynamic over the last cut."""
    if len(pieces) < count or len(pieces) > 60:
        return None
    best: tuple[float, list[str]] | None = None
    for cuts in combinations(range(1, len(pieces)), count - 1):
        edges = [0, *cuts, len(pieces)]
        made = [glue.join(pieces[a:b]) for a, b in pairwise(edges)]
        if max(map(len, made)) > limit:
            continue
        cost = _uneven(made) + sum(_cut_cost(pieces[cut - 1]) for cut in cuts)
        if best is None or cost < best[0]:
            best = (cost, made)
    return best[1] if best else None


def _uneven(lines: list[str]) -> float:
    longest = max(map(len, lines))
    return sum((longest - len(line)) / longest for line in lines)


def _cut_cost(before: str) -> float:
    if _CLAUSE_END.search(before):
        return -0.6
    return 0.5 if before.lower() in _LEANING else 0.0


def _greedy(pieces: list[str], glue: str, limit: int) -> list[str]:
    lines: list[str] = []
    for piece in _short_enough(pieces, limit):
        if lines and len(lines[-1]) + len(glue) + len(piece) <= limit:
            lines[-1] += glue + piece
        else:
            lines.append(piece)
    return lines


def _short_enough(pieces: list[str], limit: int) -> list[str]:
    """Pieces no longer than a line; a word that is longer is cut hard, for it would leave the picture."""
    return [
        piece[start : start + limit] for piece in pieces for start in range(0, len(piece), limit)
    ]

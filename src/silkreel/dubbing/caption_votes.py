"""Several readings of one line become one text: characters are laid side by side and counted."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from silkreel.dubbing.caption_script import comparable

# An editor looks at a few other readings, not at all of them.
MAX_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Ballot:
    """One reading: its text and how sure each character is."""

    text: str
    confidences: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Mean over characters; an empty reading is worth nothing."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


@dataclass(frozen=True, slots=True)
class Elected:
    """The text that won, how sure it is, and the other readings."""

    text: str
    confidence: float
    alternatives: tuple[str, ...]


def ballot(text: str, confidences: Sequence[float], mean: float) -> Ballot:
    """A ballot of a text whose characters may have confidences or not."""
    if len(confidences) == len(text):
        return Ballot(text, tuple(confidences))
    return Ballot(text, (mean,) * len(text))


def elect(ballots: Sequence[Ballot]) -> Elected:
    """Vote character by character, each weighted with its confidence.

    Readings are aligned with the one that agrees best with all others. A character is left out
    where the readings that lack it weigh more than those that have it.
    """
    ballots = [each for each in ballots if each.text.strip()]
    if not ballots:
        return Elected("", 0.0, ())
    pivot = max(ballots, key=lambda each: (_support(each, ballots), each.confidence))
    seats = [_Seat() for _ in pivot.text]
    gaps: dict[int, list[tuple[Ballot, str, float]]] = defaultdict(list)
    for each in ballots:
        _count(each, pivot, seats, gaps)
    characters: list[tuple[str, float]] = []
    for place in range(len(pivot.text) + 1):
        characters += _inserted(gaps.get(place, []), ballots)
        if place < len(seats):
            winner, share = seats[place].winner()
            if winner:
                characters.append((winner, share))
    text = "".join(character for character, _ in characters).strip()
    sure = [share for character, share in characters if not character.isspace()]
    others = Counter[str]()
    for each in ballots:
        if each.text.strip() != text:
            others[each.text.strip()] += 1 + int(100 * each.confidence)
    alternatives = tuple(other for other, _ in others.most_common(MAX_ALTERNATIVES))
    return Elected(text, sum(sure) / len(sure) if sure else 0.0, alternatives)


def alike(one: str, other: str) -> float:
    """How alike two texts are from 0 to 1, blanks, marks and case aside."""
    return Levenshtein.normalized_similarity(comparable(one), comparable(other))


class _Seat:
    """One place of the pivot's text and what the readings put there."""

    def __init__(self) -> None:
        self.weights: Counter[str] = Counter()
        self.best: dict[str, float] = {}

    def put(self, character: str, confidence: float) -> None:
        self.weights[character] += confidence  # type: ignore[assignment]
        self.best[character] = max(confidence, self.best.get(character, 0.0))

    def winner(self) -> tuple[str, float]:
        character, weight = max(self.weights.items(), key=lambda item: (item[1], item[0]))
        return character, self.best[character] * weight / sum(self.weights.values())


def _support(candidate: Ballot, ballots: Sequence[Ballot]) -> float:
    return sum(
        Levenshtein.normalized_similarity(candidate.text, other.text) * other.confidence
        for other in ballots
    )


def _count(
    each: Ballot,
    pivot: Ballot,
    seats: list[_Seat],
    gaps: dict[int, list[tuple[Ballot, str, float]]],
) -> None:
    for step in Levenshtein.opcodes(pivot.text, each.text):
        theirs = each.text[step.dest_start : step.dest_end]
        sure = each.confidences[step.dest_start : step.dest_end]
        if step.tag == "insert":
            gaps[step.src_start].append((each, theirs, min(sure)))
        elif step.tag == "delete":
            for place in range(step.src_start, step.src_end):
                seats[place].put("", each.confidence)
        else:
            for place, character, confidence in zip(
                range(step.src_start, step.src_end), theirs, sure, strict=True
            ):
                seats[place].put(character, confidence)


def _inserted(
    found: list[tuple[Ballot, str, float]], ballots: Sequence[Ballot]
) -> list[tuple[str, float]]:
    """What most readings have between two places of the pivot, if any."""
    weights: Counter[str] = Counter()
    for _, text, confidence in found:
        weights[text] += confidence  # type: ignore[assignment]
    if not weights:
        return []
    total = sum(each.confidence for each in ballots)
    text, weight = weights.most_common(1)[0]
    return [(character, weight / total) for character in text] if 2 * weight > total else []

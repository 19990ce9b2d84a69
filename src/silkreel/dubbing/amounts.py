"""Numbers in a line of dialogue, as values that can be held against another language's.

Each language's reader gives `Amount`s: the values a number may mean ("8:30 pm" is 8 or 20), its unit
where one stands beside it, and how firmly it must turn up on the other side. Everyday uses that carry
no number (一起, 千万别, "no one") are not read at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Firmness = Literal["firm", "loose"]
Values = frozenset[Fraction]

MONEY = frozenset({"yuan", "dollar", "euro", "real", "peso", "pound", "yen", "won"})
# How many of a smaller unit make a larger one: 72 hours are three days.
IN_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
IN_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: what it may mean, of what, and whether it may be left out."""

    values: Values
    unit: str = ""  # day | yuan | percent | "" ...
    kind: str = "number"  # number | ordinal | month | weekday
    firmness: Firmness = "firm"
    text: str = ""

    @property
    def shown(self) -> str:
        """The number as a person reads it."""
        value = min(self.values)
        plain = str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
        return f"{plain} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class NumberDifference:
    """What does not agree between two sides."""

    kind: Literal["missing", "added", "unit", "currency"]
    source: str
    target: str


def compare_amounts(
    source: Sequence[Amount], target: Sequence[Amount]
) -> tuple[NumberDifference, ...]:
    """Where two sides of a translation speak of different numbers.

    Firm amounts need a partner of a common value. Loose ones may go without, unless the other side
    has a loose one of the same kind left over as well: then one was turned into the other.
    """
    left, right = list(source), list(target)
    differences: list[NumberDifference] = []
    for mine in sorted(source, key=_firm_first):
        partner = _partner(mine, right)
        if partner is None:
            continue
        left.remove(mine)
        right.remove(partner)
        differences += _unit_difference(mine, partner)
    left = [each for each in left if not _said_again(each, target)]
    right = [each for each in right if not _said_again(each, source)]
    differences += _left_over(left, right)
    return tuple(differences)


def _firm_first(amount: Amount) -> tuple[bool, bool]:
    return amount.firmness != "firm", not amount.unit


def _partner(mine: Amount, others: Sequence[Amount]) -> Amount | None:
    fitting = [other for other in others if _same_value(mine, other)]
    return min(fitting, key=lambda other: _distance(mine, other), default=None)


def _same_value(mine: Amount, other: Amount) -> bool:
    if {mine.kind, other.kind} & {"month", "weekday"} and mine.kind != other.kind:
        return _calendar_pun(mine, other)
    if mine.values & other.values:
        return True
    return _in_base(mine) is not None and _in_base(mine) == _in_base(other)


def _calendar_pun(mine: Amount, other: Amount) -> bool:
    """Whether a bare number may stand for a month: 3/15, or segunda for the second."""
    kinds = {mine.kind, other.kind}
    return bool(mine.values & other.values) and kinds in (
        {"month", "number"}, {"weekday", "ordinal"}
    )  # fmt: skip


def _in_base(amount: Amount) -> tuple[str, Fraction] | None:
    for base, table in (("second", IN_SECONDS), ("month", IN_MONTHS)):
        if amount.unit in table and len(amount.values) == 1:
            return base, min(amount.values) * table[amount.unit]
    return None


def _distance(mine: Amount, other: Amount) -> tuple[bool, bool, bool]:
    return mine.unit != other.unit, mine.kind != other.kind, mine.firmness != other.firmness


def _unit_difference(mine: Amount, other: Amount) -> list[NumberDifference]:
    if not mine.unit or not other.unit or mine.unit == other.unit:
        return []
    if _in_base(mine) is not None and _in_base(mine) == _in_base(other):
        return []
    if {mine.unit, other.unit} <= MONEY:
        return [NumberDifference("currency", mine.shown, other.shown)]
    if _dimension(mine.unit) and _dimension(other.unit):
        return [NumberDifference("unit", mine.shown, other.shown)]
    return []


def _dimension(unit: str) -> str:
    if unit in IN_SECONDS or unit in IN_MONTHS:
        return "time"
    if unit in MONEY:
        return "money"
    return unit if unit in {"percent", "times"} else ""


def _said_again(amount: Amount, others: Sequence[Amount]) -> bool:
    """A number that is repeated on one side only was not changed."""
    return any(amount.values & other.values and amount.kind == other.kind for other in others)


def _left_over(left: Sequence[Amount], right: Sequence[Amount]) -> list[NumberDifference]:
    found = [NumberDifference("missing", a.shown, "") for a in left if a.firmness == "firm"]
    found += [NumberDifference("added", "", a.shown) for a in right if a.firmness == "firm"]
    for mine in (a for a in left if a.firmness == "loose"):
        for other in (a for a in right if a.firmness == "loose"):
            same_kind = mine.kind == other.kind == "ordinal"
            same_unit = bool(mine.unit) and mine.unit == other.unit
            if same_kind or same_unit:
                found.append(NumberDifference("missing", mine.shown, other.shown))
    return found

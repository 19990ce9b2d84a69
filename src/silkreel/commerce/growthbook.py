"""Features and experiments in GrowthBook's JSON, evaluated here: no service is asked.

What of its specification (docs.growthbook.io/lib/build-your-own) is read: rules in order, conditions,
forced values with coverage, experiments with weights, coverage, ranges, seed and hash versions 1 and
2. What is not (namespaces, prerequisites, sticky buckets, encryption) is refused, never guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from silkreel.kit.refusals import Refusal

FNV_OFFSET, FNV_PRIME = 0x811C9DC5, 0x01000193
UNREAD = frozenset(
    {"namespace", "parentConditions", "fallbackAttribute", "bucketVersion", "filters"}
)
WHOLE = 0.01  # weights add up to one, within so much


class UnreadFeature(Refusal):
    """A part of GrowthBook's format that we do not evaluate."""

    status = 422
    message = (
        "Feature {feature} cannot be evaluated here: {what}. Leave it out, or write it another way."
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A feature's value; `experiment` names what drew it, with the arm and the chance it had."""

    value: Any
    source: str  # defaultValue | force | experiment | unknownFeature
    experiment: str = ""
    phase: int = 0
    arm: str = ""
    propensity: float = 1.0


def evaluate(features: Mapping[str, Any], name: str, attributes: Mapping[str, Any]) -> Found:
    """The value of a feature for somebody.

    Raises:
        UnreadFeature: a rule uses what is not read here.
    """
    feature = features.get(name)
    if feature is None:
        return Found(None, "unknownFeature")
    for rule in feature.get("rules", ()):
        if odd := UNREAD & rule.keys():
            raise UnreadFeature(feature=name, what=f"it uses {min(odd)}")
        if not holds(rule.get("condition", {}), attributes, name):
            continue
        found = _force(rule, name, attributes) if "force" in rule else _draw(rule, name, attributes)
        if found is not None:
            return found
    return Found(feature.get("defaultValue"), "defaultValue")


def bucket(seed: str, value: str, version: int) -> float | None:
    """Where a value falls between 0 and 1; None for a version that is not known."""
    if version == 2:
        return fnv1a(str(fnv1a(seed + value))) % 10_000 / 10_000
    return fnv1a(value + seed) % 1_000 / 1_000 if version == 1 else None


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash (draft-eastlake-fnv)."""
    hashed = FNV_OFFSET
    for byte in text.encode():
        hashed = (hashed ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return hashed


def ranges_of(rule: Mapping[str, Any], count: int) -> list[tuple[float, float]]:
    """The stretch of each variation: by its ranges, else its weights cut by the coverage."""
    if "ranges" in rule:
        return [(float(low), float(high)) for low, high in rule["ranges"]]
    coverage = min(1.0, max(0.0, float(rule.get("coverage", 1))))
    weights = [float(weight) for weight in rule.get("weights", ())]
    if len(weights) != count or abs(sum(weights) - 1) > WHOLE:
        weights = [1 / count] * count
    starts = [sum(weights[:place]) for place in range(count)]
    return [(low, low + coverage * weight) for low, weight in zip(starts, weights, strict=True)]


def holds(condition: Mapping[str, Any], attributes: Mapping[str, Any], feature: str) -> bool:
    """Whether a condition is true of somebody.

    Raises:
        UnreadFeature: it uses an operator that is not read here.
    """
    groups: dict[str, Callable[[list[bool]], bool]] = {
        "$and": all, "$or": lambda each: any(each) or not each, "$nor": lambda each: not any(each)
    }  # fmt: skip
    for name, wanted in condition.items():
        if name in groups:
            passed = groups[name]([holds(each, attributes, feature) for each in wanted])
        elif name == "$not":
            passed = not holds(wanted, attributes, feature)
        else:
            passed = _matches(wanted, _attribute(attributes, name), feature)
        if not passed:
            return False
    return True


def _draw(rule: Mapping[str, Any], name: str, attributes: Mapping[str, Any]) -> Found | None:
    """An experiment's value; None where somebody is not in it."""
    variations: Sequence[Any] = rule.get("variations", ())
    value = str(_attribute(attributes, rule.get("hashAttribute", "id")) or "")
    if len(variations) < 2 or not value:
        return None
    key = rule.get("key", name)
    place = bucket(rule.get("seed", key), value, rule.get("hashVersion", 1))
    stretches = ranges_of(rule, len(variations))
    inside = [
        n for n, (low, high) in enumerate(stretches) if place is not None and low <= place < high
    ]
    if not inside:
        return None
    number = inside[0]
    low, high = stretches[number]
    meta = rule.get("meta", ())
    arm = meta[number].get("key", str(number)) if number < len(meta) else str(number)
    phase = int(rule.get("phase", 0))
    return Found(variations[number], "experiment", key, phase, arm, round(high - low, 6))


def _force(rule: Mapping[str, Any], name: str, attributes: Mapping[str, Any]) -> Found | None:
    if "coverage" in rule or "range" in rule:
        value = str(_attribute(attributes, rule.get("hashAttribute", "id")) or "")
        place = bucket(rule.get("seed", name), value, rule.get("hashVersion", 1)) if value else None
        low, high = rule.get("range", (0.0, float(rule.get("coverage", 1))))
        if place is None or not (low <= place < high or (low, place) == (0.0, 0.0) == (low, high)):
            return None
    return Found(rule["force"], "force")


def _attribute(attributes: Mapping[str, Any], path: str) -> Any:
    found: Any = attributes
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _matches(wanted: Any, value: Any, feature: str) -> bool:
    """One attribute against a plain value, or against operators that all have to agree."""
    if not isinstance(wanted, Mapping) or not any(key.startswith("$") for key in wanted):
        return bool(value == wanted)
    for operator, operand in wanted.items():
        if operator == "$not":
            passed = not _matches(operand, value, feature)
        elif operator in OPERATORS:
            passed = OPERATORS[operator](value, operand)
        else:
            raise UnreadFeature(feature=feature, what=f"its condition uses {operator}")
        if not passed:
            return False
    return True


def _ordered(value: Any, operand: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(operand, int | float)
    return numbers or (isinstance(value, str) and isinstance(operand, str))


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, operand: bool(value == operand),
    "$ne": lambda value, operand: bool(value != operand),
    "$in": lambda value, operand: value in operand,
    "$nin": lambda value, operand: value not in operand,
    "$exists": lambda value, operand: (value is not None) == bool(operand),
    "$lt": lambda value, operand: _ordered(value, operand) and bool(value < operand),
    "$lte": lambda value, operand: _ordered(value, operand) and bool(value <= operand),
    "$gt": lambda value, operand: _ordered(value, operand) and bool(value > operand),
    "$gte": lambda value, operand: _ordered(value, operand) and bool(value >= operand),
}

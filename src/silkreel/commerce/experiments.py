"""Experiments: who is in which arm, that they saw it, and whether the arms fell as they should.

The unit is the account, after guests are merged into it, never a session. Prices are not split:
only where the wall stands, the order of the ways past it, and how many ads open an episode.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from silkreel.commerce.tables import ExposureRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

Splits = Literal["wall", "order", "ads_per_unlock"]
BUCKETS = 10_000  # a share of 0.01 % can be said
STOP_BELOW = 0.001  # of the sample-ratio test: the readout is not believed


class BadExperiment(Refusal):
    """An experiment that would split what is never split, or cannot be read."""

    status = 422
    message = "This experiment cannot run: {problem}"


class ArmsUneven(Refusal):
    """The arms did not fall as they were weighed: something leaks."""

    status = 409
    message = (
        "The arms of {experiment} fell unevenly (p = {p}). Do not read its result: find out who is "
        "missing from an arm, then start it again under a new version."
    )


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to do it, and its weight."""

    name: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is tried; a change of arms or weights is a new version.

    Raises:
        BadExperiment: it splits a price, or has fewer than two arms of different names.
    """

    name: str
    version: int
    salt: str
    splits: str
    arms: tuple[Arm, ...]

    def __post_init__(self) -> None:
        if self.splits not in get_args(Splits):
            raise BadExperiment(problem=f"{self.splits} is the same for everybody in a market.")
        names = {arm.name for arm in self.arms}
        if len(self.arms) < 2 or len(names) != len(self.arms):
            raise BadExperiment(problem="it needs two arms or more, each with its own name.")
        if not self.salt or min(arm.weight for arm in self.arms) < 1:
            raise BadExperiment(problem="it needs a salt, and weights of one or more.")

    @property
    def weight(self) -> int:
        """Of all arms together."""
        return sum(arm.weight for arm in self.arms)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A viewer's arm and the chance it had."""

    arm: str
    propensity: float


def assign(experiment: Experiment, viewer_key: str) -> Assigned:
    """The arm of a viewer: the same whenever and wherever it is asked, and by no other experiment."""
    named = f"{experiment.salt}:{experiment.name}:{experiment.version}:{viewer_key}"
    digest = hashlib.sha256(named.encode()).digest()
    bucket = int.from_bytes(digest[:8], "big") % BUCKETS
    reached = 0
    for arm in experiment.arms:
        reached += arm.weight
        if bucket * experiment.weight < reached * BUCKETS:
            return Assigned(arm.name, arm.weight / experiment.weight)
    raise AssertionError("buckets end where weights do")


def expose(tx: Session, experiment: Experiment, viewer_key: str, at: datetime) -> Assigned:
    """The viewer sees the wall or price now; the first arm they saw is theirs for this version."""
    fresh = assign(experiment, viewer_key)
    named = {"experiment": experiment.name, "version": experiment.version, "viewer_key": viewer_key}
    values = {"arm": fresh.arm, "propensity": fresh.propensity, "at": at}
    insert_once(tx, ExposureRow, {**named, **values})
    row = tx.scalars(sa.select(ExposureRow).filter_by(**named)).one()
    return Assigned(row.arm, row.propensity)


def exposed(tx: Session, experiment: Experiment) -> dict[str, int]:
    """How many saw each arm; an arm that nobody saw counts zero."""
    rows = tx.execute(
        sa.select(ExposureRow.arm, sa.func.count())
        .where(ExposureRow.experiment == experiment.name, ExposureRow.version == experiment.version)
        .group_by(ExposureRow.arm)
    )
    return {**{arm.name: 0 for arm in experiment.arms}, **{arm: count for arm, count in rows}}  # noqa: C416 - rows are no pairs


def check_ratio(experiment: Experiment, seen: Mapping[str, int]) -> float:
    """The p-value of the arms having fallen as weighed (Pearson's chi-square, k - 1 degrees).

    Raises:
        ArmsUneven: it is below 0.001: Kohavi, Tang and Xu, Trustworthy Online Controlled
            Experiments, chapter 21.
        BadExperiment: somebody saw an arm it does not have.
    """
    if seen.keys() - {arm.name for arm in experiment.arms}:
        raise BadExperiment(problem="somebody saw an arm that it does not have. Raise its version.")
    total = sum(seen.values())
    if not total:
        return 1.0
    chi_square = 0.0
    for arm in experiment.arms:
        expected = total * arm.weight / experiment.weight
        chi_square += (seen.get(arm.name, 0) - expected) ** 2 / expected
    p = chi_square_tail(chi_square, len(experiment.arms) - 1)
    if p < STOP_BELOW:
        raise ArmsUneven(experiment=experiment.name, p=f"{p:.1g}")
    return p


def chi_square_tail(value: float, degrees: int) -> float:
    """P(X >= value) of a chi-square of whole degrees: Abramowitz and Stegun 26.4.4 and 26.4.5."""
    half, odd = value / 2, degrees % 2
    term, series = 1.0, 0.0
    for step in range(1, degrees // 2 + 1):
        series += term
        term *= value / (2 * step + 1) if odd else half / step
    if odd:
        return (
            math.erfc(math.sqrt(half)) + math.sqrt(2 * value / math.pi) * math.exp(-half) * series
        )
    return math.exp(-half) * series

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coins import NOW
from silkreel.commerce.experiments import (
    Arm,
    ArmsUneven,
    BadExperiment,
    Experiment,
    assign,
    check_ratio,
    chi_square_tail,
    expose,
    exposed,
)

TWO = (Arm("eight"), Arm("ten"))


def experiment(name="wall-8-or-10", version=1, arms=TWO, splits="wall"):
    return Experiment(name, version, "pepper", splits, arms)


@given(st.text(min_size=1), st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_a_viewer_is_in_one_arm_whenever_it_is_asked(viewer, weights):
    weighed = experiment(arms=tuple(Arm(str(n), weight) for n, weight in enumerate(weights)))
    first = assign(weighed, viewer)
    assert assign(weighed, viewer) == first
    assert first.propensity == weights[int(first.arm)] / sum(weights)


def test_arms_fall_as_they_are_weighed():
    weighed = experiment(arms=(Arm("a", 1), Arm("b", 2), Arm("c", 7)))
    seen = Counter(assign(weighed, f"viewer-{n}").arm for n in range(5_000))
    assert check_ratio(weighed, seen) > 0.001
    assert abs(seen["c"] / 5_000 - 0.7) < 0.03


def test_two_experiments_fall_independently():
    one, two = experiment("one"), experiment("two")
    both = Counter(
        (assign(one, f"viewer-{n}").arm, assign(two, f"viewer-{n}").arm) for n in range(4_000)
    )
    quarters = experiment(arms=tuple(Arm(f"{a}{b}") for a in one.arms for b in two.arms))
    seen = {f"{a}{b}": both[a.name, b.name] for a in one.arms for b in two.arms}
    assert check_ratio(quarters, seen) > 0.001


# Percentage points of the chi-square, as every table of it prints them.
@pytest.mark.parametrize(
    ("value", "degrees", "tail"),
    [
        (3.841, 1, 0.05), (10.828, 1, 0.001), (5.991, 2, 0.05), (13.816, 2, 0.001),
        (7.815, 3, 0.05), (16.266, 3, 0.001), (9.488, 4, 0.05), (11.070, 5, 0.05),
        (18.307, 10, 0.05), (0.0, 3, 1.0),
    ],
)  # fmt: skip
def test_the_tail_of_the_chi_square_is_the_printed_one(value, degrees, tail):
    assert chi_square_tail(value, degrees) == pytest.approx(tail, rel=2e-3)


def test_a_ratio_that_leaks_stops_the_readout():
    assert check_ratio(experiment(), {"eight": 5_000, "ten": 5_080}) > 0.1
    with pytest.raises(ArmsUneven, match="wall-8-or-10 fell unevenly"):
        check_ratio(experiment(), {"eight": 5_000, "ten": 5_400})
    with pytest.raises(BadExperiment, match="an arm that it does not have"):
        check_ratio(experiment(), {"eight": 10, "twelve": 10})
    assert check_ratio(experiment(), {}) == 1.0


def test_the_first_arm_seen_stays_for_the_version(database):
    flipped = experiment(arms=(Arm("ten"), Arm("eight")))
    with database.transaction() as tx:
        first = expose(tx, experiment(), "ana", NOW)
        assert assign(flipped, "ana") != first
        assert expose(tx, flipped, "ana", NOW) == first
        assert exposed(tx, experiment()) == {"eight": 0, "ten": 0, first.arm: 1}
        assert exposed(tx, experiment(version=2)) == {"eight": 0, "ten": 0}


@pytest.mark.parametrize("splits", ["price", "episode_coins", "vip_price", "cap_coins"])
def test_a_price_is_never_split(splits):
    with pytest.raises(BadExperiment, match="same for everybody"):
        experiment(splits=splits)


@pytest.mark.parametrize("arms", [(), (Arm("a"),), (Arm("a"), Arm("a")), (Arm("a", 0), Arm("b"))])
def test_an_experiment_that_cannot_be_read_does_not_construct(arms):
    with pytest.raises(BadExperiment):
        experiment(arms=arms)

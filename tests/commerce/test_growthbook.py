"""GrowthBook's JSON, evaluated by us, behind OpenFeature; and the arms people saw, written down."""

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationOptions

from coins import NOW
from silkreel.commerce.experiments import BadExperiment
from silkreel.commerce.growthbook import (
    UnreadFeature,
    bucket,
    evaluate,
    fnv1a,
    holds,
    ranges_of,
)
from silkreel.commerce.open_feature import ExposureLog, OwnProvider, experiments_of
from silkreel.commerce.tables import ExposureRow
from silkreel.flows.read_experiments import report_experiments

RULE = {
    "key": "wall-8-or-10", "phase": "3", "seed": "pepper", "hashVersion": 2, "coverage": 0.9,
    "variations": [8, 10], "weights": [0.25, 0.75], "meta": [{"key": "eight"}, {"key": "ten"}],
    "condition": {"market": {"$in": ["US", "BR"]}},
}  # fmt: skip
FEATURES = {"wall": {"defaultValue": 10, "rules": [RULE]}}


@pytest.mark.parametrize(
    ("text", "hashed"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)]
)
def test_the_hash_is_fnv_1a(text, hashed):
    """Vectors of draft-eastlake-fnv, appendix C."""
    assert fnv1a(text) == hashed


@given(st.text(), st.text(), st.sampled_from([1, 2]))
def test_a_bucket_lies_between_zero_and_one(seed, value, version):
    assert 0 <= bucket(seed, value, version) < 1
    assert bucket(seed, value, 3) is None


@given(st.lists(st.integers(1, 20), min_size=2, max_size=6), st.floats(0, 1), st.text(min_size=1))
def test_ranges_do_not_overlap_and_cover_what_they_say(parts, coverage, value):
    weights = [part / sum(parts) for part in parts]
    rule = {"weights": weights, "coverage": coverage}
    found = ranges_of(rule, len(parts))
    for (_, high), (low, _) in pairwise(found):
        assert high <= low + 1e-9
    assert sum(high - low for low, high in found) == pytest.approx(coverage)
    place = bucket("s", value, 2)
    assert sum(low <= place < high for low, high in found) <= 1


def test_arms_fall_by_weight_inside_the_coverage():
    drawn = Counter(
        evaluate(FEATURES, "wall", {"id": f"v{n}", "market": "US"}).arm for n in range(8_000)
    )
    assert drawn["eight"] / 8_000 == pytest.approx(0.225, abs=0.02)
    assert drawn["ten"] / 8_000 == pytest.approx(0.675, abs=0.02)
    assert drawn[""] / 8_000 == pytest.approx(0.1, abs=0.02)


def test_the_first_rule_that_fits_wins_and_else_the_default_stands():
    forced = {"condition": {"staff": True}, "force": 80}
    features = {"wall": {"defaultValue": 10, "rules": [forced, RULE]}}
    assert evaluate(features, "wall", {"id": "a", "staff": True}).value == 80
    assert evaluate(features, "wall", {"id": "a", "market": "JP"}).source == "defaultValue"
    assert evaluate(features, "wall", {"market": "US"}).source == "defaultValue"  # nobody to hash
    assert evaluate(features, "gone", {"id": "a"}).source == "unknownFeature"
    none = {"wall": {"defaultValue": 1, "rules": [{"force": 2, "coverage": 0}]}}
    assert {evaluate(none, "wall", {"id": str(n)}).value for n in range(200)} == {1}


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({}, True), ({"a": 1}, True), ({"a": 2}, False), ({"b.c": "x"}, True), ({"z": None}, True),
        ({"a": {"$gt": 0, "$lt": 2}}, True), ({"a": {"$gte": 2}}, False), ({"a": {"$lte": 1}}, True),
        ({"a": {"$gt": "0"}}, False), ({"a": {"$ne": 1}}, False), ({"a": {"$nin": [2]}}, True),
        ({"a": {"$exists": True}}, True), ({"z": {"$exists": True}}, False),
        ({"a": {"$not": {"$eq": 1}}}, False), ({"$or": [{"a": 2}, {"b.c": "x"}]}, True),
        ({"$or": []}, True), ({"$nor": [{"a": 1}]}, False), ({"$not": {"a": 2}}, True),
        ({"$and": [{"a": 1}, {"a": 2}]}, False),
    ],
)  # fmt: skip
def test_conditions(condition, met):
    assert holds(condition, {"a": 1, "b": {"c": "x"}}, "f") is met


def test_what_is_not_read_is_refused_and_never_guessed():
    for rule in ({"namespace": ["n", 0, 1], "force": 1}, {"condition": {"a": {"$regex": "."}}}):
        with pytest.raises(UnreadFeature):
            evaluate({"wall": {"rules": [rule]}}, "wall", {"id": "a", "a": "x"})


def test_a_price_is_no_feature():
    with pytest.raises(BadExperiment):
        OwnProvider({"episode_coins": {"rules": [RULE]}})


def client(features=FEATURES):
    api.set_provider(OwnProvider(features), domain="test")
    return api.get_client(domain="test")


def seen_by(viewer, **attributes):
    return EvaluationContext(viewer, {"market": "US", **attributes})


def test_who_asks_through_openfeature_gets_the_same_and_it_is_written_once(database):
    asking = client()
    for viewer in ("ana", "bo", "ana"):
        with database.transaction() as tx:
            options = FlagEvaluationOptions(hooks=[ExposureLog(tx, NOW)])
            details = asking.get_integer_details("wall", 12, seen_by(viewer), options)
        expected = evaluate(FEATURES, "wall", {"id": viewer, "market": "US"})
        assert (details.value, details.variant or "") == (expected.value, expected.arm)
    with database.reading() as tx:
        rows = {
            row.viewer_key: (row.experiment, row.version, row.arm) for row in tx.query(ExposureRow)
        }
    for viewer, (name, version, arm) in rows.items():
        assert (name, version) == ("wall-8-or-10", 3)
        assert arm == evaluate(FEATURES, "wall", {"id": viewer, "market": "US"}).arm


def test_an_unknown_feature_or_another_type_gives_the_default():
    asking = client()
    assert asking.get_integer_value("gone", 7, seen_by("ana")) == 7
    assert asking.get_string_value("wall", "x", seen_by("ana")) == "x"
    assert asking.get_boolean_value("wall", True, seen_by("ana")) is True


@pytest.mark.parametrize(("ten", "uneven"), [(750, False), (250, True)])
def test_the_report_says_whether_a_result_may_be_read(settings, workshop, ten, uneven):
    (settings.folder / "experiments.json").write_text(json.dumps({"features": FEATURES}))
    (known,) = experiments_of(FEATURES)
    with workshop.transaction() as tx:
        for n in range(1_000):
            arm = "ten" if n < ten else "eight"
            tx.add(ExposureRow(experiment=known.name, version=known.version, viewer_key=str(n),
                               arm=arm, propensity=0.5, at=NOW))  # fmt: skip
    (found,) = report_experiments(settings, workshop)
    assert found.seen == {"eight": 1_000 - ten, "ten": ten}
    assert bool(found.uneven) is uneven
    assert (found.p is None) is uneven

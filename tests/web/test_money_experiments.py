"""Experiments at the wall: arms hold for a viewer and a series, and only what was shown is counted."""

import json

import pytest
import sqlalchemy as sa
from openfeature import api

from money_shop import NIGHT, demo_settings, open_shop, publish
from silkreel.commerce.open_feature import experiments_of
from silkreel.commerce.tables import ExposureRow
from silkreel.flows.read_experiments import report_experiments
from trial_home import seed

SPLIT = {"coverage": 1, "weights": [0.5, 0.5]}
ORDERS = {
    "defaultValue": [],
    "rules": [
        {"key": "vip-first", "variations": [["vip", "ad", "coin"], ["coin", "ad", "vip"]], **SPLIT}
    ],
}  # fmt: skip


@pytest.fixture
def trying(settings, workshop, media_folder):
    """Opens a shop over a file of features."""
    opened = []
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)

    def open_with(**features):
        if features:
            (settings.folder / "experiments.json").write_text(json.dumps(features), "utf-8")
        opened.append(open_shop(demo_settings(settings), workshop, episodes))
        return opened[-1]

    yield open_with
    for each in opened:
        each.app.api.state.site.close()
    api.clear_providers()


def exposures(workshop):
    with workshop.reading() as tx:
        rows = tx.execute(sa.select(ExposureRow.experiment, ExposureRow.arm)).all()
    return sorted(tuple(row) for row in rows)


def kinds(customer):
    return list(dict.fromkeys(each["kind"] for each in customer.offers(7).json()["options"]))


def test_without_a_file_nothing_is_tried(trying, workshop):
    mei = trying().customer()
    assert mei.price().json()["free_episodes"] == 5
    mei.offers(6)
    assert exposures(workshop) == []


def test_an_arm_orders_the_ways_for_good_and_hides_none(trying, workshop):
    shop = trying(order=ORDERS)
    people = [shop.customer() for _ in range(12)]
    for each in people:
        each.price()
    firsts = [kinds(each) for each in people]
    assert {each[0] for each in firsts} == {"vip", "coin"}
    assert {frozenset(each) for each in firsts} == {frozenset(firsts[0])}  # the same ways
    assert [kinds(each) for each in people] == firsts
    told = dict.fromkeys(("0", "1"), 0)
    for name, arm in exposures(workshop):
        assert name == "vip-first"
        told[arm] += 1
    assert told["0"] == sum(each[0] == "vip" for each in firsts)
    assert sum(told.values()) == 12  # each once, however often they looked


def test_a_player_that_only_looks_ahead_has_seen_no_arm(trying, workshop):
    mei = trying(order=ORDERS).customer()
    mei.price()
    assert mei.play(6).status_code == 402
    assert exposures(workshop) == []
    mei.offers(6)
    assert len(exposures(workshop)) == 1


def test_the_report_counts_what_the_wall_showed(trying, workshop, settings):
    shop = trying(order=ORDERS)
    for _ in range(8):
        each = shop.customer()
        each.price()
        each.offers(6)
    (reading,) = report_experiments(demo_settings(settings), workshop)
    assert (sum(reading.seen.values()), reading.uneven) == (8, "")
    assert [each.splits for each in experiments_of({"order": ORDERS})] == ["order"]

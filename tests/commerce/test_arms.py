"""Where an experiment puts the wall: within the book's bounds, for good, and counted when it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openfeature import api

from coins import BRAND, NOW
from silkreel.commerce.arms import Arms, OrderArm, Place
from silkreel.commerce.open_feature import OwnProvider
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.quotes import Viewing, merge_quotes, seen_price, show_price
from silkreel.commerce.tables import ExposureRow

US = default_book("US", BRAND)
EPISODES = 40  # a fifth of them, 8, is the most that is free
PEOPLE = [f"viewer-{n}" for n in range(20)]


@pytest.fixture
def arms():
    """Asks for the arms of features."""

    def of(variations, feature="wall", key="wall-5-or-7"):
        rule = {"key": key, "variations": variations, "coverage": 1, "weights": [0.5, 0.5]}
        features = {feature: {"defaultValue": None, "rules": [rule]}}
        api.set_provider_and_wait(OwnProvider(features), "arms")
        return Arms(api.get_client("arms"))

    yield of
    api.clear_providers()


@pytest.fixture
def book(database):
    with database.transaction() as tx:
        return publish_book(tx, US, approved_by=("mei",), now=NOW)


def place(viewer):
    return Place(viewer, BRAND, "s1", "US")


def shown(database, viewer, tried, at=NOW):
    with database.transaction() as tx:
        viewing = Viewing(viewer, BRAND, "s1", "US", "web", tried.wall(place(viewer)))
        quote = show_price(tx, viewing, EPISODES, at)
        assert seen_price(tx, viewing, EPISODES, at) == quote
        if quote.arm:
            tried.saw_wall(tx, place(viewer), quote.arm, at)
        return quote.free_episodes


def seen(database):
    with database.reading() as tx:
        return dict(tx.execute(sa.select(ExposureRow.viewer_key, ExposureRow.arm)).all())


def test_the_wall_stands_where_the_arm_put_it_and_never_moves(database, book, arms):
    first = {viewer: shown(database, viewer, arms([5, 7])) for viewer in PEOPLE}
    assert set(first.values()) == {5, 7}
    told = seen(database)
    assert {viewer: (5, 7)[int(arm)] for viewer, arm in told.items()} == first
    for later in (arms([7, 5]), arms([6, 6]), Arms()):  # other arms, or none any more
        assert {viewer: shown(database, viewer, later) for viewer in PEOPLE} == first
    assert seen(database) == told
    with database.transaction() as tx:
        dear = replace(US, free_episodes=8)
        publish_book(tx, dear, approved_by=("mei", "li"), now=NOW)
    assert {viewer: shown(database, viewer, arms([5, 7])) for viewer in PEOPLE} == first


def test_no_arm_leaves_the_bounds_of_the_book(database, book, arms):
    assert {shown(database, each, arms([1, 30])) for each in PEOPLE} == {5, 8}


def test_who_knew_a_series_before_keeps_its_wall_and_is_not_counted(database, book, arms):
    before = shown(database, "ana", Arms())
    assert shown(database, "ana", arms([5, 6]), NOW + timedelta(days=9)) == before == 8
    assert seen(database) == {}


def test_a_merge_keeps_the_better_wall_of_two(database, book, arms):
    five = next(each for each in PEOPLE if shown(database, each, arms([5, 7])) == 5)
    seven = next(each for each in PEOPLE if shown(database, each, arms([5, 7])) == 7)
    with database.transaction() as tx:
        merge_quotes(tx, seven, five, BRAND)
    assert shown(database, five, arms([5, 7])) == 7


def test_an_order_names_ways_and_nothing_else(arms):
    tried = arms([["vip", "lottery"], ["lottery"]], "order", "vip-first")
    told = {tried.order(place(each)) for each in PEOPLE}
    assert told == {OrderArm("0", ("vip",)), OrderArm()}
    assert Arms().order(place("ana")) == OrderArm()


def test_without_a_client_nothing_is_asked_and_nothing_written(database, book):
    assert shown(database, "ana", Arms()) == 8
    with database.transaction() as tx:
        Arms().saw_wall(tx, place("ana"), "0", NOW)
        Arms().saw_order(tx, place("ana"), NOW)
    assert seen(database) == {}

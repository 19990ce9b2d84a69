"""Ads between episodes: never too early, too often, too close, or for those who are to be spared."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce.placement import History, PlacementRules, Slot, Watched, next_slot

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
RULES = PlacementRules()


def binge(lengths, rules=RULES, **more):
    """Watch episodes one after another and take every ad that is offered; what was shown, in order."""
    watched, at = [], START
    for number, length in enumerate(lengths, start=1):
        history = History(watched, number, more.get("age_years", 30), **{
            name: value for name, value in more.items() if name != "age_years"
        })  # fmt: skip
        slot = next_slot(history, rules, at)
        if slot:
            assert slot.before_episode == number
            at += timedelta(seconds=15)
            watched.append(Watched("ad", 15, at))
        at += timedelta(seconds=length)
        watched.append(Watched("episode", length, at))
    return watched


lengths = st.lists(st.integers(30, 180), max_size=100)


@given(lengths)
def test_a_binge_never_meets_an_ad_too_early_twice_in_a_row_or_too_close(episodes):
    watched = binge(episodes)
    places = [place for place, each in enumerate(watched) if each.kind == "ad"]
    assert all(place >= 3 for place in places[:1])
    for before, after in pairwise(places):
        between = watched[before + 1 : after]
        assert all(each.kind == "episode" for each in between)
        assert len(between) >= 3
        assert sum(each.length_seconds for each in between) >= 240


@given(lengths, st.integers(1, 4))
def test_no_hour_holds_more_ads_than_its_limit(episodes, limit):
    rules = PlacementRules(episodes_apart=1, seconds_apart=0, an_hour=limit)
    ended = [each.ended_at for each in binge(episodes, rules) if each.kind == "ad"]
    for last in ended:
        assert sum(last - timedelta(hours=1) < each <= last for each in ended) <= limit


@given(lengths, st.sampled_from([
    {"has_vip": True}, {"age_years": 12}, {"recharged_at": START - timedelta(days=1)},
]))  # fmt: skip
def test_vip_children_and_those_who_just_paid_see_none(episodes, spared):
    assert all(each.kind == "episode" for each in binge(episodes, **spared))


def ready(**more):
    watched = [
        Watched("episode", 90, START + timedelta(seconds=90 * number)) for number in range(1, 6)
    ]
    values = {"watched": watched, "next_episode": 6, "age_years": 30}
    return History(**{**values, **more})


def test_a_slot_is_labelled_and_can_be_skipped_after_five_seconds():
    slot = next_slot(ready(), RULES, START + timedelta(minutes=10))
    assert slot == Slot(6, 5, personal=True, label="ad")


def test_teens_get_no_personal_ads_and_an_untold_age_is_an_adults():
    at = START + timedelta(minutes=10)
    assert next_slot(ready(age_years=15), RULES, at).personal is False
    assert next_slot(ready(age_years=None), RULES, at).personal is True


def test_none_within_thirty_seconds_of_an_unlock_sheet_on_either_side():
    at = START + timedelta(minutes=10)
    for seconds in (-29, 0, 29):
        assert next_slot(ready(sheet_at=at + timedelta(seconds=seconds)), RULES, at) is None
    assert next_slot(ready(sheet_at=at + timedelta(seconds=30)), RULES, at)


def test_a_week_after_a_recharge_ads_come_back():
    at = START + timedelta(minutes=10)
    assert next_slot(ready(recharged_at=at - timedelta(days=7)), RULES, at)
    assert next_slot(ready(recharged_at=at - timedelta(days=6, hours=23)), RULES, at) is None


def test_a_viewer_who_starts_in_the_middle_is_given_time():
    history = History([], 40, 30)
    assert next_slot(history, RULES, START) is None

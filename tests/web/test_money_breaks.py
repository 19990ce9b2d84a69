"""Ads between episodes, over HTTP: never inside one, never too many, never for VIP."""

import pytest
import sqlalchemy as sa

from money_shop import SLUG, Shop, demo_settings, hold_clock, open_shop, publish, put_ad
from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce.tables import AdBreakRow, AdImpressionRow
from trial_home import Trial, seed

LONG = Trial(slug=SLUG, seconds=1, rungs=((90, 160),), episodes=14)
MINUTE = 60.0


@pytest.fixture
def cinema(settings, workshop, media_folder) -> Shop:
    """Fourteen episodes that count as a minute each; all but four are free."""
    episodes = seed(workshop, LONG, media_folder)
    with workshop.transaction() as tx:
        tx.execute(sa.update(EpisodeRow).values(length_seconds=MINUTE))
    publish(workshop, free_episodes=10, least_free_episodes=10)
    put_ad(workshop)
    opened = open_shop(demo_settings(settings), workshop, episodes)
    yield opened
    opened.app.api.state.site.close()


@pytest.fixture
def clock(cinema, monkeypatch):
    return hold_clock(monkeypatch)


def watch(mei, clock, first, last):
    """Play episodes one after the other; the answers between them, in order."""
    answers = []
    for number in range(first, last + 1):
        clock.passes(seconds=MINUTE)
        answers.append(mei.ad_break(number, number + 1).json())
    return answers


def test_the_first_ad_stands_after_four_minutes_and_the_next_four_later(cinema, clock):
    answers = watch(cinema.customer(), clock, 1, 8)
    assert [answer["reason"] for answer in answers] == [
        "beginning", "beginning", "too_close", "due", "too_close", "too_close", "too_close", "due"
    ]  # fmt: skip
    slot = answers[3]["slot"]
    assert (slot["before_episode"], slot["label"], slot["personal"]) == (5, "ad", False)
    assert slot["skippable_after_seconds"] == slot["ad"]["skippable_after_seconds"] == 5
    assert slot["ad"]["film"]["url"].startswith("/play/")


def test_its_start_is_counted_and_it_opens_nothing(cinema, clock):
    mei = cinema.customer()
    ad = watch(mei, clock, 1, 4)[-1]["slot"]["ad"]
    assert mei.watch(ad, clock).status_code == 200
    vast = mei.browser.get(ad["vast"]).text
    assert 'skipoffset="00:00:05"' in vast
    assert cinema.customer().browser.get(ad["vast"]).status_code == 404
    with cinema.workshop.reading() as tx:
        row = tx.scalars(sa.select(AdImpressionRow)).one()
    assert (row.unit_id, row.country) == ("tea", "US")
    assert mei.play(11).status_code == 402


def test_no_ad_stands_inside_an_episode(cinema, clock):
    mei = cinema.customer()
    watch(mei, clock, 1, 3)
    refused = mei.ad_break(4, 5, position=20.0)
    assert (refused.status_code, refused.json()["code"]) == (409, "flows.inside_an_episode")
    with cinema.workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(AdBreakRow)) == 0


@pytest.mark.parametrize(("ended", "after"), [(4, 4), (5, 4)])
def test_two_episodes_that_do_not_follow_have_no_break(cinema, clock, ended, after):
    refused = cinema.customer().ad_break(ended, after)
    assert (refused.status_code, refused.json()["code"]) == (422, "flows.not_the_next")


@pytest.mark.parametrize("position", [-1, 1e9, "soon"])
def test_a_position_that_is_none_is_refused(cinema, position):
    assert cinema.customer().ad_break(1, 2, position=position).status_code == 422


def test_telling_of_one_episode_twice_brings_no_ad_nearer(cinema, clock):
    mei = cinema.customer()
    watch(mei, clock, 1, 2)
    for _ in range(5):
        assert mei.ad_break(3, 4).json()["slot"] is None


def test_none_before_a_locked_episode_nor_beside_its_sheet(cinema, clock):
    mei = cinema.customer()
    watch(mei, clock, 1, 9)  # the last ad stood before the ninth
    clock.passes(seconds=5 * MINUTE)
    assert mei.ad_break(10, 11).json()["reason"] == "sheet"

    lin = cinema.customer()
    watch(lin, clock, 1, 3)
    lin.offers(11)
    clock.passes(seconds=20)
    assert lin.ad_break(4, 5).json()["reason"] == "sheet"


def test_none_for_vip_nor_in_the_week_after_a_recharge(cinema, monkeypatch):
    member, payer = cinema.customer(), cinema.customer()
    for each in (member, payer):
        each.price()
    member.join_and_pay()
    payer.buy()
    clock = hold_clock(monkeypatch)
    assert {answer["reason"] for answer in watch(member, clock, 1, 5)} == {"vip"}
    assert watch(payer, clock, 1, 5)[-1]["reason"] == "recharged"
    clock.passes(days=8)
    assert watch(payer, clock, 1, 4)[-1]["reason"] == "due"


def test_a_market_that_wants_none_has_none(cinema, clock):
    publish(cinema.workshop, breaks_an_hour=0)
    assert {each["reason"] for each in watch(cinema.customer(), clock, 1, 5)} == {"no_ads"}

"""The demo's shop: play money, three markets to choose among in the open, and nowhere else."""

import re

import pytest
from starlette.testclient import TestClient

from money_shop import NIGHT, Customer, open_shop, publish, put_ad
from silkreel.cli import run
from silkreel.commerce.pricebook import book_for
from silkreel.flows.open_demo_shop import MARKETS, open_demo_shop
from silkreel.kit.clock import now
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE, demo_brands, end_demo
from trial_home import seed


@pytest.fixture
def demo(settings, workshop, media_folder, monkeypatch):
    """A home as `silkreel demo` leaves it: nothing is set in its environment."""
    episodes = seed(workshop, NIGHT, media_folder)
    monkeypatch.setattr(
        "silkreel.flows.open_demo_shop.built_in", lambda *_: None
    )  # drawn elsewhere
    assert open_demo_shop(workshop, now()) == MARKETS
    put_ad(workshop)
    shop = open_shop(settings, workshop, episodes)
    yield shop
    shop.app.api.state.site.close()


def choose(customer, market):
    return customer.browser.post("/api/demo/market", json={"market": market})


def test_the_demo_says_so_and_sells_in_three_markets(demo):
    told = demo.customer().browser.get("/api/demo").json()
    assert (told["demo"], told["market"]) == (True, "US")
    assert [(each["market"], each["currency"]) for each in told["markets"]] == [
        ("US", "USD"), ("BR", "BRL"), ("JP", "JPY")
    ]  # fmt: skip
    assert told["markets"][1]["name"] == "Brazil"


def test_only_its_first_episode_is_free_and_play_money_opens_the_rest(demo):
    mei = demo.customer()
    told = mei.price().json()
    assert (told["free_episodes"], told["locked_episodes"]) == (1, 6)
    assert [mei.play(number).status_code for number in (1, 2)] == [200, 402]
    order = mei.order("top_up:45").json()
    assert order["provider"] == "fake_psp"
    assert "no money moves" in mei.browser.get(order["pay"]["url"]).text
    mei.browser.post(order["pay"]["url"], follow_redirects=False)
    assert mei.unlock(2).status_code == 200
    assert mei.play(2).status_code == 200
    assert mei.ask_ad(3).status_code == 201


@pytest.mark.parametrize(("market", "price"), [("BR", "1.38 BRL"), ("JP", "72 JPY")])
def test_a_visitor_sees_the_prices_of_the_market_they_choose(demo, market, price):
    mei = demo.customer()
    chosen = choose(mei, market)
    assert (chosen.status_code, chosen.json()["market"]) == (200, market)
    assert mei.browser.get("/api/demo").json()["market"] == market
    assert mei.price().json()["episode"]["money"]["text"] == price


def test_the_price_of_the_whole_series_stands_on_pages_without_script(demo):
    """As people of the language write it, and the same that the counter tells."""
    mei = demo.customer()
    finish = mei.price().json()["finish"]
    for path in ("/s/night-market", "/s/night-market/e/3"):
        page = mei.browser.get(path, headers={"accept-language": "en"}).text
        assert "The first 1 episode is free." in page
        assert (
            f"cost {finish['coins']} coins (${finish['money']['minor'] / 100:.2f}) at most" in page
        )
    choose(mei, "JP")
    assert re.search(r"coins \(¥[\d,]+\) at most", mei.browser.get("/s/night-market").text)


def test_the_command_line_asks_the_pretend_provider_of_a_demo(demo, settings, monkeypatch, capsys):
    """Nothing is set in the environment: a brand that is a demo is enough, as it is for the server."""
    order = demo.customer().buy()
    monkeypatch.setenv("SILKREEL_HOME", str(settings.home))
    if settings.database_url:
        monkeypatch.setenv("SILKREEL_DATABASE_URL", settings.database_url)
    assert run(["orders", "check"]) == 0
    assert run(["refund", order["id"]]) == 0
    assert run(["reconcile", "fake_psp"]) == 0
    assert "refunded" in capsys.readouterr().out


def test_without_a_choice_the_language_names_the_market(demo):
    for language, market in (("pt-BR,pt", "BR"), ("ja-JP", "JP"), ("es-MX,es", "US")):
        browser = TestClient(demo.app, headers={"accept-language": language})
        assert browser.get("/api/demo").json()["market"] == market


@pytest.mark.parametrize("market", ["FR", "usa", "", None])
def test_a_market_without_prices_cannot_be_chosen(demo, market):
    refused = choose(demo.customer(), market)
    assert refused.status_code in (404, 422)
    assert "set-cookie" not in refused.headers


def test_a_real_brand_offers_no_choice_and_a_cookie_changes_nothing(unpriced, settings, workshop):
    publish(workshop)
    real = open_shop(settings.model_copy(update={"market": "US"}), workshop, unpriced.episodes)
    mei = real.customer()
    assert mei.browser.get("/api/demo").json() == {"demo": False, "market": None, "markets": []}
    assert choose(mei, "US").json()["code"] == "web.not_a_demo"
    mei.browser.cookies.set("silkreel-market", "BR")
    assert mei.price().json()["episode"]["money"]["currency"] == "USD"
    assert mei.order("bundle:500").status_code == 503  # pretend money is refused
    real.app.api.state.site.close()


def test_the_demo_run_again_changes_nothing_and_spares_a_home_that_sells(demo, workshop):
    assert open_demo_shop(workshop, now()) == MARKETS
    with workshop.reading() as tx:
        assert book_for(tx, HOUSE, "US", "web", now()).version == 1
    with workshop.transaction() as tx:
        end_demo(tx, HOUSE, by=machine("root", HOUSE, now()))
    assert open_demo_shop(workshop, now()) == ()
    with workshop.reading() as tx:
        assert demo_brands(tx) == frozenset()


def test_a_demo_that_has_ended_takes_no_play_money(demo, settings, workshop):
    with workshop.transaction() as tx:
        end_demo(tx, HOUSE, by=machine("root", HOUSE, now()))
    after = open_shop(settings.model_copy(update={"market": "US"}), workshop, demo.episodes)
    mei = Customer(TestClient(after.app), demo.episodes)
    assert mei.order("bundle:500").json()["code"] == "flows.no_way_to_pay"
    after.app.api.state.site.close()

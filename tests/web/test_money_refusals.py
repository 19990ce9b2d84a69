"""What the money endpoints say no to, and that a no costs nothing."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from coins import faults
from money_shop import EPISODE_COINS, NIGHT, SLUG, demo_settings, keyed, open_shop, publish
from silkreel.commerce.book import Bundle
from silkreel.commerce.requests import Claw
from silkreel.kit.money import Money
from silkreel.people.brands import HOUSE
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
from trial_home import seed

KEY = "0b0e7f0e-6a6a-4a53-8f0d-2f1f6f4d8d11"


@pytest.fixture
def mei(shop):
    """Somebody who has seen the price and has 500 coins."""
    customer = shop.customer()
    customer.price()
    customer.buy()
    return customer


def no(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_the_same_key_charges_once(mei):
    first, again = mei.unlock(6, key=KEY), mei.unlock(6, key=KEY)
    assert (first.json()["status"], again.json()["status"]) == ("ok", "replay")
    assert {**again.json(), "status": "ok"} == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert mei.unlock(6).json()["status"] == "owned"
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS


def test_the_same_key_at_the_same_time_charges_once(mei, shop):
    start = threading.Barrier(6)

    def press(_):
        start.wait()
        return mei.unlock(6, key=KEY).json()["status"]

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(press, range(6)))
    assert answers == ["ok"] + ["replay"] * 5
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS
    assert faults(shop.workshop.database) == {}


def test_a_key_of_another_request_is_refused(mei):
    mei.unlock(6, key=KEY)
    assert no(mei.unlock(7, key=KEY)) == (422, "commerce.key_reused")
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "again"}, {"idempotency-key": ""}])
def test_a_purchase_without_a_key_of_its_own_is_refused(mei, headers):
    body = {"series": SLUG, "episodes": [mei.episodes[5]], "expected_coins": 45}
    assert no(mei.browser.post("/api/unlocks", json=body, headers=headers)) == (422, "web.invalid")
    assert mei.wallet()["paid_coins"] == 500


def test_too_few_coins_name_the_exact_top_up_and_use_no_key(shop):
    mei = shop.customer()
    mei.price()
    refused = mei.unlock(6, key=KEY)
    assert no(refused) == (402, "commerce.not_enough_coins")
    values = refused.json()["values"]
    assert (values["missing"], values["exact_top_up_coins"]) == (45, 45)
    assert (values["exact_top_up_minor"], values["currency"]) == (45, "USD")
    order = mei.buy(f"top_up:{values['exact_top_up_coins']}")
    assert order["price"] == {"minor": 45, "currency": "USD", "text": "0.45 USD"}
    assert mei.unlock(6, key=KEY).json()["status"] == "ok"
    assert mei.wallet()["paid_coins"] == 0


def test_a_stranger_has_no_coins(shop):
    answer = shop.customer().unlock(6)
    assert no(answer) == (402, "web.no_wallet_yet")
    assert no(shop.customer().undo(1)) == (404, "web.nothing_to_undo")
    assert shop.customer().wallet() == {
        "paid_coins": 0, "bonus_coins": 0, "debt_coins": 0, "lots": [], "unused": []
    }  # fmt: skip


def test_a_price_above_what_was_shown_is_not_charged(mei):
    assert no(mei.unlock(6, expected=44)) == (409, "commerce.price_changed")
    assert mei.wallet()["paid_coins"] == 500


def test_who_owes_coins_settles_them_first(shop):
    mei = shop.customer()
    mei.price()
    order = mei.buy("top_up:45")
    mei.unlock(6)
    mei.browser.post(f"/api/episodes/{shop.episodes[5]}/watched")
    viewer = mei.browser.cookies["silkreel-viewer"].split(".")[0]
    claw = Claw(
        viewer_id=viewer, brand_id=HOUSE, scope="refund", key="r", order_id=order["id"],
        refunded_minor=45, gross_minor=45,
    )  # fmt: skip
    shop.app.api.state.site.counter.till.ring(claw).result()
    assert no(mei.unlock(7)) == (423, "commerce.owes_coins")
    assert mei.wallet()["debt_coins"] == 45


def test_nothing_that_cannot_be_watched_here_is_sold(mei):
    for episode in ("nope", "e" * 16):
        body = {"series": SLUG, "episodes": [episode], "expected_coins": 45}
        answer = mei.browser.post("/api/unlocks", json=body, headers=keyed())
        assert no(answer) == (404, "commerce.no_such_episodes")
    assert no(mei.browser.get("/api/series/nowhere/price")) == (404, "catalogue.not_shown")


def test_nobody_sees_or_undoes_what_is_anothers(mei, shop):
    order, txn = mei.order().json()["id"], mei.unlock(6).json()["txn"]
    other = shop.customer()
    other.price()
    assert no(other.browser.get(f"/api/orders/{order}")) == (404, "flows.not_your_order")
    assert no(other.browser.post(f"/api/orders/{order}/claim")) == (404, "flows.not_your_order")
    assert no(other.undo(txn)) == (409, "commerce.cannot_undo")
    assert other.play(6).status_code == 402


def test_an_order_key_buys_one_thing(mei):
    key = str(uuid.uuid4())
    first = mei.order("bundle:500", key=key).json()
    assert mei.order("bundle:500", key=key).json()["id"] == first["id"]
    assert no(mei.order("bundle:1000", key=key)) == (422, "commerce.order_key_reused")


def test_an_order_asked_for_again_keeps_its_price_when_the_book_changed(shop):
    mei, key = shop.customer(), str(uuid.uuid4())
    first = mei.order("bundle:500", key=key).json()
    publish(shop.workshop, bundles=(Bundle(500, Money(599, "USD")),))
    assert mei.order("bundle:500", key=key).json() == first
    assert mei.order("bundle:500").json()["price"]["minor"] == 599


@pytest.mark.parametrize("item", ["bundle:501", "top_up:999999999", "top_up:100001"])
def test_what_no_book_has_is_not_sold(mei, item):
    assert no(mei.order(item)) == (404, "flows.not_on_sale")


@pytest.mark.sqlite_only  # an address, before any row
@pytest.mark.parametrize(
    "path", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "s/a", "/a b"]
)
def test_a_payer_comes_back_to_this_site_only(mei, path):
    assert no(mei.order(return_path=path)) == (422, "web.invalid")


def test_pretend_money_buys_nothing_at_a_real_brand(settings, workshop, media_folder):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    real = open_shop(demo_settings(settings, demo_brands=""), workshop, episodes)
    mei = real.customer()
    assert no(mei.order()) == (503, "flows.no_way_to_pay")
    assert no(mei.order(provider="fake_psp")) == (409, "flows.no_such_way_to_pay")
    assert no(mei.browser.get("/pretend/fpg_x")) == (404, "web.no_such_page")


def test_who_asks_too_often_waits(settings, workshop):
    app = create_app(demo_settings(settings), workshop, purchases=RateLimit(per_minute=2))
    browser = TestClient(app)
    answers = [browser.get("/api/wallet") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


def test_a_closed_till_asks_to_come_again_with_the_same_key(mei, shop):
    counter = shop.app.api.state.site.counter
    counter.till.close()
    busy = mei.unlock(6, key=KEY)
    assert no(busy) == (503, "commerce.till_closed")
    assert busy.headers["retry-after"] == "2"
    counter.close()  # the next till is a new one
    assert mei.unlock(6, key=KEY).json()["status"] == "ok"


def test_a_slow_till_answers_in_time_and_the_same_key_stays_valid(mei, shop, monkeypatch):
    monkeypatch.setattr("silkreel.commerce.unlock.WAIT_SECONDS", 0.2)
    till, go_on = shop.app.api.state.site.counter.till, threading.Event()
    write = till.write
    monkeypatch.setattr(till, "write", lambda *told: go_on.wait(10) and write(*told))
    assert no(mei.unlock(6, key=KEY)) == (503, "commerce.till_slow")
    go_on.set()
    monkeypatch.setattr("silkreel.commerce.unlock.WAIT_SECONDS", 10)
    assert mei.unlock(6, key=KEY).json()["status"] == "replay"
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS

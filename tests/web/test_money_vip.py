"""VIP over HTTP: nothing without a yes to the screen, one at a time, left in two steps."""

import uuid

import pytest
import sqlalchemy as sa

from money_shop import NIGHT, SLUG, demo_settings, hold_clock, open_shop, publish
from silkreel.commerce.orders import Order
from silkreel.commerce.tables import ConsentRow, OrderRow, VipRow
from silkreel.kit.clock import now
from trial_home import seed


@pytest.fixture
def mei(shop):
    customer = shop.customer()
    customer.price()
    return customer


def no(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_from_the_plans_to_a_vip_that_plays_and_is_cancelled_in_two_steps(mei, shop):
    plans = mei.vip()["plans"]
    assert [(each["plan"], each["price"]["text"]) for each in plans] == [
        ("week", "9.99 USD"), ("month", "29.99 USD"), ("year", "199.99 USD")
    ]  # fmt: skip
    screen = mei.vip_screen().json()
    assert any("$9.99" in text for text in screen["texts"])
    assert screen["renews"] is False
    joined = mei.join_and_pay()
    assert (joined["item"], joined["price"]["text"]) == ("vip:week", "9.99 USD")
    current = mei.vip()["current"]
    assert (current["state"], current["plan"], current["renews"]) == ("active", "week", False)
    assert mei.play(7).status_code == 200
    assert mei.offers(7).json()["options"] == []

    first = mei.browser.post("/api/vip/cancel").json()
    assert (first["what"], first["receipt"]) == ("cancelled", None)
    assert mei.vip()["current"]["state"] == "active"
    second = mei.browser.post("/api/vip/cancel/confirm").json()
    assert (second["ends_at"], second["returns"]) == (current["ends_at"], [])
    assert mei.browser.post("/api/vip/cancel/confirm").json() == second
    assert mei.vip()["current"]["state"] == "cancelled"
    assert mei.play(7).status_code == 200  # the days that were paid stay


def test_the_yes_is_kept_byte_for_byte_and_once_for_each_key(mei, shop):
    screen, key = mei.vip_screen().json(), str(uuid.uuid4())
    first = mei.join(key=key).json()
    assert mei.join(key=key).json() == first
    with shop.workshop.reading() as tx:
        consent = tx.scalars(sa.select(ConsentRow)).one()
        assert tx.scalar(sa.select(sa.func.count()).select_from(VipRow)) == 1
    assert consent.sha256 == screen["sha256"]
    assert all(text in consent.screen_json for text in screen["texts"])
    assert no(mei.join("month", key=key)) == (422, "commerce.order_key_reused")
    assert no(mei.order(key=key)) == (422, "commerce.order_key_reused")


def test_a_screen_that_is_out_of_date_charges_nothing(mei, shop):
    shown = mei.vip_screen().json()["sha256"]
    publish(shop.workshop, plans=())
    assert mei.vip()["plans"] == []
    assert no(mei.vip_screen()) == (404, "flows.not_on_sale")
    publish(shop.workshop, free_episodes=9)
    assert no(mei.join(screen=shown)) == (409, "commerce.terms_changed")
    assert no(mei.join(screen="0" * 64)) == (409, "commerce.terms_changed")
    assert mei.join(renews=True).status_code == 200
    assert no(mei.join(renews=False, screen=mei.vip_screen(renews=True).json()["sha256"])) == (
        409, "commerce.terms_changed"
    )  # fmt: skip
    with shop.workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(OrderRow)) == 1


def test_nobody_pays_for_two_vips_at_once(mei):
    mei.join_and_pay()
    assert no(mei.join("month")) == (409, "commerce.vip_runs")


def test_withdrawing_unplayed_gives_the_whole_price_back(mei, shop):
    joined = mei.join_and_pay()
    shown = mei.browser.post("/api/vip/withdraw").json()
    assert [each["text"] for each in shown["returns"]] == ["9.99 USD"]
    assert mei.vip()["current"]["state"] == "active"
    done = mei.browser.post("/api/vip/withdraw/confirm").json()
    assert done["returns"] == shown["returns"]
    assert mei.browser.post("/api/vip/withdraw/confirm").json() == done
    assert mei.vip()["current"] is None
    assert mei.play(7).status_code == 402
    assert mei.browser.get(f"/api/orders/{joined['id']}").json()["state"] == "refunded"


def test_what_was_played_costs_the_days_that_ran(mei, shop):
    mei.join_and_pay("month")
    assert mei.play(7).status_code == 200
    assert mei.browser.post(f"/api/episodes/{shop.episodes[6]}/watched").status_code == 204
    back = mei.browser.post("/api/vip/withdraw").json()["returns"][0]["minor"]
    assert 0 < back < 2999


def test_a_title_that_vip_leaves_out_is_named_and_stays_locked(unpriced):
    publish(unpriced.workshop, vip_leaves_out=(SLUG,))
    mei = unpriced.customer()
    screen = mei.vip_screen().json()
    named = screen["not_covered"][0]["title"]
    assert named in screen["texts"]
    told = mei.offers(7).json()
    assert told["left_out"]["vip"] == "not_covered"
    mei.join_and_pay()
    assert mei.play(7).status_code == 402


def test_the_screen_says_whether_options_of_stories_come_with_vip_as_the_book_sells(unpriced):
    publish(unpriced.workshop)
    sold = unpriced.customer().vip_screen().json()["texts"]
    assert "Options of a story that cost coins are not included; each is bought once." in sold
    no_coins = {"bundles": (), "episode_coins": 0, "cap_coins": 0}
    publish(unpriced.workshop, ways=("ads", "vip"), **no_coins)
    free = unpriced.customer().vip_screen().json()["texts"]
    assert "Options of stories cost nothing here, with VIP or without it." in free
    assert len(free) == len(sold)


def test_who_agreed_before_a_title_was_left_out_keeps_it(mei, shop):
    mei.join_and_pay()
    publish(shop.workshop, vip_leaves_out=(SLUG,))
    assert mei.play(7).status_code == 200
    other = shop.customer()
    other.price()
    other.join_and_pay()
    assert other.play(7).status_code == 402


def test_a_vip_ends_with_its_last_day(shop, monkeypatch):
    mei = shop.customer()
    mei.price()
    mei.join_and_pay()
    clock = hold_clock(monkeypatch, now())
    clock.passes(days=6, hours=23)
    assert mei.play(7).status_code == 200
    clock.passes(hours=2)
    assert mei.play(7).status_code == 402
    assert mei.vip()["current"] is None
    assert mei.offers(7).json()["options"][0]["kind"] != "wait"


def test_a_vip_of_a_store_is_cancelled_there(mei, shop):
    mei.join_and_pay()
    with shop.workshop.transaction() as tx:
        tx.execute(sa.update(VipRow).values(provider="apple"))
    assert "apple.com" in mei.vip()["current"]["manage_url"]
    assert "apple.com" in mei.browser.post("/api/vip/cancel").json()["manage_url"]
    refused = mei.browser.post("/api/vip/cancel/confirm")
    assert no(refused) == (409, "flows.store_bills")
    assert "apple.com" in refused.json()["detail"]


def test_strangers_and_others_have_no_vip(mei, shop):
    mei.join_and_pay()
    stranger = shop.customer()
    assert stranger.vip()["current"] is None
    for step in ("cancel", "cancel/confirm", "withdraw", "withdraw/confirm"):
        assert no(stranger.browser.post(f"/api/vip/{step}")) == (404, "commerce.no_such_vip")
    assert stranger.play(7).status_code == 402


def test_where_nothing_is_sold_no_vip_is(unpriced):
    mei = unpriced.customer()
    assert mei.vip() == {"plans": [], "not_covered": [], "current": None}
    assert no(mei.join(screen="0" * 64)) == (404, "flows.not_on_sale")
    assert mei.browser.get("/api/vip/screen?plan=decade").status_code == 422


def test_pretend_money_buys_no_vip_at_a_real_brand(settings, workshop, media_folder):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    real = open_shop(demo_settings(settings, demo_brands=""), workshop, episodes)
    mei = real.customer()
    assert no(mei.join()) == (503, "flows.no_way_to_pay")
    assert Order is not None
    real.app.api.state.site.close()

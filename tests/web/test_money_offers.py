"""Every way past the wall, the same in the offers and in the 402; coin-only, ads-only, hybrid."""

import json

import pytest
import sqlalchemy as sa

from money_shop import EPISODE_COINS, SLUG, keyed, publish, put_ad
from silkreel.commerce.tables import EntitlementRow, OfferLogRow

HYBRID = ["ad", "coin", "rest", "vip", "vip", "vip"]
COIN_ONLY = {"ways": ("coins",), "plans": (), "ads_a_day": 0}
ADS_ONLY = {"ways": ("ads",), "bundles": (), "plans": (), "episode_coins": 0, "cap_coins": 0}


def kinds(told):
    return [option["kind"] for option in told["options"]]


def test_a_play_of_a_locked_episode_says_what_the_offers_say(shop):
    mei = shop.customer()
    told = mei.offers(6).json()
    wall = mei.play(6)
    assert (wall.status_code, wall.json()["code"]) == (402, "flows.episode_locked")
    assert wall.json()["values"]["offers"] == told
    assert kinds(told) == HYBRID
    assert told["wallet"] == {"paid_coins": 0, "bonus_coins": 0, "debt_coins": 0}
    coin = told["options"][1]
    assert (coin["price_coins"], coin["price"]["text"]) == (EPISODE_COINS, "0.45 USD")
    assert coin["top_up"]["item"] == "top_up:45"
    assert (told["preselected"], told["left_out"]) == (
        0,
        {"pass": "not_sold", "wait": "enough_ads"},
    )


def test_what_an_option_says_is_what_is_charged(shop):
    mei = shop.customer()
    options = {each["kind"]: each for each in mei.offers(6).json()["options"]}
    rest = options["rest"]
    assert len(rest["episodes"]) == 2
    order = mei.buy(rest["top_up"]["item"])
    assert order["price"] == rest["top_up"]["price"]
    body = {"series": SLUG, "episodes": rest["episodes"], "expected_coins": rest["price_coins"]}
    opened = mei.browser.post("/api/unlocks", json=body, headers=keyed()).json()
    assert opened["paid_coins"] == rest["price_coins"]
    assert mei.wallet()["paid_coins"] == 0
    assert mei.offers(6).json()["locked"] is False


def test_coins_in_the_wallet_lower_the_top_up(shop):
    mei = shop.customer()
    mei.buy("top_up:40")
    coin = next(each for each in mei.offers(6).json()["options"] if each["kind"] == "coin")
    assert (coin["missing_coins"], coin["top_up"]["price"]["minor"]) == (5, 5)
    mei.buy("top_up:5")
    coin = next(each for each in mei.offers(6).json()["options"] if each["kind"] == "coin")
    assert (coin["missing_coins"], coin["top_up"]) == (0, None)
    assert kinds(mei.offers(6).json())[0] == "coin"  # who pays with coins sees them first


def test_offers_are_logged_once_with_their_reasons_and_counted(shop):
    mei = shop.customer()
    for _ in range(3):
        mei.offers(6)
    mei.play(6)
    with shop.workshop.reading() as tx:
        row = tx.scalars(sa.select(OfferLogRow)).one()
    decision = json.loads(row.decision)
    assert (row.times, decision["segment"]) == (4, "never_payer")
    assert decision["options"][0]["reason"].endswith("first")


def test_a_strangers_wall_is_kept_for_nobody(shop):
    stranger = shop.customer()
    wall = stranger.play(6)
    assert kinds(wall.json()["values"]["offers"]) == HYBRID
    assert "set-cookie" not in wall.headers
    with shop.workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(OfferLogRow)) == 0


def test_an_open_episode_offers_nothing_and_an_unknown_one_is_not_shown(shop, unpriced):
    mei = shop.customer()
    assert (mei.offers(1).json()["locked"], mei.offers(1).json()["options"]) == (False, [])
    assert mei.browser.get("/api/offers?episode=nope").status_code == 404
    assert mei.browser.get("/api/offers").status_code == 422


def test_a_coin_only_brand_sells_coins_and_nothing_else(unpriced):
    publish(unpriced.workshop, **COIN_ONLY)
    mei = unpriced.customer()
    assert mei.price().json()["ways"] == ["coins"]
    assert mei.price().json()["days_with_ads"] is None
    told = mei.offers(6).json()
    assert kinds(told) == ["coin", "rest"]
    assert (told["left_out"]["ad"], told["left_out"]["vip"]) == ("not_sold", "not_sold")
    assert mei.ask_ad(6).json()["code"] == "commerce.no_ad_ready"
    assert mei.vip_screen().status_code == 404
    assert mei.ad_break(5, 6).json() == {"slot": None, "reason": "no_ads"}
    mei.buy()
    assert mei.unlock(6).status_code == 200


def test_an_ads_only_brand_opens_everything_by_ads_and_takes_no_coins(unpriced):
    publish(unpriced.workshop, **ADS_ONLY)
    put_ad(unpriced.workshop)
    mei = unpriced.customer()
    price = mei.price().json()
    assert (price["ways"], price["episode"], price["bundles"]) == (["ads"], None, [])
    assert price["days_with_ads"] == 1
    wall = mei.play(6)
    assert (wall.status_code, wall.json()["code"]) == (402, "flows.episode_locked")
    assert kinds(wall.json()["values"]["offers"]) == ["ad"]
    assert mei.unlock(6, expected=0).json()["code"] == "commerce.coins_not_taken"
    assert mei.order("bundle:500").status_code == 404
    assert mei.order("top_up:45").status_code == 404
    assert mei.ask_ad(6).status_code == 201
    with unpriced.workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(EntitlementRow)) == 0


def test_who_met_a_series_without_coins_never_meets_them_in_it(unpriced):
    publish(unpriced.workshop, **ADS_ONLY)
    mei = unpriced.customer()
    mei.price()
    publish(unpriced.workshop)  # hybrid from now on
    assert "coin" not in kinds(mei.offers(6).json())
    assert mei.unlock(6, expected=0).json()["code"] == "commerce.coins_not_taken"
    assert "coin" in kinds(unpriced.customer().offers(6).json())


def test_a_hybrid_brand_lists_all_three(shop):
    assert shop.customer().price().json()["ways"] == ["coins", "ads", "vip"]


@pytest.mark.parametrize("number", [1, 6])
def test_where_nothing_is_sold_everything_is_open(unpriced, number):
    told = unpriced.customer().offers(number).json()
    assert (told["locked"], told["options"]) == (False, [])

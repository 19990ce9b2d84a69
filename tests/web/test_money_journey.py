"""From the free head to a coin unlock and back, over HTTP, on both databases."""

import sqlalchemy as sa

from coins import faults
from money_shop import EPISODE_COINS, NIGHT, demo_settings, open_shop, publish
from silkreel.commerce.tables import QuoteRow
from silkreel.people.tables import ViewerRow
from trial_home import seed


def test_from_the_free_head_to_an_unlock_that_is_played(shop):
    mei = shop.customer()
    told = mei.price().json()
    assert (told["free_episodes"], told["locked_episodes"]) == (5, 2)
    assert told["episode"] == {
        "coins": 45, "money": {"minor": 45, "currency": "USD", "text": "0.45 USD"}
    }  # fmt: skip
    assert [mei.play(number).status_code for number in (1, 5)] == [200, 200]
    wall = mei.play(6)
    assert (wall.status_code, wall.json()["code"]) == (402, "flows.episode_locked")
    assert wall.json()["values"]["episode_coins"] == told["episode"]["coins"]

    order = mei.order("bundle:500", return_path="/s/night-market").json()
    assert (order["state"], order["price"]["text"]) == ("created", "4.99 USD")
    page = mei.browser.get(order["pay"]["url"])
    assert "no money moves" in page.text
    assert "$4.99" in page.text
    paid = mei.browser.post(order["pay"]["url"], follow_redirects=False)
    assert (paid.status_code, paid.headers["location"]) == (303, "http://testserver/s/night-market")
    assert mei.browser.get(f"/api/orders/{order['id']}").json()["state"] == "paid"
    assert mei.wallet()["paid_coins"] == 500

    opened = mei.unlock(6)
    assert (opened.status_code, opened.json()["paid_coins"]) == (200, EPISODE_COINS)
    assert mei.play(6).status_code == 200
    assert mei.play(7).status_code == 402
    assert faults(shop.workshop.database) == {}


def test_an_unlock_comes_back_until_it_is_watched(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    six, seven = mei.unlock(6).json(), mei.unlock(7).json()
    back = mei.undo(six["txn"], key := "6f1c2c50-2d1f-4a4e-9a30-111111111111")
    assert (back.status_code, back.json()["paid_coins"]) == (200, EPISODE_COINS)
    assert mei.undo(six["txn"], key).headers["idempotency-replayed"] == "true"
    assert mei.play(6).status_code == 402

    assert mei.play(7).status_code == 200  # the bundle alone is no play: it may be warmed
    for _ in range(2):
        assert mei.browser.post(f"/api/episodes/{shop.episodes[6]}/watched").status_code == 204
    kept = mei.undo(seven["txn"])
    assert (kept.status_code, kept.json()["code"]) == (409, "commerce.cannot_undo")
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS
    assert faults(shop.workshop.database) == {}


def test_the_rest_costs_what_the_price_says(shop):
    mei = shop.customer()
    finish = mei.price().json()["finish"]["coins"]
    mei.buy()
    opened = mei.unlock(6, 7, expected=finish)
    assert opened.json()["paid_coins"] == finish < 2 * EPISODE_COINS
    after = mei.price().json()
    assert (after["locked_episodes"], after["finish"]["coins"]) == (0, 0)


def test_the_history_tells_every_movement_page_by_page(shop):
    mei = shop.customer()
    mei.price()
    order = mei.buy()
    txn = mei.unlock(6).json()["txn"]
    mei.undo(txn)
    seen, before = [], ""
    for _ in range(4):
        page = mei.browser.get(f"/api/wallet/history?limit=1{before}").json()
        seen += page["entries"]
        if page["before"] is None:
            break
        before = f"&before={page['before']}"
    assert [(each["reason"], each["paid_coins"]) for each in seen] == [
        ("undo", 45), ("unlock", -45), ("grant", 500)
    ]  # fmt: skip
    assert seen[2]["order"] == order["id"]
    assert seen[1]["episodes"] == [shop.episodes[5]]
    assert seen[1]["opened"] == {
        "slug": NIGHT.slug, "title": "Harbour Lights", "numbers": [6], "options": []
    }  # fmt: skip
    assert (seen[0]["opened"], seen[2]["opened"]) == (None, None)


def test_the_history_says_until_when_an_unlock_can_be_undone(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    six, seven = mei.unlock(6).json()["txn"], mei.unlock(7).json()["txn"]

    def until(txn):
        page = mei.browser.get("/api/wallet/history").json()["entries"]
        return next(each for each in page if each["txn"] == txn)["undoable_until"]

    assert until(six) is not None
    mei.browser.post(f"/api/episodes/{shop.episodes[5]}/watched")
    mei.undo(seven)
    assert (until(six), until(seven)) == (None, None)


def test_the_amounts_of_coins_are_listed_for_a_stranger_and_make_nobody(shop):
    told = shop.customer().browser.get("/api/wallet/bundles")
    assert told.json()["bundles"][0]["item"] == "bundle:500"
    assert "set-cookie" not in told.headers


def test_a_price_that_was_shown_never_rises_for_its_viewer(shop):
    mei = shop.customer()
    assert mei.price().json()["episode"]["coins"] == 45
    publish(shop.workshop, episode_coins=90)
    assert mei.price().json()["episode"]["coins"] == 45
    assert mei.play(6).json()["values"]["episode_coins"] == 45
    mei.buy()
    assert mei.unlock(6).json()["paid_coins"] == 45
    publish(shop.workshop, episode_coins=20)
    assert mei.play(7).json()["values"]["episode_coins"] == 20
    assert shop.customer().price().json()["episode"]["coins"] == 20


def test_a_price_is_kept_for_a_guest_and_what_is_free_makes_nobody(unpriced):
    mei = unpriced.customer()
    told = mei.price()
    assert (told.json()["free"], told.json()["locked_episodes"]) == (True, 0)
    assert "set-cookie" not in told.headers
    assert all(mei.play(number).status_code == 200 for number in range(1, 8))
    opened = mei.unlock(6, 7)
    assert (opened.status_code, opened.json()["status"]) == (200, "free")
    assert mei.order().status_code == 404
    with unpriced.workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(ViewerRow)) == 0
        assert tx.scalar(sa.select(sa.func.count()).select_from(QuoteRow)) == 0


def test_without_a_book_a_play_answers_what_it_answered_before(unpriced):
    stranger, known = unpriced.customer(), unpriced.customer()
    first = stranger.play(7).json()
    again = known.play(7).json()
    assert {**first, "session": ""} == {**again, "session": ""}
    assert not unpriced.app.api.state.site.shop.sells()


def test_a_book_of_another_market_locks_nothing_here(settings, workshop, media_folder):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    brazil = open_shop(demo_settings(settings, market="BR"), workshop, episodes)
    mei = brazil.customer()
    assert mei.play(7).status_code == 200
    assert mei.price().json()["free"] is True

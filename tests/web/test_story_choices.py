"""Options that cost coins: bought once for good, refused unpaid, undone while they are not taken."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from coins import faults
from money_shop import keyed
from silkreel.commerce import ledger
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.requests import Claw
from silkreel.flows.choose import suggested_prices
from silkreel.flows.publish_story import StoryBlocked
from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from silkreel.story.published import Asked
from story_house import EPISODES, line_id, open_house

CANON = [line_id(n, "C000") for n in range(1, EPISODES + 1)]
PAID, COINS = line_id(1, "C111"), 30


@pytest.fixture
def house(shop, tmp_path):
    made = open_house(shop, tmp_path / "market")
    price(made, COINS, was="")
    yield made
    made.shop.app.api.state.stories.stage.close()
    assert faults(shop.workshop.database) == {}


def price(house, coins, *, was):
    """Ask so many coins for the first episode's second option, and publish."""
    before = f"#id:{PAID} #only:game" + (f" #price:{was}" if was else "")
    after = f"#id:{PAID} #only:game" + (f" #price:{coins}" if coins else "")
    house.edit(f"{before}]", f"{after}]")
    house.publish()


def rich(house, item="bundle:500"):
    """Somebody who holds coins."""
    reader = house.reader()
    reader.customer = house.shop.customer()
    reader.customer.browser = reader.browser
    reader.customer.price()
    reader.order = reader.customer.buy(item)
    return reader


def buy(reader, expected=COINS, key=None, choice=PAID):
    path = f"/choices/{choice}/unlock"
    return reader.browser.post(
        f"/api/works/night-market{path}", json={"expected_coins": expected}, headers=keyed(key)
    )


def offer(reader, choice=PAID):
    return reader.get(f"/choices/{choice}/offer").json()


def coins_of(reader):
    wallet = reader.customer.wallet()
    return wallet["paid_coins"] + wallet["bonus_coins"]


def test_an_unpaid_option_is_refused_with_its_offer_and_the_free_one_is_not(house):
    reader = house.reader()
    unpaid = reader.save(PAID)
    assert (unpaid.status_code, unpaid.json()["code"]) == (402, "flows.choice_locked")
    values = unpaid.json()["values"]
    assert (values["choice"], values["choice_coins"], values["price"]) == (PAID, 30, "$0.30")
    (way,) = values["offers"]["options"]
    assert (way["missing_coins"], way["top_up"]["item"]) == (30, "top_up:30")
    assert reader.get("/playthroughs/auto").status_code == 404  # nothing was kept
    assert reader.save(CANON[0]).status_code == 200


def test_the_game_tells_prices_in_coins_and_money_and_nothing_before_a_viewer_is_known(house):
    told = house.reader().get("/game").json()
    assert told["prices"] == {
        PAID: {"coins": 30, "money": {"minor": 30, "currency": "USD", "text": "0.30 USD"}}
    }
    assert told["bought"] == []


def test_an_option_is_bought_once_and_open_for_ever_on_every_playthrough(house):
    reader = rich(house)
    key = "0d4a6b6e-6a0e-4b55-8a39-4e3d5e7a9c01"
    first, again = buy(reader, key=key), buy(reader, key=key)
    assert (first.json()["status"], again.json()["status"]) == ("ok", "replay")
    assert first.json()["txn"] == again.json()["txn"]
    assert again.headers["idempotency-replayed"] == "true"
    assert buy(reader).json()["status"] == "owned"
    assert coins_of(reader) == 470
    for slot in ("auto", "two"):
        saved = reader.save(PAID, slot=slot)
        assert (saved.status_code, saved.json()["log"]) == (200, [PAID])
    assert reader.get("/game").json()["bought"] == [PAID]
    assert reader.get("/game").json()["prices"] == {}
    assert (offer(reader)["locked"], offer(reader)["owned"]) == (False, True)


def test_nothing_dearer_than_shown_is_charged_and_missing_coins_are_told(house):
    reader = rich(house, "top_up:20")
    assert buy(reader, expected=29).json()["code"] == "commerce.price_changed"
    short = buy(reader)
    assert (short.status_code, short.json()["values"]["exact_top_up_coins"]) == (402, 10)
    assert offer(reader)["options"][0]["missing_coins"] == 10
    assert coins_of(reader) == 20
    assert buy(house.reader()).status_code == 402  # a stranger has no wallet


def test_a_key_stands_for_one_option(house):
    house.edit(
        f"#id:{line_id(2, 'C111')} #only:game]", f"#id:{line_id(2, 'C111')} #only:game #price:5]"
    )
    house.publish()
    reader, key = rich(house), "0d4a6b6e-6a0e-4b55-8a39-4e3d5e7a9c02"
    assert buy(reader, key=key).status_code == 200
    other = buy(reader, 5, key, choice=line_id(2, "C111"))
    assert (other.status_code, coins_of(reader)) == (422, 470)


def test_it_is_undone_while_it_is_not_taken_and_stays_once_it_is(house):
    reader = rich(house)
    txn = buy(reader).json()["txn"]
    assert reader.customer.undo(txn).json()["paid_coins"] == 30
    assert coins_of(reader) == 500
    assert reader.save(PAID).status_code == 402
    txn = buy(reader).json()["txn"]
    assert reader.save(PAID).status_code == 200
    stays = reader.customer.undo(txn)
    assert (stays.status_code, coins_of(reader)) == (409, 470)


def test_an_option_taken_in_a_game_that_is_not_saved_stays_too(house):
    reader = rich(house)
    txn = buy(reader).json()["txn"]
    assert reader.browser.post(f"/api/works/night-market/choices/{PAID}/taken").status_code == 204
    assert reader.customer.undo(txn).status_code == 409


def give_back(house, reader, **policy):
    with house.shop.workshop.transaction() as tx:
        viewer = reader.browser.cookies["silkreel-viewer"].split(".")[0]
        claw = Claw(
            viewer_id=viewer, brand_id=HOUSE, scope="test", key=f"claw:{reader.order['id']}",
            order_id=reader.order["id"], refunded_minor=499, gross_minor=499, **policy,
        )  # fmt: skip
        (answer,) = ledger.apply(tx, [claw], now())
    return answer


def test_a_refund_takes_an_option_back_that_was_not_taken(house):
    reader = rich(house)
    buy(reader)
    give_back(house, reader)
    assert coins_of(reader) == 0
    assert reader.customer.wallet()["debt_coins"] == 0
    assert reader.save(PAID).status_code == 402


def test_a_save_whose_option_was_taken_back_goes_on_before_it(house):
    reader = rich(house)
    buy(reader)
    reader.save(PAID)
    give_back(house, reader, on_refund="revoke")
    kept = reader.get("/playthroughs/auto").json()
    assert (kept["log"], kept["ended"]) == ([], False)
    assert {each["id"]: each["price_coins"] for each in kept["options"]} == {CANON[0]: 0, PAID: 30}


def test_an_edit_of_the_story_keeps_what_was_bought(house):
    reader = rich(house)
    buy(reader)
    house.edit("Show the word1.", "Show them the word1.")
    house.publish()
    assert reader.save(PAID).json()["log"] == [PAID]


def test_the_price_never_rises_for_who_has_seen_it_and_may_fall(house):
    seen = rich(house)
    offer(seen)
    price(house, 40, was=COINS)
    assert offer(seen)["options"][0]["price_coins"] == 30
    assert offer(house.reader())["options"][0]["price_coins"] == 40
    price(house, 10, was=40)
    assert offer(seen)["options"][0]["price_coins"] == 10
    price(house, 0, was=10)
    assert (offer(seen)["locked"], seen.save(PAID).status_code) == (False, 200)


def test_an_option_that_was_free_for_a_viewer_stays_free(house):
    other = line_id(2, "C111")
    seen = rich(house)
    house.edit(f"#id:{other} #only:game]", f"#id:{other} #only:game #price:9]")
    house.publish()
    assert offer(seen, other)["locked"] is False
    assert offer(rich(house), other)["options"][0]["price_coins"] == 9


def test_the_price_book_bounds_what_a_writer_asks(house):
    price(house, 400, was=COINS)
    assert offer(house.reader())["options"][0]["price_coins"] == 45  # as an episode
    with house.shop.workshop.transaction() as tx:
        book = replace(default_book("US", HOUSE), choice_most_coins=12)
        publish_book(tx, book, approved_by=("mei", "li"), now=now())
    assert offer(house.reader())["options"][0]["price_coins"] == 12


def test_options_count_towards_what_the_series_can_cost(house):
    with house.shop.workshop.transaction() as tx:
        book = replace(default_book("US", HOUSE), cap_coins=60, first_recharge_bonus_percent=0)
        publish_book(tx, book, approved_by=("mei", "li"), now=now())
    reader = rich(house)
    reader.customer.unlock(6)
    assert offer(reader)["options"][0]["price_coins"] == 15
    assert buy(reader, 15).json()["paid_coins"] == 15
    assert reader.customer.price().json()["finish"]["coins"] == 0
    assert reader.customer.unlock(7, expected=0).json()["paid_coins"] == 0
    assert coins_of(reader) == 440


def test_an_option_opens_no_episode_and_counts_as_none(house):
    reader = rich(house)
    buy(reader)
    price = reader.customer.price().json()
    assert (price["locked_episodes"], price["finish"]["coins"]) == (2, 67)
    assert reader.customer.play(6).status_code == 402


def test_a_story_whose_only_way_costs_coins_is_not_published(house):
    house.edit(f"#id:{CANON[0]} #canon]", f"#id:{CANON[0]} #canon #price:20]")
    with pytest.raises(StoryBlocked):
        house.publish()


def test_where_every_option_of_a_set_costs_coins_the_series_own_is_free():
    """The checks only warn of it where another way leads on, so the till does not rely on them."""
    asked = [Asked(each, "p", None, each == "b", 20) for each in ("a", "b", "c")]
    version = SimpleNamespace(choices={each.id: each for each in asked})
    assert suggested_prices(version, {}) == {"a": 20, "c": 20}
    assert suggested_prices(version, {"c": 0}) == {"a": 20, "b": 20}


def test_where_coins_are_not_sold_no_option_costs_any(unpriced, tmp_path):
    made = open_house(unpriced, tmp_path / "market")
    price(made, COINS, was="")
    reader = made.reader()
    assert reader.get("/game").json()["prices"] == {}
    assert reader.save(PAID).status_code == 200
    assert buy(reader).json()["status"] == "free"
    made.shop.app.api.state.stories.stage.close()


def test_an_interactive_episode_asks_for_the_viewers_price_and_never_hurries(house):
    reader = rich(house)
    (point, *_) = reader.get("/episodes/1/choices").json()["choices"]
    paid = next(each for each in point["options"] if each["id"] == PAID)
    assert (paid["price_coins"], paid["price"]["text"], paid["bought"]) == (30, "0.30 USD", False)
    assert point["window_seconds"] is None
    buy(reader)
    (point, *_) = reader.get("/episodes/1/choices").json()["choices"]
    paid = next(each for each in point["options"] if each["id"] == PAID)
    assert (paid["price_coins"], paid["price"], paid["bought"]) == (0, None, True)


def test_the_history_names_the_option_by_its_words(house):
    reader = rich(house)
    buy(reader)
    entry = reader.browser.get("/api/wallet/history").json()["entries"][0]
    assert (entry["reason"], entry["choices"], entry["episodes"]) == ("unlock", [PAID], [])
    assert entry["opened"]["options"] == ["Show the word1."]
    assert entry["undoable_until"] is not None
    reader.save(PAID)
    entry = reader.browser.get("/api/wallet/history").json()["entries"][0]
    assert entry["undoable_until"] is None


def test_an_option_in_a_locked_episode_waits_for_its_episode(house):
    other = line_id(6, "C111")
    house.edit(f"#id:{other} #only:game]", f"#id:{other} #only:game #price:9]")
    house.publish()
    reader = rich(house)
    assert buy(reader, 9, choice=other).json()["code"] == "flows.episode_locked"
    assert reader.get(f"/choices/{other}/offer").status_code == 402


def test_what_is_no_option_of_the_story_is_not_sold(house):
    reader = rich(house)
    assert buy(reader, choice="ep001_nothing").status_code == 404
    assert reader.get("/choices/ep001_market_A000/offer").status_code == 404

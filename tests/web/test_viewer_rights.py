"""What viewers may ask of us, over HTTP: limits, withdrawing, all their data, and to be forgotten."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coins import faults
from money_shop import EPISODE_COINS, keyed
from silkreel.commerce.tables import OrderRow, OutboxRow, WalletRow, WithdrawalRefundRow
from silkreel.kit.clock import now
from silkreel.people.tables import ViewerRow

COINS = {"kind": "coins"}


def rights(who):
    return who.browser.get("/api/me/rights").json()


def withdraw(who, **wish):
    shown = who.browser.post("/api/withdrawals", json=wish or COINS)
    assert shown.status_code == 200, shown.text
    return shown.json(), who.browser.post(f"/api/withdrawals/{shown.json()['id']}/confirm")


def test_a_limit_set_on_the_page_stops_orders_and_unlocks(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    told = mei.browser.put("/api/me/limits/day", json={"coins": EPISODE_COINS}).json()
    assert (told["day"]["coins"], told["day"]["next_at"]) == (EPISODE_COINS, None)
    assert mei.unlock(6).status_code == 200
    stopped = mei.unlock(7)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "commerce.spend_limit_reached")
    assert mei.order().json()["code"] == "commerce.spend_limit_reached"
    raised = mei.browser.put("/api/me/limits/day", json={"coins": None}).json()["day"]
    assert (raised["coins"], raised["next_coins"]) == (EPISODE_COINS, None)
    assert raised["next_at"] is not None
    assert mei.unlock(7).status_code == 409
    assert rights(mei)["day"]["spent_coins"] == EPISODE_COINS


def test_who_stops_spending_keeps_what_they_own(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    mei.unlock(6)
    assert mei.browser.post("/api/me/stop", json={"days": 30}).status_code == 200
    assert mei.unlock(7).json()["code"] == "commerce.shut_out"
    assert mei.order().json()["code"] == "commerce.shut_out"
    assert mei.browser.post("/api/me/stop", json={"days": 1}).status_code == 409
    assert mei.play(6).status_code == 200
    assert rights(mei)["stopped_until"] is not None


def test_a_child_buys_nothing(shop):
    lin = shop.customer()
    lin.price()
    assert lin.browser.post("/api/me/age", json={"years": 9}).json()["age"] == "child"
    assert lin.order().json()["code"] == "commerce.too_young"
    older = lin.browser.post("/api/me/age", json={"years": 30})
    assert (older.status_code, older.json()["code"]) == (409, "commerce.older_only_by_staff")


def test_unused_coins_come_back_in_two_steps_with_a_receipt(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    mei.unlock(6)
    shown, done = withdraw(mei)
    assert mei.browser.get("/api/wallet").json()["paid_coins"] == 1  # 1 coin below a whole cent
    assert shown["confirmed_at"] is None
    assert shown["statement"]["returns"][0]["coins"] == 500 - EPISODE_COINS
    assert shown["statement"]["returns"][0]["minor"] == 499 * (500 - EPISODE_COINS) // 500
    body = done.json()
    assert json.loads(body["receipt"])["received_at"] == body["confirmed_at"].replace("Z", "+00:00")
    again = mei.browser.post(f"/api/withdrawals/{body['id']}/confirm").json()
    assert (again["receipt"], again["sha256"]) == (body["receipt"], body["sha256"])
    with shop.workshop.reading() as tx:
        assert tx.query(WithdrawalRefundRow).one().done_at is not None
        assert tx.query(OrderRow).one().state == "partly_refunded"
        kept = tx.query(OutboxRow).filter_by(topic="withdrawal.receipt").one().payload
    assert kept["receipt"] == body["receipt"]
    assert mei.play(6).status_code == 200  # what was watched or opened stays
    assert faults(shop.workshop.database) == {}
    assert [each["id"] for each in mei.browser.get("/api/withdrawals").json()] == [body["id"]]


def test_coins_on_their_way_back_are_not_spent(shop, monkeypatch):
    """The provider is silent: the coins are gone at once all the same, and the worker pays later."""
    mei = shop.customer()
    mei.price()
    mei.buy()
    site = shop.app.api.state.site
    provider = site.counter.providers["fake_psp"]
    with monkeypatch.context() as patched:
        patched.setitem(site.counter.providers, "fake_psp", None)
        _, done = withdraw(mei)
    assert done.status_code == 200
    assert mei.wallet()["paid_coins"] == 0
    assert mei.unlock(6).status_code == 402
    from silkreel.flows.viewer_rights import pay_withdrawals

    database, later = shop.workshop.database, now() + timedelta(hours=1)
    assert pay_withdrawals(database, {"fake_psp": provider}, later).applied == 1
    assert pay_withdrawals(database, {"fake_psp": provider}, later).applied == 0
    with shop.workshop.reading() as tx:
        assert tx.query(OrderRow).one().state == "refunded"
    assert (mei.wallet()["paid_coins"], mei.wallet()["debt_coins"]) == (0, 0)
    assert faults(shop.workshop.database) == {}


def test_an_unlock_is_withdrawn_from_by_the_same_two_steps(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    txn = mei.unlock(6).json()["txn"]
    shown, done = withdraw(mei, kind="unlock", ref=str(txn))
    assert shown["statement"]["unlock"] == txn
    assert done.json()["statement"]["paid_coins"] == EPISODE_COINS
    assert mei.play(6).status_code == 402
    watched = mei.unlock(6).json()["txn"]
    mei.browser.post(f"/api/episodes/{shop.episodes[5]}/watched")
    _, refused = withdraw(mei, kind="unlock", ref=str(watched))
    assert (refused.status_code, refused.json()["code"]) == (409, "commerce.cannot_undo")


def test_nobody_withdraws_from_anothers_purchase(shop):
    mei, mallory = shop.customer(), shop.customer()
    for who in (mei, mallory):
        who.price()
    mei.buy()
    txn = mei.unlock(6).json()["txn"]
    wish = {"kind": "unlock", "ref": str(txn)}
    assert mallory.browser.post("/api/withdrawals", json=wish).status_code == 404
    assert mallory.browser.post("/api/withdrawals", json=COINS).status_code == 409
    mine = mei.browser.post("/api/withdrawals", json=COINS).json()["id"]
    assert mallory.browser.post(f"/api/withdrawals/{mine}/confirm").status_code == 404
    assert shop.customer().browser.post("/api/withdrawals", json=COINS).status_code == 404


def test_the_days_of_the_market_end(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    with shop.workshop.transaction() as tx:
        tx.query(OrderRow).one().made_at -= timedelta(days=15)
    refused = mei.browser.post("/api/withdrawals", json=COINS)
    assert (refused.status_code, refused.json()["values"]["days"]) == (409, 14)


def test_everything_that_is_held_comes_in_a_zip(shop):
    mei = shop.customer()
    mei.price()
    order = mei.buy()
    mei.unlock(6)
    answer = mei.browser.get("/api/me/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        found = json.loads(packed.read("all.json"))
        orders = list(csv.DictReader(io.StringIO(packed.read("orders.csv").decode())))
    assert [row["id"] for row in orders] == [order["id"]]
    assert [row["ref"] for row in found["entitlements"]] == [shop.episodes[5]]
    assert {row["kind"] for row in found["txns"]} == {"grant", "unlock"}
    assert sum(row["amount"] for row in found["postings"]) == 500 - EPISODE_COINS
    for table in ("viewer", "wallets", "lots", "payment_events", "quotes"):
        assert found[table], table
    assert shop.customer().browser.get("/api/me/export").status_code == 404


def test_who_is_forgotten_leaves_books_that_lead_to_nobody(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    mei.unlock(6)
    with shop.workshop.reading() as tx:
        former = tx.query(ViewerRow).one().id
    left = mei.browser.get("/api/me/erasure").json()
    assert left == {"paid_coins": 500 - EPISODE_COINS, "unused": [], "vips": 0}  # play money
    assert mei.browser.post("/api/me/erasure", json={}).status_code == 409
    gone = mei.browser.post("/api/me/erasure", json={"give_up_coins": True})
    assert gone.status_code == 204
    assert not mei.browser.cookies
    with shop.workshop.reading() as tx:
        assert tx.query(ViewerRow).count() == 0
        wallet = tx.query(WalletRow).one()
        assert wallet.viewer_id.startswith("erased-")
        for table in ("wallets", "orders", "entitlements", "quotes", "viewer_limits"):
            rows = tx.execute(sa.text(f"SELECT count(*) FROM {table} WHERE viewer_id = :was"),
                              {"was": former}).scalar()  # fmt: skip
            assert rows == 0, table
    assert faults(shop.workshop.database) == {}
    assert mei.wallet()["paid_coins"] == 0


def test_a_late_payment_of_somebody_forgotten_finds_its_books(shop):
    mei = shop.customer()
    mei.price()
    order = mei.order().json()
    assert mei.browser.post("/api/me/erasure", json={}).status_code == 204
    mei.browser.post(order["pay"]["url"], follow_redirects=False)
    with shop.workshop.reading() as tx:
        wallet = tx.query(WalletRow).filter(WalletRow.paid > 0).one()
    assert wallet.viewer_id.startswith("erased-")
    assert faults(shop.workshop.database) == {}


# Accounts


def code_of(who, address="mei@example.org"):
    answer = who.browser.post("/api/me/codes", json={"address": address})
    assert answer.status_code == 202, answer.text
    return answer.json()["shown_code"]


def sign_in(who, address="mei@example.org"):
    body = {"address": address, "code": code_of(who, address)}
    answer = who.browser.post("/api/me/sign-in", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_guest_becomes_an_account_and_keeps_all(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    mei.unlock(6)
    me = sign_in(mei)
    assert (me["signed_in"], me["addresses"]) == (True, ["mei@example.org"])
    assert mei.wallet()["paid_coins"] == 500 - EPISODE_COINS
    assert mei.play(6).status_code == 200


def test_a_second_device_brings_what_it_bought_and_pays_nothing_twice(shop):
    phone, tablet = shop.customer(), shop.customer()
    for who in (phone, tablet):
        who.price()
        who.buy()
        who.unlock(6)
    tablet.unlock(7)
    sign_in(phone)
    sign_in(tablet)
    wallet = phone.wallet()
    assert wallet == tablet.wallet()
    assert wallet["paid_coins"] == 1000 - 3 * EPISODE_COINS
    assert wallet["bonus_coins"] == EPISODE_COINS  # of the episode both had bought
    assert [phone.play(number).status_code for number in (6, 7)] == [200, 200]
    assert faults(shop.workshop.database) == {}
    history = phone.browser.get("/api/wallet/history").json()["entries"]
    assert {"merge", "double", "unlock", "grant"} <= {entry["reason"] for entry in history}
    listed = phone.browser.get("/api/me").json()["places"]
    assert [place["here"] for place in listed].count(True) == 1
    assert len(listed) == 2


def test_sessions_are_listed_and_ended_from_elsewhere(shop):
    phone, tablet = shop.customer(), shop.customer()
    sign_in(phone)
    sign_in(tablet)
    other = next(p for p in phone.browser.get("/api/me").json()["places"] if not p["here"])
    assert phone.browser.delete(f"/api/me/places/{other['id']}").status_code == 204
    assert tablet.browser.get("/api/me").json()["signed_in"] is False
    assert phone.browser.delete(f"/api/me/places/{other['id']}").status_code == 404
    sign_in(tablet)
    assert tablet.browser.post("/api/me/sign-out", json={"everywhere": True}).status_code == 204
    assert phone.browser.get("/api/me").json()["signed_in"] is False
    assert not tablet.browser.cookies


def test_signing_out_leaves_nobody_elses_coins_in_the_browser(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    sign_in(mei)
    assert mei.browser.post("/api/me/sign-out", json={}).status_code == 204
    assert mei.wallet()["paid_coins"] == 0
    sign_in(mei)
    assert mei.wallet()["paid_coins"] == 500


def test_a_code_is_used_once_and_guessed_five_times_at_most(shop):
    mei = shop.customer()
    code = code_of(mei)
    body = {"address": "mei@example.org", "code": code}
    wrong = body | {"code": f"{(int(code) + 1) % 10**6:06}"}
    for _ in range(5):
        assert mei.browser.post("/api/me/sign-in", json=wrong).status_code == 403
    assert mei.browser.post("/api/me/sign-in", json=body).status_code == 403
    body["code"] = code_of(mei)
    assert mei.browser.post("/api/me/sign-in", json=body).status_code == 200
    assert shop.customer().browser.post("/api/me/sign-in", json=body).status_code == 403


def test_codes_are_not_asked_for_without_end(shop):
    mei = shop.customer()
    statuses = [
        mei.browser.post("/api/me/codes", json={"address": "mei@example.org"}).status_code
        for _ in range(6)
    ]
    assert statuses[:3] == [202] * 3
    assert 429 in statuses[3:]


def test_nobody_learns_whether_an_address_is_known(shop):
    sign_in(shop.customer())
    asked = [
        shop.customer().browser.post("/api/me/codes", json={"address": address})
        for address in ("mei@example.org", "nobody@example.org")
    ]
    for answer in asked:
        assert (answer.status_code, sorted(answer.json())) == (202, ["shown_code"])
    tried = [
        shop.customer().browser.post("/api/me/sign-in", json={"address": a, "code": "000000"})
        for a in ("mei@example.org", "stranger@example.org")
    ]
    assert [(t.status_code, t.json()["code"]) for t in tried] == [(403, "people.code_mismatch")] * 2


def test_without_a_mail_server_a_real_brand_says_what_to_set(settings, workshop):
    from starlette.testclient import TestClient

    from silkreel.web.app import create_app

    browser = TestClient(create_app(settings, workshop), raise_server_exceptions=False)
    answer = browser.post("/api/me/codes", json={"address": "mei@example.org"})
    assert (answer.status_code, answer.json()["code"]) == (503, "people.no_mail_server")
    assert "SILKREEL_SMTP_HOST" in answer.json()["detail"]
    assert browser.get("/api/me").json()["can_sign_in"] is False


@pytest.mark.sqlite_only  # refused before any row
@pytest.mark.parametrize("typed", ["", "mei", "mei@", "@x.org", "a b@x.org", "mei@x", "x" * 300])
def test_what_is_no_address_is_told_so(shop, typed):
    answer = shop.customer().browser.post("/api/me/codes", json={"address": typed})
    assert answer.status_code in (409, 422)


def test_a_key_of_before_the_sign_in_charges_nothing_again(shop):
    phone, tablet = shop.customer(), shop.customer()
    sign_in(tablet)
    phone.price()
    phone.buy()
    key = keyed()["idempotency-key"]
    assert phone.unlock(6, key=key).status_code == 200
    sign_in(phone)
    again = phone.unlock(6, key=key)
    assert (again.status_code, again.json()["status"]) == (200, "owned")
    assert phone.wallet()["paid_coins"] == 500 - EPISODE_COINS

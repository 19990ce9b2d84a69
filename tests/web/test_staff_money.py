"""Money at the desk: who may see and do what, and that the log says so."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from lxml import etree

from silkreel.commerce.ledger import apply
from silkreel.commerce.requests import Grant, Item, Open, PaidMoney, Unlock
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import close
from silkreel.commerce.tables import AdImpressionRow, ReconcileItemRow, WalletRow
from silkreel.flows.closing_desk import look_ahead
from silkreel.media.theatre.fonts import FontMissing, find
from silkreel.people.actors import Actor
from silkreel.people.audit import Wanted, read_log, verify
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.tables import BrandRow
from staff_desk import PASSWORD, Browser, hire

OCTOBER = datetime(2025, 10, 5, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 5, tzinfo=UTC)
TERMS = """
[payer]
name = "Silk House"
iban = "DE89370400440532013000"

[[contract]]
id = "rose"
series = "s1"
from = 2025-01-01
currency = "USD"
platform_bp = 5000
shares = [{ payee = "moon", bp = 10000 }]

[[payee]]
id = "moon"
name = "月光影业"
residence = "CN"
currency = "USD"
account = "622200"

[[withholding]]
residence = "CN"
from = 2025-01-01
bp = 0
undocumented_bp = 0
"""


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def signed_in(shop, password_hash):
    """Somebody of the staff at a browser; money needs no second factor here."""
    with shop.workshop.transaction() as tx:
        tx.execute(sa.update(BrandRow).values(second_factor="optional"))

    def opened(name, *roles):
        browser = Browser(shop.app)
        browser.id = hire(shop.workshop, password_hash, name, *roles)
        assert browser.sign_in(name).status_code == 200
        return browser

    return opened


def log(shop, words):
    with shop.workshop.reading() as tx:
        assert verify(tx).intact
        return [
            (row.action, row.actor_name, row.reason) for row in read_log(tx, HOUSE, Wanted(words))
        ]


def sold_in_october(shop):
    """A purchase, and what was opened with it."""
    who = {"viewer_id": "ana", "brand_id": HOUSE, "scope": "s"}
    money = PaidMoney(currency="USD", gross_minor=1000)
    with shop.workshop.transaction() as tx:
        apply(tx, [
            Grant(**who, key="g", paid_coins=100, money=money, order_id="o1"),
            Unlock(**who, key="u", series_id="s1", items=(Item("episode", "e1", 90),), market="US"),
            Open(viewer_id="ana", brand_id=HOUSE, item_kind="episode", ref="e1"),
        ], OCTOBER)  # fmt: skip


def terms_of(shop):
    return shop.app.api.state.site.settings.folder / "settlement.toml"


def closed_month(shop, closer_id):
    """October with one statement, closed by somebody of the staff."""
    sold_in_october(shop)
    newest = settled_txn(shop.workshop.database)
    by = Actor("staff", closer_id, "mei", HOUSE, NOVEMBER, frozenset({"money.settle"}))
    with shop.workshop.transaction() as tx:
        close(tx, "2025-10", TERMS, newest, by)
    terms_of(shop).write_text(TERMS)


def test_an_order_is_found_shown_and_refunded_with_a_reason(shop, signed_in):
    viewer = shop.customer()
    order = viewer.buy()
    mei = signed_in("mei", "support")
    found = mei.get("/orders", params={"q": order["id"][:8]}).json()
    assert [(each["id"], each["state"]) for each in found["orders"]] == [(order["id"], "paid")]
    assert mei.get("/orders", params={"q": "nobody's"}).json()["orders"] == []
    assert mei.get("/orders", params={"state": "lost"}).json()["code"].endswith("no_such_state")
    path = f"/orders/{order['id']}"
    assert mei.get(path).json()["refundable"]
    half = mei.post(f"{path}/refund", {"amount": "2.00", "reason": "bought twice"}).json()
    assert (half["order"]["state"], half["kept"]["minor"]) == ("partly_refunded", 299)
    assert mei.post(f"{path}/refund", {"amount": "9", "reason": "x"}).status_code == 409
    assert mei.post(f"{path}/refund", {"amount": "1"}).status_code == 422  # why?
    rest = mei.post(f"{path}/refund", {"reason": "wants none of it"}).json()
    assert (rest["order"]["state"], rest["refundable"]) == ("refunded", False)
    assert log(shop, "refund.done") == [
        ("refund.done", "mei", "wants none of it"), ("refund.done", "mei", "bought twice"),
    ]  # fmt: skip
    assert len(log(shop, "refund.asked")) == 3  # what a provider or rule refused is on record too


def test_orders_are_read_page_by_page_and_each_once(shop, signed_in):
    viewer = shop.customer()
    made = {viewer.order().json()["id"] for _ in range(5)}
    mei, seen, before = signed_in("mei", "finance"), [], None
    while True:
        asked = {"limit": 2} | ({"before": before} if before else {})
        page = mei.get("/orders", params=asked).json()
        seen += [each["id"] for each in page["orders"]]
        before = page["next_before"]
        if before is None:
            break
    assert (len(seen), set(seen)) == (5, made)


def test_every_look_into_a_wallet_is_in_the_log(shop, signed_in):
    viewer = shop.customer()
    viewer.buy()
    with shop.workshop.reading() as tx:
        name = tx.scalar(sa.select(WalletRow.viewer_id))
    mei = signed_in("mei", "support")
    told = mei.get(f"/viewers/{name}/wallet").json()
    assert (told["paid_coins"], told["unused"]) == (500, [])  # pretend money is none
    assert [each["reason"] for each in told["movements"]] == ["grant"]
    assert mei.get("/viewers/nobody/wallet").json()["movements"] == []
    with shop.workshop.reading() as tx:
        looks = [row.subject for row in read_log(tx, HOUSE, Wanted("wallet.read"))]
    assert looks == ["viewer:nobody", f"viewer:{name}"]
    assert signed_in("zoe", "writer").get(f"/viewers/{name}/wallet").status_code == 403


def test_a_small_gift_is_made_at_once_and_a_large_one_needs_two(shop, signed_in):
    mei, lin = signed_in("mei", "finance"), signed_in("lin", "finance")
    wish = {"viewer": "ana", "bonus_coins": 300, "reason": "a night of stalls"}
    assert mei.post("/adjustments", wish).json()["state"] == "made"
    large = mei.post("/adjustments", wish).json()  # 600 within a day
    assert large["state"] == "proposed"
    yes = {"content_hash": large["content_hash"]}
    path = f"/adjustments/{large['id']}"
    assert mei.post(f"{path}/approve", yes).json()["code"].endswith("own_work")
    stale = {"content_hash": "0" * 64}
    assert lin.post(f"{path}/approve", stale).json()["code"].endswith("changed_since")
    assert lin.get("/viewers/ana/wallet").json()["bonus_coins"] == 300
    assert lin.post(f"{path}/approve", yes).json()["state"] == "made"
    assert lin.post(f"{path}/approve", yes).status_code == 409
    assert lin.get("/viewers/ana/wallet").json()["bonus_coins"] == 600
    back = mei.post("/adjustments", wish).json()
    done = mei.post(f"/adjustments/{back['id']}/decline", {"reason": "not needed"})
    assert done.json()["state"] == "declined"
    taken = mei.post("/adjustments", {"viewer": "bo", "bonus_coins": -5, "reason": "x"})
    assert taken.status_code == 409
    told = mei.get("/adjustments", params={"state": "made"}).json()
    assert [each["decided_name"] for each in told["adjustments"]] == ["lin", "mei"]
    assert signed_in("zoe", "support").post("/adjustments", wish).status_code == 403


def test_a_statement_goes_its_way_at_the_desk(shop, signed_in):
    mei, lin = signed_in("mei", "finance"), signed_in("lin", "finance")
    closed_month(shop, mei.id)
    (card,) = mei.get("/statements", params={"month": "2025-10"}).json()["statements"]
    assert (card["state"], card["name"], card["payable"]["text"]) == (
        "draft",
        "月光影业",
        "4.50 USD",
    )
    path = f"/statements/{card['id']}"
    yes = {"content_hash": card["sha256"], "reason": "added up"}
    assert mei.post(f"{path}/approve", yes).json()["code"].endswith("own_work")
    assert mei.post(f"{path}/issue").status_code == 409
    assert lin.post(f"{path}/approve", yes).json()["statement"]["state"] == "approved"
    assert mei.post(f"{path}/issue").json()["statement"]["state"] == "issued"
    (file,) = mei.post("/settlements/2025-10/pay-files", {"on": "2025-12-01"}).json()["files"]
    root = etree.fromstring(file["text"].encode())
    assert root.findtext(".//{*}InstdAmt") == "4.50"
    done = mei.post(f"{path}/paid", {"reference": "TRX-1"}).json()
    assert [step["actor_name"] for step in done["steps"]] == ["mei", "lin", "mei", "mei"]
    assert mei.post("/settlements/2025-10/pay-files", {"on": "2025-12-01"}).status_code == 409
    why = {"reason": "x"}
    assert mei.post("/settlements/2025-10/take-back", why).json()["code"].endswith("already_issued")


def test_a_month_is_looked_at_closed_and_approved_by_another(shop, signed_in):
    sold_in_october(shop)
    mei, lin = signed_in("mei", "finance"), signed_in("lin", "finance")
    assert mei.get("/settlements/next").json() == {"month": "2025-10", "returnable": None}
    path = "/settlements/2025-10"
    told = mei.get(f"{path}/outlook").json()
    assert (told["can_close"], [each["kind"] for each in told["missing"]]) == (False, ["terms"])
    assert mei.post(f"{path}/close", {"seen": told["seen"]}).json()["code"].endswith("no_terms")
    terms_of(shop).write_text(TERMS)
    told = mei.get(f"{path}/outlook").json()
    assert (told["can_close"], told["missing"], told["own"]) == (True, [], [])
    assert [(e["payee"], e["payable"]["minor"]) for e in told["statements"]] == [("moon", 450)]
    assert mei.get("/statements").json()["statements"] == []  # looking writes nothing
    stale = mei.post(f"{path}/close", {"seen": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "flows.changed_since")
    closed = mei.post(f"{path}/close", {"seen": told["seen"]}).json()
    assert closed == {"month": "2025-10", "statements": 1}
    (card,) = mei.get("/statements").json()["statements"]
    yes = {"content_hash": card["sha256"]}
    assert mei.post(f"/statements/{card['id']}/approve", yes).json()["code"].endswith("own_work")
    assert lin.post(f"/statements/{card['id']}/approve", yes).status_code == 200
    assert [row[:2] for row in log(shop, "settlement.closed")] == [("settlement.closed", "mei")]
    assert mei.get("/settlements/next").json() == {"month": "2025-11", "returnable": "2025-10"}
    skipped = mei.get("/settlements/2025-12/outlook")
    assert (skipped.status_code, skipped.json()["code"]) == (409, "commerce.out_of_order")


def test_a_month_in_which_nothing_was_due_can_be_taken_back_too(shop, signed_in):
    sold_in_october(shop)
    terms_of(shop).write_text(TERMS)
    mei = signed_in("mei", "finance")
    for month, statements in (("2025-10", 1), ("2025-11", 0)):
        seen = mei.get(f"/settlements/{month}/outlook").json()["seen"]
        closed = mei.post(f"/settlements/{month}/close", {"seen": seen}).json()
        assert closed["statements"] == statements
    assert mei.get("/settlements/next").json() == {"month": "2025-12", "returnable": "2025-11"}
    assert mei.post("/settlements/2025-11/take-back", {"reason": "too early"}).status_code == 204
    assert mei.get("/settlements/next").json() == {"month": "2025-11", "returnable": "2025-10"}


def test_what_a_month_waits_for_is_named_before_it_is_closed(shop, signed_in):
    sold_in_october(shop)
    shown = AdImpressionRow(
        network="admob", impression_id="i", unit_id="u", series_id="s1", country="US", at=OCTOBER,
        estimate_micros=1, currency="USD", precision="ESTIMATED",
    )  # fmt: skip
    with shop.workshop.transaction() as tx:
        tx.add(shown)
    terms_of(shop).write_text(TERMS)
    mei = signed_in("mei", "finance")
    path = "/settlements/2025-10/outlook"
    told = mei.get(path).json()
    (ads,) = told["missing"]
    assert (ads["kind"], ads["blocks"], told["can_close"]) == ("ads", False, True)
    assert "admob" in ads["sentence"]
    elsewhere = TERMS.replace('currency = "USD"\naccount', 'currency = "EUR"\naccount')
    terms_of(shop).write_text(elsewhere)
    told = mei.get(path).json()
    rate = told["missing"][0]
    assert (rate["kind"], rate["blocks"], told["can_close"]) == ("terms", True, False)
    assert "EUR" in rate["sentence"]
    early = Actor("staff", "x", "x", HOUSE, OCTOBER, frozenset({"money.settle"}))
    soon = look_ahead(shop.workshop.database, "2025-10", TERMS, early)
    assert (soon.missing[0].kind, soon.can_close) == ("not_over", False)


def test_only_who_may_settle_closes_a_month(shop, signed_in):
    una = signed_in("una", "support")
    assert una.get("/settlements/next").status_code == 200
    assert una.get("/settlements/2025-10/outlook").status_code == 403
    assert una.post("/settlements/2025-10/close", {"seen": ""}).status_code == 403
    assert signed_in("zoe", "writer").get("/settlements/next").status_code == 403


def test_a_months_files_come_in_one_archive_that_is_always_the_same(shop, signed_in):
    try:
        find("sans")
    except FontMissing as missing:
        pytest.skip(str(missing))
    mei = signed_in("mei", "finance")
    closed_month(shop, mei.id)
    packed = mei.get("/settlements/2025-10/files.zip")
    names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    stem = "2025-10-moon-USD-v1"
    assert names == [f"{stem}.csv", f"{stem}.xlsx", f"{stem}.pdf", "recompute_statement.py"]
    csv = zipfile.ZipFile(io.BytesIO(packed.content)).read(f"{stem}.csv").decode()
    (card,) = mei.get("/statements").json()["statements"]
    assert hashlib.sha256(csv.encode()).hexdigest() == card["sha256"]


def test_a_statement_is_read_line_by_line_down_to_its_uses_and_as_a_file(shop, signed_in):
    mei = signed_in("mei", "operator")
    closed_month(shop, "somebody")
    (card,) = mei.get("/statements").json()["statements"]
    told = mei.get(f"/statements/{card['id']}").json()
    earning = told["lines"][0]
    assert (earning["step"], earning["amount"]["text"], earning["uses"]) == (
        "earning",
        "9.00 USD",
        True,
    )
    uses = mei.get(f"/statements/{card['id']}/lines/1/uses").json()
    assert (uses["count"], uses["total"]["minor"], uses["uses"][0]["quantity"]) == (1, 900, 90)
    assert mei.get(f"/statements/{card['id']}/lines/2/uses").status_code == 404
    try:
        find("sans")
    except FontMissing as missing:
        pytest.skip(str(missing))
    for ending, begins in (("csv", b"payee,"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = mei.get(f"/statements/{card['id']}/file.{ending}")
        assert answer.content.startswith(begins)
        assert f"2025-10-moon-USD-v1.{ending}" in answer.headers["content-disposition"]
    assert io.BytesIO(answer.content).read(4) == b"%PDF"
    assert mei.post(f"/statements/{card['id']}/issue").status_code == 403


def test_a_difference_is_explained_once(shop, signed_in):
    with shop.workshop.transaction() as tx:
        tx.add(ReconcileItemRow(provider="stripe", provider_object="pi_9", kind="only_theirs",
                                theirs_minor=499, currency="USD", found_at=OCTOBER))  # fmt: skip
    mei = signed_in("mei", "finance")
    (item,) = mei.get("/reconcile").json()["items"]
    assert (item["kind"], item["ours"], item["theirs"]["text"]) == ("only_theirs", None, "4.99 USD")
    why = {"reason": "a test charge of ours"}
    assert mei.post(f"/reconcile/{item['id']}/explain", why).json()["owner"] == "mei"
    assert mei.post(f"/reconcile/{item['id']}/explain", why).status_code == 404
    assert mei.get("/reconcile").json()["items"] == []
    assert len(mei.get("/reconcile", params={"explained": True}).json()["items"]) == 1
    assert log(shop, "reconcile") == [("reconcile.explained", "mei", "a test charge of ours")]


def test_the_ledger_is_added_up_and_verified(shop, signed_in):
    shop.customer().buy()
    mei = signed_in("mei", "finance")
    books = mei.get("/ledger").json()["balances"]
    assert sum(each["balance"] for each in books) == 0
    assert {(e["role"], e["balance"]) for e in books if e["owner_type"] == "wallet"} == {
        ("paid", 500)
    }
    assert mei.post("/ledger/verify").json()["sound"]


def test_the_houses_books_are_not_for_a_brands_own_staff(shop, signed_in, password_hash):
    mei = signed_in("mei", "finance")
    with shop.workshop.transaction() as tx:
        tx.add(
            BrandRow(
                id="other",
                name="Other",
                domains=["other.test"],
                second_factor="optional",
                made_at=OCTOBER,
            )
        )
    hire(shop.workshop, password_hash, "una", "finance", brand="other")
    order = shop.customer().buy()
    una = Browser(shop.app)
    una.client.headers["host"] = "other.test"
    assert una.post("/sign-in", {"name": "una", "password": PASSWORD},
                    headers={"origin": "http://other.test"}).status_code == 200  # fmt: skip
    assert una.get("/orders").json()["orders"] == []
    assert una.get(f"/orders/{order['id']}").status_code == 404
    assert una.get("/statements").json()["code"].endswith("not_the_house")
    assert mei.get(f"/orders/{order['id']}").status_code == 200

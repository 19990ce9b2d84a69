"""The orders' desk on the command line: the demo's payments from order to refund."""

import json

import pytest

from silkreel.cli import run
from silkreel.commerce.orders import Wish
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.commerce.registry import PretendPaymentsOnARealBrand
from silkreel.flows.take_payments import begin_order, hear
from silkreel.kit.clock import now
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SILKREEL_FAKE_PAYMENTS_SECRET", "s")
    monkeypatch.setenv("SILKREEL_PAYMENTS", "fake_psp")
    return Settings()


def wish(**more):
    values = {
        "viewer_id": "v1", "brand_id": "demo", "key": "k1", "sku": "coins-500", "market": "US",
        "channel": "web", "paid_coins": 500, "bonus_coins": 0, "currency": "USD",
        "gross_minor": 499, "tax_minor": 0, "provider": "fake_psp", "environment": "sandbox",
    }  # fmt: skip
    return Wish(**{**values, **more})


@pytest.fixture
def paid(home):
    """An order that was paid, whose event has come and is not applied yet."""
    psp, database = FakePsp.open(home), open_workshop(home).database
    begun = begin_order(database, psp, wish(), title="500 coins", return_url="/", at=now())
    event = psp.happen(begun.way.provider_ref, "paid", "pay_1", 499, now())
    hear(database, psp, event.raw, event.headers, now())
    database.close()
    return begun.order


def told(capsys, *words, code=0):
    capsys.readouterr()
    assert run([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_round_gives_the_coins_and_the_order_shows_its_story(paid, capsys):
    assert told(capsys, "orders", "check") == {"applied": 1, "parked": 0, "later": 0}
    (listed,) = told(capsys, "orders", "list", "--state", "paid")
    assert (listed["id"], listed["gross_minor"]) == (paid.id, 499)
    sheet = told(capsys, "orders", "show", paid.id)
    assert [fact["kind"] for fact in sheet["facts"]] == ["paid"]
    assert sheet["kept_minor"] == 499


def test_a_part_then_the_rest_is_given_back(paid, capsys):
    told(capsys, "orders", "check")
    assert told(capsys, "refund", paid.id, "--amount", "1.00")["state"] == "partly_refunded"
    sheet = told(capsys, "refund", paid.id)
    assert (sheet["state"], sheet["kept_minor"]) == ("refunded", 0)
    assert told(capsys, "reconcile", "fake_psp")["clean"] is True
    assert run(["refund", paid.id]) == 1
    assert "no payment to give back" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--amount", "9.99"], "only 4.99 USD is left"),
        (["--amount", "0"], "only 4.99 USD is left"),
        (["--amount", "0.001"], "no amount of USD"),
        (["--amount", "much"], "no amount of USD"),
    ],
)
def test_odd_refunds_are_refused_in_a_sentence(paid, capsys, words, sentence):
    told(capsys, "orders", "check")
    assert run(["refund", paid.id, *words]) == 1
    assert sentence in capsys.readouterr().err


def test_reconcile_takes_in_what_was_lost_and_shows_what_differs(home, capsys):
    psp, database = FakePsp.open(home), open_workshop(home).database
    begun = begin_order(database, psp, wish(), title="t", return_url="/", at=now())
    psp.happen(begun.way.provider_ref, "paid", "pay_1", 499, now())  # its event is lost
    stranger = begin_order(database, psp, wish(key="k2"), title="t", return_url="/", at=now())
    database.close()
    assert told(capsys, "reconcile", "fake_psp")["clean"] is True
    psp.book._book.execute("UPDATE page SET order_id = 'gone', ref = 'fpg_gone' WHERE order_id = ?",
                           (stranger.order.id,))  # fmt: skip
    psp.happen("fpg_gone", "paid", "pay_2", 700, now())
    report = told(capsys, "reconcile", "fake_psp", code=1)
    (line,) = [each for each in report["lines"] if each["verdict"] != "matched"]
    assert (line["verdict"], line["name"], line["theirs_minor"]) == ("only_theirs", "fpg_gone", 700)


def test_for_people_there_are_tables(paid, capsys):
    run(["orders", "check"])
    run(["orders", "list"])
    run(["orders", "show", paid.id])
    run(["reconcile", "fake_psp"])
    shown = capsys.readouterr().out
    for words in ("1 done", "4.99 USD", "we hold 4.99 USD", "1 of 1 orders match (100.00%)"):
        assert words in shown


def test_unknown_orders_states_and_providers_are_sentences(home, capsys):
    for words, sentence in (
        (["orders", "show", "nope"], "There is no order nope here"),
        (["orders", "list", "--state", "lost"], "There is no order state lost"),
        (["reconcile", "cowrie"], "no installed package offers it"),
        (["reconcile", "stripe"], "SILKREEL_STRIPE_SECRET_KEY"),
    ):
        assert run(words) == 1
        assert sentence in capsys.readouterr().err


def test_pretend_money_never_buys_coins_of_a_real_brand(home):
    database = open_workshop(home).database
    with pytest.raises(PretendPaymentsOnARealBrand, match="Hippo is a real brand"):
        begin_order(
            database, FakePsp.open(home), wish(brand_id="Hippo", environment="production"),
            title="t", return_url="/", at=now(),
        )  # fmt: skip
    database.close()

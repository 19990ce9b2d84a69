"""The cash ledger: zero in each currency, what providers report, the same bytes each time."""

from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from coins import BRAND, play, unlock
from silkreel.commerce.cash import (
    Cash,
    MonthFacts,
    Moved,
    Owed,
    Payout,
    Return,
    Revenue,
    Sale,
    balances,
    derive,
    to_csv,
)
from silkreel.commerce.cash_reading import NotClosed, cash_ledger
from silkreel.commerce.ledger import apply
from silkreel.commerce.orders import Wish, place
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.recharge import learn
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import close
from silkreel.commerce.statement_steps import approve, issue, mark_paid, standings
from silkreel.commerce.tables import PaymentEventRow
from silkreel.people.actors import Actor
from silkreel.people.brands import HOUSE

OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 5, tzinfo=UTC)
TERMS = """
[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
mg_minor = 40
platform_bp = 5000
shares = [{ payee = "moon", bp = 10000 }]

[[payee]]
id = "moon"
name = "Moon"
residence = "CN"
currency = "CNY"

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 1000
undocumented_bp = 1000

[[rate]]
from = "USD"
to = "CNY"
on = 2026-10-01
rate = "7"
published_by = "a bank"
"""
MINOR = st.integers(-(10**6), 10**6)
MONEY = st.sampled_from(("USD", "JPY"))


FACTS = st.builds(
    MonthFacts, st.just("2026-10"),
    st.lists(st.builds(Moved, st.just("p"), st.just("paid"), MONEY, MINOR, MINOR)),
    st.lists(st.builds(Sale, st.sampled_from(("coin", "vip")), MONEY, MINOR, MINOR, MINOR)),
    st.lists(st.builds(Return, st.sampled_from(("coin", "vip")), MONEY, MINOR, MINOR, MINOR)),
    st.lists(st.builds(Revenue, st.sampled_from(("coin", "ad")), st.just("s"), st.just("US"),
                       MONEY, MINOR, st.just("n"))),
    st.lists(st.builds(Owed, st.just("payable:m"), MONEY, MINOR, MINOR)),
    st.lists(st.builds(Payout, st.just("m"), MONEY, MINOR, MONEY, MINOR)),
)  # fmt: skip


@hypothesis.given(FACTS)
def test_every_entry_and_every_currency_adds_up_to_zero(facts):
    sums = {}
    for each in derive(facts):
        for key in ((each.entry, each.currency), each.currency):
            sums[key] = sums.get(key, 0) + each.minor
    assert set(sums.values()) <= {0}


@pytest.fixture
def do(database):
    def run(verb, *more):
        with database.transaction() as tx:
            return verb(tx, *more)

    return run


def order(tx, key, at=OCTOBER, gross=1000, tax=100, coins=100):
    wish = Wish("ana", BRAND, key, "bundle", "US", "web", coins, 10, "USD", gross, tax, "stripe",
                "production")  # fmt: skip
    return place(tx, wish, at)


def tell(tx, order, kind, name, minor, at=OCTOBER, fee=None):
    fact = PaymentFact(kind, name, minor, "USD", at, fee)
    learn(tx, "stripe", Truth(OrderRef(order.id), "production", (fact,)), at)


def settle(database, month):
    newest = settled_txn(database)
    by = Actor("staff", "mei", "mei", HOUSE, NOVEMBER + timedelta(days=60), frozenset())
    with database.transaction() as tx:
        close(tx, month, TERMS, newest, by)


def accounts(entries):
    return {name: minor for (_, name), minor in balances(entries).items() if minor}


def test_a_purchase_spent_and_refunded_stands_where_an_accountant_would_put_it(database, do):
    first = do(order, "k1")
    do(tell, first, Kind.PAID, "pi1", 1000, OCTOBER, 50)
    do(apply, [unlock("ana", "e1", coins=40), play("ana", "e1")], OCTOBER)
    settle(database, "2026-10")
    with database.reading() as tx:
        october = cash_ledger(tx, "2026-10")
    assert accounts(october) == {
        "psp_receivable:stripe": 950, "tax_payable": -100, "deferred_revenue:coin": -850 + 255,
        "revenue:coin:s1:US": -255, "share_expense": 128, "mg_advance:rose": -40,
        "payable:moon": -80, "withholding_payable": -8,  # ten of the forty coins were a gift
    }  # fmt: skip
    do(tell, first, Kind.REFUNDED, "re1", 500, NOVEMBER)
    settle(database, "2026-11")
    with database.reading() as tx:
        november = cash_ledger(tx, "2026-11")
        again = cash_ledger(tx, "2026-11")
    assert november[: len(october)] == october
    assert to_csv(november) == to_csv(again)
    held = accounts(november)
    assert held["psp_receivable:stripe"] == 450
    assert held["tax_payable"] == -50
    assert held["refund_loss"] == 25  # the provider keeps its fee
    assert "customer_money" not in held


def test_odd_money_is_nobodys_until_it_goes_back(database, do):
    first = do(order, "k1")
    do(tell, first, Kind.PAID, "pi1", 999, OCTOBER, 9)
    settle(database, "2026-10")
    with database.reading() as tx:
        assert accounts(cash_ledger(tx, "2026-10")) == {
            "psp_receivable:stripe": 990, "fees": 9, "customer_money": -999,
        }  # fmt: skip
    do(tell, first, Kind.REFUNDED, "re1", 999, NOVEMBER)
    settle(database, "2026-11")
    with database.reading() as tx:
        assert accounts(cash_ledger(tx, "2026-11")) == {"psp_receivable:stripe": -9, "fees": 9}


def test_the_receivable_is_what_the_provider_reports(database, do):
    """I9: recognised + deferred + refunded is the net of all lots; the rest is the provider's word."""
    for n in range(6):
        mine = do(order, f"k{n}", OCTOBER, 499 + n, n)
        do(tell, mine, Kind.PAID, f"pi{n}", 499 + n, OCTOBER, 15)
        do(apply, [unlock("ana", f"e{n}", coins=33), play("ana", f"e{n}")], OCTOBER)
        if n % 2:
            do(tell, mine, Kind.REFUNDED, f"re{n}", 100 * n, NOVEMBER)
        if n == 4:
            do(tell, mine, Kind.CHARGED_BACK, "dp", 503, NOVEMBER)
    do(tell, mine, Kind.REFUND_REVERSED, "re5", 500, NOVEMBER)
    for month in ("2026-10", "2026-11"):
        settle(database, month)
    with database.reading() as tx:
        entries = cash_ledger(tx, "2026-11")
        rows = tx.scalars(sa.select(PaymentEventRow)).all()
    signs = {"paid": 1, "refunded": -1, "charged_back": -1, "refund_reversed": 1}
    told = sum(signs[row.type] * row.amount_minor - (row.fee_minor or 0) for row in rows)
    held = accounts(entries)
    assert held["psp_receivable:stripe"] == told
    assert sum(held.values()) == 0
    assert "customer_money" not in held


def test_a_payout_leaves_one_currency_and_the_bank_in_another(database, do):
    first = do(order, "k1")
    do(tell, first, Kind.PAID, "pi1", 1000, OCTOBER, 0)
    do(apply, [unlock("ana", "e1", coins=100), play("ana", "e1")], OCTOBER)
    settle(database, "2026-10")
    rights = frozenset({"money.approve", "money.settle"})
    people = {name: Actor("staff", name, name, HOUSE, NOVEMBER, rights) for name in ("lin", "zoe")}
    with database.transaction() as tx:
        (draft,) = standings(tx)
        approve(tx, draft.id, draft.sha256, people["lin"])
        issue(tx, draft.id, people["zoe"])
        mark_paid(tx, draft.id, "T", people["zoe"])
    settle(database, "2026-11")
    with database.reading() as tx:
        held = balances(cash_ledger(tx, "2026-11"))
    assert held["USD", "payable:moon"] == 0
    assert held["CNY", "bank"] == -held["CNY", "fx_clearing"] == 7 * held["USD", "fx_clearing"]


def test_only_closed_months_have_cash(database):
    with database.reading() as tx, pytest.raises(NotClosed):
        cash_ledger(tx, "2026-10")
    assert balances([Cash("m", "e", "a", "USD", 1)]) == {("USD", "a"): 1}

"""Three books side by side: each order in one verdict, and open items close when books agree."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce import ledger, orders, recharge, reconcile
from silkreel.commerce.orders import Wish
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.reconcile import Entry, compare
from silkreel.commerce.requests import Claw
from silkreel.commerce.tables import ReconcileItemRow

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
books = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 3), st.sampled_from(["USD", "JPY"]))
)


def entries(book):
    return [Entry(name, *kept) for name, kept in book.items()]


@given(books, books)
def test_every_order_gets_one_verdict_and_the_right_one(ours, theirs):
    lines = {line.name: line for line in compare(entries(ours), entries(theirs))}
    assert lines.keys() == ours.keys() | theirs.keys()
    for name, line in lines.items():
        wanted = "matched" if ours.get(name) == theirs.get(name) else "amount_differs"
        wanted = "only_theirs" if name not in ours else wanted
        wanted = "only_ours" if name not in theirs else wanted
        assert line.verdict == wanted
        assert line.ours_minor == (ours[name][0] if name in ours else None)
        assert line.theirs_minor == (theirs[name][0] if name in theirs else None)


def paid_order(database, key="k1"):
    wish = Wish(
        viewer_id="v1", brand_id="b1", key=key, sku="coins", market="US", channel="web",
        paid_coins=500, bonus_coins=0, currency="USD", gross_minor=499, tax_minor=0,
        provider="psp", environment="production",
    )  # fmt: skip
    with database.transaction() as tx:
        order = orders.place(tx, wish, NOON)
        truth = told(order.id, fact(Kind.PAID, f"pay-{key}", 499))
        return recharge.learn(tx, "psp", truth, NOON)


def fact(kind, name, amount):
    return PaymentFact(kind, name, amount, "USD", NOON)


def told(order_id, *facts):
    return Truth(OrderRef(order_id, f"ref-{order_id}"), "production", facts)


def report(database, truths, at=NOON):
    with database.transaction() as tx:
        return reconcile.report(tx, "psp", truths, NOON - timedelta(days=1), at)


def items(database):
    with database.reading() as tx:
        rows = tx.scalars(sa.select(ReconcileItemRow).order_by(ReconcileItemRow.id))
        return [(row.kind, row.ours_minor, row.theirs_minor, row.explained_at) for row in rows]


def test_what_differs_stays_open_until_the_books_agree(database):
    order = paid_order(database)
    assert not report(database, []).clean
    assert items(database) == [("only_ours", 499, None, None)]
    partly = told(order.id, fact(Kind.PAID, "pay-k1", 499), fact(Kind.REFUNDED, "re1", 100))
    assert report(database, [partly], NOON + timedelta(days=1)).count("amount_differs") == 1
    tomorrow = NOON + timedelta(days=1)
    assert items(database) == [
        ("only_ours", 499, None, tomorrow), ("amount_differs", 499, 399, None),
    ]  # fmt: skip
    agreed = told(order.id, fact(Kind.PAID, "pay-k1", 499))
    later = NOON + timedelta(days=2)
    assert report(database, [agreed], later).clean
    assert [item[3] for item in items(database)] == [tomorrow, later]


def test_money_of_no_order_is_only_theirs(database):
    found = report(database, [told("gone", fact(Kind.PAID, "pay-9", 700))])
    (line,) = found.lines
    assert (line.verdict, line.name, line.theirs_minor) == ("only_theirs", "ref-gone", 700)
    assert found.matched_share == 0


def test_several_messages_of_one_order_are_one_line(database):
    order = paid_order(database)
    pieces = [told(order.id, fact(Kind.PAID, "pay-k1", 499)), told(order.id)]
    assert report(database, pieces).count("matched") == 1


def test_the_third_book_coins_that_the_money_does_not_explain(database):
    order = paid_order(database)
    claw = Claw(
        viewer_id="v1", brand_id="b1", scope="b1:payments", key="by-hand", order_id=order.id,
        refunded_minor=100, gross_minor=499,
    )  # fmt: skip
    with database.transaction() as tx:
        ledger.apply(tx, [claw], NOON)  # coins went although no money did
    found = report(database, [told(order.id, fact(Kind.PAID, "pay-k1", 499))])
    assert found.count("matched") == 1
    (coins,) = found.coins
    assert (coins.order_id, coins.earned_coins, coins.granted_coins) == (order.id, 500, 400)
    assert not found.clean

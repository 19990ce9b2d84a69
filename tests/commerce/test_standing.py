"""An order's standing does not depend on the order of news, nor on hearing them twice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce.payments import Kind, PaymentFact
from silkreel.commerce.standing import OrderState, stand

GROSS = 499
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def fact(kind, name="pi_1", amount=GROSS):
    return PaymentFact(Kind(kind), name, amount, "USD", NOON)


# Few objects and amounts, so that they meet: the amount is fixed by (object, kind), as the database
# keeps the first one told.
NAMES = ["pi_1", "pi_2", "re_1", "re_2", "dp_1"]
AMOUNTS = {"pi_1": GROSS, "pi_2": 300, "re_1": 100, "re_2": 399, "dp_1": GROSS}
facts = st.lists(
    st.builds(
        lambda kind, name: fact(kind, name, AMOUNTS[name]),
        st.sampled_from(list(Kind)),
        st.sampled_from(NAMES),
    ),
    max_size=9,
)


@given(facts, st.data())
def test_any_order_and_any_duplicates_give_the_same_standing(told, data):
    again = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told or [None])))))
    assert stand(GROSS, [each for each in again if each]) == stand(GROSS, told)


@given(facts)
def test_never_more_is_returned_than_the_price(told):
    standing = stand(GROSS, told)
    assert 0 <= standing.returned_minor <= GROSS
    assert standing.earned or standing.returned_minor == 0


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], "created"),
        ([fact("unknown", "order-1")], "unknown"),
        ([fact("unknown", "order-1"), fact("pending")], "pending"),
        ([fact("pending"), fact("failed")], "failed"),
        ([fact("expired", "cs_1")], "expired"),
        ([fact("expired", "cs_1"), fact("paid")], "paid"),
        ([fact("failed"), fact("paid")], "paid"),
        ([fact("paid", amount=300)], "mismatch"),
        ([fact("paid", amount=500)], "mismatch"),
        ([fact("paid", amount=300), fact("paid", "pi_2", 199)], "mismatch"),
        ([fact("paid"), fact("paid", "pi_2")], "mismatch"),
        ([fact("paid"), fact("paid", "pi_2"), fact("refunded", "re_1")], "paid"),
        ([fact("paid", amount=300), fact("refunded", "re_1", 300)], "refunded"),
        ([fact("paid"), fact("refunded", "re_1", 100)], "partly_refunded"),
        ([fact("paid"), fact("refunded", "re_1", 100), fact("refunded", "re_2", 399)], "refunded"),
        ([fact("paid"), fact("refunded"), fact("refund_reversed")], "paid"),
        ([fact("paid"), fact("disputed", "dp_1")], "disputed"),
        ([fact("paid"), fact("disputed", "dp_1"), fact("dispute_won", "dp_1")], "paid"),
        ([fact("paid"), fact("charged_back", "dp_1")], "charged_back"),
        ([fact("paid"), fact("charged_back", "dp_1"), fact("dispute_won", "dp_1")], "paid"),
    ],
)
def test_the_states_of_the_trade(told, state):
    assert stand(GROSS, told).state == OrderState(state)


def test_only_a_single_payment_of_the_price_earns_the_coins():
    assert stand(GROSS, [fact("paid")]).earned
    assert not stand(GROSS, [fact("paid", amount=300), fact("paid", "pi_2", 199)]).earned


def test_paying_twice_earns_once_and_giving_the_second_back_returns_nothing_of_the_price():
    twice = [fact("paid"), fact("paid", "pi_2")]
    assert stand(GROSS, twice).kept_minor == 2 * GROSS
    settled = stand(GROSS, [*twice, fact("refunded", "re_1")])
    assert (settled.earned, settled.returned_minor) == (True, 0)

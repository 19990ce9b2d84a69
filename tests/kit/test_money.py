from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.kit.money import COIN, Money, OddAmount, UnknownCurrency, exponent, split

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), (COIN, 0)]
)
def test_a_currency_has_the_decimals_of_iso_4217(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize("currency", ["usd", "XXXX", "", "XAU"])
def test_what_is_no_currency_is_refused(currency):
    with pytest.raises(UnknownCurrency):
        Money(1, currency)


def test_money_is_read_and_written_as_people_do():
    assert Money.of("4.99", "USD") == Money(499, "USD")
    assert str(Money(499, "USD")) == "4.99 USD"
    assert str(Money(800, "JPY")) == "800 JPY"
    assert Money(1500, "KWD").decimal == Decimal("1.500")


@pytest.mark.parametrize(("amount", "currency"), [("4.995", "USD"), ("0.5", "JPY"), ("NaN", "USD")])
def test_an_amount_the_currency_cannot_hold_is_refused(amount, currency):
    with pytest.raises(OddAmount):
        Money.of(amount, currency)


@pytest.mark.parametrize("minor", [4.99, True, "5", None])
def test_only_whole_numbers_are_money(minor):
    with pytest.raises(TypeError):
        Money(minor, "USD")


def test_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="not added"):
        Money(1, "USD") + Money(1, "EUR")


@given(AMOUNTS, st.lists(st.integers(min_value=1, max_value=500), min_size=1, max_size=20))
def test_shares_of_a_lot_in_order_add_up_to_its_money(minor, steps):
    money, start, whole = Money(minor, "USD"), 0, sum(steps)
    shares = []
    for step in steps:
        shares.append(money.part_between(start, start + step, whole).minor)
        start += step
    assert sum(shares) == minor


@given(AMOUNTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any))
def test_a_split_adds_up_and_no_part_is_off_by_a_whole_unit(minor, weights):
    parts = split(Money(minor, "BRL"), tuple(weights))
    assert sum(part.minor for part in parts) == minor
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * total - minor * weight) < total

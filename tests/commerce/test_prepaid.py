"""Unused coins in Japan on a day, from ledgers made here, on both databases."""

import csv
import io
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coins import BRAND, buy, gift, refund, undo, unlock
from silkreel.commerce.ledger import apply
from silkreel.commerce.prepaid import (
    DayNotOver,
    _Left,
    _lines,
    last_base_day,
    to_csv,
    unused_balance,
)
from silkreel.commerce.requests import PaidMoney
from silkreel.kit.money import Money

MARCH = date(2026, 3, 31)
MIDNIGHT = datetime(2026, 3, 31, 15, tzinfo=UTC)  # of that day, in Japan
BEFORE, AFTER = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
LATER = datetime(2026, 6, 1, tzinfo=UTC)
_orders = itertools.count(1)


def yen(viewer, coins=500, gross=800, *, order=None, market="JP", brand=BRAND, **more):
    asked = buy(viewer, coins, order=order or f"o{next(_orders)}", **more)
    money = PaidMoney(currency="JPY", gross_minor=gross, fee_minor=0)
    return replace(asked, money=money, market=market, brand_id=brand)


def balance(database, on=MARCH):
    with database.reading() as tx:
        return unused_balance(tx, on, LATER)


def test_what_is_bought_and_not_used_by_midnight_in_japan_counts(database):
    with database.transaction() as tx:
        apply(tx, [yen("ana"), yen("bo", bonus=20)], BEFORE)
        apply(tx, [unlock("ana", "e1", coins=45)], BEFORE)
        apply(tx, [unlock("ana", "e2", coins=45), yen("cy")], AFTER)  # 1 April there
    (line,) = balance(database).lines
    assert (line.brand_id, line.purchases, line.coins, line.bonus_coins) == (BRAND, 2, 955, 20)
    assert line.value == Money(728 + 800, "JPY")
    later = balance(database, date(2026, 4, 1))
    assert later.total == Money(656 + 800 + 800, "JPY")


def test_other_markets_trial_purchases_and_bonus_coins_have_no_value(database):
    trial = replace(yen("bo"), money=replace(yen("bo").money, sandbox=True))
    with database.transaction() as tx:
        apply(tx, [yen("ana", market="US"), trial, replace(gift("cy", 70), market="JP")], BEFORE)
    found = balance(database)
    assert found.total.minor == 0
    assert [(e.purchases, e.bonus_coins) for e in found.lines] == [(0, 70)]


def test_what_goes_back_counts_no_more_and_what_is_undone_counts_again(database):
    with database.transaction() as tx:
        apply(tx, [yen("ana", order="back"), yen("bo")], BEFORE)
        (done,) = apply(tx, [unlock("bo", "e1", coins=45)], BEFORE)
        apply(tx, [undo("bo", done.txn_id)], BEFORE)
        apply(tx, [refund("ana", "back", refunded=800, gross=800)], BEFORE)
    assert balance(database).total == Money(800, "JPY")


def test_above_ten_million_yen_half_is_deposited_within_two_months(database):
    with database.transaction() as tx:
        apply(tx, [yen("ana", 1_000, 10_000_000)], BEFORE)
    found = balance(database)
    assert (found.above, found.deposit.minor) == (False, 0)  # not above: exactly at it
    with database.transaction() as tx:
        apply(tx, [yen("bo", 1, 1)], BEFORE)
    found = balance(database)
    assert (found.above, found.counts, found.deposit) == (True, True, Money(5_000_001, "JPY"))
    assert found.due_by == date(2026, 5, 31)
    assert not balance(database, date(2026, 4, 15)).counts


def test_brands_stand_apart_and_add_up(database):
    with database.transaction() as tx:
        apply(tx, [yen("ana"), yen("ana", brand="day-market"),
                   replace(buy("bo", 500), market="JP")], BEFORE)  # fmt: skip
    found = balance(database)
    assert found.foreign == (Money(500, "USD"),)
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert [(r["brand"], r["currency"], r["unused_minor"]) for r in rows] == [
        ("day-market", "JPY", "800"), (BRAND, "JPY", "800"), (BRAND, "USD", "500"),
        ("*", "JPY", "1600"),
    ]  # fmt: skip


def test_a_day_that_goes_on_has_no_balance_yet(database):
    with database.reading() as tx, pytest.raises(DayNotOver):
        unused_balance(tx, MARCH, BEFORE)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        ((2026, 11, 23), (2026, 9, 30)),
        ((2026, 3, 31), (2025, 9, 30)),
        ((2026, 4, 1), (2026, 3, 31)),
    ],
)
def test_the_last_reference_day_is_one_that_is_over(today, day):
    assert last_base_day(date(*today)) == date(*day)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(0, 99_999))))
def test_the_value_is_never_below_what_would_have_to_be_paid_back(told):
    lots = [_Left("b", True, "JPY", min(coins, granted), granted, gross)
            for granted, coins, gross in told]  # fmt: skip
    exact = sum(lot.gross_minor * lot.coins / lot.granted for lot in lots)
    value = sum(line.value.minor for line in _lines(lots))
    assert exact - 1e-6 <= value < exact + len(lots) + 1e-6

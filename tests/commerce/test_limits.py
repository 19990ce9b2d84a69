"""Limits a viewer sets, a stop, an age: each way to spend is tried against each."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coins import BRAND, NOW, buy, gift, undo, unlock
from silkreel.commerce import belongings, limits, orders
from silkreel.commerce.ad_rules import AdRules, AdsNotAllowed
from silkreel.commerce.ads import Asking, offer
from silkreel.commerce.bounds import (
    DAY,
    MONTH,
    RAISED_AFTER,
    Bounds,
    Limit,
    all_rights,
    rights_in,
)
from silkreel.commerce.ledger import apply
from silkreel.commerce.limits import (
    NotALimit,
    OlderOnlyByStaff,
    ShorterExclusion,
    ShutOut,
    SpendLimitReached,
    TooYoung,
    WalletCeiling,
)
from silkreel.commerce.orders import Wish, place
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.tables import OrderRow, ViewerLimitRow
from silkreel.commerce.till import Till

ANA = ("ana", BRAND)
COINS = st.one_of(st.none(), st.integers(0, 500))


@pytest.fixture
def book(database):
    with database.transaction() as tx:
        return publish_book(tx, default_book("US", BRAND), approved_by=("mei",), now=NOW)


def wish(key="k1", coins=100, *, sku=None, gross=None, book=None, viewer="ana", market="US"):
    return Wish(
        viewer_id=viewer, brand_id=BRAND, key=key, sku=sku or f"bundle:{coins}", market=market,
        channel="web", paid_coins=coins, bonus_coins=0, currency="USD",
        gross_minor=coins if gross is None else gross, tax_minor=0, provider="fake_psp",
        environment="sandbox", book_id=book,
    )  # fmt: skip


def do(database, *requests, at=NOW):
    with database.transaction() as tx:
        return [answer.status for answer in apply(tx, requests, at)]


def limit(database, coins, stretch="day", *, at=NOW, holder=ANA):
    with database.transaction() as tx:
        limits.set_limit(tx, holder, stretch, coins, at)


def test_the_ledger_spends_up_to_a_limit_and_no_coin_further(database):
    do(database, buy("ana", 100))
    limit(database, 25)
    assert do(database, unlock("ana", "e1"), unlock("ana", "e2"), unlock("ana", "e3")) == [
        "ok", "ok", "cap"
    ]  # fmt: skip
    with database.transaction() as tx:
        (answer,) = apply(tx, [unlock("ana", "e3")], NOW)
    assert (answer.status, answer.missing_coins) == ("cap", 5)


def test_the_till_is_held_to_it_too(database):
    do(database, buy("ana", 100))
    limit(database, 25)
    with Till(database, clock=lambda: NOW) as till:
        asked = [till.ring(unlock("ana", f"e{n}")) for n in range(6)]
        done = [answer.result(30).status for answer in asked]
    assert sorted(done) == ["cap"] * 4 + ["ok"] * 2


def test_a_limit_is_of_any_24_hours_and_any_30_days(database):
    do(database, buy("ana", 100))
    limit(database, 10)
    limit(database, 30, "month")
    assert do(database, unlock("ana", "e1")) == ["ok"]
    assert do(database, unlock("ana", "e2"), at=NOW + DAY - timedelta(minutes=1)) == ["cap"]
    for day in (1, 2):
        assert do(database, unlock("ana", f"d{day}"), at=NOW + day * DAY) == ["ok"]
    assert do(database, unlock("ana", "e3"), at=NOW + 4 * DAY) == ["cap"]
    assert do(database, unlock("ana", "e3"), at=NOW + MONTH + DAY) == ["ok"]


def test_what_is_undone_was_not_spent(database):
    do(database, buy("ana", 100))
    limit(database, 10)
    with database.transaction() as tx:
        (done,) = apply(tx, [unlock("ana", "e1")], NOW)
    assert do(database, undo("ana", done.txn_id)) == ["ok"]
    assert do(database, unlock("ana", "e2")) == ["ok"]


def test_what_costs_nothing_opens_whatever_the_limit(database):
    limit(database, 0)
    assert do(database, unlock("ana", "e1", coins=0)) == ["ok"]


def test_less_counts_at_once_and_more_after_a_day(database):
    limit(database, 100)
    limit(database, 40, at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    limit(database, 90, at=later)
    with database.reading() as tx:
        for at, coins in ((later, 40), (later + RAISED_AFTER, 90)):
            assert limits.my_limits(tx, ANA, at).bounds.day.at(at) == coins
    limit(database, 30, at=later)  # less again: the raise that waited is gone
    with database.reading() as tx:
        at = later + RAISED_AFTER
        assert limits.my_limits(tx, ANA, at).bounds.day.at(at) == 30


@given(COINS, st.lists(st.tuples(COINS, st.integers(0, 60)), max_size=12))
def test_no_wishes_raise_a_limit_within_a_day(first, wishes):
    """Whatever is asked, the limit at any moment is one that was asked for a day before, or less."""
    now, asked = NOW, [(NOW - MONTH, first)]
    kept = Limit(first)
    for coins, hours in wishes:
        now += timedelta(hours=hours)
        kept = kept.wish(coins, now)
        asked.append((now, coins))
        highest = max(
            (10**9 if c is None else c) for at, c in asked
            if at <= now - RAISED_AFTER or (at, c) == asked[0]
        )  # fmt: skip
        found = kept.at(now)
        assert (10**9 if found is None else found) <= highest


def test_an_order_is_held_to_the_limit_and_one_that_waits_counts(database, book):
    limit(database, 150)
    with database.transaction() as tx:
        place(tx, wish("one"), NOW)
    with database.transaction() as tx, pytest.raises(SpendLimitReached, match="50 coins more"):
        place(tx, wish("two"), NOW)
    with database.transaction() as tx:
        assert place(tx, wish("one"), NOW).sku == "bundle:100"  # the same order, asked again
        tx.get_one(OrderRow, place(tx, wish("one"), NOW).id).state = "expired"
    with database.transaction() as tx:
        place(tx, wish("two"), NOW)


def test_vip_counts_as_the_coins_its_price_buys(database, book):
    limit(database, 500)
    vip = wish("v", 0, sku="vip:week", gross=999, book=book.id)
    with database.transaction() as tx, pytest.raises(SpendLimitReached):
        place(tx, vip, NOW)
    limit(database, 2_000, at=NOW)
    with database.transaction() as tx:
        place(tx, vip, NOW + RAISED_AFTER)


def test_who_stopped_spends_nothing_by_any_way_and_keeps_what_is_theirs(database, book):
    do(database, buy("ana", 100))
    with database.transaction() as tx:
        (owned,) = apply(tx, [unlock("ana", "e0")], NOW)
        limits.shut_out(tx, ANA, timedelta(days=7), NOW)
    assert do(database, unlock("ana", "e1")) == ["excluded"]
    for each in (wish(), wish("v", 0, sku="vip:week", gross=999, book=book.id)):
        with database.transaction() as tx, pytest.raises(ShutOut):
            place(tx, each, NOW)
    assert do(database, undo("ana", owned.txn_id)) == ["ok"]
    assert do(database, gift("ana", 5), buy("ana", 9)) == ["ok", "ok"]  # paid for before
    assert do(database, unlock("ana", "e1"), at=NOW + timedelta(days=7)) == ["ok"]


def test_a_stop_is_made_longer_and_never_shorter(database):
    with database.transaction() as tx:
        limits.shut_out(tx, ANA, timedelta(days=30), NOW)
        assert limits.shut_out(tx, ANA, timedelta(days=180), NOW) == NOW + timedelta(days=180)
        with pytest.raises(ShorterExclusion):
            limits.shut_out(tx, ANA, timedelta(days=1), NOW)


def test_children_spend_nothing_and_see_no_rewarded_ads(database, book):
    do(database, buy("ana", 100))
    with database.transaction() as tx:
        assert limits.state_age(tx, ANA, 12, "US", NOW) == "child"
    assert do(database, unlock("ana", "e1")) == ["age"]
    for each in (wish(), wish("v", 0, sku="vip:week", gross=999, book=book.id)):
        with database.transaction() as tx, pytest.raises(TooYoung):
            place(tx, each, NOW)
    asking = Asking("ana", BRAND, "d", "a", "wall", "s1", "e1", "house", "UTC", allowed=True,
                    filled=True)  # fmt: skip
    with database.transaction() as tx, pytest.raises(AdsNotAllowed):
        offer(tx, asking, AdRules(), NOW)


def test_teens_spend_what_their_market_lets_them(database, book):
    most = rights_in("BR", NOW).teen_month_coins
    do(database, buy("ana", 5_000))
    with database.transaction() as tx:
        assert limits.state_age(tx, ANA, 15, "BR", NOW) == "teen"
    assert do(database, replace(unlock("ana", "e1", coins=most), market="BR")) == ["ok"]
    assert do(database, replace(unlock("ana", "e2", coins=1), market="BR")) == ["age"]
    with database.transaction() as tx, pytest.raises(TooYoung):
        place(tx, wish("k", most + 1, market="BR"), NOW)


def test_an_age_goes_down_by_the_viewer_and_up_by_staff(database):
    with database.transaction() as tx:
        limits.state_age(tx, ANA, 15, "US", NOW)
        assert limits.state_age(tx, ANA, 12, "US", NOW) == "child"
        with pytest.raises(OlderOnlyByStaff):
            limits.state_age(tx, ANA, 30, "US", NOW)
        assert limits.set_age(tx, ANA, "adult", NOW, actor="staff:mei") == "child"
        assert limits.age_of(tx, ANA) == "adult"


def test_a_wallet_is_filled_to_its_ceiling_waiting_orders_included(database, book):
    ceiling = rights_in("JP", NOW).ceiling_coins
    do(database, buy("ana", ceiling - 300))
    with database.transaction() as tx:
        place(tx, wish("one", 200, market="JP"), NOW)
    with database.transaction() as tx, pytest.raises(WalletCeiling, match="at most 100 coins"):
        place(tx, wish("two", 101, market="JP"), NOW)
    with database.transaction() as tx:
        place(tx, wish("two", 100, market="JP"), NOW)
        place(tx, wish("vip", 0, sku="vip:week", gross=999, book=book.id, market="JP"), NOW)


def test_of_two_orders_at_once_one_passes_the_limit(database, book):
    limit(database, 100)
    together = Barrier(2)

    def order(key):
        together.wait()
        try:
            with database.transaction() as tx:
                place(tx, wish(key), NOW)
        except SpendLimitReached:
            return "refused"
        return "placed"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(order, ("one", "two"))) == ["placed", "refused"]


def test_a_limit_is_a_number_of_coins(database):
    for coins in (-1, 10**12):
        with database.transaction() as tx, pytest.raises(NotALimit):
            limits.set_limit(tx, ANA, "day", coins, NOW)


def test_of_a_guest_and_an_account_the_stricter_limits_stay(database):
    guest = ("gus", BRAND)
    limit(database, 50)
    limit(database, 80, at=NOW)  # waits
    limit(database, 20, holder=guest)
    limit(database, 900, "month", holder=guest)
    with database.transaction() as tx:
        limits.shut_out(tx, guest, timedelta(days=9), NOW)
        limits.state_age(tx, guest, 15, "US", NOW)
        limits.state_age(tx, ANA, 40, "US", NOW)
        limits.merge_limits(tx, "gus", ANA, NOW)
    with database.reading() as tx:
        bounds = limits.my_limits(tx, ANA, NOW + RAISED_AFTER).bounds
        assert tx.get(ViewerLimitRow, guest) is None
    assert (bounds.day.at(NOW + RAISED_AFTER), bounds.month.at(NOW)) == (20, 900)
    assert (bounds.excluded_until, bounds.age) == (NOW + timedelta(days=9), "teen")


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), COINS, COINS)
def test_a_stop_is_exact_to_the_coin(day, month, coins, day_limit, month_limit):
    rights = rights_in("001", NOW)
    bounds = Bounds(Limit(day_limit), Limit(month_limit), day_coins=day, month_coins=month)
    stop = bounds.stop(coins, rights, NOW)
    over = [
        used + coins - cap for used, cap in ((day, day_limit), (month, month_limit))
        if cap is not None
    ]  # fmt: skip
    assert (stop.beyond_coins if stop else 0) == max([0, *over])


def test_every_market_has_rights_and_no_line_is_said_twice():
    names = [(line.market, line.in_force) for line in all_rights()]
    assert len(set(names)) == len(names)
    assert rights_in("ZZ", NOW).market == "001"
    assert rights_in("JP", NOW).market == "JP"
    for line in all_rights():
        assert 0 < line.spends_from < line.adult_from
        assert line.withdraw_days >= 7
        assert 0 < line.teen_month_coins < line.ceiling_coins


def test_every_table_that_names_a_viewer_is_exported_and_parted_from():
    """A table that somebody adds tomorrow has to say what becomes of it."""
    named = {
        mapper.class_ for mapper in orders.OrderRow.registry.mappers
        if {"viewer_id", "viewer_key"} & set(mapper.class_.__table__.columns.keys())
        and mapper.class_.__module__.startswith("silkreel.commerce")
    }  # fmt: skip
    told = {*belongings.PARTED, *belongings.DROPPED, *belongings.UNCHANGED}
    assert named == told

"""A guest and an account become one, while money moves: the union, and nothing paid twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from coins import BRAND, NOW, buy, faults, gift, merge, play, refund, undo, unlock
from silkreel.commerce import vip
from silkreel.commerce.history import wallet_history
from silkreel.commerce.ledger import apply
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.quotes import Viewing, seen_price, show_price
from silkreel.commerce.recharge import learn
from silkreel.commerce.tables import AdDayRow, EntitlementRow, OrderRow, WalletRow
from silkreel.commerce.till import Till
from silkreel.commerce.vip_record import load
from silkreel.commerce.vip_screen import Shown, agree, draw
from silkreel.flows.join_viewers import Arriving, arrive, join
from silkreel.flows.viewer_rights import stop_spending
from silkreel.people.brands import HOUSE
from silkreel.people.tables import BrandRow
from silkreel.people.viewer_codes import new_code
from silkreel.people.viewers import Identity, make_account, new_guest

KEY = b"k" * 32
EPISODES = [f"e{n}" for n in range(6)]
SOME = st.lists(st.sampled_from(EPISODES), unique=True, max_size=4)


@pytest.fixture
def pair(database):
    """An account and a guest of the brand."""
    with database.transaction() as tx:
        tx.add(BrandRow(id=BRAND, name="N", domains=[], second_factor="money", made_at=NOW))
        tx.flush()
    return new_pair(database)


def new_pair(database):
    with database.transaction() as tx:
        account, guest = new_guest(tx, BRAND, NOW), new_guest(tx, BRAND, NOW)
        make_account(tx, account, Identity(BRAND, "mail", f"{account}@example.org"), NOW)
    return account, guest


def do(database, *requests, at=NOW):
    with database.transaction() as tx:
        return apply(tx, requests, at)


def join_now(database, account, guest):
    with database.transaction() as tx:
        join(tx, guest, account, BRAND, NOW)


def wallets(database):
    with database.reading() as tx:
        return {row.viewer_id: (row.paid, row.bonus, row.debt) for row in tx.query(WalletRow)}


def owned(database, viewer):
    with database.reading() as tx:
        live = sa.select(EntitlementRow.ref).where(
            EntitlementRow.viewer_id == viewer, EntitlementRow.revoked_at.is_(None)
        )
        return sorted(tx.scalars(live))


def test_what_both_hold_is_one(database, pair):
    account, guest = pair
    do(database, buy(account, 100), buy(guest, 50), gift(guest, 7))
    do(database, unlock(account, "e1"), unlock(guest, "e2"))
    join_now(database, account, guest)
    assert wallets(database) == {account: (137, 0, 0), guest: (0, 0, 0)}
    assert owned(database, account) == ["e1", "e2"]
    assert faults(database) == {}


def test_an_episode_both_bought_is_paid_once(database, pair):
    account, guest = pair
    do(database, buy(account, 100), buy(guest, 100))
    do(database, unlock(account, "e1"), unlock(guest, "e1", "e2"))
    join_now(database, account, guest)
    assert wallets(database)[account] == (170, 10, 0)
    assert owned(database, account) == ["e1", "e2"]


def test_the_watched_one_of_two_stays_and_no_undo_pays_it_again(database, pair):
    account, guest = pair
    do(database, buy(account, 100), buy(guest, 100))
    (mine, theirs) = do(database, unlock(account, "e1"), unlock(guest, "e1"))
    do(database, play(guest, "e1"))
    join_now(database, account, guest)
    for txn in (mine.txn_id, theirs.txn_id):
        (answer,) = do(database, undo(account, txn))
        assert answer.status == "watched"
    assert wallets(database)[account] == (180, 10, 0)


def test_a_guests_unlock_is_undone_by_the_account(database, pair):
    account, guest = pair
    do(database, buy(guest, 100))
    (bought,) = do(database, unlock(guest, "e1"))
    join_now(database, account, guest)
    (answer,) = do(database, undo(account, bought.txn_id))
    assert (answer.status, wallets(database)[account]) == ("ok", (100, 0, 0))
    assert faults(database) == {}


def test_a_refund_of_a_guests_order_finds_the_account(database, pair):
    account, guest = pair
    do(database, buy(guest, 100, order="o1"))
    do(database, unlock(guest, "e1"), play(guest, "e1"))
    join_now(database, account, guest)
    (answer,) = do(database, refund(guest, "o1"))  # the provider knows the guest only
    assert (answer.status, answer.debt_coins) == ("ok", 10)
    assert wallets(database)[account] == (0, 0, 10)
    assert faults(database) == {}


def test_a_debt_is_settled_by_the_coins_that_join_it(database, pair):
    account, guest = pair
    do(database, buy(guest, 100, order="o1"), unlock(guest, "e1"), play(guest, "e1"))
    do(database, refund(guest, "o1"))
    do(database, buy(account, 30))
    join_now(database, account, guest)
    assert wallets(database)[account] == (20, 0, 0)
    assert faults(database) == {}


def test_money_that_comes_late_for_the_guest_is_the_accounts(database, pair):
    account, guest = pair
    join_now(database, account, guest)
    do(database, buy(guest, 40), gift(guest, 5))
    assert wallets(database)[account] == (40, 5, 0)


def test_quotes_orders_and_days_of_ads_come_along(database, pair):
    account, guest = pair
    with database.transaction() as tx:
        book = publish_book(tx, default_book("US", BRAND), approved_by=("mei",), now=NOW)
        show_price(tx, Viewing(guest, BRAND, "s1", "US", "web"), 80, NOW)
        for viewer, granted in ((account, 2), (guest, 3)):
            tx.add(AdDayRow(viewer_id=viewer, brand_id=BRAND, viewer_day=NOW.date(),
                            granted=granted))  # fmt: skip
        tx.add(OrderRow(
            id="o1", viewer_id=guest, brand_id=BRAND, key="k", sku="bundle:500", book_id=book.id,
            market="US", channel="web", paid_coins=500, currency="USD", gross_minor=499,
            provider="fake_psp", made_at=NOW,
        ))  # fmt: skip
    join_now(database, account, guest)
    with database.reading() as tx:
        assert seen_price(tx, Viewing(account, BRAND, "s1", "US", "web"), 80, NOW) is not None
        assert [row.granted for row in tx.query(AdDayRow)] == [5]
        assert tx.query(OrderRow).one().viewer_id == account


def join_vip(database, book, viewer, key):
    """A month of VIP, paid."""
    with database.transaction() as tx:
        screen = draw(book, "month", renews=True, not_covered=(), texts=("29.99 USD a month",))
        yes = agree(tx, screen, Shown(viewer, BRAND, "en", "1"), NOW)
        joining = vip.Joining(viewer, BRAND, yes.consent_id, key, "stripe", "production")
        vip_id, order = vip.join(tx, joining, book, NOW)
        paid = PaymentFact(Kind.PAID, f"pi_{order.id}", order.gross_minor, "USD", NOW, 0)
        learn(tx, "stripe", Truth(OrderRef(order.id), "production", (paid,)), NOW)
    return vip_id


@pytest.mark.parametrize("played", [False, True])
def test_of_two_vips_the_guests_days_go_back_in_money(database, pair, played):
    account, guest = pair
    later = NOW + timedelta(days=10)
    with database.transaction() as tx:
        book = publish_book(tx, default_book("US", BRAND), approved_by=("mei",), now=NOW)
    mine, theirs = join_vip(database, book, account, "k1"), join_vip(database, book, guest, "k2")
    with database.transaction() as tx:
        if played:
            vip.mark_played(tx, guest, BRAND, NOW)
        join(tx, guest, account, BRAND, later)
    with database.transaction() as tx:
        assert vip.running(tx, account, BRAND, later) == [mine]
        (due,) = vip.refunds_due(tx, theirs)
        assert (due.owed.money.minor < 2999) is played


def test_who_stops_is_charged_for_no_vip_any_more(database, pair):
    account, _ = pair
    with database.transaction() as tx:
        book = publish_book(tx, default_book("US", BRAND), approved_by=("mei",), now=NOW)
    vip_id = join_vip(database, book, account, "k1")
    with database.transaction() as tx:
        stop_spending(tx, (account, BRAND), timedelta(days=7), NOW)
        assert load(tx, vip_id).vip.state(NOW) == "cancelled"


def test_the_history_of_both_is_one(database, pair):
    account, guest = pair
    do(database, buy(account, 100), buy(guest, 50))
    do(database, unlock(guest, "e2"))
    join_now(database, account, guest)
    with database.reading() as tx:
        page = wallet_history(tx, account, BRAND, before=None, limit=50)
    moved = [(entry.reason, entry.paid_coins) for entry in page.entries]
    assert moved == [("merge", 0), ("unlock", -10), ("grant", 50), ("grant", 100)]


def test_a_merge_is_done_once(database, pair):
    account, guest = pair
    do(database, buy(guest, 100))
    join_now(database, account, guest)
    (again,) = do(database, merge(guest, account))
    assert again.status == "replay"
    assert wallets(database)[account] == (100, 0, 0)


@budget(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=SOME, theirs=SOME, late=SOME, watched=st.booleans())
def test_no_order_of_spends_and_merge_loses_a_coin_or_charges_twice(
    database, brand, mine, theirs, late, watched
):
    """Both spend while they become one: every coin bought is spent once, left, or given back."""
    account, guest = new_pair(database)
    do(database, buy(account, 100), buy(guest, 100))
    for viewer, refs in ((account, mine), (guest, theirs)):
        if refs:
            do(database, unlock(viewer, *refs))
    if watched and theirs:
        do(database, play(guest, theirs[0]))
    together = Barrier(2)

    def spend():
        with Till(database, clock=lambda: NOW) as till:
            together.wait()
            asked = [till.ring(unlock(v, ref)) for ref in late for v in (account, guest)]
            return [answer.result(60).status for answer in asked]

    def merging():
        together.wait()
        join_now(database, account, guest)

    with ThreadPoolExecutor(2) as threads:
        done, joined = threads.submit(spend), threads.submit(merging)
        statuses = done.result(120)
        joined.result(120)
    assert set(statuses) <= {"ok", "owned", "insufficient"}
    wanted = sorted({*mine, *theirs, *late})
    assert owned(database, account) == wanted
    paid, bonus, debt = wallets(database)[account]
    assert (paid + bonus, debt) == (200 - 10 * len(wanted), 0)
    assert wallets(database)[guest] == (0, 0, 0)
    assert faults(database) == {}


@pytest.fixture
def brand(database):
    with database.transaction() as tx:
        tx.add(BrandRow(id=BRAND, name="N", domains=[], second_factor="money", made_at=NOW))


def test_a_code_signs_in_once_and_its_guest_joins(database):
    with database.transaction() as tx:
        first, second = new_guest(tx, HOUSE, NOW), new_guest(tx, HOUSE, NOW)
    seen = []
    for guest in (first, second):
        with database.transaction() as tx:
            code = new_code(tx, KEY, HOUSE, "mei@example.org", "host", NOW)
        arriving = Arriving(HOUSE, "mei@example.org", code, guest, "Chrome/1 Android")
        seen.append(arrive(database, KEY, arriving, NOW).viewer_id)
        again = arrive(database, KEY, replace(arriving, viewer_id=None), NOW)
        assert type(again).__name__ == "CodeMismatch"
    assert seen == [first, first]


def test_a_code_ends_after_ten_minutes(database):
    with database.transaction() as tx:
        code = new_code(tx, KEY, HOUSE, "mei@example.org", "host", NOW)
    late = Arriving(HOUSE, "mei@example.org", code, None, "")
    found = arrive(database, KEY, late, NOW + timedelta(minutes=10))
    assert type(found).__name__ == "CodeMismatch"

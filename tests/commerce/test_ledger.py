from datetime import timedelta

import pytest

from coins import (
    BRAND,
    NOW,
    buy,
    faults,
    gift,
    play,
    refund,
    reverse_refund,
    undo,
    unlock,
)
from silkreel.commerce.ledger import apply
from silkreel.commerce.requests import Adjust, Expire
from silkreel.commerce.tables import LotRow, WalletRow


@pytest.fixture
def do(database):
    """Apply requests in one transaction; the ledger is sound after each."""

    def apply_them(*requests, at=NOW):
        with database.transaction() as tx:
            answers = apply(tx, requests, at)
        assert faults(database) == {}
        return answers if len(answers) > 1 else answers[0]

    return apply_them


@pytest.fixture
def wallet(database):
    def read(viewer="ana"):
        with database.reading() as tx:
            row = tx.query(WalletRow).filter_by(viewer_id=viewer, brand_id=BRAND).one()
            return row.paid, row.bonus, row.debt

    return read


def test_bought_coins_open_episodes(do, wallet):
    do(buy("ana", 100))
    answer = do(unlock("ana", "e1", "e2"))
    assert (answer.status, answer.paid_coins, answer.refs) == ("ok", -20, ("e1", "e2"))
    assert wallet() == (80, 0, 0)


def test_the_same_unlock_charges_once(do, wallet):
    do(buy("ana", 100))
    first = do(unlock("ana", "e1", key="one"))
    again, in_batch = do(unlock("ana", "e1", key="one"), unlock("ana", "e1", key="one"))
    assert first.status == "ok"
    assert {again.status, in_batch.status} == {"replay"}
    assert {again.txn_id, in_batch.txn_id} == {first.txn_id}
    assert (again.paid_coins, again.refs) == (first.paid_coins, first.refs)
    assert wallet() == (90, 0, 0)


def test_a_key_is_not_used_for_something_else(do, wallet):
    do(buy("ana", 100), unlock("ana", "e1", key="one"))
    assert do(unlock("ana", "e2", key="one")).status == "key_reuse"
    assert wallet() == (90, 0, 0)


def test_a_price_that_fell_meanwhile_is_still_the_same_request(do):
    do(buy("ana", 100), unlock("ana", "e1", key="one", coins=10))
    assert do(unlock("ana", "e1", key="one", coins=8)).status == "replay"


def test_nobody_pays_twice_for_an_episode(do, wallet):
    do(buy("ana", 100), unlock("ana", "e1"))
    assert do(unlock("ana", "e1")).status == "owned"
    assert do(unlock("ana", "e1", "e2")).paid_coins == -10
    assert wallet() == (80, 0, 0)


def test_too_few_coins_change_nothing_and_use_no_key(do, wallet):
    do(buy("ana", 15))
    answer = do(unlock("ana", "e1", "e2", key="one"))
    assert (answer.status, answer.missing_coins) == ("insufficient", 5)
    do(buy("ana", 5))
    assert do(unlock("ana", "e1", "e2", key="one")).status == "ok"
    assert wallet() == (0, 0, 0)


def test_somebody_without_a_wallet_has_no_coins(do):
    assert do(unlock("nobody", "e1")).missing_coins == 10


def test_a_viewer_never_pays_more_than_was_shown(do, wallet):
    do(buy("ana", 100))
    assert do(unlock("ana", "e1", coins=12, expected=10)).status == "price_changed"
    assert do(unlock("ana", "e1", coins=8, expected=10)).paid_coins == -8
    assert wallet() == (92, 0, 0)


def test_spending_on_a_series_stops_at_its_cap(do, wallet):
    do(buy("ana", 100))
    do(unlock("ana", "e1", "e2", cap=25))
    assert do(unlock("ana", "e3", cap=25)).paid_coins == -5
    free = do(unlock("ana", "e4", cap=25))
    assert (free.status, free.paid_coins) == ("ok", 0)
    assert do(unlock("ana", "x1", series="s2", cap=25)).paid_coins == -10
    assert wallet() == (65, 0, 0)


def test_what_expires_first_is_spent_first_and_bought_coins_last(do, wallet, database):
    do(buy("ana", 10), gift("ana", 10, life=timedelta(days=9)), gift("ana", 10))
    do(unlock("ana", "e1", coins=15))
    with database.reading() as tx:
        left = [row.remaining for row in tx.query(LotRow).order_by(LotRow.id)]
    assert left == [10, 0, 5]
    assert wallet() == (10, 5, 0)


def test_bonus_coins_end_and_bought_ones_do_not(do, wallet):
    do(buy("ana", 10), gift("ana", 10))
    later = NOW + timedelta(days=30)
    assert do(unlock("ana", "e1", coins=15), at=later).missing_coins == 5
    assert wallet() == (10, 0, 0)


def test_the_expiry_of_a_lot_is_written_once(do, wallet):
    do(gift("ana", 10))
    sweep = Expire(viewer_id="ana", brand_id=BRAND)
    do(sweep, sweep, at=NOW + timedelta(days=31))
    do(sweep, at=NOW + timedelta(days=32))
    assert wallet() == (0, 0, 0)


def test_an_unwatched_unlock_can_be_undone(do, wallet):
    do(buy("ana", 15), gift("ana", 5))
    spent = do(unlock("ana", "e1"))
    assert wallet() == (10, 0, 0)
    answer = do(undo("ana", spent.txn_id, key="u"))
    assert (answer.paid_coins, answer.bonus_coins, answer.refs) == (5, 5, ("e1",))
    assert wallet() == (15, 5, 0)
    assert do(undo("ana", spent.txn_id, key="u")).status == "replay"
    assert do(undo("ana", spent.txn_id)).status == "owned"
    assert do(unlock("ana", "e1")).status == "ok"


def test_a_watched_unlock_stays(do):
    do(buy("ana", 100))
    spent = do(unlock("ana", "e1", "e2"))
    opened, again = do(play("ana", "e2"), play("ana", "e2"))
    assert (opened.status, again.status) == ("ok", "owned")
    assert do(undo("ana", spent.txn_id)).status == "watched"


def test_opening_and_undoing_in_one_batch_cannot_cross(do):
    do(buy("ana", 100))
    first, second = do(unlock("ana", "e1"), unlock("ana", "e2"))
    opened, refused = do(play("ana", "e1"), undo("ana", first.txn_id))
    undone, closed = do(undo("ana", second.txn_id), play("ana", "e2"))
    assert (opened.status, refused.status) == ("ok", "watched")
    assert (undone.status, closed.status) == ("ok", "not_locked")


def test_after_two_weeks_nothing_is_undone(do):
    do(buy("ana", 100))
    spent = do(unlock("ana", "e1"))
    late = NOW + timedelta(days=14, seconds=1)
    assert do(undo("ana", spent.txn_id), at=late).status == "too_late"


def test_three_undos_a_month_and_then_support(do):
    do(buy("ana", 100))
    spent = [do(unlock("ana", f"e{n}")).txn_id for n in range(4)]
    assert [do(undo("ana", txn)).status for txn in spent[:3]] == ["ok"] * 3
    assert do(undo("ana", spent[3])).status == "too_many"
    assert do(undo("ana", spent[3], actor="staff:mei")).status == "ok"


def test_nobody_undoes_anothers_unlock(do):
    do(buy("ana", 100), buy("bo", 100))
    spent = do(unlock("ana", "e1"))
    assert do(undo("bo", spent.txn_id)).status == "unknown"


def test_bonus_that_expired_meanwhile_comes_back_for_three_days(do, wallet):
    do(gift("ana", 10, life=timedelta(days=2)))
    spent = do(unlock("ana", "e1"))
    later = NOW + timedelta(days=3)
    do(undo("ana", spent.txn_id), at=later)
    assert wallet() == (0, 10, 0)
    do(Expire(viewer_id="ana", brand_id=BRAND), at=later + timedelta(hours=72))
    assert wallet() == (0, 0, 0)


def test_a_refund_undoes_what_was_not_watched_and_takes_the_rest(do, wallet):
    do(buy("ana", 100, bonus=20, order="o1"), unlock("ana", "e1", coins=70))
    answer = do(refund("ana", "o1"))
    assert (answer.paid_coins, answer.bonus_coins, answer.debt_coins) == (-100, -20, 0)
    assert wallet() == (0, 0, 0)
    assert do(refund("ana", "o1")).status == "owned"


def test_watched_coins_of_a_refund_become_debt_and_a_top_up_settles_it(do, wallet):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=70), play("ana", "e1"))
    do(refund("ana", "o1"))
    assert wallet() == (0, 0, 70)
    do(gift("ana", 50))
    assert do(unlock("ana", "e2")).status == "debt"
    assert do(buy("ana", 100, order="o2")).paid_coins == 30
    assert wallet() == (30, 50, 0)


def test_partial_refunds_take_their_share_and_the_last_takes_all(do, wallet):
    do(buy("ana", 100, order="o1", gross=999))
    do(refund("ana", "o1", 333, 999))
    assert wallet() == (67, 0, 0)
    do(refund("ana", "o1", 500, 999))
    assert wallet() == (50, 0, 0)
    do(refund("ana", "o1", 999, 999), refund("ana", "o1", 333, 999))
    assert wallet() == (0, 0, 0)


@pytest.mark.parametrize(
    ("set_off", "left"), [("all", (10, 30, 0)), ("bonus", (100, 0, 60)), ("none", (100, 30, 90))]
)
def test_other_coins_are_set_off_as_the_market_says(do, wallet, set_off, left):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=90), play("ana", "e1"))
    do(buy("ana", 100, order="o2"), gift("ana", 30))
    do(refund("ana", "o1", set_off=set_off))
    assert wallet() == left


def test_keeping_and_revoking_what_was_watched(do, wallet):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1"), unlock("ana", "e2"), play("ana", "e1"))
    do(refund("ana", "o1", on_refund="keep"))
    assert wallet() == (0, 0, 20)
    do(buy("bo", 100, order="o2"), unlock("bo", "e1"), unlock("bo", "e2"), play("bo", "e1"))
    do(refund("bo", "o2", on_refund="revoke"))
    assert wallet("bo") == (0, 0, 10)
    assert do(play("bo", "e1")).status == "not_locked"
    do(reverse_refund("bo", "o2"))
    assert wallet("bo") == (90, 0, 0)
    assert do(play("bo", "e1")).status == "owned"


def test_a_reversed_refund_mirrors_the_claw_back_once(do, wallet):
    do(buy("ana", 100, bonus=20, order="o1"), unlock("ana", "e1", coins=70), play("ana", "e1"))
    before = wallet()
    do(refund("ana", "o1"))
    do(reverse_refund("ana", "o1", key="r"), reverse_refund("ana", "o1", key="r"))
    assert do(reverse_refund("ana", "o1")).status == "owned"
    assert wallet() == before


def test_one_of_several_refunds_reversed_leaves_what_the_others_alone_would_have(do, wallet):
    do(buy("ana", 100, bonus=20, order="o1"))
    do(refund("ana", "o1", refunded=20), refund("ana", "o1", refunded=70))
    assert wallet() == (30, 6, 0)
    do(reverse_refund("ana", "o1", refunded=50))
    assert wallet() == (50, 10, 0)


def test_what_was_set_off_comes_back_last_taken_first(do, wallet):
    do(buy("ana", 100, bonus=20, order="o1"), gift("ana", 15))
    do(unlock("ana", "e1", coins=60), play("ana", "e1"))
    before = wallet()  # the bonus is spent first
    assert before == (75, 0, 0)
    do(gift("ana", 10))
    do(refund("ana", "o1", refunded=80), refund("ana", "o1", refunded=90))
    assert wallet() == (0, 0, 5)
    do(reverse_refund("ana", "o1", refunded=80))
    assert wallet() == (0, 5, 0)
    do(reverse_refund("ana", "o1", refunded=0))
    assert wallet() == (75, 10, 0)


def test_coins_that_settled_a_debt_come_back_when_it_was_none(do, wallet):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=100), play("ana", "e1"))
    do(refund("ana", "o1"))
    do(buy("ana", 40, order="o2"), buy("ana", 40, order="o3"))
    assert wallet() == (0, 0, 20)
    do(reverse_refund("ana", "o1"))
    assert wallet() == (80, 0, 0)


def test_forgiven_debt_is_not_paid_out_when_a_refund_is_reversed(do, wallet):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=100), play("ana", "e1"))
    do(refund("ana", "o1"))
    mend = Adjust(viewer_id="ana", brand_id=BRAND, scope="staff", key="m", actor="staff:mei",
                  note="double refund", forgive_coins=60)  # fmt: skip
    do(mend)
    do(buy("ana", 50, order="o2"))
    assert wallet() == (10, 0, 0)
    do(reverse_refund("ana", "o1"))
    assert wallet() == (50, 0, 0)


def test_a_refund_of_an_order_we_do_not_know_changes_nothing(do, wallet):
    do(buy("ana", 100))
    assert do(refund("ana", "elsewhere")).status == "unknown"
    assert wallet() == (100, 0, 0)


def test_a_refund_sees_what_its_own_batch_bought_and_spent(do, wallet):
    do(
        buy("ana", 100, order="o1"), unlock("ana", "e1"), unlock("ana", "e2"), play("ana", "e2"),
        refund("ana", "o1"),
    )  # fmt: skip
    assert wallet() == (0, 0, 10)


def test_staff_cannot_take_more_than_is_there(do, wallet):
    do(gift("ana", 10))
    mend = {"viewer_id": "ana", "brand_id": BRAND, "scope": "staff", "actor": "staff:mei"}
    assert do(Adjust(**mend, key="a", note="farmed", bonus_coins=-11)).status == "short"
    assert do(Adjust(**mend, key="b", note="farmed", bonus_coins=-4)).status == "ok"
    assert do(Adjust(**mend, key="c", note="sorry", bonus_coins=5)).status == "ok"
    assert wallet() == (0, 11, 0)

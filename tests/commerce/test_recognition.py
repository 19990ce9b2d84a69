import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from coins import NOW, buy, gift, play, refund, reverse_refund, undo, unlock
from paper_ledger import history
from silkreel.commerce import ledger, recognition
from silkreel.commerce.facts import Use
from silkreel.commerce.recognition import Event, Mark, PaidLot, recognise
from silkreel.commerce.recognition_reading import read_events, read_paid_lots
from silkreel.commerce.tables import LotRow, TxnRow

FAR = NOW + timedelta(days=3650)


@pytest.fixture
def do(database):
    def apply_them(*requests, at=NOW):
        with database.transaction() as tx:
            answers = ledger.apply(tx, requests, at)
        return answers if len(answers) > 1 else answers[0]

    return apply_them


@pytest.fixture
def earned(database):
    """Recognition up to now, or at ends of periods that were marked before."""

    def read(*marks):
        with database.reading() as tx:
            last = tx.scalar(sa.select(sa.func.max(TxnRow.id))) or 0
            marks = marks or (Mark("2026-03", last, NOW),)
            return recognise(read_paid_lots(tx, last), read_events(tx, last), marks)

    return read


@pytest.fixture
def mark(database):
    """The end of a period at this moment."""

    def end(period, at=NOW):
        with database.reading() as tx:
            return Mark(period, tx.scalar(sa.select(sa.func.max(TxnRow.id))) or 0, at)

    return end


def minor(found, period=None):
    return sum(e.minor for e in found.earned if period in (None, e.period))


def test_coins_are_revenue_when_their_episode_is_played_and_not_before(do, earned):
    do(buy("ana", 100, gross=999))
    do(unlock("ana", "e1", coins=30))
    assert earned().earned == ()
    do(play("ana", "e1"))
    (piece,) = earned().earned
    assert (piece.coins, piece.minor, piece.series_id, piece.market) == (30, 299, "s1", "US")
    (balance,) = earned().balances
    assert (balance.recognised_minor, balance.deferred_minor) == (299, 700)


def test_the_providers_fee_is_no_revenue(do, earned):
    do(buy("ana", 100, gross=1000, fee=300), unlock("ana", "e1", coins=100), play("ana", "e1"))
    assert minor(earned()) == 700


def test_bonus_coins_earn_nothing(do, earned):
    do(gift("ana", 50), unlock("ana", "e1", coins=50), play("ana", "e1"))
    assert earned().earned == ()


def test_an_unlock_nobody_played_is_earned_when_it_can_no_longer_be_undone(do, earned, mark):
    do(buy("ana", 100), unlock("ana", "e1", coins=40))
    early = mark("2026-03", NOW + timedelta(days=14) - timedelta(seconds=1))
    late = mark("2026-04", NOW + timedelta(days=14))
    assert minor(earned(early)) == 0
    assert minor(earned(early, late), "2026-04") == 40


def test_an_undone_unlock_never_touches_revenue(do, earned):
    do(buy("ana", 100))
    answer = do(unlock("ana", "e1", coins=40))
    do(undo("ana", answer.txn_id))
    do(unlock("ana", "e2", coins=10), play("ana", "e2"))
    assert [(e.series_id, e.coins) for e in earned().earned] == [("s1", 10)]


def test_a_refund_of_unused_coins_is_no_revenue_and_no_deferred_money(do, earned):
    do(buy("ana", 100, order="o1", gross=1000))
    do(unlock("ana", "e1", coins=30), play("ana", "e1"))
    do(refund("ana", "o1", refunded=500, gross=1000))
    (balance,) = earned().balances
    assert (balance.recognised_minor, balance.refunded_minor, balance.deferred_minor) == (
        300, 500, 200,
    )  # fmt: skip


def test_a_late_refund_is_a_line_of_the_next_period_that_names_the_old_one(do, earned, mark):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=70), play("ana", "e1"))
    march = mark("2026-03")
    before = earned(march)
    do(refund("ana", "o1"))
    after = earned(march, mark("2026-04"))
    assert [e for e in after.earned if e.period == "2026-03"] == list(before.earned)
    (line,) = [e for e in after.earned if e.period == "2026-04"]
    assert (line.minor, line.series_id, line.corrects, line.refund) == (-70, "s1", "2026-03", True)


def test_coins_that_settle_a_debt_are_the_operators(do, earned):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=70), play("ana", "e1"))
    do(refund("ana", "o1"))
    do(buy("ana", 100, order="o2"))
    assert [(e.series_id, e.minor) for e in earned().earned] == [("s1", 70), ("s1", -70), ("", 70)]


def test_a_reversed_refund_brings_the_revenue_back(do, earned):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=70), play("ana", "e1"))
    before = earned()
    do(refund("ana", "o1"), buy("ana", 100, order="o2"))
    do(reverse_refund("ana", "o1"))
    assert minor(earned()) == minor(before)
    assert [b.refunded_minor for b in earned().balances] == [0]


def test_what_was_refunded_before_it_was_played_earns_nothing_when_it_is(do, earned):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=100))
    do(refund("ana", "o1", on_refund="keep"))
    do(play("ana", "e1"))
    (balance,) = earned().balances
    assert (balance.recognised_minor, balance.refunded_minor, balance.deferred_minor) == (
        0, 100, 0,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_every_unit_of_every_lot_is_in_one_place(database, seed):
    """I9, and a recomputation of everything equals the increments, over random histories."""

    def apply(batch, now):
        with database.transaction() as tx:
            return ledger.apply(tx, batch, now)

    history(random.Random(seed), 40, apply)
    with database.reading() as tx:
        last = tx.scalar(sa.select(sa.func.max(TxnRow.id)))
        lots, events = read_paid_lots(tx, last), read_events(tx, last)
        left = {row[0]: row[1] for row in tx.execute(sa.select(LotRow.id, LotRow.remaining))}
    cuts = [*sorted(random.Random(seed).sample(range(1, last), 3)), last]
    marks = [Mark(f"p{n}", cut, FAR) for n, cut in enumerate(cuts)]
    whole = recognise(lots, events, marks)
    assert_exact(lots, whole)
    seen = []
    for n in range(1, len(marks) + 1):
        part = recognise(lots, [e for e in events if e.txn_id <= cuts[n - 1]], marks[:n])
        assert list(part.earned[: len(seen)]) == seen
        seen = list(part.earned)
    assert seen == list(whole.earned)
    # All windows to undo are over: what is deferred is what is left in the wallets.
    assert all(whole.deferred_coins[lot.id] <= left[lot.id] for lot in lots)
    if not any(e.kind == "claw" for e in events):
        assert all(whole.deferred_coins[lot.id] == left[lot.id] for lot in lots)


def assert_exact(lots, found):
    net = defaultdict(int)
    for lot in lots:
        net[lot.currency] += lot.net_minor
    revenue = defaultdict(int)
    for piece in found.earned:
        revenue[piece.currency] += piece.minor
    for balance in found.balances:
        parts = (balance.recognised_minor, balance.refunded_minor, balance.deferred_minor,
                 balance.breakage_minor)  # fmt: skip
        assert sum(parts) == balance.net_minor == net[balance.currency]
        assert balance.recognised_minor == revenue[balance.currency]
        assert min(balance.refunded_minor, balance.deferred_minor) >= 0


@hypothesis.given(
    net=st.integers(0, 10**12),
    parts=st.lists(st.integers(1, 500), min_size=1, max_size=20),
    chance=st.randoms(use_true_random=False),
)
def test_shares_of_a_lot_add_up_in_any_order_of_opening(net, parts, chance):
    lot = PaidLot(1, "o1", sum(parts), net, "USD")
    unlocks = [
        Event(n, "unlock", NOW, (Use(1, coins),), f"s{n}", "US") for n, coins in enumerate(parts)
    ]
    order = list(range(len(parts)))
    chance.shuffle(order)
    opens = [Event(100 + n, "open", NOW, about_txn=txn) for n, txn in enumerate(order)]
    pieces = recognise([lot], [*unlocks, *opens], [Mark("p", 999, NOW)]).earned
    assert sum(piece.minor for piece in pieces) == net
    assert all(0 <= piece.minor - net * piece.coins // lot.granted <= 1 for piece in pieces)
    assert [piece.txn_id for piece in pieces] == order
    start = 0
    for piece in pieces:  # the formula, piece by piece
        end = start + piece.coins
        assert piece.minor == net * end // lot.granted - net * start // lot.granted
        start = end


@hypothesis.given(st.lists(st.tuples(st.sampled_from("ucr"), st.integers(1, 30)), max_size=25))
def test_money_is_exact_through_any_refunds_and_returns(steps):
    """Unlocks are played; refunds take from them; reversals give back: all of one odd lot."""
    lot = PaidLot(1, "o1", 97, 1000, "USD")
    events, spent, clawed = [], 0, 0
    for n, (kind, coins) in enumerate(steps, start=1):
        number = n * 2
        if kind == "u" and spent + coins <= 97 - clawed:
            spent += coins
            events.append(Event(number, "unlock", NOW, (Use(1, coins),), f"s{n}", "US"))
            events.append(Event(number + 1, "open", NOW, about_txn=number))
        elif kind == "c" and clawed + coins <= spent:
            clawed += coins
            events.append(Event(number, "claw", NOW, order_id="o1", clawed=coins))
        elif kind == "r" and clawed:
            back = min(coins, clawed)
            clawed -= back
            events.append(Event(number, "unclaw", NOW, order_id="o1", clawed=-back))
    found = recognise([lot], events, [Mark("p", 10**6, NOW)])
    assert_exact([lot], found)
    assert sum(piece.coins for piece in found.earned) == spent - clawed
    if clawed == 0:
        assert found.balances[0].refunded_minor == 0
        again = [replace(piece, corrects="", refund=False) for piece in found.earned]
        assert sum(piece.minor for piece in again) == 1000 * spent // 97


def _rounds_each_share_down(monkeypatch):
    def leave(self, coins):
        self.out_coins += coins
        minor = self.lot.net_minor * coins // self.lot.granted
        self.out_minor += minor
        return coins, minor

    monkeypatch.setattr(recognition._LotBook, "leave", leave)


def _keeps_revenue_that_was_refunded(monkeypatch):
    monkeypatch.setattr(recognition._Book, "_unearn", lambda *_, **__: [])


def _forgets_what_came_back(monkeypatch):
    monkeypatch.setattr(recognition._Book, "_unclaw", lambda *_: None)


def _tells_no_correction(monkeypatch):
    monkeypatch.setattr(recognition._Book, "_tell", lambda *_, **__: None)


def all_properties():
    test_shares_of_a_lot_add_up_in_any_order_of_opening()
    test_money_is_exact_through_any_refunds_and_returns()


@pytest.mark.parametrize(
    "fault",
    [
        _rounds_each_share_down, _keeps_revenue_that_was_refunded, _forgets_what_came_back,
        _tells_no_correction,
    ],
    ids=lambda fault: fault.__name__.strip("_"),
)  # fmt: skip
def test_a_planted_fault_is_caught(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        all_properties()

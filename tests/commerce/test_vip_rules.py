"""A subscription's standing does not depend on the order of news, nor on hearing them twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce.vip_rules import (
    CHANGE_OF_MIND,
    GRACE,
    HOLD,
    Charge,
    Fact,
    VipKind,
    fold,
    period_end,
    refund_of,
)
from silkreel.kit.money import Money

START = datetime(2026, 1, 31, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PRICE = 2999


def day(number):
    return START + number * DAY


def charge(name="o1", paid=0, ordered=None, returned=0, gone=None):
    at = None if paid is None else day(paid)
    told = day(0 if ordered is None and paid is None else paid if ordered is None else ordered)
    return Charge(name, told, PRICE, "USD", 2500, at, returned, None if gone is None else day(gone))


def fact(kind, on, ref="", *, played=False):
    return Fact(VipKind(kind), day(on), ref, played)


PAUSING = [
    st.builds(lambda on, kind=kind: fact(kind, on, str(on)), st.integers(0, 80))
    for kind in ("paused", "resumed")
]
FACTS = st.lists(
    st.one_of(
        *PAUSING,
        st.builds(lambda on: fact("cancelled", on), st.integers(0, 80)),
        st.builds(lambda on, p: fact("withdrawn", on, played=p), st.integers(0, 80), st.booleans()),
        st.builds(lambda on: fact("revoked", on), st.integers(0, 80)),
        st.builds(lambda name: fact("surplus", 1, name), st.sampled_from(["o1", "o2", "o3"])),
    ),
    max_size=7,
)
CHARGES = st.lists(
    st.builds(
        charge,
        st.sampled_from(["o1", "o2", "o3"]),
        st.one_of(st.none(), st.integers(0, 70)),
        st.integers(0, 70),
        st.sampled_from([0, 100, PRICE]),
    ),
    max_size=3,
    unique_by=lambda each: each.order_id,
)


@given(FACTS, CHARGES, st.data())
def test_any_order_and_any_duplicates_give_the_same_vip(facts, charges, data):
    more = data.draw(st.lists(st.sampled_from(facts))) if facts else []
    again = data.draw(st.permutations(facts + more))
    shuffled = data.draw(st.permutations(charges + charges))
    assert fold("month", again, shuffled) == fold("month", facts, charges)


@given(FACTS, CHARGES)
def test_periods_never_overlap_and_never_earn_more_than_was_kept(facts, charges):
    vip = fold("month", facts, charges)
    for before, after in zip(vip.periods, vip.periods[1:], strict=False):
        assert before.ends_at <= after.starts_at
    assert all(period.starts_at < period.ends_at for period in vip.periods)
    for each in charges:
        mine = [period for period in vip.periods if period.order_id == each.order_id]
        assert 0 <= sum(period.net_minor for period in mine) <= each.net_minor
        owed = sum(due.money.minor for due in vip.owed if due.order_id == each.order_id)
        assert 0 <= owed <= PRICE - each.returned_minor


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=3))
def test_a_pause_takes_no_second_of_what_was_paid(steps):
    facts, on = [], 0
    for run, rest in steps:
        facts += [fact("paused", on + run, str(on + run)), fact("resumed", on + run + rest, "r")]
        facts[-1] = fact("resumed", on + run + rest, str(on + run + rest))
        on += run + rest
    paid = fold("month", (), [charge()])
    vip = fold("month", facts, [charge()])
    assert sum((p.ends_at - p.starts_at for p in vip.periods), timedelta()) == sum(
        (p.ends_at - p.starts_at for p in paid.periods), timedelta()
    )
    assert sum(p.net_minor for p in vip.periods) == 2500


@given(
    st.integers(0, 10**6), st.integers(1, 366), st.integers(0, 400), st.integers(0, 400),
    st.booleans(),
)  # fmt: skip
def test_a_refund_is_between_nothing_and_the_price_and_falls_with_use(
    price, days, used, paid, played
):
    money = Money(price, "USD")

    def back(used):
        return refund_of(money, days * DAY, used * DAY, since_paid=paid * DAY, played=played).minor

    assert 0 <= back(used) <= price
    assert back(used + 1) <= back(used)
    if not played and paid * DAY <= CHANGE_OF_MIND:
        assert back(used) == price
    elif used <= days:  # used share rounded down: the viewer never loses by rounding
        assert back(used) == price - price * used // days


@pytest.mark.parametrize(
    ("facts", "charges", "on", "state"),
    [
        ([], [], 0, "pending"),
        ([], [charge(paid=None)], 0, "pending"),
        ([fact("cancelled", 1)], [charge(paid=None)], 2, "ended"),
        ([], [charge()], 0, "active"),
        ([], [charge()], 27.9, "active"),
        ([], [charge()], 28, "ended"),
        ([fact("cancelled", 5)], [charge()], 6, "cancelled"),
        ([fact("cancelled", 5)], [charge()], 28, "ended"),
        ([fact("paused", 5, "p")], [charge()], 90, "paused"),
        ([fact("paused", 5, "p"), fact("resumed", 90, "r")], [charge()], 91, "active"),
        ([fact("withdrawn", 5)], [charge()], 5, "ended"),
        ([fact("revoked", 5)], [charge()], 5, "revoked"),
        ([], [charge(returned=PRICE, gone=5)], 5, "revoked"),
        ([], [charge(), charge("o2", None, 27)], 27.5, "active"),
        ([], [charge(), charge("o2", None, 27)], 28, "grace"),
        ([], [charge(), charge("o2", None, 27)], 28 + GRACE.days, "on_hold"),
        ([], [charge(), charge("o2", None, 27)], 28 + HOLD.days, "ended"),
        ([], [charge(), charge("o2", 30, 27)], 31, "active"),
    ],
)
def test_the_states_of_the_trade(facts, charges, on, state):
    assert fold("month", facts, charges).state(day(on)) == state


def test_a_month_from_the_31st_ends_on_the_last_day_and_comes_back_to_the_31st():
    ends = [period_end(START, "month", count).date().isoformat() for count in (1, 2, 3)]
    assert ends == ["2026-02-28", "2026-03-31", "2026-04-30"]
    second = fold("month", (), [charge(), charge("o2", 27)]).periods[1]
    assert (second.starts_at, second.ends_at) == (day(28), period_end(START, "month", 2))


def test_grace_that_was_used_is_part_of_what_is_bought_and_later_time_is_not():
    in_grace = fold("month", (), [charge(), charge("o2", 30, 27)])
    assert in_grace.periods[1].starts_at == day(28)
    late = fold("month", (), [charge(), charge("o2", 40, 27)])
    assert late.periods[1].starts_at == day(40)


def test_grace_is_time_that_earns_nothing():
    vip = fold("month", (), [charge(), charge("o2", None, 27)])
    grace = vip.periods[1]
    assert (grace.starts_at, grace.ends_at) == (day(28), day(28) + GRACE)
    assert (grace.order_id, grace.net_minor) == (None, 0)


@pytest.mark.parametrize(
    ("on", "played", "minor"),
    [(0, False, 2999), (14, False, 2999), (14, True, 1500), (15, False, 1393), (27.5, True, 0)],
)
def test_what_goes_back(on, played, minor):
    """Of 28 days: all within 14 days if unplayed, else 14 of 28, 13 of 28, none."""
    vip = fold("month", [fact("withdrawn", on, played=played)], [charge()])
    assert sum(owed.money.minor for owed in vip.owed) == minor


def test_what_has_gone_back_is_not_owed_again():
    facts = [fact("withdrawn", 1)]
    assert fold("month", facts, [charge(returned=1000)]).owed[0].money == Money(1999, "USD")
    assert fold("month", facts, [charge(returned=PRICE, gone=2)]).owed == ()


def test_days_that_were_paused_are_unused():
    facts = [fact("paused", 14, "p"), fact("withdrawn", 60, played=True)]
    assert fold("month", facts, [charge()]).owed[0].money == Money(1500, "USD")


def test_a_charge_after_cancelling_and_a_second_vip_go_back_whole_and_buy_no_time():
    after = fold("month", [fact("cancelled", 5)], [charge(), charge("o2", 27)])
    assert [(o.order_id, o.money.minor, o.why) for o in after.owed] == [
        ("o2", PRICE, "after_cancel")
    ]
    assert len(after.periods) == 1
    twice = fold("month", [fact("surplus", 1, "o1")], [charge()])
    assert [(o.why, o.money.minor) for o in twice.owed] == [("double", PRICE)]
    assert (twice.periods, twice.paid) == ((), False)


def test_a_dispute_that_is_won_brings_the_time_back():
    lost = fold("month", (), [charge(returned=PRICE, gone=5)])
    assert lost.periods[0].ends_at == day(5)
    assert lost.periods[0].net_minor == 0
    assert fold("month", (), [charge()]).state(day(6)) == "active"

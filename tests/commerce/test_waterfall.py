from datetime import date
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from silkreel.commerce.recompute_statement import expected
from silkreel.commerce.statements import from_csv, payable, to_csv
from silkreel.commerce.terms import BadTerms, NoRate, NoWithholding, TwoContracts, read_terms
from silkreel.commerce.waterfall import Carry, Earning, exchange, settle_period
from silkreel.kit.money import UnknownCurrency

LAST, PAY = date(2026, 10, 31), date(2026, 11, 30)
TERMS = """
[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
mg_minor = {mg}
refund_bearer = "{bearer}"
deductions = [{{ name = "marketing", bp = 500 }}]
platform_bp = 3000
shares = [{{ payee = "moon", bp = 6667 }}, {{ payee = "ink", bp = 3333 }}]

[[payee]]
id = "moon"
name = "月光影业"
residence = "CN"
currency = "CNY"
threshold_minor = {threshold}
document_until = 2027-12-31

[[payee]]
id = "ink"
name = "Ana Núñez"
residence = "ES"
currency = "USD"

[[withholding]]
residence = "CN"
market = "US"
from = 2026-01-01
bp = 1000
undocumented_bp = 3000

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 0
undocumented_bp = 0

[[withholding]]
residence = "ES"
from = 2026-01-01
to = 2027-01-01
bp = 500
undocumented_bp = 3000

[[rate]]
from = "BRL"
to = "USD"
on = 2026-10-30
rate = "0.1834"
published_by = "central bank"

[[rate]]
from = "USD"
to = "CNY"
on = 2026-10-01
rate = "7.1"
published_by = "central bank"

[[rate]]
from = "USD"
to = "CNY"
on = 2026-10-31
rate = "7.2"
published_by = "central bank"
"""


def terms(mg=0, bearer="shared", threshold=0, more=""):
    return read_terms(TERMS.format(mg=mg, bearer=bearer, threshold=threshold) + more)


def settle(earnings, given=None, carry=None):
    statements, carry = settle_period(
        earnings, given or terms(), "2026-10", LAST, PAY, carry or Carry()
    )
    return {each.payee.id: each for each in statements}, carry


def earned(minor, market="US", currency="USD", **more):
    return Earning("s1", market, "coin", currency, minor, **more)


def steps(statement):
    return [(line.step, line.amount_minor) for line in statement.lines]


def test_every_step_is_taken_in_the_order_of_the_contract():
    found, _ = settle([earned(100_000)], terms(mg=10_000))
    assert steps(found["moon"]) == [
        ("earning", 100_000),
        ("deduction", -5_000),  # 5 %
        ("platform", -28_500),  # 30 % of 95,000
        ("recoup", -10_000),
        ("others", -18_831),  # 33.33 % of 56,500 is 18,831.45
        ("withholding", -3_766),  # 10 % of 37,669
        ("payment", 244_102),  # 33,903 cents at 7.2, half to even
    ]
    assert found["ink"].payable_minor == 18_831 - 18_831 * 3000 // 10_000  # no document


def test_the_guarantee_is_recouped_over_months_and_never_below_nothing():
    first, carry = settle([earned(1_000)], terms(mg=1_000))
    assert ("recoup", -665) in steps(first["moon"])
    assert first["moon"].payable_minor == 0
    second, carry = settle([earned(1_000)], terms(mg=1_000), carry)
    assert ("recoup", -335) in steps(second["moon"])
    third, carry = settle([earned(1_000)], terms(mg=1_000), carry)
    assert "recoup" not in dict(steps(third["moon"]))
    assert carry.recouped == {"rose": 1_000}
    loss, after = settle([earned(-500, refund=True)], terms(mg=1_000), Carry())
    assert ("recoup", 0) in steps(loss["moon"])
    assert after.recouped == {"rose": 0}


def test_less_than_the_threshold_is_carried_forward_until_it_is_reached():
    small = terms(threshold=50_000)
    first, carry = settle([earned(10_000)], small)
    assert first["moon"].payable_minor == 0
    held = carry.balances["moon", "USD"]
    second, carry = settle([], small, carry)  # nothing earned: still a statement, still carried
    assert steps(second["moon"])[0] == ("carried_in", held)
    third, carry = settle([earned(10_000)], small, carry)
    assert third["moon"].payable_minor == 2 * held
    assert ("moon", "USD") not in carry.balances


def test_less_than_nothing_is_carried_forward_and_not_claimed():
    loss, carry = settle([earned(-1_000, refund=True)])
    assert loss["moon"].payable_minor == 0
    assert carry.balances["moon", "USD"] < 0
    assert "withholding" not in dict(steps(loss["moon"]))
    later, _ = settle([earned(10_000)], carry=carry)
    plain, _ = settle([earned(10_000)])
    assert later["moon"].payable_minor == (
        plain["moon"].payable_minor + carry.balances["moon", "USD"]
    )


@pytest.mark.parametrize(
    ("bearer", "moon"),
    [("operator", 44_336), ("shared", 39_902), ("payee", 37_669)],
)
def test_late_refunds_are_borne_as_the_contract_says(bearer, moon):
    found, _ = settle([earned(100_000), earned(-10_000, refund=True)], terms(bearer=bearer))
    share = sum(
        line.amount_minor for line in found["moon"].lines
        if line.step not in ("withholding", "payment", "carried_out")
    )  # fmt: skip
    assert share == moon


def test_money_is_taxed_by_the_market_it_came_from_and_the_day_it_is_paid():
    found, _ = settle([earned(100_000), earned(100_000, "BR", "BRL")])
    held = [
        (line.market, line.share_bp, line.base_minor)
        for line in found["moon"].lines
        if line.step == "withholding"
    ]
    assert held == [("BR", 0, 8_131), ("US", 1000, 44_336)]
    with pytest.raises(NoWithholding):
        settle_period([earned(1_000)], terms(), "2027-10", LAST, date(2027, 6, 1), Carry())


def test_the_newest_rate_on_or_before_the_last_day_is_used_and_named():
    found, _ = settle([earned(1_000, "BR", "BRL")])
    first, paid = found["moon"].lines[0], found["moon"].lines[-1]
    assert (first.amount_minor, first.rate, first.rate_on) == (183, "0.1834", "2026-10-30")
    assert (paid.rate, paid.rate_on, paid.rate_by) == ("7.2", "2026-10-31", "central bank")
    with pytest.raises(NoRate, match="KWD"):
        settle([earned(1, "KW", "KWD")])


@pytest.mark.parametrize(
    ("minor", "source", "target", "rate", "there"),
    [
        (1000, "JPY", "USD", "0.0067", 670),
        (1, "KWD", "USD", "3.25", 0),
        (5, "USD", "JPY", "150", 8),
        (25, "USD", "JPY", "10", 2),  # 2.5 to the even one
        (-1000, "JPY", "USD", "0.0067", -670),
    ],
)
def test_decimals_of_currencies_are_minded(minor, source, target, rate, there):
    assert exchange(minor, source, target, Decimal(rate)) == there


def test_a_series_without_a_contract_pays_nobody():
    assert settle([Earning("other", "US", "coin", "USD", 1000)])[0] == {}


def test_two_contracts_for_the_same_money_are_refused():
    twice = """
[[contract]]
id = "second"
series = "s1"
markets = ["US"]
from = 2026-05-01
currency = "USD"
platform_bp = 0
shares = [{ payee = "ink", bp = 10000 }]
"""
    with pytest.raises(TwoContracts, match="rose and second"):
        settle([earned(1)], terms(more=twice))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("bp = 6667", "bp = 6666"), "add up"),
        (('payee = "ink"', 'payee = "nobody"'), "no known payee"),
        (('"0.1834"', '"-1"'), "greater than 0"),
        (('residence = "CN"', 'residents = "CN"'), "required"),
        (("[[payee]]", "[[payee"), "TOML"),
        (('currency = "USD"', 'currency = "XXQ"'), "XXQ"),
    ],
)
def test_terms_that_cannot_be_are_named(change, why):
    text = TERMS.format(mg=0, bearer="shared", threshold=0).replace(*change, 1)
    with pytest.raises((BadTerms, UnknownCurrency), match=why):
        read_terms(text)


MONTH = st.lists(
    st.builds(
        earned, st.integers(-(10**6), 10**9), st.sampled_from(("US", "BR", "MX")),
        st.sampled_from(("USD", "BRL")), refund=st.booleans(),
    ),
    max_size=6,
)  # fmt: skip

NO_MARKET = [  # rounding leaves its payees a unit that no market earned
    earned(2, "BR", refund=True), earned(-5, "BR", "BRL"), earned(2, "MX", "BRL"),
]  # fmt: skip


@hypothesis.given(
    months=st.lists(MONTH, min_size=1, max_size=4), mg=st.integers(0, 10**8),
    bearer=st.sampled_from(("shared", "operator", "payee")), threshold=st.integers(0, 10**6),
)  # fmt: skip
@hypothesis.example(months=[NO_MARKET], mg=1, bearer="payee", threshold=0)
def test_any_months_add_up_and_can_be_computed_again_from_their_csv(months, mg, bearer, threshold):
    """I10: a statement is the sum of its lines; nothing is lost between months or payees."""
    given, carry = terms(mg, bearer, threshold), Carry()
    for month in months:
        before = carry
        found, carry = settle(month, given, carry)
        for statement in found.values():
            rows = from_csv(to_csv(statement, 1))
            assert payable(rows) == statement.payable_minor >= 0
            for place, row in enumerate(rows):
                assert expected(rows, place) == int(row["amount_minor"]), row
            key = (statement.payee.id, "USD")
            kept = sum(
                line.amount_minor for line in statement.lines
                if line.step not in ("carried_in", "carried_out", "payment")
            )  # fmt: skip
            assert before.balances.get(key, 0) + kept == (
                statement.payable_minor + carry.balances.get(key, 0)
            )
        if found:  # what both share is what is left of the pool
            pools = {
                line.base_minor for s in found.values() for line in s.lines if line.step == "others"
            }
            shared = [
                line.base_minor + line.amount_minor
                for s in found.values() for line in s.lines if line.step == "others"
            ]  # fmt: skip
            assert sum(shared) == sum(pools)
        assert 0 <= carry.recouped.get("rose", 0) <= mg

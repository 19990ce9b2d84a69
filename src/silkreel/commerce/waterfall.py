"""From what a series earned to what each payee gets: pure, in the order contracts are written.

Deductions, the platform's share, the minimum guarantee's recoupment (never below zero), shares by
largest remainder, withholding, the rest of the period before, exchange, and the threshold. Every
step is a line; the lines of a statement in its currency add up to what is payable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from silkreel.commerce.terms import WHOLE_BP, Contract, Payee, Rate, Terms
from silkreel.kit.money import Money, exponent, split

Step = Literal[
    "earning",  # coin, vip or ad revenue in the contract's currency
    "deduction",
    "platform",
    "recoup",  # of the minimum guarantee
    "others",  # the shares of the other payees
    "refund",  # late refunds that the payees bear
    "withholding",
    "carried_in",  # from the period before
    "carried_out",  # to the next: below the threshold, or less than nothing
    "payment",  # in the payee's currency, not part of the sum
]


@dataclass(frozen=True, slots=True)
class Earning:
    """What a series earned in a market by one stream, as it was sold."""

    series_id: str
    market: str
    stream: str  # coin | vip | ad
    currency: str
    minor: int
    coins: int = 0
    from_ref: str = ""  # lot uses, as TXN:LOT: the first and the last of the line
    to_ref: str = ""
    corrects: str = ""  # the period, then the statement's line, that it takes back
    refund: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A step of a statement; what it was computed from stands beside the amount."""

    step: Step
    currency: str
    amount_minor: int
    contract: str = ""
    series_id: str = ""
    market: str = ""
    stream: str = ""
    coins: int = 0
    base_minor: int = 0  # of a share: what it is a share of; of an exchange: what is exchanged
    base_currency: str = ""
    share_bp: int = 0
    rate: str = ""  # as published; `minor_rate` is between the smallest units
    minor_rate: str = ""
    rate_on: str = ""
    rate_by: str = ""
    limit_minor: int = 0  # still to recoup; or the threshold
    weights: str = ""  # of all payees, 6000|4000
    place: int = 0  # which of them this payee is, from 0
    from_ref: str = ""
    to_ref: str = ""
    corrects: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Carry:
    """What a period hands to the next, in the smallest unit."""

    recouped: Mapping[str, int] = field(default_factory=dict)  # by contract
    balances: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by payee and currency


@dataclass(frozen=True, slots=True)
class Statement:
    """What a payee gets for a period in a contract's currency, and why."""

    payee: Payee
    period: str
    currency: str
    lines: tuple[Line, ...]

    @property
    def payable_minor(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_minor for line in self.lines if line.step != "payment")


@dataclass(frozen=True, slots=True)
class Split:
    """A contract's period: the lines all its payees share, and each one's own."""

    recouped_minor: int
    lines: Mapping[str, tuple[Line, ...]]  # by payee


def exchange(minor: int, source: str, target: str, rate: Decimal) -> int:
    """An amount in another currency, rounded half to even to its smallest unit."""
    return round(Fraction(minor) * Fraction(minor_rate(source, target, rate)))


def minor_rate(source: str, target: str, rate: Decimal) -> Decimal:
    """The rate between the smallest units: 0.0067 USD for a yen is 0.67 cents."""
    return rate.scaleb(exponent(target) - exponent(source))


def share_out(
    contract: Contract, earnings: Sequence[Earning], recouped_minor: int, terms: Terms, day: date
) -> Split:
    """A contract's waterfall up to its payees' shares.

    Late refunds go through it like revenue (`shared`), stay with the operator, or are taken whole
    from the payees, as the contract says.
    """
    mine = [e for e in earnings if not e.refund or contract.refund_bearer == "shared"]
    pool = [_earning(contract, e, terms, day) for e in mine]
    pool += _cuts(contract, sum(line.amount_minor for line in pool))
    left = sum(line.amount_minor for line in pool)
    outstanding = contract.mg_minor - recouped_minor
    recouped = min(max(left, 0), outstanding)
    if outstanding:
        pool.append(
            Line("recoup", contract.currency, -recouped, contract.id, base_minor=left,
                 limit_minor=outstanding)
        )  # fmt: skip
    weights = tuple(share.bp for share in contract.shares)
    parts = _split(left - recouped, contract.currency, weights)
    borne = _borne(contract, earnings, weights, terms, day)
    lines = {
        share.payee: (*pool, _others(contract, left - recouped, place, parts[place]), *borne[place])
        for place, share in enumerate(contract.shares)
    }
    return Split(recouped, lines)


def withhold(
    lines: Sequence[Line], contract: Contract, payee: Payee, terms: Terms, pay_day: date
) -> list[Line]:
    """What tax takes of a payee's share, market by market of where it was earned.

    The share is spread over markets by what each earned; a share of nothing or less has no tax, nor
    has one that no market earned: the unit that rounding leaves of a month of refunds.
    """
    share = sum(line.amount_minor for line in lines)
    if share <= 0:
        return []
    earned: dict[str, int] = {}
    for line in lines:
        if line.step in ("earning", "refund"):
            earned[line.market] = earned.get(line.market, 0) + line.amount_minor
    markets = sorted(market for market, minor in earned.items() if minor > 0)
    if not markets:
        return []
    parts = _split(share, contract.currency, tuple(earned[each] for each in markets))
    held = []
    for market, base in zip(markets, parts, strict=True):
        bp = terms.withholding_bp(payee, market, pay_day)
        if base:
            held.append(
                Line("withholding", contract.currency, -(base * bp // WHOLE_BP), contract.id,
                     market=market, base_minor=base, share_bp=bp)
            )  # fmt: skip
    return held


def conclude(
    payee: Payee, period: str, currency: str, lines: Iterable[Line], carried: int, rate: Rate
) -> tuple[Statement, int]:
    """A statement, and what it hands to the next: all of it where it is below the threshold."""
    rows = list(lines)
    if carried:
        rows.append(Line("carried_in", currency, carried))
    total = sum(line.amount_minor for line in rows)
    paid = exchange(total, currency, payee.currency, rate.rate)
    handed_on = total if total <= 0 or paid < payee.threshold_minor else 0
    if handed_on:
        rows.append(
            Line("carried_out", currency, -handed_on, base_minor=paid,
                 base_currency=payee.currency, limit_minor=payee.threshold_minor)
        )  # fmt: skip
    payable = total - handed_on
    rows.append(
        _exchanged(Line("payment", payee.currency, 0), payable, currency, payee.currency, rate)
    )
    return Statement(payee, period, currency, tuple(rows)), handed_on


def settle_period(
    earnings: Sequence[Earning], terms: Terms, period: str, last_day: date, pay_day: date,
    carry: Carry,
) -> tuple[tuple[Statement, ...], Carry]:  # fmt: skip
    """All payees' statements of a period, and what it hands to the next.

    Raises:
        TwoContracts, NoRate, NoWithholding: the terms do not say enough, or too much.
    """
    rows: dict[tuple[str, str], list[Line]] = {
        key: [] for key, left in carry.balances.items() if left
    }
    recouped = dict(carry.recouped)
    by_contract = _by_contract(earnings, terms, last_day)
    for contract in terms.contract:
        under = by_contract.get(contract.id, [])
        if not under:
            continue
        done = share_out(contract, under, recouped.get(contract.id, 0), terms, last_day)
        recouped[contract.id] = recouped.get(contract.id, 0) + done.recouped_minor
        for name, lines in done.lines.items():
            held = withhold(lines, contract, terms.payee_named(name), terms, pay_day)
            rows.setdefault((name, contract.currency), []).extend((*lines, *held))
    statements, balances = [], {}
    for name, currency in sorted(rows):
        payee = terms.payee_named(name)
        rate = terms.rate_on(currency, payee.currency, last_day)
        carried = carry.balances.get((name, currency), 0)
        statement, left = conclude(payee, period, currency, rows[name, currency], carried, rate)
        statements.append(statement)
        if left:
            balances[name, currency] = left
    return tuple(statements), Carry(recouped, balances)


def unassigned(earnings: Iterable[Earning], terms: Terms, day: date) -> list[Earning]:
    """Money that falls under no contract: it stays with the operator."""
    return [e for e in earnings if terms.contract_for(e.series_id, e.market, day) is None]


def _by_contract(earnings: Iterable[Earning], terms: Terms, day: date) -> dict[str, list[Earning]]:
    found: dict[str, list[Earning]] = {}
    for earning in earnings:
        contract = terms.contract_for(earning.series_id, earning.market, day)
        if contract:
            found.setdefault(contract.id, []).append(earning)
    return found


def _earning(contract: Contract, earning: Earning, terms: Terms, day: date) -> Line:
    line = Line(
        "refund" if earning.refund and contract.refund_bearer == "payee" else "earning",
        contract.currency, 0, contract.id, earning.series_id, earning.market, earning.stream,
        earning.coins, from_ref=earning.from_ref, to_ref=earning.to_ref,
        corrects=earning.corrects,
    )  # fmt: skip
    rate = terms.rate_on(earning.currency, contract.currency, day)
    return _exchanged(line, earning.minor, earning.currency, contract.currency, rate)


def _exchanged(line: Line, minor: int, source: str, target: str, rate: Rate) -> Line:
    return replace(
        line, base_minor=minor, base_currency=source, rate=str(rate.rate),
        amount_minor=exchange(minor, source, target, rate.rate),
        minor_rate=format(minor_rate(source, target, rate.rate), "f"),
        rate_on=str(rate.on) if source != target else "", rate_by=rate.published_by,
    )  # fmt: skip


def _cuts(contract: Contract, earned: int) -> list[Line]:
    """Deductions, each of all that was earned; then the platform's share of the rest."""
    cuts = [
        Line("deduction", contract.currency, -(earned * each.bp // WHOLE_BP), contract.id,
             base_minor=earned, share_bp=each.bp, note=each.name)
        for each in contract.deductions
    ]  # fmt: skip
    rest = earned + sum(cut.amount_minor for cut in cuts)
    taken = -(rest * contract.platform_bp // WHOLE_BP)
    return [
        *cuts,
        Line("platform", contract.currency, taken, contract.id, base_minor=rest,
             share_bp=contract.platform_bp),
    ]  # fmt: skip


def _others(contract: Contract, pool: int, place: int, own: int) -> Line:
    weights = "|".join(str(share.bp) for share in contract.shares)
    return Line("others", contract.currency, own - pool, contract.id, base_minor=pool,
                share_bp=contract.shares[place].bp, weights=weights, place=place)  # fmt: skip


def _borne(
    contract: Contract, earnings: Sequence[Earning], weights: tuple[int, ...], terms: Terms,
    day: date,
) -> list[list[Line]]:  # fmt: skip
    """Late refunds by payee where the payees bear them."""
    borne: list[list[Line]] = [[] for _ in weights]
    if contract.refund_bearer != "payee":
        return borne
    for earning in (e for e in earnings if e.refund):
        line = _earning(contract, earning, terms, day)
        parts = _split(line.amount_minor, contract.currency, weights)
        for place, part in enumerate(parts):
            named = "|".join(map(str, weights))
            borne[place].append(replace(line, amount_minor=part, weights=named, place=place))
    return borne


def _split(minor: int, currency: str, weights: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(part.minor for part in split(Money(minor, currency), weights))

"""The cash ledger: one per currency, derived from coin facts, payments and closings, never kept.

Derived again it gives the same bytes. A posting is + into the account, each entry sums to zero in
its currency, and currencies meet in `fx_clearing` alone. Money stands in `customer_money` from when
a provider says it was paid until an order earns it, so what stays there is nobody's yet.

What providers keep is taken off revenue (lots and VIP are deferred net); `fees` holds what they
kept beyond what purchases were counted with.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from silkreel.commerce.statements import digest

COLUMNS = ("month", "entry", "account", "currency", "minor")


@dataclass(frozen=True, slots=True)
class Cash:
    """A posting of an entry of a month."""

    month: str
    entry: str
    account: str
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Sale:
    """Orders of one thing that were earned in a month: what was paid and what of it is whose."""

    stream: str  # coin | vip
    currency: str
    gross_minor: int
    tax_minor: int
    fee_minor: int

    @property
    def net_minor(self) -> int:
        """What is left after tax and fee."""
        return self.gross_minor - self.tax_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class Return:
    """What went back of earned orders in a month: of its money, its tax, and its deferred net."""

    stream: str
    currency: str
    returned_minor: int
    tax_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Money at a provider: what it took in (+) or sent back (-), and what it kept of it."""

    provider: str
    kind: str
    currency: str
    amount_minor: int
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class Revenue:
    """What a title earned by a stream; of ads, by which network."""

    stream: str
    series_id: str
    market: str
    currency: str
    minor: int
    network: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a closing owes: shares (+), of which tax is withheld; or a guarantee recouped."""

    account: str  # payable:{payee} | mg_advance:{contract}
    currency: str
    share_minor: int
    withheld_minor: int = 0
    market: str = ""


@dataclass(frozen=True, slots=True)
class Payout:
    """A statement the bank paid: from its currency into the payee's."""

    payee: str
    currency: str
    minor: int
    paid_currency: str
    paid_minor: int


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """All that a month's cash follows from."""

    month: str
    moved: Sequence[Moved] = ()
    sales: Sequence[Sale] = ()
    returns: Sequence[Return] = ()
    revenue: Sequence[Revenue] = ()
    owed: Sequence[Owed] = ()
    payouts: Sequence[Payout] = ()


@dataclass(slots=True)
class _Journal:
    month: str
    sums: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def write(self, entry: str, currency: str, postings: dict[str, int]) -> None:
        assert sum(postings.values()) == 0, f"{entry} does not balance: {postings}"
        for account, minor in postings.items():
            key = (entry, account, currency)
            self.sums[key] = self.sums.get(key, 0) + minor


def derive(facts: MonthFacts) -> list[Cash]:
    """A month's cash, entry by entry, in the order of names: pure."""
    book = _Journal(facts.month)
    for each in facts.moved:
        book.write(
            f"{each.kind}:{each.provider}", each.currency,
            {f"psp_receivable:{each.provider}": each.amount_minor - each.fee_minor,
             "fees": each.fee_minor, "customer_money": -each.amount_minor},
        )  # fmt: skip
    for sale in facts.sales:
        book.write(
            f"sale:{sale.stream}", sale.currency,
            {"customer_money": sale.gross_minor, "tax_payable": -sale.tax_minor,
             "fees": -sale.fee_minor, f"deferred_revenue:{sale.stream}": -sale.net_minor},
        )  # fmt: skip
    for back in facts.returns:
        loss = back.returned_minor - back.tax_minor - back.net_minor
        book.write(
            f"return:{back.stream}", back.currency,
            {"customer_money": -back.returned_minor, "tax_payable": back.tax_minor,
             f"deferred_revenue:{back.stream}": back.net_minor, "refund_loss": loss},
        )  # fmt: skip
    for earned in facts.revenue:
        _earn(book, earned)
    for owed in facts.owed:
        _owe(book, owed)
    for paid in facts.payouts:
        _pay(book, paid)
    return [
        Cash(facts.month, entry, account, currency, minor)
        for (entry, account, currency), minor in sorted(book.sums.items())
        if minor
    ]


def balances(cash: Iterable[Cash]) -> dict[tuple[str, str], int]:
    """What accounts hold, by currency and name; each currency adds up to zero."""
    sums: dict[tuple[str, str], int] = {}
    for each in cash:
        key = (each.currency, each.account)
        sums[key] = sums.get(key, 0) + each.minor
    return dict(sorted(sums.items()))


def to_csv(cash: Iterable[Cash]) -> str:
    """The ledger as RFC 4180 says: the same facts give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in cash:
        writer.writerow([getattr(each, name) for name in COLUMNS])
    return text.getvalue()


def sha256(cash: Iterable[Cash]) -> str:
    """The hash of the ledger's bytes."""
    return digest(to_csv(cash))


def _earn(book: _Journal, earned: Revenue) -> None:
    title = f"revenue:{earned.stream}:{earned.series_id or '-'}:{earned.market or '-'}"
    source = (
        f"ad_receivable:{earned.network}"
        if earned.stream == "ad"
        else f"deferred_revenue:{earned.stream}"
    )
    book.write(f"earned:{earned.stream}", earned.currency,
               {source: earned.minor, title: -earned.minor})  # fmt: skip


def _owe(book: _Journal, owed: Owed) -> None:
    book.write(f"share:{owed.account}", owed.currency,
               {"share_expense": owed.share_minor, owed.account: -owed.share_minor})  # fmt: skip
    if owed.withheld_minor:
        book.write(
            f"withheld:{owed.account}", owed.currency,
            {owed.account: owed.withheld_minor, "withholding_payable": -owed.withheld_minor},
        )  # fmt: skip


def _pay(book: _Journal, paid: Payout) -> None:
    name = f"payout:{paid.payee}"
    book.write(
        name, paid.currency, {f"payable:{paid.payee}": paid.minor, "fx_clearing": -paid.minor}
    )
    book.write(name, paid.paid_currency,
               {"fx_clearing": paid.paid_minor, "bank": -paid.paid_minor})  # fmt: skip

"""What viewers in Japan have paid for and not used, on a day: its Payment Services Act asks twice a year.

Counted from the ledger as it was at the end of the day in Japan: what a lot was granted, less what
txns recorded until then took from it. Nothing that happens later changes an answer.
"""

import calendar
import csv
import io
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from silkreel.commerce.tables import LotRow, LotUseRow, TxnRow
from silkreel.kit.database import Session
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

RULES = Path(__file__).parent / "data" / "japan_prepaid.toml"
MARKET, YEN = "JP", "JPY"
TOKYO = ZoneInfo("Asia/Tokyo")
COLUMNS = ("on", "brand", "currency", "purchases", "unused_coins", "unused_minor", "bonus_coins")
ALL = "*"  # the brand of the row that adds up


class DayNotOver(Refusal):
    """The balance of a day that goes on."""

    status = 409
    message = "{day} is not over in Japan yet; ask for a day before today."


@dataclass(frozen=True, slots=True)
class Rule:
    """A duty as of a day: on which days, above which sum, how much, by when."""

    in_force: date
    base_days: tuple[str, ...]
    threshold: Money
    deposit_percent: int
    within_months: int
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """Unused coins of a brand in one currency; bonus coins stand apart and have no value."""

    brand_id: str
    purchases: int  # that have coins left
    coins: int
    value: Money  # at what was paid, taxes included; each purchase rounded up
    bonus_coins: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The unused balance of a day, brand by brand."""

    on: date
    rule: Rule
    lines: tuple[Line, ...]

    @property
    def total(self) -> Money:
        """All that is in yen."""
        return Money(sum(e.value.minor for e in self.lines if e.value.currency == YEN), YEN)

    @property
    def foreign(self) -> tuple[Money, ...]:
        """What was sold in Japan for other money: it has to be added at the day's rate."""
        return tuple(e.value for e in self.lines if e.value.currency != YEN and e.value.minor)

    @property
    def counts(self) -> bool:
        """Whether it is a reference day, on which a duty begins."""
        return f"{self.on:%m-%d}" in self.rule.base_days

    @property
    def above(self) -> bool:
        """Whether the balance is above what is free."""
        return self.total.minor > self.rule.threshold.minor

    @property
    def deposit(self) -> Money:
        """What is to be deposited at least; nothing up to the threshold."""
        due = -(-self.total.minor * self.rule.deposit_percent // 100) if self.above else 0
        return Money(due, YEN)

    @property
    def due_by(self) -> date:
        """The last day to notify and deposit; a shorter month ends earlier."""
        months = self.on.year * 12 + self.on.month - 1 + self.rule.within_months
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(self.on.day, last))


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, the oldest first."""
    told = tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"]
    found = (
        Rule(
            each["in_force"], tuple(each["base_days"]), Money(each["threshold_minor"], YEN),
            each["deposit_percent"], each["within_months"], each["source"],
        )
        for each in told
    )  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.in_force))


def last_base_day(today: date) -> date:
    """The reference day that is over and nearest."""
    rule = [each for each in rules() if each.in_force <= today][-1]
    days = [date.fromisoformat(f"{today.year - back}-{day}")
            for back in (0, 1) for day in rule.base_days]  # fmt: skip
    return max(day for day in days if day < today)


def day_in_japan(at: datetime) -> date:
    """Which day it is there."""
    return at.astimezone(TOKYO).date()


def unused_balance(tx: Session, on: date, at: datetime) -> Balance:
    """The balance at the end of a day in Japan.

    Raises:
        DayNotOver: it is not over there at `at`.
    """
    end = datetime.combine(on + timedelta(days=1), time(), TOKYO)
    if at < end:
        raise DayNotOver(day=on.isoformat())
    rule = [each for each in rules() if each.in_force <= on or each is rules()[0]][-1]
    return Balance(on, rule, tuple(_lines(_left(tx, end))))


def to_csv(balance: Balance) -> str:
    """The balance as a table: a row a brand and currency, and one that adds up the yen."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for e in balance.lines:
        writer.writerow((balance.on, e.brand_id, e.value.currency, e.purchases, e.coins,
                         e.value.minor, e.bonus_coins))  # fmt: skip
    yen = [e for e in balance.lines if e.value.currency == YEN]
    writer.writerow((balance.on, ALL, YEN, sum(e.purchases for e in yen), sum(e.coins for e in yen),
                     balance.total.minor, sum(e.bonus_coins for e in yen)))  # fmt: skip
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class _Left:
    brand_id: str
    paid: bool
    currency: str
    coins: int
    granted: int
    gross_minor: int


def _left(tx: Session, end: datetime) -> list[_Left]:
    """Lots granted in Japan before a moment and what was left of each then; trial purchases are none."""
    took = (
        sa.select(LotUseRow.lot_id, sa.func.sum(LotUseRow.amount).label("coins"))
        .join(TxnRow, TxnRow.id == LotUseRow.txn_id)
        .where(TxnRow.recorded_at < end)
        .group_by(LotUseRow.lot_id)
        .subquery()
    )
    left = LotRow.granted - sa.func.coalesce(took.c.coins, 0)
    query = (
        sa.select(
            TxnRow.brand_id, LotRow.source, LotRow.currency, left, LotRow.granted,
            LotRow.gross_minor,
        )
        .join(TxnRow, TxnRow.id == LotRow.txn_id)
        .outerjoin(took, took.c.lot_id == LotRow.id)
        .where(
            TxnRow.market == MARKET, TxnRow.recorded_at < end, LotRow.sandbox.is_(False), left > 0,
            sa.or_(LotRow.expires_at.is_(None), LotRow.expires_at > end),
        )
    )  # fmt: skip
    return [
        _Left(brand, source == "paid", currency or YEN, int(coins), granted, gross)
        for brand, source, currency, coins, granted, gross in tx.execute(query)
    ]


def _lines(lots: Iterable[_Left]) -> list[Line]:
    by: dict[tuple[str, str], list[_Left]] = defaultdict(list)
    for lot in lots:
        by[lot.brand_id, lot.currency].append(lot)
    return [_line(key, by[key]) for key in sorted(by)]


def _line(key: tuple[str, str], lots: list[_Left]) -> Line:
    paid = [lot for lot in lots if lot.paid]
    value = sum(-(-lot.gross_minor * lot.coins // lot.granted) for lot in paid)
    return Line(
        key[0], len(paid), sum(lot.coins for lot in paid), Money(value, key[1]),
        sum(lot.coins for lot in lots if not lot.paid),
    )  # fmt: skip

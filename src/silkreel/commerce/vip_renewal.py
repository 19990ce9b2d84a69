"""Renewals of our own billing: nobody is charged again without a reminder that arrived in time."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.orders import Order, Wish, find, place
from silkreel.commerce.tables import VipPeriodRow, VipRow
from silkreel.commerce.vip import SKU
from silkreel.commerce.vip_record import Subscription, load, record, settle
from silkreel.commerce.vip_rules import Fact, VipKind, VipState
from silkreel.kit.database import Session
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

RULES = Path(__file__).parent / "data" / "vip_reminders.toml"
WORLD = "001"
PAGE = 200  # VIPs looked at in one transaction
ORDERED_AHEAD = timedelta(days=1)  # so that a charge that fails is known before the time is over


class NoReminder(Refusal):
    """A renewal nobody was told of."""

    status = 409
    message = "No reminder of this renewal has arrived in time, so it is not charged: VIP ends."


class NotRenewing(Refusal):
    """Nothing to renew, or not yet."""

    status = 409
    message = "This VIP does not renew now. Its days stay as they are; nothing was charged."


@dataclass(frozen=True, slots=True)
class Rule:
    """When the reminder of a renewal has to arrive: so many days before it, at most and at least."""

    id: str
    plans: tuple[str, ...]
    markets: tuple[str, ...]
    in_force: date | None  # None: written down, not in force
    most_days: int
    least_days: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder to deliver: what is charged, when, and until when it must have arrived."""

    vip_id: int
    viewer_id: str
    brand_id: str
    rule: str
    plan: str
    price: Money
    renews_at: datetime
    arrive_by: datetime


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, those that are not in force too."""
    told = tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"]
    return tuple(
        Rule(
            each["id"], tuple(each["plans"]), tuple(each["markets"]), each.get("in_force"),
            each["most_days"], each["least_days"],
        )
        for each in told
    )  # fmt: skip


def rule_for(plan: str, market: str, on: date) -> Rule:
    """The rule of a plan in a market on a day; a market's own before the world's, the newest first."""
    fitting = [
        rule
        for rule in rules()
        if plan in rule.plans and rule.in_force is not None and rule.in_force <= on
        and (market in rule.markets or WORLD in rule.markets)
    ]  # fmt: skip
    return max(fitting, key=lambda rule: (market in rule.markets, rule.in_force, rule.id))


def ending_vips(tx: Session, at: datetime, after: int = 0, limit: int = PAGE) -> list[int]:
    """VIPs beyond a number whose time is over soon, renewing or not, by their numbers: a page."""
    most = timedelta(days=max(rule.most_days for rule in rules()))
    end = sa.func.max(VipPeriodRow.ends_at)
    ending = (
        sa.select(VipPeriodRow.vip_id)
        .join(VipRow, VipRow.id == VipPeriodRow.vip_id)
        .where(VipRow.state == "active", VipRow.id > after)
        .group_by(VipPeriodRow.vip_id)
        .having(sa.and_(end > at, end <= at + most))
        .order_by(VipPeriodRow.vip_id)
        .limit(limit)
    )
    return list(tx.scalars(ending))


def reminder_of(tx: Session, vip_id: int, at: datetime) -> Reminder | None:
    """The reminder that a VIP is due now; None: too early, too late, told, or nothing renews."""
    return _reminder(load(tx, vip_id), at)


def due_reminders(tx: Session, at: datetime, after: int = 0, limit: int = PAGE) -> list[Reminder]:
    """Reminders to deliver now, of a page of VIPs."""
    found = (reminder_of(tx, vip_id, at) for vip_id in ending_vips(tx, at, after, limit))
    return [reminder for reminder in found if reminder]


def reminded(tx: Session, reminder: Reminder, at: datetime) -> None:
    """The reminder was delivered (not: was sent)."""
    record(tx, reminder.vip_id, Fact(VipKind.REMINDED, at, _day(reminder.renews_at)))


def renew(
    tx: Session, vip_id: int, book: Book, at: datetime, *, tax_minor: int = 0
) -> tuple[Order, Money]:
    """The order of the next period, to charge: at the agreed price or less, once per period.

    Raises:
        NotRenewing: the viewer did not choose it, has left, or it is not due yet.
        NoReminder: none was delivered in time.
    """
    mine = load(tx, vip_id)
    end = mine.vip.ends_at
    renews = mine.agreed.screen.renews and mine.vip.state(at) == VipState.ACTIVE
    if not renews or end is None or not end - ORDERED_AHEAD <= at < end:
        raise NotRenewing
    if not _was_reminded(mine, end):
        raise NoReminder
    known = next((each for each in mine.charges if each.ordered_at >= end - ORDERED_AHEAD), None)
    if known is not None:  # asked twice; the book may have moved in between
        return find(tx, known.order_id), Money(known.gross_minor, known.currency)
    price = agreed_price(mine, book)
    order = place(tx, _wish(mine, price, end, tax_minor), at)
    record(tx, vip_id, Fact(VipKind.ORDERED, at, order.id))
    settle(tx, vip_id, at)
    return order, price


def agreed_price(mine: Subscription, book: Book) -> Money:
    """What a renewal costs: what was agreed to, or less where the book has fallen since."""
    agreed = mine.agreed.screen.price
    now = [plan.price for plan in book.plans if plan.plan == mine.agreed.screen.plan]
    same = [price for price in now if price.currency == agreed.currency]
    return min([agreed, *same], key=lambda price: price.minor)


def _reminder(mine: Subscription, at: datetime) -> Reminder | None:
    end, screen = mine.vip.ends_at, mine.agreed.screen
    if end is None or not screen.renews or mine.vip.state(at) != VipState.ACTIVE:
        return None
    if any(f.kind == VipKind.REMINDED and f.ref == _day(end) for f in mine.facts):
        return None
    rule = rule_for(screen.plan, screen.market, end.date())
    by = end - timedelta(days=rule.least_days)
    if not end - timedelta(days=rule.most_days) <= at <= by:
        return None
    return Reminder(
        mine.id, mine.viewer_id, mine.brand_id, rule.id, screen.plan, screen.price, end, by
    )


def _was_reminded(mine: Subscription, end: datetime) -> bool:
    rule = rule_for(mine.agreed.screen.plan, mine.agreed.screen.market, end.date())
    first, last = end - timedelta(days=rule.most_days), end - timedelta(days=rule.least_days)
    return any(
        fact.kind == VipKind.REMINDED and fact.ref == _day(end) and first <= fact.at <= last
        for fact in mine.facts
    )


def _wish(mine: Subscription, price: Money, end: datetime, tax_minor: int) -> Wish:
    screen = mine.agreed.screen
    return Wish(
        viewer_id=mine.viewer_id, brand_id=mine.brand_id, key=f"vip:{mine.id}:{_day(end)}",
        sku=SKU + screen.plan, market=screen.market, channel=screen.channel, paid_coins=0,
        bonus_coins=0, currency=price.currency, gross_minor=price.minor, tax_minor=tax_minor,
        provider=mine.provider, environment=mine.environment, book_id=screen.book_id or None,
    )  # fmt: skip


def _day(renews_at: datetime) -> str:
    return renews_at.date().isoformat()

"""What a VIP subscription is worth and where it stands: a pure fold over facts and charges.

Any order of arrival and any number of duplicates give the same periods, the same state and the same
money to give back, as `standing.py` does it for orders.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from silkreel.kit.money import Money, split

DAY = timedelta(days=1)
MONTHS = {"month": 1, "year": 12}  # a week is seven days
CHANGE_OF_MIND = timedelta(days=14)  # EU Consumer Rights Directive, for every market
GRACE = timedelta(days=3)  # a card that fails on a Friday is mended by Monday
HOLD = timedelta(days=30)  # as long as payments are asked for (orders.ASKED_FOR)

Why = Literal["withdrawn", "after_cancel", "double"]


class VipState(StrEnum):
    """What people call the standing of a subscription."""

    PENDING = "pending"
    ACTIVE = "active"
    GRACE = "grace"
    ON_HOLD = "on_hold"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ENDED = "ended"
    REVOKED = "revoked"


class VipKind(StrEnum):
    """What a fact says; money is told by the orders' own facts."""

    ORDERED = "ordered"  # an order was placed for it; ref is the order
    SURPLUS = "surplus"  # an order that was paid though another VIP ran; ref is the order
    REMINDED = "reminded"  # a renewal's reminder was delivered; ref is the day of the renewal
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    RESUMED = "resumed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a subscription; (kind, ref) is its identity."""

    kind: VipKind
    at: datetime
    ref: str = ""
    played: bool = False  # of a withdrawal: whether anything was played on what was paid for


@dataclass(frozen=True, slots=True)
class Charge:
    """An order for one period, as its payment facts have it."""

    order_id: str
    ordered_at: datetime
    gross_minor: int
    currency: str
    net_minor: int = 0
    paid_at: datetime | None = None
    returned_minor: int = 0
    gone_at: datetime | None = None  # when the last of its money had gone back


@dataclass(frozen=True, slots=True)
class Period:
    """Time in which VIP stands; grace has no order and earns nothing."""

    starts_at: datetime
    ends_at: datetime
    order_id: str | None
    net_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Owed:
    """Money of an order that has to go back and has not yet."""

    order_id: str
    money: Money
    why: Why


@dataclass(frozen=True, slots=True)
class Vip:
    """A subscription as its facts leave it."""

    periods: tuple[Period, ...]
    owed: tuple[Owed, ...]
    paid: bool  # whether any charge ever bought time
    paused: bool
    cancelled_at: datetime | None
    withdrawn_at: datetime | None
    revoked_at: datetime | None
    waiting: bool  # a renewal was ordered and is not paid

    @property
    def ends_at(self) -> datetime | None:
        """The end of the time that was paid for."""
        return max((p.ends_at for p in self.periods if p.order_id), default=None)

    def state(self, at: datetime) -> VipState:
        """What it is called at a time."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return VipState.REVOKED
        if self.withdrawn_at is not None:
            return VipState.ENDED
        if not self.paid:
            return VipState.ENDED if self.cancelled_at else VipState.PENDING
        if self.paused:
            return VipState.PAUSED
        return self._running(at)

    def _running(self, at: datetime) -> VipState:
        end = self.ends_at
        if end is None:
            return VipState.ENDED
        if at < end:
            return VipState.CANCELLED if self.cancelled_at else VipState.ACTIVE
        if self.waiting and at < end + GRACE:
            return VipState.GRACE
        return VipState.ON_HOLD if self.waiting and at < end + HOLD else VipState.ENDED


def period_end(anchor: datetime, plan: str, count: int = 1) -> datetime:
    """The end of the `count`-th period from an anchor; the 31st becomes a shorter month's last day."""
    if plan == "week":
        return anchor + timedelta(days=7 * count)
    month = anchor.month - 1 + MONTHS[plan] * count
    year, month = anchor.year + month // 12, month % 12 + 1
    return anchor.replace(
        year=year, month=month, day=min(anchor.day, calendar.monthrange(year, month)[1])
    )


def refund_of(
    price: Money, whole: timedelta, used: timedelta, *, since_paid: timedelta, played: bool
) -> Money:
    """What goes back of a period's price: all in the first 14 days if unplayed, else unused days.

    A day that began counts as used; the used share is rounded down, so the viewer never loses by
    rounding and the two shares add up to the price.
    """
    if not played and since_paid <= CHANGE_OF_MIND:
        return price
    days = -(-whole // DAY)
    return price.part_between(min(days, -(-used // DAY)), days, days)


def fold(plan: str, facts: Iterable[Fact], charges: Iterable[Charge]) -> Vip:
    """Where a subscription stands after a set of facts; each period is one charge of the plan."""
    first: dict[tuple[VipKind, str], Fact] = {}
    for fact in sorted(facts, key=lambda each: (each.at, each.played)):
        first.setdefault((fact.kind, fact.ref), fact)
    by_order = {charge.order_id: charge for charge in charges}
    reel = _Reel(plan, {f.ref for f in first.values() if f.kind == VipKind.SURPLUS})
    for _, _, _, event in sorted(_events(first.values(), by_order.values()), key=lambda e: e[:3]):
        reel.take(event)
    return reel.vip(by_order)


_RANK = {
    VipKind.RESUMED: 1, VipKind.PAUSED: 2, VipKind.CANCELLED: 3, VipKind.WITHDRAWN: 4,
    VipKind.REVOKED: 5,
}  # fmt: skip
_Event = Fact | Charge


def _events(
    facts: Iterable[Fact], charges: Iterable[Charge]
) -> Iterable[tuple[datetime, int, str, _Event]]:
    for fact in facts:
        if fact.kind in _RANK:
            yield fact.at, _RANK[fact.kind], fact.ref, fact
    for charge in charges:
        if charge.paid_at is not None:
            yield charge.paid_at, 0, charge.order_id, charge


@dataclass(slots=True)
class _Cut:
    """A stretch of an order's time; `ends_at` moves back when something cuts it."""

    starts_at: datetime
    ends_at: datetime
    order_id: str


@dataclass(slots=True)
class _Reel:
    """The time bought so far, while events are taken in their order."""

    plan: str
    surplus: set[str]
    cuts: list[_Cut] = field(default_factory=list)
    held: list[tuple[str, timedelta]] = field(default_factory=list)  # of a pause
    back: dict[str, tuple[int, Why]] = field(default_factory=dict)
    anchor: datetime | None = None
    count: int = 0
    paid: bool = False
    paused: bool = False
    cancelled_at: datetime | None = None
    withdrawn_at: datetime | None = None
    revoked_at: datetime | None = None
    known: dict[str, Charge] = field(default_factory=dict)

    @property
    def until(self) -> datetime | None:
        return max((cut.ends_at for cut in self.cuts), default=None)

    def take(self, event: _Event) -> None:
        if isinstance(event, Charge):
            self._buy(event)
        elif event.kind == VipKind.CANCELLED:
            self.cancelled_at = self.cancelled_at or event.at
        elif event.kind == VipKind.PAUSED:
            self._pause(event.at)
        elif event.kind == VipKind.RESUMED:
            self._resume(event.at)
        elif event.kind == VipKind.WITHDRAWN:
            self._withdraw(event)
        else:
            self._close(event.at)
            self.revoked_at = self.revoked_at or event.at

    def _buy(self, charge: Charge) -> None:
        assert charge.paid_at is not None, "only paid charges are events"
        self.known[charge.order_id] = charge
        if charge.order_id in self.surplus:
            self.back[charge.order_id] = (charge.gross_minor, "double")
            return
        if self.cancelled_at or self.withdrawn_at or self.revoked_at:
            self.back[charge.order_id] = (charge.gross_minor, "after_cancel")
            return
        self.paid = True
        start = self._start(charge, charge.paid_at)
        if self.anchor is None or start != period_end(self.anchor, self.plan, self.count):
            self.anchor, self.count = start, 0
        self.count += 1
        end = period_end(self.anchor, self.plan, self.count)
        if self.paused:
            self.held.append((charge.order_id, end - start))
        else:
            self.cuts.append(_Cut(start, end, charge.order_id))

    def _start(self, charge: Charge, paid_at: datetime) -> datetime:
        """At the end of what was bought before; grace that was used is part of what is bought."""
        if self.until is None:
            return paid_at
        graced = charge.ordered_at <= self.until and paid_at < self.until + GRACE
        return self.until if graced else max(paid_at, self.until)

    def _pause(self, at: datetime) -> None:
        if self.paused or self.until is None or self.until <= at:
            return
        self.paused = True
        for cut in self.cuts:
            if cut.ends_at > at:
                self.held.append((cut.order_id, cut.ends_at - max(at, cut.starts_at)))
        self._close(at)

    def _resume(self, at: datetime) -> None:
        if not self.paused:
            return
        self.paused, self.anchor = False, None
        for order_id, length in self.held:
            self.cuts.append(_Cut(at, at + length, order_id))
            at += length
        self.held = []

    def _withdraw(self, fact: Fact) -> None:
        if self.withdrawn_at is not None:
            return
        self.withdrawn_at = fact.at
        held: dict[str, timedelta] = {}
        for order_id, length in self.held:
            held[order_id] = held.get(order_id, timedelta()) + length
        for order_id in {cut.order_id for cut in self.cuts if cut.ends_at > fact.at} | held.keys():
            charge = self.known[order_id]
            mine = [cut for cut in self.cuts if cut.order_id == order_id]
            spans = [cut.ends_at - cut.starts_at for cut in mine]
            used = [min(cut.ends_at, fact.at) - min(cut.starts_at, fact.at) for cut in mine]
            whole = sum(spans, held.get(order_id, timedelta()))
            assert charge.paid_at is not None, "what was not paid has no time"
            money = refund_of(
                Money(charge.gross_minor, charge.currency), whole, sum(used, timedelta()),
                since_paid=fact.at - charge.paid_at, played=fact.played,
            )  # fmt: skip
            self.back[order_id] = (money.minor, "withdrawn")
        self._close(fact.at)
        self.held, self.paused = [], False

    def _close(self, at: datetime, order_id: str | None = None) -> None:
        """Nothing (of an order) runs beyond a time."""
        for cut in self.cuts:
            if order_id in (None, cut.order_id):
                cut.ends_at = min(cut.ends_at, max(at, cut.starts_at))
        self.cuts = [cut for cut in self.cuts if cut.ends_at > cut.starts_at]

    def vip(self, charges: dict[str, Charge]) -> Vip:
        """The result; money that went back without a word of the viewer ends what it bought."""
        for charge in sorted(self.known.values(), key=lambda each: each.order_id):
            if charge.gone_at is not None and charge.order_id not in self.back:
                self._revoke(charge.order_id, charge.gone_at)
        stopped = self.cancelled_at or self.withdrawn_at or self.revoked_at or self.paused
        end = self.until
        waiting = not stopped and any(
            charge.paid_at is None and end is not None and charge.ordered_at <= end
            for charge in charges.values()
        )
        periods = self._periods(charges)
        if waiting and end is not None:
            periods.append(Period(end, end + GRACE, None, 0, periods[-1].currency))
        return Vip(
            tuple(periods), self._owed(), self.paid, self.paused, self.cancelled_at,
            self.withdrawn_at, self.revoked_at, waiting,
        )  # fmt: skip

    def _revoke(self, order_id: str, at: datetime) -> None:
        self._close(at, order_id)
        self.held = [each for each in self.held if each[0] != order_id]
        if not self.held and (self.until is None or self.until <= at):
            self.revoked_at = max(self.revoked_at or at, at)
            self.paused = False

    def _periods(self, charges: dict[str, Charge]) -> list[Period]:
        """Every stretch, with its share of what was kept of its order, to the last unit."""
        found = []
        for order_id in sorted({cut.order_id for cut in self.cuts}):
            charge = charges[order_id]
            cuts = [cut for cut in self.cuts if cut.order_id == order_id]
            gone = max(charge.returned_minor, self.back.get(order_id, (0,))[0])
            kept = Money(charge.net_minor, charge.currency).part_between(
                0, charge.gross_minor - gone, charge.gross_minor
            )
            lengths = tuple(int((c.ends_at - c.starts_at).total_seconds()) + 1 for c in cuts)
            for cut, share in zip(cuts, split(kept, lengths), strict=True):
                found.append(
                    Period(cut.starts_at, cut.ends_at, order_id, share.minor, share.currency)
                )
        return sorted(found, key=lambda period: (period.starts_at, period.ends_at))

    def _owed(self) -> tuple[Owed, ...]:
        due = []
        for order_id, (minor, why) in sorted(self.back.items()):
            charge = self.known[order_id]
            left = minor - charge.returned_minor
            if left > 0:
                due.append(Owed(order_id, Money(left, charge.currency), why))
        return tuple(due)

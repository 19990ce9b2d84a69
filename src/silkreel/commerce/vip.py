"""VIP: joined after a yes on record, paid by orders, one at a time.

What happens is a fact, written once; the rows of periods and the state are folded from the facts
and from the orders' own (`vip_rules.fold`), so nothing here depends on the order of news.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.orders import Order, Wish, place
from silkreel.commerce.payments import Environment
from silkreel.commerce.tables import OrderRow, OutboxRow, VipFactRow, VipPeriodRow, VipRow
from silkreel.commerce.vip_record import (
    buys,
    charge_of,
    facts_of_orders,
    load,
    lock_all,
    record,
    settle,
)
from silkreel.commerce.vip_rules import Fact, Owed, VipKind, VipState
from silkreel.commerce.vip_screen import Agreed, Title, find_consent, plan_price
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

SKU = "vip:"
YES_LASTS = timedelta(hours=1)  # from the yes to the order; later the screen is shown again
RUNNING = (VipState.ACTIVE, VipState.GRACE, VipState.CANCELLED, VipState.PAUSED, VipState.ON_HOLD)


class NoConsent(Refusal):
    """Nothing is charged without a yes to exactly this."""

    status = 409
    message = "There is no fresh agreement to these terms. Show the VIP screen and ask again."


class TermsChanged(Refusal):
    """What was agreed to is not what is sold now; nothing was charged."""

    status = 409
    message = "VIP has changed since this screen was drawn. Nothing was charged; look at it again."


class VipRuns(Refusal):
    """One VIP at a time, so that nobody pays twice for a day."""

    status = 409
    message = "You have VIP until {until}. Nothing was charged; join again after that."


@dataclass(frozen=True, slots=True)
class Joining:
    """A viewer who said yes and now pays; `not_covered` is what VIP leaves out right now."""

    viewer_id: str
    brand_id: str
    consent_id: int
    key: str
    provider: str
    environment: Environment
    not_covered: tuple[Title, ...] = ()
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Money to return by itself; the key makes it happen once."""

    owed: Owed
    provider: str
    payment: str
    key: str


def join(tx: Session, joining: Joining, book: Book, at: datetime) -> tuple[int, Order]:
    """The VIP, pending, and its order, for a yes that is on record; the same key does it once.

    Raises:
        NoConsent: no yes of this viewer within the hour; one yes is one order.
        TermsChanged: price, currency or the titles left out differ from what was agreed to.
        VipRuns: another VIP of theirs still runs.
        OrderKeyReused: the key was used for another purchase.
    """
    agreed = find_consent(tx, joining.consent_id)
    if agreed is None or (agreed.shown.viewer_id, agreed.shown.brand_id) != (
        joining.viewer_id, joining.brand_id
    ):  # fmt: skip
        raise NoConsent
    known = _joined_before(tx, agreed.consent_id)
    if known is not None:
        return known.vip_id, _same_order(tx, known.ref, joining, agreed, at)
    if not timedelta() <= at - agreed.at <= YES_LASTS:
        raise NoConsent
    _refuse_changed(joining, agreed, book)
    _refuse_second(tx, joining, at)
    row = VipRow(viewer_id=joining.viewer_id, brand_id=joining.brand_id, plan=agreed.screen.plan,
                 state="pending", provider=joining.provider,
                 consent_id=agreed.consent_id)  # fmt: skip
    tx.add(row)
    tx.flush()
    order = place(tx, _wish(joining, agreed), at)
    record(tx, row.id, Fact(VipKind.ORDERED, at, order.id))
    return row.id, order


def follow(tx: Session, order: OrderRow, at: datetime) -> None:
    """An order's money moved: its VIP's periods and state follow, the same again changes nothing."""
    vip_id = tx.scalar(
        sa.select(VipFactRow.vip_id).where(
            VipFactRow.kind == VipKind.ORDERED, VipFactRow.ref == order.id
        )
    )
    if vip_id is None:
        _alarm(tx, order, at)
        return
    mine = tx.get_one(VipRow, vip_id)  # whose it is now: the order may be a guest's of before
    lock_all(tx, mine.viewer_id, mine.brand_id)
    charge = charge_of(order, facts_of_orders(tx, [order.id]).get(order.id, []))
    if charge.paid_at is not None and _another_ran(tx, mine, charge.paid_at):
        record(tx, vip_id, Fact(VipKind.SURPLUS, at, order.id))
    settle(tx, vip_id, at)


def refunds_due(tx: Session, vip_id: int) -> list[GiveBack]:
    """Money this VIP has to give back by itself: withdrawn, charged twice or after cancelling."""
    mine = load(tx, vip_id)
    paid = facts_of_orders(tx, [owed.order_id for owed in mine.vip.owed])
    due = []
    for owed in mine.vip.owed:
        row = tx.get_one(OrderRow, owed.order_id)
        payment = next(fact for fact in paid[row.id] if buys(fact, row)).provider_object
        due.append(GiveBack(owed, row.provider, payment, f"vip:{row.id}:{owed.why}"))
    return due


def owing(tx: Session, limit: int) -> list[GiveBack]:
    """What VIPs have to give back, a round of it."""
    rows = sa.select(VipRow.id).where(VipRow.owed_minor > 0).order_by(VipRow.id).limit(limit)
    return [due for vip_id in tx.scalars(rows).all() for due in refunds_due(tx, vip_id)]


def covered(
    tx: Session, viewer_id: str, brand_id: str, series_id: str, out_since: datetime, at: datetime,
    *, excluded: bool,
) -> bool:  # fmt: skip
    """Whether a VIP that runs now opens a series, by what its own screen said.

    Args:
        tx: reads.
        viewer_id: whose VIP.
        brand_id: with which brand.
        series_id: the series.
        out_since: when it came out in their market.
        at: now.
        excluded: whether VIP leaves it out there today.
    """
    consents = tx.scalars(
        sa.select(VipRow.consent_id)
        .join(VipPeriodRow, VipPeriodRow.vip_id == VipRow.id)
        .where(
            VipRow.viewer_id == viewer_id, VipRow.brand_id == brand_id,
            VipPeriodRow.starts_at <= at, VipPeriodRow.ends_at > at,
        )
    )  # fmt: skip
    yeses = [find_consent(tx, number) for number in consents]
    return any(yes.covers(series_id, out_since, excluded=excluded) for yes in yeses if yes)


def mark_played(tx: Session, viewer_id: str, brand_id: str, at: datetime) -> None:
    """VIP opened a play: who withdraws now gets the days that are left, not the whole price."""
    runs = sa.exists().where(
        VipPeriodRow.vip_id == VipRow.id, VipPeriodRow.starts_at <= at, VipPeriodRow.ends_at > at
    )
    mine = VipRow.viewer_id == viewer_id, VipRow.brand_id == brand_id, runs
    tx.execute(sa.update(VipRow).where(*mine).values(played_at=at))


def was_played(tx: Session, vip_id: int, at: datetime) -> bool:
    """Whether it opened anything since the running period began."""
    began = sa.select(sa.func.max(VipPeriodRow.starts_at)).where(
        VipPeriodRow.vip_id == vip_id, VipPeriodRow.starts_at <= at
    )
    played = sa.select(VipRow.id).where(
        VipRow.id == vip_id, VipRow.played_at >= began.scalar_subquery()
    )
    return tx.scalar(played) is not None


def running(tx: Session, viewer_id: str, brand_id: str, at: datetime) -> list[int]:
    """VIPs of a viewer that run or may go on, locked, the first joined first."""
    rows = lock_all(tx, viewer_id, brand_id)
    return [row.id for row in rows if load(tx, row.id).vip.state(at) in RUNNING]


def merge_vips(tx: Session, guest_id: str, viewer_id: str, brand_id: str) -> None:
    """A guest signs in: their VIP is the account's."""
    of_guest = VipRow.viewer_id == guest_id, VipRow.brand_id == brand_id
    tx.execute(sa.update(VipRow).where(*of_guest).values(viewer_id=viewer_id))
    tx.flush()


def restate(tx: Session, at: datetime, limit: int = 500) -> int:
    """States that only time changed (grace, on hold, ended), a round of them; how many moved."""
    runs = sa.exists().where(VipPeriodRow.vip_id == VipRow.id, VipPeriodRow.ends_at > at)
    named = VipRow.state.in_(("active", "cancelled", "on_hold"))
    late = sa.or_(sa.and_(named, ~runs), VipRow.state == "grace")
    ordered = sa.select(VipRow).where(late).order_by(VipRow.id).limit(limit)
    rows = tx.scalars(ordered.with_for_update(skip_locked=True)).all()
    before = {row.id: row.state for row in rows}
    return sum(settle(tx, row.id, at).vip.state(at) != before[row.id] for row in rows)


def _wish(joining: Joining, agreed: Agreed) -> Wish:
    screen = agreed.screen
    return Wish(
        viewer_id=joining.viewer_id, brand_id=joining.brand_id, key=joining.key,
        sku=SKU + screen.plan, market=screen.market, channel=screen.channel, paid_coins=0,
        bonus_coins=0, currency=screen.currency, gross_minor=screen.price_minor,
        tax_minor=joining.tax_minor, provider=joining.provider, environment=joining.environment,
        book_id=screen.book_id or None,
    )  # fmt: skip


def _refuse_changed(joining: Joining, agreed: Agreed, book: Book) -> None:
    screen = agreed.screen
    named = {title.series_id for title in screen.not_covered}
    unnamed = {title.series_id for title in joining.not_covered} - named
    place_now = (book.brand_id, book.market, book.channel)
    if place_now != (joining.brand_id, screen.market, screen.channel) or unnamed:
        raise TermsChanged
    if plan_price(book, screen.plan) != screen.price:
        raise TermsChanged


def _refuse_second(tx: Session, joining: Joining, at: datetime) -> None:
    for row in lock_all(tx, joining.viewer_id, joining.brand_id):
        vip = load(tx, row.id).vip
        if vip.state(at) in RUNNING:
            raise VipRuns(until=vip.ends_at.date().isoformat() if vip.ends_at else "")


def _joined_before(tx: Session, consent_id: int) -> VipFactRow | None:
    ordered = sa.select(VipFactRow).join(VipRow, VipRow.id == VipFactRow.vip_id)
    mine = VipRow.consent_id == consent_id, VipFactRow.kind == VipKind.ORDERED
    return tx.scalars(ordered.where(*mine).order_by(VipFactRow.id)).first()


def _same_order(
    tx: Session, order_id: str, joining: Joining, agreed: Agreed, at: datetime
) -> Order:
    """The order of a yes that was used before; another key would be another charge."""
    if tx.get_one(OrderRow, order_id).key != joining.key:
        raise NoConsent
    return place(tx, _wish(joining, agreed), at)


def _another_ran(tx: Session, mine: VipRow, paid_at: datetime) -> bool:
    """Whether another VIP of the viewer ran when this one was paid."""
    other = sa.select(VipPeriodRow.vip_id).join(VipRow, VipRow.id == VipPeriodRow.vip_id)
    found = other.where(
        VipRow.viewer_id == mine.viewer_id, VipRow.brand_id == mine.brand_id,
        VipRow.id != mine.id, VipPeriodRow.starts_at <= paid_at, VipPeriodRow.ends_at > paid_at,
    )  # fmt: skip
    return tx.scalar(found.limit(1)) is not None


def _alarm(tx: Session, order: OrderRow, at: datetime) -> None:
    """Money for VIP that nobody agreed to: a person looks, nothing is granted."""
    payload = {"order": order.id, "problem": "no VIP was agreed to by this order"}
    key = f"vip-order:{order.id}"
    known = sa.select(OutboxRow.id).where(OutboxRow.topic == "alarm.vip", OutboxRow.key == key)
    if tx.scalar(known) is None:
        tx.add(OutboxRow(topic="alarm.vip", key=key, payload=payload, made_at=at))

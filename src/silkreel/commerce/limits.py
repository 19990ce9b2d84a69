"""Limits that viewers set on themselves, and the noes that follow from them.

Unlocks are held to them by the ledger's plan (`bounds`), purchases here, where every order is made.
Coins bought and coins spent are counted apart, each against the same limits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from silkreel.commerce.bounds import DAY, MONTH, Age, Bounds, Limit, Stop, rights_in
from silkreel.commerce.facts import Holder
from silkreel.commerce.ledger_reading import make_wallets
from silkreel.commerce.tables import (
    EntitlementRow,
    LimitChangeRow,
    OrderRow,
    PriceRow,
    ViewerLimitRow,
    WalletRow,
)
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted

Stretch = Literal["day", "month"]
MAX_LIMIT_COINS = 10**9
GONE = ("failed", "expired", "refunded", "charged_back")  # orders whose money nobody has
OPEN = ("created", "pending", "unknown")
AGES = ("child", "teen", "adult")  # from the most to the least protected
FOR_EVER = timedelta(days=36_500)
MIN_YEARS, MAX_YEARS = 1, 130


class SpendLimitReached(Refusal):
    """The viewer's own limit."""

    status = 409
    message = Counted(
        "This is {coins} coins more than the limit you set yourself. Wait, or choose less; a "
        "higher limit takes effect after 24 hours.",
        one="This is {coins} coin more than the limit you set yourself. Wait, or choose less; a "
        "higher limit takes effect after 24 hours.",
        by="coins",
    )


class ShutOut(Refusal):
    """The viewer's own wish to spend nothing for a while."""

    status = 403
    message = (
        "You asked us to stop your spending for a while. What you bought still plays; see when it "
        "ends under Your rights and limits."
    )


class TooYoung(Refusal):
    """By the age that was stated."""

    status = 403
    message = (
        "At the age stated for you, this cannot be bought here now. Free episodes and what you own "
        "still play."
    )


class WalletCeiling(Refusal):
    """More unused coins than a market allows."""

    status = 409
    message = (
        "A wallet holds at most {ceiling} bought coins here. Use some first, or buy at most "
        "{room} coins."
    )


class ShorterExclusion(Refusal):
    """A stop that is taken back."""

    status = 409
    message = "A stop you asked for is not made shorter. It ends at {until}."


class OlderOnlyByStaff(Refusal):
    """An age that was stated stays."""

    status = 409
    message = "An age that was stated is raised by our support only. Write to them."


class NotALimit(Refusal):
    """A number that is none."""

    status = 422
    message = "A limit is a whole number of coins from 0 to {most}."


@dataclass(frozen=True, slots=True)
class Mine:
    """What a viewer sees of their limits."""

    bounds: Bounds
    day_bought: int
    month_bought: int


def my_limits(tx: Session, holder: Holder, now: datetime) -> Mine:
    """Limits in force and waiting, and what was spent and bought in their stretches."""
    bounds = _bounds(tx.get(ViewerLimitRow, holder))
    spent = [_spent(tx, holder, now - stretch) for stretch in (DAY, MONTH)]
    bought = [_bought(tx, holder, now - stretch) for stretch in (DAY, MONTH)]
    bounds = Bounds(bounds.day, bounds.month, bounds.excluded_until, bounds.age, spent[0], spent[1])
    return Mine(bounds, *bought)


def set_limit(
    tx: Session, holder: Holder, stretch: Stretch, coins: int | None, now: datetime
) -> None:
    """Ask for a limit: less counts at once, more (or none) after a day.

    Raises:
        NotALimit.
    """
    if coins is not None and not 0 <= coins <= MAX_LIMIT_COINS:
        raise NotALimit(most=MAX_LIMIT_COINS)
    row = _locked(tx, holder)
    limit: Limit = getattr(_bounds(row), stretch).wish(coins, now)
    _keep(row, stretch, limit)
    _note(tx, holder, stretch, "none" if coins is None else str(coins), "viewer", now)


def shut_out(tx: Session, holder: Holder, length: timedelta, now: datetime) -> datetime:
    """Spend nothing until then; it is made longer at any time and shorter never.

    Raises:
        ShorterExclusion.
    """
    row, until = _locked(tx, holder), now + min(length, FOR_EVER)
    if row.excluded_until is not None and row.excluded_until > until:
        raise ShorterExclusion(until=row.excluded_until.isoformat(timespec="minutes"))
    row.excluded_until = until
    _note(tx, holder, "exclusion", until.isoformat(), "viewer", now)
    return until


def state_age(tx: Session, holder: Holder, years: int, market: str, now: datetime) -> Age:
    """Keep the group somebody says they belong to, never the age; only staff move it upwards.

    Raises:
        OlderOnlyByStaff.
    """
    age = rights_in(market, now).age_of(max(MIN_YEARS, min(years, MAX_YEARS)))
    row = _locked(tx, holder)
    if row.age and AGES.index(age) > AGES.index(row.age):
        raise OlderOnlyByStaff
    row.age = age
    _note(tx, holder, "age", age, "viewer", now)
    return age


def set_age(tx: Session, holder: Holder, age: Age, now: datetime, *, actor: str) -> Age:
    """Correct a group that was stated wrongly, whichever way; the group of before."""
    row = _locked(tx, holder)
    before: Age = row.age  # type: ignore[assignment]  # the column holds one of them
    row.age = age
    _note(tx, holder, "age", age, actor, now)
    return before


def merge_limits(tx: Session, guest_id: str, holder: Holder, now: datetime) -> None:
    """Of a guest's limits and the account's the stricter ones stay."""
    guest = tx.get(ViewerLimitRow, (guest_id, holder[1]))
    if guest is None:
        return
    row = _locked(tx, holder)
    theirs, mine = _bounds(guest), _bounds(row)
    _keep(row, "day", mine.day.stricter(theirs.day, now))
    _keep(row, "month", mine.month.stricter(theirs.month, now))
    ends = [end for end in (mine.excluded_until, theirs.excluded_until) if end]
    row.excluded_until = max(ends, default=None)
    row.age = min((age for age in (mine.age, theirs.age) if age), key=AGES.index, default="")
    _note(tx, holder, "merge", guest_id[:8], "system", now)
    tx.delete(guest)
    tx.flush()


def refuse_purchase(
    tx: Session, holder: Holder, market: str, coins: int, now: datetime, *, kept: int
) -> None:
    """Pass an order of so many coins (VIP: what it is worth in coins) within all limits.

    `kept` of them would lie in the wallet. The wallet is locked, so that two orders see one
    another; money that comes late for an order that was let through still buys what it promised.

    Raises:
        SpendLimitReached, ShutOut, TooYoung, WalletCeiling: nothing was ordered.
    """
    wallet, rights = _wallet(tx, holder), rights_in(market, now)
    row = tx.get(ViewerLimitRow, holder)
    if row is not None:
        bounds = _bounds(row)
        day, month = (_bought(tx, holder, now - stretch) for stretch in (DAY, MONTH))
        counted = Bounds(bounds.day, bounds.month, bounds.excluded_until, bounds.age, day, month)
        if stop := counted.stop(coins, rights, now):
            raise refusal(stop)
    waiting = sa.select(sa.func.coalesce(sa.func.sum(OrderRow.paid_coins), 0)).where(
        *_orders(holder), OrderRow.state.in_(OPEN), OrderRow.expires_at > now
    )
    room = rights.ceiling_coins - wallet.paid - int(tx.scalar(waiting) or 0)
    if kept > room:
        raise WalletCeiling(ceiling=rights.ceiling_coins, room=max(0, room))


def coins_of(tx: Session, book_id: int | None, paid_coins: int, gross_minor: int) -> int:
    """An order in coins: those it promises, or what its price buys at the book's base rate."""
    if paid_coins or book_id is None:
        return paid_coins
    base = tx.execute(
        sa.select(PriceRow.paid_coins, PriceRow.minor)
        .where(PriceRow.book_id == book_id, PriceRow.item.startswith("bundle:"))
        .order_by(PriceRow.paid_coins)
        .limit(1)
    ).first()
    return -(-gross_minor * base[0] // base[1]) if base and base[1] else 0


def refusal(stop: Stop) -> Refusal:
    """The sentence of a stop."""
    if stop.why == "cap":
        return SpendLimitReached(coins=stop.beyond_coins)
    return ShutOut() if stop.why == "excluded" else TooYoung()


def age_of(tx: Session, holder: Holder) -> Age:
    """The group that was stated; "" where none was."""
    return _bounds(tx.get(ViewerLimitRow, holder)).age


def _bounds(row: ViewerLimitRow | None) -> Bounds:
    if row is None:
        return Bounds()
    age: Age = row.age  # type: ignore[assignment]  # the column holds one of them
    return Bounds(
        Limit(row.day_coins, row.day_next_coins, row.day_next_at),
        Limit(row.month_coins, row.month_next_coins, row.month_next_at),
        row.excluded_until, age,
    )  # fmt: skip


def _keep(row: ViewerLimitRow, stretch: Stretch, limit: Limit) -> None:
    setattr(row, f"{stretch}_coins", limit.coins)
    setattr(row, f"{stretch}_next_coins", limit.next_coins)
    setattr(row, f"{stretch}_next_at", limit.next_at)


def _locked(tx: Session, holder: Holder) -> ViewerLimitRow:
    insert_once(tx, ViewerLimitRow, {"viewer_id": holder[0], "brand_id": holder[1], "age": ""})
    return tx.get_one(ViewerLimitRow, holder, with_for_update=True, populate_existing=True)


def _note(tx: Session, holder: Holder, what: str, value: str, actor: str, at: datetime) -> None:
    tx.add(
        LimitChangeRow(
            viewer_id=holder[0], brand_id=holder[1], what=what, value=value, actor=actor, at=at
        )
    )
    tx.flush()


def _wallet(tx: Session, holder: Holder) -> WalletRow:
    mine = sa.select(WalletRow).where(
        WalletRow.viewer_id == holder[0], WalletRow.brand_id == holder[1]
    )
    locked = mine.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = tx.scalars(locked).first()
    if row is None:
        make_wallets(tx.connection(), [holder])
        row = tx.scalars(locked).one()
    return row


def _spent(tx: Session, holder: Holder, since: datetime) -> int:
    return int(
        tx.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(EntitlementRow.coins), 0)).where(
                EntitlementRow.viewer_id == holder[0], EntitlementRow.brand_id == holder[1],
                EntitlementRow.source == "coin", EntitlementRow.revoked_at.is_(None),
                EntitlementRow.starts_at > since,
            )
        ) or 0
    )  # fmt: skip


def _bought(tx: Session, holder: Holder, since: datetime) -> int:
    """Coins ordered since then and not given up: an order that waits counts, it may be paid."""
    rows = tx.execute(
        sa.select(OrderRow.book_id, OrderRow.paid_coins, OrderRow.gross_minor).where(
            *_orders(holder), OrderRow.state.not_in(GONE), OrderRow.made_at > since
        )
    )
    return sum(coins_of(tx, *row) for row in rows)


def _orders(holder: Holder) -> tuple[sa.ColumnElement[bool], ...]:
    return OrderRow.viewer_id == holder[0], OrderRow.brand_id == holder[1]

"""Staff mend a wallet: small gifts at once, the rest with the yes of a second person.

Bonus coins are given or taken, or debt is forgiven; bought coins are never made. What one person
gave alone within a day counts together, so that a large gift is not cut into small ones.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

import sqlalchemy as sa

from silkreel.commerce.ledger import apply
from silkreel.commerce.requests import MAX_COINS, Adjust
from silkreel.commerce.tables import AdjustmentRow
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, text_hash
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.four_eyes import Work, sign

ALONE_COINS = 500  # the smallest bundle: goodwill for one bad evening
ALONE_WITHIN = timedelta(days=1)
ADJUST, APPROVE = "money.adjust", "money.approve"
State = Literal["proposed", "made", "declined"]


class NothingToAdjust(Refusal):
    """An adjustment without coins, or without a reason."""

    status = 422
    message = "Say how many coins to give, take or forgive, and why."


class NoSuchAdjustment(Refusal):
    """There is no such proposal."""

    status = 404
    message = "There is no adjustment {number} here."


class AlreadyDecided(Refusal):
    """Somebody was first."""

    status = 409
    message = "This adjustment is {state} already."


class TooFewCoins(Refusal):
    """More would be taken than is there."""

    status = 409
    message = (
        "The wallet has fewer bonus coins, or owes less, than this would take. Look at it again."
    )


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a wallet that was proposed, and what became of it."""

    id: int
    viewer_id: str
    bonus_coins: int
    forgive_coins: int
    reason: str
    state: State
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    decided_name: str
    decided_at: datetime | None

    @property
    def content_hash(self) -> str:
        """Over all that whoever approves is shown."""
        told = [self.viewer_id, self.bonus_coins, self.forgive_coins, self.reason]
        return text_hash(canonical_json(told))


def propose(
    tx: Session, viewer_id: str, bonus_coins: int, forgive_coins: int, reason: str, by: Actor
) -> Adjustment:
    """Make a small adjustment, or put a larger one before a second person.

    Raises:
        NothingToAdjust, TooFewCoins, NotYours, SecondFactorRequired.
    """
    by.need(ADJUST)
    size = abs(bonus_coins) + forgive_coins
    if not size or forgive_coins < 0 or size > MAX_COINS or not reason.strip():
        raise NothingToAdjust
    alone = size + _made_alone(tx, by) <= ALONE_COINS
    row = AdjustmentRow(
        viewer_id=viewer_id, brand_id=by.brand_id, bonus_coins=bonus_coins,
        forgive_coins=forgive_coins, reason=reason.strip(), state="proposed", proposed_by=by.id,
        proposed_name=by.name, proposed_at=by.at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    _log(tx, row, "adjustment.proposed", by)
    if alone:
        _make(tx, row, by)
    return _shown(row)


def approve(tx: Session, number: int, seen_hash: str, by: Actor) -> Adjustment:
    """Say yes to somebody else's proposal; the coins move at once.

    Raises:
        NoSuchAdjustment, AlreadyDecided, TooFewCoins; what `four_eyes.sign` raises.
    """
    row = _open(tx, number, by)
    work = Work(f"adjustment:{number}", _shown(row).content_hash, frozenset({row.proposed_by}))
    sign(tx, work, right=APPROVE, seen_hash=seen_hash, by=by)
    _make(tx, row, by)
    return _shown(row)


def decline(tx: Session, number: int, by: Actor, reason: str = "") -> Adjustment:
    """Say no; whoever proposed it may take it back this way too.

    Raises:
        NoSuchAdjustment, AlreadyDecided, NotYours, SecondFactorRequired.
    """
    row = _open(tx, number, by)
    if by.id != row.proposed_by:
        by.need(APPROVE)
    row.state, row.decided_by, row.decided_name, row.decided_at = "declined", by.id, by.name, by.at
    _log(tx, row, "adjustment.declined", by, reason)
    return _shown(row)


def list_adjustments(
    tx: Session, brand_id: str, *, state: str | None = None, before: int | None = None, limit: int
) -> list[Adjustment]:
    """Adjustments of a brand, newest first."""
    query = sa.select(AdjustmentRow).where(AdjustmentRow.brand_id == brand_id)
    if state is not None:
        query = query.where(AdjustmentRow.state == state)
    if before is not None:
        query = query.where(AdjustmentRow.id < before)
    rows = tx.scalars(query.order_by(AdjustmentRow.id.desc()).limit(limit))
    return [_shown(row) for row in rows]


def _made_alone(tx: Session, by: Actor) -> int:
    """Coins this person moved without a second one lately."""
    size = sa.func.abs(AdjustmentRow.bonus_coins) + AdjustmentRow.forgive_coins
    mine = (
        AdjustmentRow.proposed_by == by.id,
        AdjustmentRow.decided_by == by.id,
        AdjustmentRow.state == "made",
        AdjustmentRow.proposed_at > by.at - ALONE_WITHIN,
    )
    return int(tx.scalar(sa.select(sa.func.coalesce(sa.func.sum(size), 0)).where(*mine)) or 0)


def _open(tx: Session, number: int, by: Actor) -> AdjustmentRow:
    row = tx.get(AdjustmentRow, number, with_for_update=True, populate_existing=True)
    if row is None or row.brand_id != by.brand_id:
        raise NoSuchAdjustment(number=number)
    if row.state != "proposed":
        raise AlreadyDecided(state=row.state)
    return row


def _make(tx: Session, row: AdjustmentRow, by: Actor) -> None:
    asked = Adjust(
        viewer_id=row.viewer_id, brand_id=row.brand_id, scope="adjustment", key=str(row.id),
        actor=f"staff:{by.name}", note=row.reason, bonus_coins=row.bonus_coins,
        forgive_coins=row.forgive_coins,
    )  # fmt: skip
    (answer,) = apply(tx, [asked], by.at)
    if not answer.done:
        raise TooFewCoins
    row.state, row.decided_by, row.decided_name, row.decided_at = "made", by.id, by.name, by.at
    _log(tx, row, "adjustment.made", by)


def _log(
    tx: Session, row: AdjustmentRow, action: str, by: Actor, reason: str | None = None
) -> None:
    tx.flush()
    after = {"viewer": row.viewer_id, "bonus_coins": row.bonus_coins,
             "forgive_coins": row.forgive_coins, "state": row.state}  # fmt: skip
    record(tx, by, action, f"adjustment:{row.id}", after=after,
           reason=row.reason if reason is None else reason)  # fmt: skip


def _shown(row: AdjustmentRow) -> Adjustment:
    return Adjustment(
        row.id, row.viewer_id, row.bonus_coins, row.forgive_coins, row.reason,
        cast("State", row.state), row.proposed_by, row.proposed_name, row.proposed_at,
        row.decided_name, row.decided_at,
    )  # fmt: skip

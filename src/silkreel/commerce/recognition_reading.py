"""Rows of the ledger into what recognition folds: bought lots, and the txns that move their money."""

from collections import defaultdict
from typing import Any, cast

import sqlalchemy as sa

from silkreel.commerce.facts import Use
from silkreel.commerce.recognition import Event, EventKind, PaidLot
from silkreel.commerce.tables import (
    AccountRow,
    EntitlementRow,
    LotRow,
    LotUseRow,
    PostingRow,
    TxnRow,
)
from silkreel.kit.database import Session

# Trial purchases of a store bring no money, bonus coins neither.
BOUGHT = sa.and_(LotRow.source == "paid", LotRow.sandbox.is_(False))
OF_ORDERS = ("claw", "unclaw")
KINDS = ("grant", "unlock", "open", "undo", "settle", *OF_ORDERS)


def read_paid_lots(tx: Session, to_txn_id: int) -> list[PaidLot]:
    """Lots that were bought by then, in the order of their numbers."""
    query = (
        sa.select(
            LotRow.id, LotRow.order_id, LotRow.granted, LotRow.net_minor, LotRow.currency
        )
        .where(BOUGHT, LotRow.txn_id <= to_txn_id)
        .order_by(LotRow.id)
    )  # fmt: skip
    return [PaidLot(row[0], row[1] or "", *row[2:]) for row in tx.execute(query)]


def read_events(tx: Session, to_txn_id: int) -> list[Event]:
    """Txns up to that one that money hangs on, in the order of their numbers."""
    uses = _uses(tx, to_txn_id)
    series, opened = _unlocked(tx)
    clawed = _clawed(tx, to_txn_id)
    query = (
        sa.select(
            TxnRow.id, TxnRow.kind, TxnRow.recorded_at, TxnRow.market, TxnRow.order_id,
            TxnRow.reverses_id, TxnRow.key,
        )
        .where(TxnRow.kind.in_(KINDS), TxnRow.id <= to_txn_id)
        .order_by(TxnRow.id)
    )  # fmt: skip
    events = []
    for number, kind, at, market, order, reverses, key in tx.execute(query):
        about = opened.get(int(key.partition(":")[2]), 0) if kind == "open" else reverses or 0
        if kind in ("open", "undo", *OF_ORDERS) or uses[number]:
            name = cast("EventKind", kind)
            of_series = series.get(number, "")
            events.append(
                Event(number, name, at, tuple(uses[number]), of_series, market, about,
                      order or "", clawed[number])
            )  # fmt: skip
    return events


def _uses(tx: Session, to_txn_id: int) -> dict[int, list[Use]]:
    query = (
        sa.select(LotUseRow.txn_id, LotUseRow.lot_id, LotUseRow.amount)
        .join(LotRow, LotRow.id == LotUseRow.lot_id)
        .where(BOUGHT, LotUseRow.txn_id <= to_txn_id)
        .order_by(LotUseRow.txn_id, LotUseRow.lot_id)
    )
    uses: dict[int, list[Use]] = defaultdict(list)
    for txn, lot, amount in tx.execute(query):
        uses[txn].append(Use(lot, amount))
    return uses


def _unlocked(tx: Session) -> tuple[dict[int, str], dict[int, int]]:
    """The series each unlock is of, and the unlock each entitlement came from."""
    query = sa.select(EntitlementRow.id, EntitlementRow.txn_id, EntitlementRow.series_id).where(
        EntitlementRow.source == "coin", EntitlementRow.txn_id.is_not(None)
    )
    rows: list[Any] = list(tx.execute(query))
    return {row[1]: row[2] for row in rows}, {row[0]: row[1] for row in rows}


def _clawed(tx: Session, to_txn_id: int) -> dict[int, int]:
    query = (
        sa.select(PostingRow.txn_id, PostingRow.amount)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(
            AccountRow.role == "clawback",
            AccountRow.owner_id == "paid",
            PostingRow.txn_id <= to_txn_id,
        )
    )
    clawed: dict[int, int] = defaultdict(int)
    for txn, amount in tx.execute(query):
        clawed[txn] += amount
    return clawed

"""What happened in a wallet, newest first, page by page: every movement with its reason."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.choices import choice_of
from silkreel.commerce.moves import UNDO_WITHIN
from silkreel.commerce.tables import EntitlementRow, PostingRow, TxnRow, WalletRow
from silkreel.kit.database import Session

MAX_ENTRIES = 100  # of one page


@dataclass(frozen=True, slots=True)
class Entry:
    """A txn as its viewer sees it: coins into the wallet +, out of it -."""

    txn_id: int
    reason: str  # the kind of the txn
    at: datetime
    paid_coins: int
    bonus_coins: int
    debt_coins: int  # owed more +, owed less -
    order_id: str | None
    episodes: tuple[str, ...]  # that it opened
    choices: tuple[str, ...]  # options of the story that it opened, by their ids
    series_id: str | None  # theirs
    undoable_until: datetime | None  # None: it opened nothing, or something of it was watched


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries, and the number to ask the next page with; None at the end."""

    entries: tuple[Entry, ...]
    before: int | None


def wallet_history(
    tx: Session, viewer_id: str, brand_id: str, *, before: int | None, limit: int
) -> HistoryPage:
    """Movements of a wallet whose numbers lie below `before`, at most `limit`, newest first."""
    wallet = tx.scalars(
        sa.select(WalletRow).where(WalletRow.viewer_id == viewer_id, WalletRow.brand_id == brand_id)
    ).first()
    if wallet is None:
        return HistoryPage((), None)
    limit = min(limit, MAX_ENTRIES)
    moved = _moved(tx, wallet, before, limit + 1)
    shown = sorted(moved, reverse=True)[:limit]
    entries = tuple(_entries(tx, wallet, {txn: moved[txn] for txn in shown}))
    return HistoryPage(entries, shown[-1] if len(moved) > limit else None)


def _moved(
    tx: Session, wallet: WalletRow, before: int | None, limit: int
) -> dict[int, dict[int, int]]:
    """Sums by txn and account of the newest txns that touched the wallet's coins.

    A merged guest's accounts count as the wallet's own: what moved between the two is nothing.
    """
    merged = sa.or_(WalletRow.id == wallet.id, WalletRow.merged_into_id == wallet.id)
    parts = sa.select(
        WalletRow.paid_account_id, WalletRow.bonus_account_id, WalletRow.debt_account_id
    ).where(merged)
    own = (wallet.paid_account_id, wallet.bonus_account_id, wallet.debt_account_id)
    accounts = {
        account: mine for row in tx.execute(parts) for account, mine in zip(row, own, strict=True)
    }
    mine = sa.select(PostingRow.txn_id).where(PostingRow.account_id.in_(list(accounts)))
    if before is not None:
        mine = mine.where(PostingRow.txn_id < before)
    newest = mine.distinct().order_by(PostingRow.txn_id.desc()).limit(limit)
    numbers = tx.scalars(newest).all()
    rows = tx.execute(
        sa.select(PostingRow.txn_id, PostingRow.account_id, PostingRow.amount).where(
            PostingRow.txn_id.in_(numbers), PostingRow.account_id.in_(list(accounts))
        )
    )
    sums: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for txn, account, amount in rows:
        sums[txn][accounts[account]] += amount
    return sums


def _entries(tx: Session, wallet: WalletRow, moved: dict[int, dict[int, int]]) -> list[Entry]:
    opened: dict[int, list[EntitlementRow]] = defaultdict(list)
    rights = sa.select(EntitlementRow).where(EntitlementRow.txn_id.in_(moved))
    for right in tx.scalars(rights.order_by(EntitlementRow.id)):
        if right.txn_id is not None:
            opened[right.txn_id].append(right)
    txns = {row.id: row for row in tx.scalars(sa.select(TxnRow).where(TxnRow.id.in_(moved)))}
    return [_entry(wallet, txns[txn], sums, opened[txn]) for txn, sums in moved.items()]


def _entry(
    wallet: WalletRow, txn: TxnRow, sums: dict[int, int], opened: list[EntitlementRow]
) -> Entry:
    stays = any(right.opened_at or right.revoked_at for right in opened)
    return Entry(
        txn.id, txn.kind, txn.effective_at,
        sums.get(wallet.paid_account_id, 0), sums.get(wallet.bonus_account_id, 0),
        -sums.get(wallet.debt_account_id, 0), txn.order_id,
        tuple(right.ref for right in opened if right.kind == "episode"),
        tuple(choice_of(right.ref) for right in opened if right.kind == "choice"),
        series_id=opened[0].series_id if opened else None,
        undoable_until=txn.recorded_at + UNDO_WITHIN if opened and not stays else None,
    )  # fmt: skip

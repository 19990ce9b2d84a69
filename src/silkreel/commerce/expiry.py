"""The sweep that writes off coins past due in wallets that nobody touches."""

from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.ledger import apply
from silkreel.commerce.requests import Expire
from silkreel.commerce.tables import LotRow, WalletRow
from silkreel.kit.database import Database

SWEEP_WALLETS = 200  # in a commit; locks are held for some tens of milliseconds


def expire_due_lots(database: Database, now: datetime) -> int:
    """Write off every lot past due, wallet by wallet; how many wallets had one.

    Reads already leave such lots out, so a late sweep changes no balance anybody sees. Safe to run
    twice or by several: a lot's key is made from its number.
    """
    swept = 0
    while holders := _due(database, now):
        with database.transaction() as tx:
            apply(tx, [Expire(viewer_id=viewer, brand_id=brand) for viewer, brand in holders], now)
        swept += len(holders)
    return swept


def _due(database: Database, now: datetime) -> list[tuple[str, str]]:
    query = (
        sa.select(WalletRow.viewer_id, WalletRow.brand_id)
        .join(LotRow, LotRow.wallet_id == WalletRow.id)
        .where(LotRow.is_open, LotRow.expires_at.is_not(None), LotRow.expires_at <= now)
        .distinct()
        .limit(SWEEP_WALLETS)
    )
    with database.reading() as tx:
        return [(viewer, brand) for viewer, brand in tx.execute(query)]

"""The rules a sound ledger keeps, each as a query for the rows that break it."""
# ruff: noqa: S608 - the queries are written here

from dataclasses import dataclass

import sqlalchemy as sa

from silkreel.commerce.tables import AccountRow, PostingRow
from silkreel.kit.database import Database, Session

# By index, account after account: a join on three columns at once would read all for each wallet.
POSTED_IN = "coalesce((SELECT sum(amount) FROM postings WHERE account_id = {}), 0)"
RULES = {
    "a txn does not sum to zero": """
        SELECT txn_id FROM postings GROUP BY txn_id, unit HAVING sum(amount) <> 0""",
    "a wallet is not its open lots": """
        SELECT w.id FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id GROUP BY w.id
        HAVING w.paid <> coalesce(sum(CASE WHEN l.source = 'paid' THEN l.remaining END), 0)
            OR w.bonus <> coalesce(sum(CASE WHEN l.source <> 'paid' THEN l.remaining END), 0)""",
    "a wallet is not its postings": f"""
        SELECT w.id FROM wallets w WHERE w.paid <> {POSTED_IN.format("w.paid_account_id")}
        OR w.bonus <> {POSTED_IN.format("w.bonus_account_id")}
        OR -w.debt <> {POSTED_IN.format("w.debt_account_id")}""",
    "a balance is negative": "SELECT id FROM wallets WHERE paid < 0 OR bonus < 0 OR debt < 0",
    "a lot is not what it was granted less its uses": """
        SELECT l.id FROM lots l LEFT JOIN lot_uses u ON u.lot_id = l.id GROUP BY l.id
        HAVING l.remaining <> l.granted - coalesce(sum(u.amount), 0)""",
    "an unlock's uses are not its price": """
        SELECT t.id FROM txns t WHERE t.kind = 'unlock' AND
        coalesce((SELECT sum(amount) FROM lot_uses WHERE txn_id = t.id), 0)
        <> coalesce((SELECT sum(coins) FROM entitlements WHERE txn_id = t.id), 0)""",
    "an unlock is live without its txn, or twice": """
        SELECT ref FROM entitlements WHERE source = 'coin' AND revoked_at IS NULL
        GROUP BY viewer_id, brand_id, kind, ref HAVING count(*) > 1 OR count(txn_id) < 1""",
    "an undone unlock is live": """
        SELECT e.id FROM entitlements e JOIN txns r ON r.reverses_id = e.txn_id
        WHERE e.revoked_at IS NULL""",
    "a key was used twice": "SELECT key FROM txns GROUP BY scope, key HAVING count(*) > 1",
}  # fmt: skip


def audit(database: Database) -> dict[str, int]:
    """Rules that rows break, with how many do; empty for a sound ledger. Reads everything."""
    with database.reading() as tx:
        found = {rule: len(tx.execute(sa.text(query)).all()) for rule, query in RULES.items()}
    return {rule: count for rule, count in found.items() if count}


@dataclass(frozen=True, slots=True)
class RoleBalance:
    """What all accounts of a role hold together; all of a unit's add up to zero."""

    owner_type: str
    role: str
    unit: str
    accounts: int
    balance: int


def balances(tx: Session, brand_id: str) -> list[RoleBalance]:
    """A brand's accounts by role, summed from their postings."""
    names = (AccountRow.owner_type, AccountRow.role, AccountRow.unit)
    query = (
        sa.select(*names, sa.func.count(AccountRow.id.distinct()), sa.func.sum(PostingRow.amount))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(AccountRow.brand_id == brand_id)
        .group_by(*names)
        .order_by(*names)
    )
    return [RoleBalance(*row[:4], int(row[4])) for row in tx.execute(query)]

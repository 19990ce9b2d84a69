"""Shared by the tests of coins: requests in short, and the check of a whole ledger by SQL."""

import itertools
from datetime import UTC, datetime

import sqlalchemy as sa

from silkreel.commerce.requests import Claw, Grant, Item, Open, PaidMoney, Unclaw, Undo, Unlock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BRAND = "night-market"
_keys = itertools.count(1)


def fresh_key() -> str:
    return f"k{next(_keys)}"


def buy(viewer, coins=100, *, bonus=0, order=None, key=None, gross=None, fee=0):
    order = order or fresh_key()
    money = PaidMoney(currency="USD", gross_minor=coins if gross is None else gross, fee_minor=fee)
    return Grant(
        viewer_id=viewer, brand_id=BRAND, scope="pay", key=key or f"pay:{order}", actor="system",
        paid_coins=coins, bonus_coins=bonus, money=money, order_id=order,
    )  # fmt: skip


def gift(viewer, coins, *, key=None, life=None, source="bonus"):
    more = {} if life is None else {"bonus_life": life}
    return Grant(
        viewer_id=viewer, brand_id=BRAND, scope="gift", key=key or fresh_key(), actor="system",
        bonus_coins=coins, bonus_source=source, **more,
    )  # fmt: skip


def unlock(viewer, *refs, coins=10, series="s1", key=None, expected=None, cap=None):
    return Unlock(
        viewer_id=viewer, brand_id=BRAND, scope=f"{BRAND}:{viewer}:unlock", key=key or fresh_key(),
        series_id=series, items=tuple(Item("episode", ref, coins) for ref in refs),
        expected_coins=expected, cap_coins=cap, market="US", channel="web",
    )  # fmt: skip


def play(viewer, ref):
    return Open(viewer_id=viewer, brand_id=BRAND, item_kind="episode", ref=ref)


def undo(viewer, txn, *, key=None, actor="viewer"):
    return Undo(
        viewer_id=viewer, brand_id=BRAND, scope=f"{BRAND}:{viewer}:undo", key=key or fresh_key(),
        txn_id=txn, actor=actor,
    )  # fmt: skip


def refund(viewer, order, refunded=100, gross=100, *, key=None, **policy):
    return Claw(
        viewer_id=viewer, brand_id=BRAND, scope="refund", key=key or fresh_key(), order_id=order,
        refunded_minor=refunded, gross_minor=gross, **policy,
    )  # fmt: skip


def reverse_refund(viewer, order, refunded=0, gross=100, *, key=None):
    return Unclaw(
        viewer_id=viewer, brand_id=BRAND, scope="reversal", key=key or fresh_key(),
        order_id=order, refunded_minor=refunded, gross_minor=gross,
    )  # fmt: skip


# Each finds rows that break a rule of the ledger; a sound ledger gives none.
FAULTS = {
    "a txn does not sum to zero": """
        SELECT txn_id FROM postings GROUP BY txn_id, unit HAVING sum(amount) <> 0""",
    "a wallet is not its open lots": """
        SELECT w.id FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id GROUP BY w.id
        HAVING w.paid <> coalesce(sum(CASE WHEN l.source = 'paid' THEN l.remaining END), 0)
            OR w.bonus <> coalesce(sum(CASE WHEN l.source <> 'paid' THEN l.remaining END), 0)""",
    "a wallet is not its postings": """
        SELECT w.id FROM wallets w WHERE
        w.paid <> coalesce((SELECT sum(amount) FROM postings WHERE account_id = w.paid_account_id), 0)
        OR w.bonus <> coalesce((SELECT sum(amount) FROM postings WHERE account_id = w.bonus_account_id), 0)
        OR -w.debt <> coalesce((SELECT sum(amount) FROM postings WHERE account_id = w.debt_account_id), 0)
        """,
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


def faults(database) -> dict[str, int]:
    """Names of the rules that rows break, with how many do."""
    with database.reading() as tx:
        found = {name: len(tx.execute(sa.text(query)).all()) for name, query in FAULTS.items()}
    return {name: count for name, count in found.items() if count}

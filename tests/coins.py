"""Shared by the tests of coins: requests in short, and the audit of a whole ledger as `faults`."""

import itertools
from datetime import UTC, datetime

from silkreel.commerce.auditing import audit
from silkreel.commerce.requests import (
    Claw,
    Grant,
    Item,
    Merge,
    Open,
    PaidMoney,
    Unclaw,
    Undo,
    Unlock,
)

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


def unlock(viewer, *refs, coins=10, series="s1", key=None, expected=None, cap=None, kind="episode"):
    return Unlock(
        viewer_id=viewer, brand_id=BRAND, scope=f"{BRAND}:{viewer}:unlock", key=key or fresh_key(),
        series_id=series, items=tuple(Item(kind, ref, coins) for ref in refs),
        expected_coins=expected, cap_coins=cap, market="US", channel="web",
    )  # fmt: skip


def play(viewer, ref, kind="episode"):
    return Open(viewer_id=viewer, brand_id=BRAND, item_kind=kind, ref=ref)


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


def merge(guest, viewer):
    return Merge(
        viewer_id=viewer, brand_id=BRAND, scope=f"{BRAND}:merge", key=f"merge:{guest}",
        guest_id=guest,
    )  # fmt: skip


def faults(database):
    """Rules of the ledger that rows break."""
    return audit(database)

"""Which letters a viewer gets: receipts, the reminder of a renewal, and that they have left.

Nothing else is ever written to them. What a letter tells is kept as it was when it happened; its
words are found when it is sent (`flows.letter_words`).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from silkreel.commerce.bounds import rights_in
from silkreel.commerce.facts import Holder
from silkreel.commerce.tables import OrderRow, VipFactRow
from silkreel.commerce.vip_record import load
from silkreel.commerce.vip_rules import VipKind
from silkreel.kit.database import Session
from silkreel.people import post

if TYPE_CHECKING:  # leaving writes a letter, and a renewal knows the VIP that is left
    from silkreel.commerce.vip_renewal import Reminder

STORES_REMIND = frozenset({"apple", "google_play"})  # who bills reminds, and is where one cancels


class LetterKind(StrEnum):
    """All there are."""

    RECEIPT = "receipt"
    REMINDER = "reminder"
    VIP_LEFT = "vip_left"
    WITHDRAWAL = "withdrawal"


def receipt(tx: Session, order: OrderRow, at: datetime) -> None:
    """An order was paid: what was bought, for how much, and until when it can be undone."""
    facts: dict[str, Any] = {
        "order": order.id, "sku": order.sku, "coins": order.paid_coins,
        "bonus_coins": order.bonus_coins, "minor": order.gross_minor,
        "tax_minor": order.tax_minor, "currency": order.currency,
        "environment": order.environment, "at": at.isoformat(),
        "withdraw_days": rights_in(order.market, at).withdraw_days,
    }  # fmt: skip
    holder = order.viewer_id, order.brand_id
    facts |= _vip_facts(tx, order.id)
    post.write(tx, holder, LetterKind.RECEIPT, f"receipt:{order.id}", facts, at)


def remind(tx: Session, reminder: "Reminder", at: datetime) -> bool:
    """The reminder of a renewal into the post; False where it cannot reach anybody."""
    mine = load(tx, reminder.vip_id)
    if mine.provider in STORES_REMIND:
        return False
    facts = {
        "vip": reminder.vip_id, "plan": reminder.plan, "minor": reminder.price.minor,
        "currency": reminder.price.currency, "renews_at": reminder.renews_at.isoformat(),
        "environment": mine.environment, "agreed_at": mine.agreed.at.isoformat(),
    }  # fmt: skip
    key = f"reminder:{reminder.vip_id}:{reminder.renews_at.date().isoformat()}"
    return post.write(
        tx, (reminder.viewer_id, reminder.brand_id), LetterKind.REMINDER, key, facts, at
    )


def left_vip(tx: Session, holder: Holder, body: str, at: datetime) -> None:
    """VIP was cancelled or withdrawn from; `body` is the receipt, to the byte."""
    told = json.loads(body)
    key = f"vip:{told['vip']}:{told['what']}"
    post.write(tx, holder, LetterKind.VIP_LEFT, key, _with_hash(told, body), at)


def withdrawn(tx: Session, holder: Holder, body: str, at: datetime) -> None:
    """A withdrawal was confirmed; `body` is the acknowledgement, to the byte."""
    told = json.loads(body)
    key = f"withdrawal:{told['withdrawal']}"
    post.write(tx, holder, LetterKind.WITHDRAWAL, key, _with_hash(told, body), at)


def _with_hash(told: Mapping[str, Any], body: str) -> dict[str, Any]:
    return {**told, "sha256": hashlib.sha256(body.encode()).hexdigest()}


def _vip_facts(tx: Session, order_id: str) -> dict[str, Any]:
    """Of an order of VIP: its time, and word for word what was agreed to; else nothing."""
    ordered = VipFactRow.kind == VipKind.ORDERED, VipFactRow.ref == order_id
    vip_id = tx.scalar(sa.select(VipFactRow.vip_id).where(*ordered))
    if vip_id is None:
        return {}
    mine = load(tx, vip_id)
    return {
        "plan": mine.agreed.screen.plan, "renews": mine.agreed.screen.renews,
        "ends_at": mine.vip.ends_at.isoformat() if mine.vip.ends_at else None,
        "agreed_at": mine.agreed.at.isoformat(), "texts": list(mine.agreed.screen.texts),
    }  # fmt: skip

"""The gift with a first pack of coins: once per person, with the smallest pack, and never in a hurry.

Exact top-ups neither bring it nor use it up: who pays for exactly what is missing loses nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.requests import BONUS_LIFE, Grant
from silkreel.commerce.tables import OrderRow
from silkreel.kit.database import Session

PACK = "bundle:"
# Money of the right amount came once, whatever became of it: a refund does not bring the gift anew.
BOUGHT = ("paid", "partly_refunded", "refunded", "disputed", "charged_back")


@dataclass(frozen=True, slots=True)
class FirstGift:
    """Bonus coins beside the smallest pack. The offer has no end; its coins last as bonus does."""

    item: str
    coins: int
    lasts: timedelta = BONUS_LIFE


def first_gift(tx: Session, book: Book, viewer_id: str | None, brand_id: str) -> FirstGift | None:
    """The gift of who never bought a pack here, under any of their merged guests; else None."""
    before = viewer_id is not None and bought_pack(tx, viewer_id, brand_id)
    pack = book.first_recharge(recharged_before=before)
    if pack is None:
        return None
    return FirstGift(pack.item, pack.bonus_coins - book.base.bonus_coins)


def bought_pack(tx: Session, viewer_id: str, brand_id: str, *, but: str = "") -> bool:
    """Whether somebody ever paid for a pack, in an order other than `but`."""
    query = sa.select(OrderRow.id).where(
        OrderRow.viewer_id == viewer_id, OrderRow.brand_id == brand_id, OrderRow.id != but,
        OrderRow.sku.startswith(PACK), OrderRow.state.in_(BOUGHT),
    )  # fmt: skip
    return tx.scalar(query.limit(1)) is not None


def gift_request(tx: Session, row: OrderRow) -> Grant | None:
    """What the ledger is asked for the gift an order promised; None where another order was first.

    The key is the person, so two orders paid at the same moment bring one gift: the ledger has
    each key once. The order is named, so a refund of it takes the gift back in proportion.
    """
    if not row.gift_coins or bought_pack(tx, row.viewer_id, row.brand_id, but=row.id):
        return None
    return Grant(
        viewer_id=row.viewer_id, brand_id=row.brand_id, scope=f"{row.brand_id}:first_gift",
        key=f"first:{row.viewer_id}", actor="system", bonus_coins=row.gift_coins,
        order_id=row.id, market=row.market, channel=row.channel,
    )  # fmt: skip

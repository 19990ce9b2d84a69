"""Everything the room holds about a viewer: taken out for them, moved at a merge, parted from them.

Every table that names a viewer stands here once; a test compares the list with the tables.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from silkreel.commerce.facts import Holder
from silkreel.commerce.tables import (
    AdBreakRow,
    AdDayRow,
    AdIntentRow,
    AdjustmentRow,
    ConsentRow,
    EntitlementRow,
    ExposureRow,
    FeedItemRow,
    LimitChangeRow,
    LotRow,
    OfferLogRow,
    OrderRow,
    PaymentEventRow,
    PostingRow,
    QuoteRow,
    TxnRow,
    ViewerLimitRow,
    VipFactRow,
    VipPeriodRow,
    VipRow,
    VipWatchRow,
    WalletRow,
    WithdrawalRefundRow,
    WithdrawalRow,
)
from silkreel.kit.database import Base, Session
from silkreel.kit.ids import random_id
from silkreel.kit.plain_rows import plain_rows

# Kept for the books, without a way back to the person.
PARTED: tuple[type[Any], ...] = (
    WalletRow, EntitlementRow, OrderRow, VipRow, VipWatchRow, AdIntentRow, WithdrawalRow,
    AdjustmentRow,
)  # fmt: skip
# Of use to the viewer only.
DROPPED: tuple[type[Any], ...] = (
    QuoteRow, AdDayRow, ViewerLimitRow, LimitChangeRow, OfferLogRow, AdBreakRow, FeedItemRow,
)  # fmt: skip
# Written once: they keep a random number that leads nowhere once the viewer is gone. A consent has
# to be kept for three years (California AB 2863), an exposure is a number and an arm.
UNCHANGED: tuple[type[Any], ...] = (ConsentRow, ExposureRow)


def take_out(tx: Session, holder: Holder) -> dict[str, list[dict[str, Any]]]:
    """All rows about a viewer, table by table, as plain values."""
    found = {table.__tablename__: _rows(tx, table, holder) for table in (*PARTED, *DROPPED)}
    found[ConsentRow.__tablename__] = _rows(tx, ConsentRow, holder)
    found[ExposureRow.__tablename__] = plain_rows(
        tx, ExposureRow, [ExposureRow.viewer_key == holder[0]]
    )
    wallets = [row["id"] for row in found[WalletRow.__tablename__]]
    merged = sa.select(WalletRow.id).where(WalletRow.merged_into_id.in_(wallets))
    whose = [*wallets, *tx.scalars(merged)]
    accounts = sa.select(
        WalletRow.paid_account_id, WalletRow.bonus_account_id, WalletRow.debt_account_id
    ).where(WalletRow.id.in_(whose))  # fmt: skip
    own = [number for row in tx.execute(accounts) for number in row]
    found |= _hanging(tx, LotRow, LotRow.wallet_id, whose)
    found |= _hanging(tx, TxnRow, TxnRow.wallet_id, whose)
    found |= _hanging(tx, PostingRow, PostingRow.account_id, own)
    orders = [row["id"] for row in found[OrderRow.__tablename__]]
    found |= _hanging(tx, PaymentEventRow, PaymentEventRow.order_id, orders)
    vips = [row["id"] for row in found[VipRow.__tablename__]]
    found |= _hanging(tx, VipPeriodRow, VipPeriodRow.vip_id, vips)
    found |= _hanging(tx, VipFactRow, VipFactRow.vip_id, vips)
    withdrawn = [row["id"] for row in found[WithdrawalRow.__tablename__]]
    found |= _hanging(tx, WithdrawalRefundRow, WithdrawalRefundRow.withdrawal_id, withdrawn)
    return found


def part(tx: Session, holder: Holder) -> str:
    """Take the person out of the books: their rows go on under a name that says nothing.

    The books stay whole, for tax and for whoever earned by them; the name is returned once.
    """
    pseudonym = f"erased-{random_id(24)}"
    for table in DROPPED:
        tx.execute(sa.delete(table).where(*_named(table, holder)))
    for table in PARTED:
        tx.execute(sa.update(table).where(*_named(table, holder)).values(viewer_id=pseudonym))
    blank = {"device_hash": "", "address_prefix": ""}
    tx.execute(sa.update(AdIntentRow).where(AdIntentRow.viewer_id == pseudonym).values(blank))
    guests = sa.select(WalletRow.id).where(WalletRow.viewer_id == pseudonym)
    merged = WalletRow.merged_into_id.in_(guests)
    for wallet in tx.scalars(sa.select(WalletRow).where(merged)).all():
        wallet.viewer_id = f"erased-{random_id(24)}"
    tx.flush()
    return pseudonym


def move(tx: Session, guest_id: str, holder: Holder) -> None:
    """What a guest ordered, asked for and withdrew is the account's; days of ads are added up.

    Orders first: payments lock an order before its wallet, and a merge must not cross them.
    """
    guest = (guest_id, holder[1])
    mine = sa.select(OrderRow.id).where(*_named(OrderRow, guest)).order_by(OrderRow.id)
    tx.execute(mine.with_for_update())
    for table in (
        OrderRow, AdIntentRow, WithdrawalRow, LimitChangeRow, AdBreakRow, FeedItemRow,
        AdjustmentRow,
    ):  # fmt: skip
        tx.execute(sa.update(table).where(*_named(table, guest)).values(viewer_id=holder[0]))
    _move_watching(tx, guest, holder)
    tx.execute(sa.delete(OfferLogRow).where(*_named(OfferLogRow, guest)))
    for day in tx.scalars(sa.select(AdDayRow).where(*_named(AdDayRow, guest))).all():
        known = tx.get(AdDayRow, (*holder, day.viewer_day))
        if known is None:
            day.viewer_id = holder[0]
        else:
            known.granted += day.granted
            tx.delete(day)
    tx.flush()


def _move_watching(tx: Session, guest: Holder, holder: Holder) -> None:
    """An episode both watched on a day was watched once: the longer time counts."""
    for watched in tx.scalars(sa.select(VipWatchRow).where(*_named(VipWatchRow, guest))).all():
        known = tx.get(VipWatchRow, (*holder, watched.episode_id, watched.day))
        if known is None:
            watched.viewer_id = holder[0]
        else:
            known.seconds = max(known.seconds, watched.seconds)
            tx.delete(watched)


def _named(table: type[Any], holder: Holder) -> list[sa.ColumnElement[bool]]:
    return [table.viewer_id == holder[0], table.brand_id == holder[1]]


def _rows(tx: Session, table: type[Any], holder: Holder) -> list[dict[str, Any]]:
    return plain_rows(tx, table, _named(table, holder))


def _hanging(
    tx: Session, table: type[Base], column: Any, keys: Sequence[Any]
) -> dict[str, list[dict[str, Any]]]:
    return {table.__tablename__: plain_rows(tx, table, [column.in_(keys)])}

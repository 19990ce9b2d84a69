"""Withdrawing from a contract: shown first, confirmed second, and acknowledged to the byte.

One function for coins, unlocks and VIP, as article 11a of Directive 2011/83/EU asks since 19 June
2026. Coins leave the wallet in the transaction that confirms, so that nobody spends what is on its
way back; the money follows by the provider, tried until it is done.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from silkreel.commerce import ledger, viewer_letters, vip, vip_leaving, vip_record
from silkreel.commerce.bounds import rights_in
from silkreel.commerce.moves import UNDO_WITHIN
from silkreel.commerce.payments import Kind
from silkreel.commerce.recharge import facts_of
from silkreel.commerce.requests import Claw, Undo
from silkreel.commerce.standing import stand
from silkreel.commerce.tables import (
    EntitlementRow,
    LotRow,
    OrderRow,
    OutboxRow,
    TxnRow,
    WalletRow,
    WithdrawalRefundRow,
    WithdrawalRow,
)
from silkreel.commerce.unlock import UNDO_REASONS, CannotUndo
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import canonical_json
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

What = Literal["coins", "unlock", "vip"]
SHOWN = 20  # contracts on the page; older ones stand in the history
SHOWN_FOR = timedelta(hours=1)  # then it is drawn anew, for the sums may have moved
AGAIN_AFTER = timedelta(minutes=10)  # of a refund that a provider did not take
STORE_ONLY = {"apple"}  # only the store itself gives money back
WHOLE_ONLY = {"google_play"}  # gives back whole orders and no parts


class NothingToWithdraw(Refusal):
    """No bought coins are left of the days in which they are given back."""

    status = 409
    message = (
        "None of the coins you bought in the last {days} days are unused. What an app store sold, "
        "the store gives back: ask there."
    )


class NoSuchPurchase(Refusal):
    """No unlock of theirs."""

    status = 404
    message = "You have no such purchase. Open your wallet to see what you bought."


class NoSuchWithdrawal(Refusal):
    """No such statement, somebody else's, or one that was drawn long ago."""

    status = 404
    message = "This withdrawal is not known or was drawn too long ago. Begin it again."


@dataclass(frozen=True, slots=True)
class Asking:
    """Who withdraws from what, in which market."""

    viewer_id: str
    brand_id: str
    market: str
    kind: What
    ref: str = ""  # the unlock's txn or the VIP's number


@dataclass(frozen=True, slots=True)
class Contract:
    """Something a viewer may withdraw from now."""

    kind: What
    ref: str
    made_at: datetime
    coins: int  # an unlock's price; 0 for VIP


@dataclass(frozen=True, slots=True)
class Back:
    """Unused coins of an order, and the money for them."""

    order_id: str
    coins: int
    money: Money
    payment: str
    target_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A withdrawal as it is shown (`receipt` empty) or was confirmed."""

    id: str
    kind: str
    body: dict[str, Any]
    shown_at: datetime
    confirmed_at: datetime | None
    receipt: str  # canonical JSON, with the time
    sha256: str


@dataclass(frozen=True, slots=True)
class Due:
    """Money to give back; the key makes it happen once."""

    withdrawal_id: str
    order_id: str
    provider: str
    payment: str
    amount_minor: int
    key: str


def show(tx: Session, asking: Asking, at: datetime) -> Statement:
    """The first step: what would be given back. Changes nothing that is held.

    Raises:
        NothingToWithdraw, NoSuchPurchase, NoSuchVip.
    """
    body = _drawn(tx, asking, at)
    row = WithdrawalRow(
        id=random_id(16), viewer_id=asking.viewer_id, brand_id=asking.brand_id,
        market=asking.market, kind=asking.kind, ref=asking.ref, shown_json=canonical_json(body),
        shown_at=at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return _statement(row)


def confirm(tx: Session, withdrawal_id: str, viewer_id: str, at: datetime) -> Statement:
    """The second step; said again it gives the same acknowledgement, to the byte.

    Coins that were spent since the first step are not given back; the acknowledgement says what is.

    Raises:
        NoSuchWithdrawal, NothingToWithdraw, CannotUndo.
    """
    row = tx.get(WithdrawalRow, withdrawal_id, with_for_update=True, populate_existing=True)
    if row is None or row.viewer_id != viewer_id:
        raise NoSuchWithdrawal
    if row.confirmed_at is not None:
        return _statement(row)
    if at - row.shown_at > SHOWN_FOR:
        raise NoSuchWithdrawal
    body = _done(tx, row, at)
    row.confirmed_at = at
    row.receipt_json = canonical_json(
        {"withdrawal": row.id, "kind": row.kind, "received_at": at.isoformat(), **body}
    )
    row.receipt_sha256 = hashlib.sha256(row.receipt_json.encode()).hexdigest()
    payload = {"viewer": viewer_id, "brand": row.brand_id, "receipt": row.receipt_json}
    key = f"withdrawal:{row.id}"
    tx.add(OutboxRow(topic="withdrawal.receipt", key=key, payload=payload, made_at=at))
    if row.kind != "vip":  # leaving VIP has written its own
        viewer_letters.withdrawn(tx, (viewer_id, row.brand_id), row.receipt_json, at)
    tx.flush()
    return _statement(row)


def of_viewer(tx: Session, viewer_id: str, brand_id: str, limit: int = 50) -> list[Statement]:
    """Withdrawals that were confirmed, the newest first."""
    rows = tx.scalars(
        sa.select(WithdrawalRow)
        .where(
            WithdrawalRow.viewer_id == viewer_id, WithdrawalRow.brand_id == brand_id,
            WithdrawalRow.confirmed_at.is_not(None),
        )
        .order_by(WithdrawalRow.confirmed_at.desc(), WithdrawalRow.id)
        .limit(limit)
    )  # fmt: skip
    return [_statement(row) for row in rows]


def due(tx: Session, at: datetime, limit: int, *, of: str | None = None) -> list[Due]:
    """Refunds to try now; of one withdrawal if named."""
    query = (
        sa.select(WithdrawalRefundRow, OrderRow.provider)
        .join(OrderRow, OrderRow.id == WithdrawalRefundRow.order_id)
        .where(WithdrawalRefundRow.done_at.is_(None), WithdrawalRefundRow.try_at <= at)
        .order_by(WithdrawalRefundRow.try_at, WithdrawalRefundRow.order_id)
        .limit(limit)
    )
    if of is not None:
        query = query.where(WithdrawalRefundRow.withdrawal_id == of)
    return [
        Due(row.withdrawal_id, row.order_id, provider, row.payment, row.amount_minor,
            f"withdraw-{row.withdrawal_id}-{row.order_id}")
        for row, provider in tx.execute(query)
    ]  # fmt: skip


def settled(tx: Session, paid: Due, at: datetime) -> None:
    """The provider has given it back."""
    tx.get_one(WithdrawalRefundRow, (paid.withdrawal_id, paid.order_id)).done_at = at


def try_again(tx: Session, unpaid: Due, at: datetime) -> None:
    """The provider did not; each further try waits longer, to a day."""
    row = tx.get_one(WithdrawalRefundRow, (unpaid.withdrawal_id, unpaid.order_id))
    row.try_at = at + min(AGAIN_AFTER * 2**row.tries, timedelta(days=1))
    row.tries = min(row.tries + 1, 16)


def unused(tx: Session, asking: Asking, at: datetime) -> list[Back]:
    """Coins bought in the market's days and not used, order by order, with their money."""
    since = at - timedelta(days=rights_in(asking.market, at).withdraw_days)
    lots = tx.execute(
        sa.select(LotRow, OrderRow)
        .join(WalletRow, WalletRow.id == LotRow.wallet_id)
        .join(OrderRow, OrderRow.id == LotRow.order_id)
        .where(
            WalletRow.viewer_id == asking.viewer_id, WalletRow.brand_id == asking.brand_id,
            LotRow.is_open, LotRow.source == "paid", OrderRow.made_at >= since,
            OrderRow.state.in_(("paid", "partly_refunded")),
        )
        .order_by(OrderRow.made_at, OrderRow.id)
    )  # fmt: skip
    backs = [_back(tx, lot, order) for lot, order in lots if order.provider not in STORE_ONLY]
    return [back for back in backs if back is not None]


def contracts(tx: Session, viewer_id: str, brand_id: str, at: datetime) -> list[Contract]:
    """Unlocks that may still be undone, and VIPs that run, the newest first."""
    opened = sa.func.count(EntitlementRow.opened_at)
    rows = tx.execute(
        sa.select(TxnRow.id, TxnRow.recorded_at, sa.func.sum(EntitlementRow.coins))
        .join(EntitlementRow, EntitlementRow.txn_id == TxnRow.id)
        .where(
            EntitlementRow.viewer_id == viewer_id, EntitlementRow.brand_id == brand_id,
            EntitlementRow.source == "coin", EntitlementRow.revoked_at.is_(None),
            TxnRow.kind == "unlock", TxnRow.recorded_at >= at - UNDO_WITHIN,
        )
        .group_by(TxnRow.id, TxnRow.recorded_at)
        .having(opened == 0)
    )  # fmt: skip
    unlocks = [Contract("unlock", str(txn), made, int(coins)) for txn, made, coins in rows if coins]
    vips = [vip_record.load(tx, number) for number in vip.running(tx, viewer_id, brand_id, at)]
    joined = [Contract("vip", str(each.id), each.agreed.at, 0) for each in vips]
    return sorted([*unlocks, *joined], key=lambda each: each.made_at, reverse=True)[:SHOWN]


def _back(tx: Session, lot: LotRow, order: OrderRow) -> Back | None:
    """All of a lot that is left, in money: never more than was paid and is still ours."""
    facts = facts_of(tx, order.id)
    standing = stand(order.gross_minor, facts)
    whole = lot.remaining == lot.granted and not standing.returned_minor
    if order.provider in WHOLE_ONLY and not whole:
        return None
    share = order.gross_minor * lot.remaining // lot.granted
    minor = min(share, order.gross_minor - standing.returned_minor)
    payment = next((f for f in facts if f.kind == Kind.PAID), None)
    if payment is None or not minor:
        return None
    return Back(
        order.id, lot.remaining, Money(minor, order.currency), payment.provider_object,
        standing.returned_minor + minor,
    )  # fmt: skip


def _drawn(tx: Session, asking: Asking, at: datetime) -> dict[str, Any]:
    if asking.kind == "coins":
        return _coins_body(_some(unused(tx, asking, at), asking, at))
    if asking.kind == "unlock":
        txn = _own_unlock(tx, asking)
        return {"unlock": txn.id, "bought_at": txn.recorded_at.isoformat(), "gives": "coins"}
    played = vip.was_played(tx, _number(asking.ref), at)
    receipt = vip_leaving.show_withdrawal(
        tx, _number(asking.ref), asking.viewer_id, at, played=played
    )
    body: dict[str, Any] = json.loads(receipt.body)
    return body


def _done(tx: Session, row: WithdrawalRow, at: datetime) -> dict[str, Any]:
    asking = Asking(row.viewer_id, row.brand_id, row.market, row.kind, row.ref)  # type: ignore[arg-type]
    if row.kind == "coins":
        return _give_back_coins(tx, row, asking, at)
    if row.kind == "unlock":
        return _undo(tx, row, _own_unlock(tx, asking), at)
    number = _number(row.ref)
    played = vip.was_played(tx, number, at)
    receipt = vip_leaving.withdraw(tx, number, row.viewer_id, at, played=played)
    body: dict[str, Any] = json.loads(receipt.body)
    return body


def _give_back_coins(
    tx: Session, row: WithdrawalRow, asking: Asking, at: datetime
) -> dict[str, Any]:
    _lock_orders(tx, asking)
    backs = _some(unused(tx, asking, at), asking, at)
    taken = []
    for back in backs:
        order = tx.get_one(OrderRow, back.order_id)
        (answer,) = ledger.apply(tx, [
            Claw(
                viewer_id=row.viewer_id, brand_id=row.brand_id,
                scope=f"{row.brand_id}:withdrawals", key=f"{row.id}:{back.order_id}",
                actor="viewer", order_id=back.order_id, refunded_minor=back.target_minor,
                gross_minor=order.gross_minor, set_off="none", on_refund="keep",
            )
        ], at)  # fmt: skip
        assert not answer.debt_coins, "unused coins are there to be taken"
        tx.add(
            WithdrawalRefundRow(
                withdrawal_id=row.id, order_id=back.order_id, payment=back.payment,
                amount_minor=back.money.minor, target_minor=back.target_minor,
                currency=back.money.currency, try_at=at, tries=0,
            )
        )  # fmt: skip
        taken.append(back)
    tx.flush()
    return _coins_body(taken)


def _lock_orders(tx: Session, asking: Asking) -> None:
    """Orders before wallets, as payments do: two that wait for each other would both fail."""
    mine = OrderRow.viewer_id == asking.viewer_id, OrderRow.brand_id == asking.brand_id
    tx.execute(sa.select(OrderRow.id).where(*mine).order_by(OrderRow.id).with_for_update())
    wallet = WalletRow.viewer_id == asking.viewer_id, WalletRow.brand_id == asking.brand_id
    tx.execute(sa.select(WalletRow.id).where(*wallet).with_for_update(key_share=True))


def _undo(tx: Session, row: WithdrawalRow, txn: TxnRow, at: datetime) -> dict[str, Any]:
    (answer,) = ledger.apply(
        tx,
        [Undo(viewer_id=row.viewer_id, brand_id=row.brand_id,
              scope=f"{row.brand_id}:{row.viewer_id}:undo", key=row.id, txn_id=txn.id)],
        at,
    )  # fmt: skip
    if answer.status in UNDO_REASONS:
        raise CannotUndo(reason=UNDO_REASONS[answer.status])
    return {
        "unlock": txn.id, "bought_at": txn.recorded_at.isoformat(),
        "paid_coins": answer.paid_coins, "bonus_coins": answer.bonus_coins,
    }  # fmt: skip


def _own_unlock(tx: Session, asking: Asking) -> TxnRow:
    txn = tx.get(TxnRow, _number(asking.ref))
    wallet = tx.get(WalletRow, txn.wallet_id) if txn is not None and txn.wallet_id else None
    if wallet is not None and wallet.merged_into_id is not None:
        wallet = tx.get(WalletRow, wallet.merged_into_id)
    mine = wallet is not None and (wallet.viewer_id, wallet.brand_id) == (
        asking.viewer_id, asking.brand_id
    )  # fmt: skip
    if txn is None or txn.kind != "unlock" or not mine:
        raise NoSuchPurchase
    return txn


def _some(backs: list[Back], asking: Asking, at: datetime) -> list[Back]:
    if not backs:
        days = rights_in(asking.market, at).withdraw_days
        raise NothingToWithdraw(days=days)
    return backs


def _coins_body(backs: list[Back]) -> dict[str, Any]:
    return {
        "returns": [
            {"order": back.order_id, "coins": back.coins, "minor": back.money.minor,
             "currency": back.money.currency, "text": str(back.money)}
            for back in backs
        ]
    }  # fmt: skip


def _number(ref: str) -> int:
    return int(ref) if ref.isdigit() and len(ref) < 19 else 0


def _statement(row: WithdrawalRow) -> Statement:
    body = json.loads(row.receipt_json or row.shown_json)
    return Statement(
        row.id, row.kind, body, row.shown_at, row.confirmed_at, row.receipt_json or "",
        row.receipt_sha256 or "",
    )  # fmt: skip

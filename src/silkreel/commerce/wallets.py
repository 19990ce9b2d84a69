"""What a viewer holds, as it is shown: lots past due are left out before the sweep has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.tables import LotRow, WalletRow
from silkreel.kit.database import Session
from silkreel.kit.money import Money


@dataclass(frozen=True, slots=True)
class Holding:
    """Coins that came together and are left."""

    source: str
    coins: int
    ends_at: datetime | None  # None: bought coins never end


@dataclass(frozen=True, slots=True)
class WalletView:
    """A wallet for people; its lots in the order they are spent."""

    paid_coins: int
    bonus_coins: int
    debt_coins: int
    lots: tuple[Holding, ...]
    unused: tuple[Money, ...] = ()  # what was paid for bought coins that are left, by currency


def wallet_of(tx: Session, viewer_id: str, brand_id: str, now: datetime) -> WalletView:
    """What a viewer can spend now; an empty wallet for who never had one."""
    wallet = tx.scalars(
        sa.select(WalletRow).where(WalletRow.viewer_id == viewer_id, WalletRow.brand_id == brand_id)
    ).first()
    if wallet is None:
        return WalletView(0, 0, 0, ())
    rows = tx.scalars(
        sa.select(LotRow).where(
            LotRow.wallet_id == wallet.id,
            LotRow.is_open,
            sa.or_(LotRow.expires_at.is_(None), LotRow.expires_at > now),
        )
    ).all()
    in_turn = sorted(
        rows,
        key=lambda lot: (
            lot.expires_at is None,
            lot.expires_at or now,
            lot.source == "paid",
            lot.id,
        ),
    )
    lots = tuple(Holding(lot.source, lot.remaining, lot.expires_at) for lot in in_turn)
    return WalletView(
        sum(lot.coins for lot in lots if lot.source == "paid"),
        sum(lot.coins for lot in lots if lot.source != "paid"),
        wallet.debt,
        lots,
        _unused(rows),
    )


def _unused(lots: Iterable[LotRow]) -> tuple[Money, ...]:
    """The money behind coins that are left; coins of a trial purchase have none."""
    sums: dict[str, int] = {}
    for lot in lots:
        if lot.source == "paid" and lot.currency and not lot.sandbox:
            share = lot.gross_minor * lot.remaining // lot.granted
            sums[lot.currency] = sums.get(lot.currency, 0) + share
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))

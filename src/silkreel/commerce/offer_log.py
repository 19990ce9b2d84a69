"""What was offered to whom, with its reasons: each decision once, and when it was seen last."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.offers import OfferList, ViewerFacts
from silkreel.commerce.tables import (
    EntitlementRow,
    OfferLogRow,
    OrderRow,
    VipRow,
    WalletRow,
)
from silkreel.kit.database import Session, insert_once
from silkreel.kit.keys import canonical_json


def log_offers(
    tx: Session, offered: OfferList, *, viewer_id: str, brand_id: str, series_id: str,
    episode_id: str, market: str, at: datetime,
) -> None:  # fmt: skip
    """Write a decision down; the same one again is counted, not repeated."""
    decision = canonical_json(offered.explain())
    digest = hashlib.sha256(decision.encode()).hexdigest()
    named = {"viewer_id": viewer_id, "brand_id": brand_id, "episode_id": episode_id,
             "decision_sha256": digest}  # fmt: skip
    told = {"series_id": series_id, "market": market, "decision": decision, "first_at": at,
            "last_at": at, "times": 0}  # fmt: skip
    insert_once(tx, OfferLogRow, {**named, **told})
    mine = [getattr(OfferLogRow, name) == value for name, value in named.items()]
    tx.execute(sa.update(OfferLogRow).where(*mine).values(last_at=at, times=OfferLogRow.times + 1))


def sheet_seen_at(tx: Session, viewer_id: str, brand_id: str) -> datetime | None:
    """When a viewer last stood before an unlock sheet."""
    mine = OfferLogRow.viewer_id == viewer_id, OfferLogRow.brand_id == brand_id
    return tx.scalar(sa.select(sa.func.max(OfferLogRow.last_at)).where(*mine))


def recharged_at(tx: Session, viewer_id: str, brand_id: str) -> datetime | None:
    """When a viewer last bought coins that they kept."""
    return tx.scalar(sa.select(sa.func.max(OrderRow.made_at)).where(*_bought(viewer_id, brand_id)))


def viewer_facts(
    tx: Session, viewer_id: str | None, brand_id: str, *, has_vip: bool
) -> ViewerFacts:
    """Counts of what a viewer did; a stranger did nothing."""
    if viewer_id is None:
        return ViewerFacts()
    by_ad = (
        EntitlementRow.viewer_id == viewer_id, EntitlementRow.brand_id == brand_id,
        EntitlementRow.source == "ad",
    )  # fmt: skip
    ended = (
        VipRow.viewer_id == viewer_id, VipRow.brand_id == brand_id,
        VipRow.state.in_(("ended", "on_hold")),
    )  # fmt: skip
    debt = sa.select(WalletRow.debt).where(
        WalletRow.viewer_id == viewer_id, WalletRow.brand_id == brand_id
    )
    return ViewerFacts(
        purchases=_count(tx, OrderRow.id, *_bought(viewer_id, brand_id)),
        ad_unlocks=_count(tx, EntitlementRow.id, *by_ad),
        vips_ended=_count(tx, VipRow.id, *ended), has_vip=has_vip,
        debt_coins=tx.scalar(debt) or 0,
    )  # fmt: skip


def _bought(viewer_id: str, brand_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OrderRow.viewer_id == viewer_id, OrderRow.brand_id == brand_id,
        OrderRow.state.in_(("paid", "partly_refunded")), OrderRow.paid_coins > 0,
    )  # fmt: skip


def _count(tx: Session, column: sa.ColumnElement[object] | object, *where: object) -> int:
    counted = sa.select(sa.func.count(column)).where(*where)  # type: ignore[arg-type]
    return tx.scalar(counted) or 0

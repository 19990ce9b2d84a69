"""Orders at the desk: search, look, refund; wallets, and adjustments that may need two people."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from silkreel.commerce.adjustments import (
    ALONE_COINS,
    approve,
    decline,
    list_adjustments,
    propose,
)
from silkreel.commerce.history import wallet_history
from silkreel.commerce.orders import NoSuchOrder
from silkreel.commerce.wallets import wallet_of
from silkreel.flows.orders_desk import OrderSheet, refund_by, search_orders, show_order
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.web.edge import Reading, TheSite
from silkreel.web.site import Site
from silkreel.web.staff.money.shapes import (
    AdjustmentList,
    AdjustmentShape,
    AdjustmentWish,
    OrderCard,
    OrderList,
    OrderShape,
    Reason,
    RefundWish,
    Seen,
    WalletShape,
)
from silkreel.web.staff.rights import NOES, Needs, SignedIn, StaffTransaction, no_store
from silkreel.web.staff.shapes import NO_CONTROLS

MAX_PAGE = 100
MAX_NUMBER = 2**53  # what JavaScript counts exactly
# Refunds ask a provider, which may refuse or stay silent.
MORE_NOES: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 402, 502, 504), NOES[409])
MONEY_NOES = {**NOES, **MORE_NOES}
router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=MONEY_NOES, dependencies=[Depends(no_store)]
)
Reader = Annotated[Actor, Needs("money.read")]
Words = Annotated[str, Query(max_length=100, pattern=NO_CONTROLS)]
OrderId = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,24}$")]
Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Before = Annotated[int | None, Query(ge=1, le=MAX_NUMBER)]


@router.get("/orders")
def orders(
    by: Reader,
    tx: Reading,
    q: Words = "",
    state: Annotated[str, Query(max_length=16, pattern=NO_CONTROLS)] = "",
    before: Annotated[str | None, Query(max_length=24, pattern=NO_CONTROLS)] = None,
    limit: Limit = 25,
) -> OrderList:
    """The brand's purchases: by number, viewer, item or the provider's name, and by state."""
    found = search_orders(tx, by.brand_id, q, state or None, before, limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return OrderList(orders=[OrderCard.of(order) for order in shown], next_before=more)


@router.get("/orders/{order_id}")
def order(order_id: OrderId, by: Reader, site: TheSite) -> OrderShape:
    """A purchase and all that its provider told us."""
    return OrderShape.of(_own(site, order_id, by))


@router.post("/orders/{order_id}/refund")
def refund(
    order_id: OrderId,
    wish: RefundWish,
    by: Annotated[Actor, Needs("money.refund")],
    site: TheSite,
) -> OrderShape:
    """Give money back through the provider that took it; coins go with it."""
    sheet = refund_by(site.settings, site.workshop.database, order_id, wish.amount, wish.reason, by)
    return OrderShape.of(sheet)


@router.get("/viewers/{viewer}/wallet")
def wallet(
    viewer: Annotated[str, Path(max_length=64, pattern=NO_CONTROLS)],
    by: Annotated[Actor, Needs("viewers.read")],
    tx: StaffTransaction,
    before: Before = None,
) -> WalletShape:
    """A viewer's coins and their movements; that somebody looked is written into the log."""
    record(tx, by, "wallet.read", f"viewer:{viewer}", after={"before": before} if before else None)
    page = wallet_history(tx, viewer, by.brand_id, before=before, limit=25)
    return WalletShape.of(viewer, wallet_of(tx, viewer, by.brand_id, by.at), page)


@router.get("/adjustments")
def adjustments(
    by: Reader,
    tx: Reading,
    state: Annotated[str, Query(pattern="^(proposed|made|declined)?$")] = "",
    before: Before = None,
    limit: Limit = 25,
) -> AdjustmentList:
    """Changes of wallets that staff proposed, newest first."""
    found = list_adjustments(tx, by.brand_id, state=state or None, before=before, limit=limit + 1)
    shown = [AdjustmentShape.of(each) for each in found[:limit]]
    more = shown[-1].id if len(found) > limit else None
    return AdjustmentList(adjustments=shown, alone_coins=ALONE_COINS, next_before=more)


@router.post("/adjustments", status_code=201)
def adjust(
    wish: AdjustmentWish, by: Annotated[Actor, Needs("money.adjust")], tx: StaffTransaction
) -> AdjustmentShape:
    """Give or take bonus coins, or forgive debt; above a limit a second person has to say yes."""
    done = propose(tx, wish.viewer, wish.bonus_coins, wish.forgive_coins, wish.reason, by)
    return AdjustmentShape.of(done)


@router.post("/adjustments/{number}/approve")
def approve_adjustment(
    number: Number,
    seen: Seen,
    by: Annotated[Actor, Needs("money.approve")],
    tx: StaffTransaction,
) -> AdjustmentShape:
    """Say yes to what somebody else proposed; the coins move at once."""
    return AdjustmentShape.of(approve(tx, number, seen.content_hash, by))


@router.post("/adjustments/{number}/decline")
def decline_adjustment(
    number: Number, why: Reason, here: SignedIn, tx: StaffTransaction
) -> AdjustmentShape:
    """Say no; whoever proposed it may take it back."""
    return AdjustmentShape.of(decline(tx, number, here.actor, why.reason))


def _own(site: Site, order_id: str, by: Actor) -> OrderSheet:
    sheet = show_order(site.workshop.database, order_id)
    if sheet.order.brand_id != by.brand_id:
        raise NoSuchOrder(order=order_id)
    return sheet

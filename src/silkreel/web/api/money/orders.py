"""Buy coins: order, pay at the provider's, come back and claim."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from silkreel.flows import take_payments
from silkreel.flows.sell_coins import NotYourOrder, order_of, sell_coins, way_to_pay
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, NOES, Key, TheOnlooker, customer
from silkreel.web.api.money.shapes import OrderShape, OrderWish, Receipt
from silkreel.web.edge import TheSite
from silkreel.web.site import Site

router = APIRouter(prefix="/api/orders", tags=["money"], responses=NOES, dependencies=GATES)
OrderId = Annotated[str, Path(max_length=32)]


@router.post("")
def order(
    wish: OrderWish, key: Key, request: Request, site: TheSite, who: TheOnlooker
) -> OrderShape:
    """Order coins and learn where to pay; the same key again is the same order."""
    demo = site.counter.is_demo(who.brand_id)
    provider = way_to_pay(site.counter.providers, wish.provider, demo=demo)
    begun = sell_coins(
        site.workshop.database, provider, _buyer(request, site, who), wish.item, key=str(key),
        return_url=_origin(request, site) + wish.return_path, at=now(), demo=demo,
    )  # fmt: skip
    return OrderShape.of(begun.order, begun.way)


@router.get("/{order_id}")
def show(order_id: OrderId, site: TheSite, who: TheOnlooker) -> OrderShape:
    """An order of one's own."""
    return OrderShape.of(order_of(site.workshop.database, who, order_id))


@router.post("/{order_id}/claim")
def claim(
    order_id: OrderId, site: TheSite, who: TheOnlooker, receipt: Receipt | None = None
) -> OrderShape:
    """Say that it is paid: the provider is asked, and coins come unless they are there already."""
    mine = order_of(site.workshop.database, who, order_id)
    provider = site.counter.providers.get(mine.provider)
    if provider is None or who.viewer_id is None:
        raise NotYourOrder(order=order_id)
    given = receipt.receipt if receipt else ""
    claimed = take_payments.claim(
        site.workshop.database, provider, mine.id, given, now(), viewer_id=who.viewer_id
    )
    return OrderShape.of(claimed)


def _buyer(request: Request, site: Site, who: Onlooker) -> Onlooker:
    """Who orders; a stranger becomes a guest only where something is sold."""
    with site.workshop.reading() as tx:
        sold = book_at(tx, who, now()) is not None
    return customer(request, who.market) if sold else who


def _origin(request: Request, site: Site) -> str:
    return (site.settings.public_url or str(request.base_url)).rstrip("/")

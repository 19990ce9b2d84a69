"""VIP: plans, the screen, the yes, and leaving in two steps."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from silkreel.commerce.vip_rules import VipKind
from silkreel.flows.give_back_vip import give_back_vip_money
from silkreel.flows.sell_coins import way_to_pay
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.sell_vip import (
    STORES,
    VipWish,
    join_vip,
    leave,
    running_vip,
    screen_of,
    show_leaving,
    vip_here,
)
from silkreel.kit.clock import now
from silkreel.web.api.money.ads import address_prefix
from silkreel.web.api.money.customers import GATES, NOES, Key, TheOnlooker, customer
from silkreel.web.api.money.vip_shapes import (
    LeavingShape,
    PlanName,
    ScreenShape,
    VipOrderShape,
    VipShape,
    VipWishShape,
)
from silkreel.web.edge import TheSite
from silkreel.web.site import Site

router = APIRouter(prefix="/api/vip", tags=["money"], responses=NOES, dependencies=GATES)


@router.get("")
def vip(site: TheSite, who: TheOnlooker) -> VipShape:
    """Plans, the titles they leave out here, and what runs."""
    at = now()
    with site.workshop.reading() as tx:
        return VipShape.of(vip_here(tx, who, at), at)


@router.get("/screen")
def vip_screen(
    site: TheSite,
    who: TheOnlooker,
    plan: Annotated[PlanName, Query()],
    renews: Annotated[bool, Query(description="the viewer's own choice")] = False,  # noqa: FBT002
) -> ScreenShape:
    """The exact screen of a plan in the viewer's language; a yes names it by its hash."""
    with site.workshop.reading() as tx:
        return ScreenShape.of(screen_of(tx, who, plan, renews=renews, at=now()))


@router.post("")
def join_vip_here(
    wish: VipWishShape, key: Key, request: Request, site: TheSite, who: TheOnlooker
) -> VipOrderShape:
    """Say yes to a screen and learn where to pay; the same key again is the same order."""
    demo = site.counter.is_demo(who.brand_id)
    provider = way_to_pay(site.counter.providers, wish.provider, demo=demo)
    origin = (site.settings.public_url or str(request.base_url)).rstrip("/")
    told = VipWish(
        wish.plan, wish.renews, wish.screen, str(key), origin + wish.return_path,
        address_prefix(request.client.host if request.client else ""),
    )  # fmt: skip
    joiner = _joiner(request, site, who, told)
    joined = join_vip(site.workshop.database, provider, joiner, told, now(), demo=demo)
    return VipOrderShape.joined(joined)


@router.post("/cancel")
def cancel_vip(site: TheSite, who: TheOnlooker) -> LeavingShape:
    """The first step: what cancelling would do. Changes nothing."""
    return _shown(site, who, VipKind.CANCELLED)


@router.post("/cancel/confirm")
def confirm_cancelling_vip(site: TheSite, who: TheOnlooker) -> LeavingShape:
    """The second step: never charged again, open until its end."""
    with site.workshop.transaction() as tx:
        return LeavingShape.of(leave(tx, who, VipKind.CANCELLED, now()), done=True)


@router.post("/withdraw")
def withdraw_vip(site: TheSite, who: TheOnlooker) -> LeavingShape:
    """The first step: what ending VIP now would give back. Changes nothing."""
    return _shown(site, who, VipKind.WITHDRAWN)


@router.post("/withdraw/confirm", response_model=LeavingShape)
def confirm_withdrawing_vip(site: TheSite, who: TheOnlooker) -> JSONResponse:
    """The second step: VIP ends now, and what is due goes back the way it came."""
    at, database = now(), site.workshop.database
    with site.workshop.transaction() as tx:
        told = LeavingShape.of(leave(tx, who, VipKind.WITHDRAWN, at), done=True)
    after = BackgroundTask(give_back_vip_money, database, site.counter.providers, at)
    headers = {"cache-control": "no-store"}
    return JSONResponse(told.model_dump(mode="json"), background=after, headers=headers)


def _shown(site: Site, who: Onlooker, kind: VipKind) -> LeavingShape:
    at = now()
    with site.workshop.reading() as tx:
        receipt = show_leaving(tx, who, kind, at)
        mine = running_vip(tx, who, at)
        manage_url = STORES.get(mine.provider) if mine else None
        return LeavingShape.of(receipt, done=False, manage_url=manage_url)


def _joiner(request: Request, site: Site, who: Onlooker, wish: VipWish) -> Onlooker:
    """Who says yes; a stranger becomes a guest only where the plan is sold."""
    with site.workshop.reading() as tx:
        if book_at(tx, who, now()) is None:
            screen_of(tx, who, wish.plan, renews=wish.renews, at=now())  # says the no
    return customer(request, who.market)

"""What viewers decide about their own spending and their data: limits, a stop, age, export, erasure."""

from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from silkreel.commerce import limits
from silkreel.commerce.bounds import Limit, rights_in
from silkreel.commerce.limits import MAX_LIMIT_COINS, MAX_YEARS, Mine, Stretch
from silkreel.commerce.wallets import wallet_of
from silkreel.flows import viewer_rights
from silkreel.flows.sell_episodes import Onlooker
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker, customer
from silkreel.web.api.money.shapes import MoneyShape
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import TheSite
from silkreel.web.viewers import forget_browser

router = APIRouter(prefix="/api/me", tags=["me"], responses=NOES, dependencies=GATES)


class NothingKept(Refusal):
    """A stranger, about whom nothing is held."""

    status = 404
    message = "Nothing is kept about you here: you have bought and saved nothing in this browser."


class LimitShape(Shape):
    """A limit in coins, and what was used of it."""

    coins: int | None = Field(description="null: no limit")
    next_coins: int | None = Field(description="what it becomes then; null: no limit")
    next_at: datetime | None = Field(description="when a higher limit takes effect")
    spent_coins: int
    bought_coins: int

    @classmethod
    def of(cls, limit: Limit, spent: int, bought: int, at: datetime) -> "LimitShape":
        """From the row, a raise that has come folded in."""
        waits = limit.next_at is not None and limit.next_at > at
        return cls(
            coins=limit.at(at), next_coins=limit.next_coins if waits else None,
            next_at=limit.next_at if waits else None, spent_coins=spent, bought_coins=bought,
        )  # fmt: skip


class RightsShape(Shape):
    """Limits and rights of a viewer where they are."""

    day: LimitShape = Field(description="in any 24 hours")
    month: LimitShape = Field(description="in any 30 days")
    stopped_until: datetime | None = Field(description="spending is stopped by their own wish")
    age: Literal["", "child", "teen", "adult"]
    spends_from: int = Field(description="years of age below which nobody spends here")
    withdraw_days: int = Field(description="in which unused bought coins are given back in money")
    ceiling_coins: int = Field(description="bought coins a wallet may hold here")
    paid_coins: int
    unused: list[MoneyShape] = Field(description="what was paid for bought coins that are left")


class LimitWish(Shape):
    """A limit; null takes it away, after a day."""

    coins: int | None = Field(ge=0, le=MAX_LIMIT_COINS)


class Stop(Shape):
    """For how long to stop."""

    days: Literal[1, 7, 30, 180, 36500] = Field(description="36500: for good")


class Stopped(Shape):
    """Until when."""

    until: datetime


class AgeWish(Shape):
    """Years of age; only the group is kept."""

    years: int = Field(ge=1, le=MAX_YEARS)


class FarewellShape(Shape):
    """What erasing would take away."""

    paid_coins: int
    unused: list[MoneyShape]
    vips: int = Field(description="that are cancelled by it")


class ErasureWish(Shape):
    """The second step."""

    give_up_coins: bool = Field(default=False, description="bought coins that are left are lost")


@router.get("/rights")
def rights(site: TheSite, who: TheOnlooker) -> RightsShape:
    """Limits in force and waiting, and what the market gives."""
    with site.workshop.reading() as tx:
        return _shown(tx, who)


@router.put("/limits/{stretch}")
def limit(
    stretch: Stretch, wish: LimitWish, request: Request, site: TheSite, who: TheOnlooker
) -> RightsShape:
    """Set a limit: less counts at once, more after 24 hours."""
    me = customer(request, who.market)
    with site.workshop.transaction() as tx:
        limits.set_limit(tx, _holder(me), stretch, wish.coins, now())
        return _shown(tx, me)


@router.post("/stop")
def stop(wish: Stop, request: Request, site: TheSite, who: TheOnlooker) -> Stopped:
    """Spend nothing for a while; it cannot be taken back. What was bought still plays."""
    me = customer(request, who.market)
    with site.workshop.transaction() as tx:
        until = viewer_rights.stop_spending(tx, _holder(me), timedelta(days=wish.days), now())
    return Stopped(until=until)


@router.post("/age")
def age(wish: AgeWish, request: Request, site: TheSite, who: TheOnlooker) -> RightsShape:
    """State an age: children spend nothing, teens up to what their market lets them."""
    me = customer(request, who.market)
    with site.workshop.transaction() as tx:
        limits.state_age(tx, _holder(me), wish.years, me.market, now())
        return _shown(tx, me)


@router.get(
    "/export", response_class=Response, responses={200: {"content": {"application/zip": {}}}}
)
def export(site: TheSite, who: TheOnlooker) -> Response:
    """Everything that is held about the viewer, as JSON and CSV in a zip."""
    with site.workshop.reading() as tx:
        packed = viewer_rights.export(tx, _known(who), now())
    headers = {"content-disposition": 'attachment; filename="my-data.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)


@router.get("/erasure")
def erasure(site: TheSite, who: TheOnlooker) -> FarewellShape:
    """The first step of erasing: what would be lost. Changes nothing."""
    with site.workshop.reading() as tx:
        left = viewer_rights.farewell(tx, _known(who), now())
    unused = [MoneyShape.of(money) for money in left.unused]
    return FarewellShape(paid_coins=left.paid_coins, unused=unused, vips=left.vips)


@router.post("/erasure", status_code=204)
def erase(wish: ErasureWish, request: Request, site: TheSite, who: TheOnlooker) -> None:
    """The second step: the person is forgotten, the books go on without their name."""
    with site.workshop.transaction() as tx:
        viewer_rights.erase(tx, _known(who), now(), give_up_coins=wish.give_up_coins)
    forget_browser(request)


def _holder(who: Onlooker) -> tuple[str, str]:
    assert who.viewer_id is not None, "a limit is kept for somebody"
    return who.viewer_id, who.brand_id


def _known(who: Onlooker) -> tuple[str, str]:
    if who.viewer_id is None:
        raise NothingKept
    return who.viewer_id, who.brand_id


def _shown(tx: Session, who: Onlooker) -> RightsShape:
    at = now()
    here, holder = rights_in(who.market, at), (who.viewer_id or "", who.brand_id)
    mine, wallet = limits.my_limits(tx, holder, at), wallet_of(tx, *holder, at)
    return RightsShape(
        day=_limit(mine, "day", at), month=_limit(mine, "month", at),
        stopped_until=mine.bounds.excluded_until if mine.bounds.shut(at) else None,
        age=mine.bounds.age, spends_from=here.spends_from, withdraw_days=here.withdraw_days,
        ceiling_coins=here.ceiling_coins, paid_coins=wallet.paid_coins,
        unused=[MoneyShape.of(money) for money in wallet.unused],
    )  # fmt: skip


def _limit(mine: Mine, stretch: Stretch, at: datetime) -> LimitShape:
    bounds = mine.bounds
    if stretch == "day":
        return LimitShape.of(bounds.day, bounds.day_coins, mine.day_bought, at)
    return LimitShape.of(bounds.month, bounds.month_coins, mine.month_bought, at)

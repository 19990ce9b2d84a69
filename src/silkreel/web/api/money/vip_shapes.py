"""What the endpoints of VIP take and answer; part of the OpenAPI document."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from silkreel.commerce.vip_leaving import Receipt
from silkreel.commerce.vip_record import Subscription
from silkreel.commerce.vip_screen import Screen, Title
from silkreel.flows.sell_vip import STORES, Joined, VipHere, plan_days
from silkreel.web.api.money.shapes import LOCAL, MoneyShape, OrderShape
from silkreel.web.api.shapes import Shape

SHA256 = "^[0-9a-f]{64}$"
PlanName = Literal["week", "month", "year"]


class PlanShape(Shape):
    """A plan of the price book."""

    plan: str
    price: MoneyShape
    days: int = Field(description="of a period that begins now")


class LeftOutShape(Shape):
    """A series that VIP does not open here."""

    id: str
    title: str

    @classmethod
    def of(cls, title: Title) -> "LeftOutShape":
        """From the screen."""
        return cls(id=title.series_id, title=title.name)


class CurrentShape(Shape):
    """The VIP that runs."""

    id: int
    plan: str
    state: str = Field(description="active, grace, on_hold, paused or cancelled")
    price: MoneyShape
    renews: bool
    ends_at: datetime | None
    agreed_at: datetime
    manage_url: str | None = Field(description="where a store bills it, it is cancelled there")

    @classmethod
    def of(cls, mine: Subscription, at: datetime) -> "CurrentShape":
        """From the subscription."""
        screen, state = mine.agreed.screen, mine.vip.state(at)
        return cls(
            id=mine.id, plan=screen.plan, state=state.value, price=MoneyShape.of(screen.price),
            renews=screen.renews and state != "cancelled", ends_at=mine.vip.ends_at,
            agreed_at=mine.agreed.at, manage_url=STORES.get(mine.provider),
        )  # fmt: skip


class VipShape(Shape):
    """What is sold and what runs."""

    plans: list[PlanShape]
    not_covered: list[LeftOutShape]
    current: CurrentShape | None

    @classmethod
    def of(cls, here: VipHere, at: datetime) -> "VipShape":
        """From the book and the viewer's own."""
        return cls(
            plans=[
                PlanShape(
                    plan=each.plan, price=MoneyShape.of(each.price), days=plan_days(each.plan, at)
                )
                for each in here.plans
            ],
            not_covered=[LeftOutShape.of(title) for title in here.not_covered],
            current=CurrentShape.of(here.current, at) if here.current else None,
        )


class ScreenShape(Shape):
    """The exact screen; a yes names it by its hash."""

    plan: str
    price: MoneyShape
    renews: bool
    texts: list[str] = Field(description="all of them are shown, in this order")
    not_covered: list[LeftOutShape]
    sha256: str

    @classmethod
    def of(cls, screen: Screen) -> "ScreenShape":
        """From the screen as it will be kept."""
        return cls(
            plan=screen.plan, price=MoneyShape.of(screen.price), renews=screen.renews,
            texts=list(screen.texts),
            not_covered=[LeftOutShape.of(title) for title in screen.not_covered],
            sha256=screen.sha256,
        )  # fmt: skip


class VipWishShape(Shape):
    """The yes to a screen."""

    plan: PlanName
    renews: bool = False
    screen: str = Field(pattern=SHA256, description="the hash of the screen that was shown")
    provider: str | None = Field(None, max_length=32, description="a way to pay; else the first")
    return_path: str = Field("/", max_length=200, pattern=LOCAL)


class VipOrderShape(OrderShape):
    """The order of a VIP; it runs once the order is paid."""

    vip: int

    @classmethod
    def joined(cls, joined: Joined) -> "VipOrderShape":
        """From the order."""
        order = OrderShape.of(joined.begun.order, joined.begun.way)
        return cls(**{name: getattr(order, name) for name in OrderShape.model_fields},
                   vip=joined.vip_id)  # fmt: skip


class LeavingShape(Shape):
    """What leaving does, or did."""

    what: str = Field(description="cancelled or withdrawn")
    at: datetime
    ends_at: datetime | None = Field(description="VIP stays open until then")
    returns: list[MoneyShape] = Field(description="what goes back")
    manage_url: str | None = Field(None, description="where it has to be done instead")
    receipt: str | None = Field(None, description="canonical JSON, kept for ever; once it is done")

    @classmethod
    def of(cls, receipt: Receipt, *, done: bool, manage_url: str | None = None) -> "LeavingShape":
        """From the receipt."""
        return cls(
            what=receipt.what, at=receipt.at, ends_at=receipt.ends_at,
            returns=[MoneyShape.of(owed.money) for owed in receipt.returns],
            manage_url=manage_url, receipt=receipt.body if done else None,
        )  # fmt: skip

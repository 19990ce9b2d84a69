"""The sheet of one option that costs coins, and what buying it answers."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from silkreel.commerce.requests import MAX_COINS
from silkreel.commerce.unlock import Unlocked
from silkreel.flows.choose import ChoiceOffer
from silkreel.kit.money import Money
from silkreel.web.api.money.offer_shapes import PurseShape, TopUpShape
from silkreel.web.api.money.shapes import MoneyShape
from silkreel.web.api.shapes import Shape


class ChoiceWay(Shape):
    """The one way to an option that costs coins; the free options beside it are always open."""

    kind: Literal["choice"] = "choice"
    ref: str = Field(description="the option")
    price_coins: int
    price: MoneyShape
    missing_coins: int
    top_up: TopUpShape | None


class ChoiceOfferShape(Shape):
    """What an option costs this viewer; no way where it is theirs or costs nothing."""

    choice: str
    series: str
    text: str = Field(description="the option's words")
    language: str
    locked: bool = Field(description="it has to be bought before it is taken")
    owned: bool
    holds_until: datetime | None = Field(None, description="the price may fall, and never rises")
    wallet: PurseShape
    options: list[ChoiceWay]
    left_out: dict[str, str] = Field(default_factory=dict, description="what is not open, and why")

    @classmethod
    def of(cls, offer: ChoiceOffer, slug: str, text: str, language: str) -> "ChoiceOfferShape":
        """From the price and the wallet."""
        owes = bool(offer.wallet.debt_coins)
        ways = [_way(offer, offer.price)] if offer.price is not None and not owes else []
        return cls(
            choice=offer.choice_id, series=slug, text=text, language=language,
            locked=offer.price is not None, owned=offer.owned,
            holds_until=offer.counter.quote.until if offer.counter else None,
            wallet=PurseShape.of(offer.wallet), options=ways,
            left_out={"choice": "debt"} if offer.price is not None and owes else {},
        )  # fmt: skip


class ChoiceBuy(Shape):
    """The price that was shown for an option."""

    expected_coins: int = Field(ge=0, le=MAX_COINS, description="nothing dearer is charged")


class ChoiceUnlocked(Shape):
    """An option that is the viewer's now."""

    status: Literal["ok", "replay", "owned", "free"]
    txn: int | None = Field(description="undo it by this number; null where nothing was charged")
    paid_coins: int
    bonus_coins: int
    choice: str

    @classmethod
    def of(cls, unlocked: Unlocked, choice: str) -> "ChoiceUnlocked":
        """From the till's answer."""
        charged: Literal["ok", "owned"] = "owned" if unlocked.txn_id is None else "ok"
        return cls(
            status="replay" if unlocked.replayed else charged, txn=unlocked.txn_id,
            paid_coins=unlocked.paid_coins, bonus_coins=unlocked.bonus_coins, choice=choice,
        )  # fmt: skip

    @classmethod
    def free(cls, choice: str) -> "ChoiceUnlocked":
        """Where it costs nothing."""
        return cls(status="free", txn=None, paid_coins=0, bonus_coins=0, choice=choice)


def _way(offer: ChoiceOffer, price: Money) -> ChoiceWay:
    missing, top_up = offer.missing_coins, offer.top_up
    return ChoiceWay(
        ref=offer.choice_id, price_coins=offer.price_coins, price=MoneyShape.of(price),
        missing_coins=missing, top_up=TopUpShape.of(top_up, missing) if top_up else None,
    )  # fmt: skip

"""The ways past a locked episode, as the sheet and the 402 of a play tell them."""

from datetime import datetime

from pydantic import Field

from silkreel.commerce.ad_rules import AdRules
from silkreel.commerce.book import TopUp
from silkreel.commerce.offers import Option
from silkreel.commerce.wallets import WalletView
from silkreel.flows.offer_ways import AdsToday, Ways
from silkreel.kit.money import Money
from silkreel.web.api.money.shapes import FirstGiftShape, MoneyShape
from silkreel.web.api.shapes import Shape


class TopUpShape(Shape):
    """The purchase that brings the coins that are missing."""

    item: str = Field(description="what to order")
    coins: int
    price: MoneyShape
    left_over_coins: int

    @classmethod
    def of(cls, top_up: TopUp, missing_coins: int) -> "TopUpShape":
        """From the price book."""
        return cls(
            item=f"top_up:{missing_coins}", coins=top_up.paid_coins,
            price=MoneyShape.of(top_up.price), left_over_coins=top_up.left_over_coins,
        )  # fmt: skip


class AdTerms(Shape):
    """What ads ask and give."""

    ads: int = Field(description="that this episode takes")
    watched: int = Field(description="of these")
    left_today: int
    cap: int
    resets_at: datetime
    lasts_days: int

    @classmethod
    def of(cls, ads: int, today: AdsToday) -> "AdTerms":
        """From the day's count."""
        return cls(
            ads=ads, watched=today.watched, left_today=today.left, cap=today.cap,
            resets_at=today.resets_at, lasts_days=AdRules().lasts.days,
        )  # fmt: skip


class VipTerms(Shape):
    """Which plan it is."""

    plan: str


class OptionShape(Shape):
    """A way past the wall."""

    kind: str = Field(description="coin, rest, ad, vip or wait")
    ref: str
    price_coins: int
    price: MoneyShape
    reason: str = Field(description="why it stands where it stands")
    episodes: list[str] = Field(description="what it opens, for coins")
    missing_coins: int
    top_up: TopUpShape | None
    ad: AdTerms | None
    vip: VipTerms | None
    again_at: datetime | None

    @classmethod
    def of(cls, option: Option, ways: Ways) -> "OptionShape":
        """From the decision."""
        kind = option.kind
        opens = {"coin": [ways.wall.episode_id], "rest": list(ways.rest)}.get(kind, [])
        missing, top_up = ways.missing(option), ways.top_up(option)
        ads = ways.wall.quote.ads_per_unlock
        return cls(
            kind=kind, ref=option.ref, price_coins=option.price_coins,
            price=MoneyShape.of(Money(option.price_minor, option.currency)),
            reason=option.reason, episodes=opens, missing_coins=missing,
            top_up=TopUpShape.of(top_up, missing) if top_up else None,
            ad=AdTerms.of(ads, ways.ads) if kind == "ad" else None,
            vip=VipTerms(plan=str(option.terms["plan"])) if kind == "vip" else None,
            again_at=ways.ads.resets_at if kind == "wait" else None,
        )  # fmt: skip


class PurseShape(Shape):
    """What the viewer holds."""

    paid_coins: int
    bonus_coins: int
    debt_coins: int

    @classmethod
    def of(cls, wallet: WalletView) -> "PurseShape":
        """From the wallet."""
        return cls(
            paid_coins=wallet.paid_coins, bonus_coins=wallet.bonus_coins,
            debt_coins=wallet.debt_coins,
        )  # fmt: skip


class OffersShape(Shape):
    """Every way that is open to this viewer, in order; none where the episode plays."""

    episode: str
    number: int = 0
    series: str = ""
    locked: bool
    free_episodes: int = 0
    locked_episodes: int = Field(0, description="neither free nor owned")
    holds_until: datetime | None = Field(None, description="the price may fall, and never rises")
    wallet: PurseShape | None = None
    first_gift: FirstGiftShape | None = None
    options: list[OptionShape] = Field(default_factory=list)
    preselected: int | None = Field(None, description="the one that may be marked beforehand")
    left_out: dict[str, str] = Field(default_factory=dict, description="what is not open, and why")

    @classmethod
    def of(cls, ways: Ways) -> "OffersShape":
        """From the decision."""
        wall, offered = ways.wall, ways.offered
        marked = offered.preselected
        return cls(
            episode=wall.episode_id, number=wall.number, series=wall.sale.slug,
            locked=not wall.cause, free_episodes=wall.quote.free_episodes,
            locked_episodes=ways.locked_episodes, holds_until=wall.quote.until,
            wallet=PurseShape.of(ways.wallet), first_gift=FirstGiftShape.of(ways.first_gift),
            options=[OptionShape.of(option, ways) for option in offered.options],
            preselected=offered.options.index(marked) if marked else None,
            left_out=dict(offered.left_out),
        )  # fmt: skip

    @classmethod
    def free(cls, episode: str) -> "OffersShape":
        """Where nothing is sold."""
        return cls(episode=episode, locked=False)

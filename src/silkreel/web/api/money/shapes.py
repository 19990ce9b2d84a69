"""What the money endpoints take and answer; part of the OpenAPI document."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from silkreel.commerce.book import Book, Bundle
from silkreel.commerce.first_gift import FirstGift
from silkreel.commerce.history import Entry, HistoryPage
from silkreel.commerce.orders import Order
from silkreel.commerce.payments import ClientToken, Redirect
from silkreel.commerce.requests import MAX_COINS, MAX_ITEMS, Answer
from silkreel.commerce.unlock import Unlocked
from silkreel.commerce.wallets import Holding, WalletView
from silkreel.flows.name_history import Opened
from silkreel.flows.sell_episodes import Told
from silkreel.kit.money import Money
from silkreel.web.api.shapes import Shape

ID_LENGTH = 16
LOCAL = r"^/([^/\\\s][^\\\s]*)?$"  # a path of this site: nobody is sent elsewhere after paying


class MoneyShape(Shape):
    """An exact amount of a currency."""

    minor: int = Field(description="in the currency's smallest unit")
    currency: str = Field(description="ISO 4217")
    text: str = Field(description="as a decimal with its currency")

    @classmethod
    def of(cls, money: Money) -> "MoneyShape":
        """From the ledger's money."""
        return cls(minor=money.minor, currency=money.currency, text=str(money))


class CoinsShape(Shape):
    """A price in coins, and what they cost in money here without any discount."""

    coins: int
    money: MoneyShape


class BundleOfCoins(Shape):
    """Coins for money."""

    item: str = Field(description="what to order")
    paid_coins: int
    bonus_coins: int = Field(description="a gift; it expires")
    price: MoneyShape

    @classmethod
    def of(cls, bundle: Bundle) -> "BundleOfCoins":
        """From the price book."""
        return cls(
            item=bundle.item, paid_coins=bundle.paid_coins, bonus_coins=bundle.bonus_coins,
            price=MoneyShape.of(bundle.price),
        )  # fmt: skip


class FirstGiftShape(Shape):
    """What comes beside somebody's first pack: once per person, merged accounts and all."""

    item: str = Field(description="the pack it comes with; an exact top-up does not use it up")
    coins: int
    lasts_days: int = Field(description="the given coins end; what is bought never does")
    once_per_person: Literal[True] = True
    ends_at: None = Field(None, description="the offer does not end")

    @classmethod
    def of(cls, gift: FirstGift | None) -> "FirstGiftShape | None":
        """From the price book; None for who had it, or where there is none."""
        if gift is None:
            return None
        return cls(item=gift.item, coins=gift.coins, lasts_days=gift.lasts.days)


class BundlesShape(Shape):
    """All amounts that coins are sold in here."""

    bundles: list[BundleOfCoins]
    first_gift: FirstGiftShape | None

    @classmethod
    def of(cls, book: Book | None, gift: FirstGift | None) -> "BundlesShape":
        """From the book in force; none where nothing is sold."""
        bundles = [BundleOfCoins.of(each) for each in book.bundles] if book else []
        return cls(bundles=bundles, first_gift=FirstGiftShape.of(gift))


class PriceShape(Shape):
    """What a series costs this viewer, told before the first play; nothing where it is free."""

    free: bool = Field(description="no price book is in force here: all of it plays")
    episodes: int
    free_episodes: int
    locked_episodes: int = Field(description="neither free nor owned")
    episode: CoinsShape | None = None
    finish: CoinsShape | None = Field(None, description="all that is locked, bought at once")
    cap: CoinsShape | None = Field(None, description="nobody ever pays more for the series")
    days_with_ads: int | None = Field(None, description="to open all of it by ads, if they do")
    holds_until: datetime | None = Field(None, description="it may fall before, and never rises")
    ways: list[str] = Field(default_factory=list, description="what opens it: coins, ads, vip")
    bundles: list[BundleOfCoins] = Field(default_factory=list)
    first_gift: FirstGiftShape | None = None

    @classmethod
    def nothing(cls, episodes: int) -> "PriceShape":
        """Of a series that nobody sells here."""
        return cls(free=True, episodes=episodes, free_episodes=episodes, locked_episodes=0)

    @classmethod
    def of(cls, told: Told, gift: FirstGift | None) -> "PriceShape":
        """From the quote."""
        price, book = told.price, told.quote.book
        coins = book.sells_coins
        offered = {"coins": coins, "ads": book.opens_by_ads, "vip": book.sells_vip}
        return cls(
            free=False,
            episodes=price.episodes,
            free_episodes=price.free_episodes,
            locked_episodes=price.locked_episodes,
            episode=_coins(price.episode_coins, price.episode_money) if coins else None,
            finish=_coins(price.finish_coins, price.finish_money) if coins else None,
            cap=_coins(price.cap_coins, price.cap_money) if coins else None,
            ways=[way for way, open_here in offered.items() if open_here],
            days_with_ads=price.days_with_ads,
            holds_until=told.quote.until,
            bundles=[BundleOfCoins.of(bundle) for bundle in book.bundles],
            first_gift=FirstGiftShape.of(gift),
        )


class LotShape(Shape):
    """Coins that came together; spent in the order they are listed."""

    source: str = Field(description="paid, bonus, ad, promo or comp")
    coins: int
    ends_at: datetime | None = Field(description="bought coins never end")

    @classmethod
    def of(cls, lot: Holding) -> "LotShape":
        """From the wallet."""
        return cls(source=lot.source, coins=lot.coins, ends_at=lot.ends_at)


class WalletShape(Shape):
    """What somebody can spend now."""

    paid_coins: int
    bonus_coins: int
    debt_coins: int = Field(description="of a refunded purchase that was spent already")
    lots: list[LotShape]
    unused: list[MoneyShape] = Field(description="what was paid for bought coins that are left")

    @classmethod
    def of(cls, wallet: WalletView) -> "WalletShape":
        """From the ledger."""
        return cls(
            paid_coins=wallet.paid_coins, bonus_coins=wallet.bonus_coins,
            debt_coins=wallet.debt_coins, lots=[LotShape.of(lot) for lot in wallet.lots],
            unused=[MoneyShape.of(money) for money in wallet.unused],
        )  # fmt: skip


class OpenedShape(Shape):
    """Episodes of a series by their numbers, options of its story by their words."""

    slug: str
    title: str
    numbers: list[int]
    options: list[str]


class EntryShape(Shape):
    """Something that moved coins of the wallet."""

    txn: int
    reason: str = Field(description="unlock, undo, grant, expire, claw, unclaw or adjust")
    at: datetime
    paid_coins: int = Field(description="into the wallet above zero, out of it below")
    bonus_coins: int
    debt_coins: int = Field(description="owed more above zero, owed less below")
    order: str | None
    episodes: list[str] = Field(description="what it opened")
    choices: list[str] = Field(description="options of a story that it opened")
    opened: OpenedShape | None = Field(description="the same, for people")
    undoable_until: datetime | None = Field(description="null: it stays")

    @classmethod
    def of(cls, entry: Entry, opened: Opened | None) -> "EntryShape":
        """From the ledger and the catalogue."""
        named = None
        if opened is not None:
            named = OpenedShape(
                slug=opened.slug, title=opened.title, numbers=list(opened.numbers),
                options=list(opened.options),
            )  # fmt: skip
        return cls(
            txn=entry.txn_id, reason=entry.reason, at=entry.at, paid_coins=entry.paid_coins,
            bonus_coins=entry.bonus_coins, debt_coins=entry.debt_coins, order=entry.order_id,
            episodes=list(entry.episodes), choices=list(entry.choices), opened=named,
            undoable_until=entry.undoable_until,
        )  # fmt: skip


class HistoryShape(Shape):
    """A page of a wallet's history, newest first."""

    entries: list[EntryShape]
    before: int | None = Field(description="ask with it for what came earlier; null at the end")

    @classmethod
    def of(cls, page: HistoryPage, opened: Mapping[int, Opened]) -> "HistoryShape":
        """From the ledger; `opened` by the numbers of txns."""
        entries = [EntryShape.of(entry, opened.get(entry.txn_id)) for entry in page.entries]
        return cls(entries=entries, before=page.before)


class UnlockWish(Shape):
    """What to open, and the total that was shown for it."""

    series: str = Field(max_length=64, description="its slug")
    episodes: list[Annotated[str, Field(min_length=1, max_length=ID_LENGTH)]] = Field(
        min_length=1,
        max_length=MAX_ITEMS,
        description="ids, each once; all of them are opened or none",
        json_schema_extra={"uniqueItems": True},
    )
    expected_coins: int = Field(ge=0, le=MAX_COINS, description="nothing dearer is charged")

    @field_validator("episodes")
    @classmethod
    def _each_once(cls, episodes: list[str]) -> list[str]:
        if len(set(episodes)) != len(episodes):
            raise ValueError("an episode is named twice")
        return episodes


class UnlockShape(Shape):
    """What is open now."""

    status: Literal["ok", "replay", "owned", "free"]
    txn: int | None = Field(description="undo it by this number; null where nothing was charged")
    paid_coins: int
    bonus_coins: int
    episodes: list[str]

    @classmethod
    def of(cls, unlocked: Unlocked) -> "UnlockShape":
        """From the till's answer."""
        charged: Literal["ok", "owned"] = "owned" if unlocked.txn_id is None else "ok"
        return cls(
            status="replay" if unlocked.replayed else charged, txn=unlocked.txn_id,
            paid_coins=unlocked.paid_coins, bonus_coins=unlocked.bonus_coins,
            episodes=list(unlocked.episode_ids),
        )  # fmt: skip

    @classmethod
    def free(cls, episodes: list[str]) -> "UnlockShape":
        """Where nothing is locked."""
        return cls(status="free", txn=None, paid_coins=0, bonus_coins=0, episodes=episodes)


class UndoShape(Shape):
    """What came back."""

    status: Literal["ok", "replay", "owned"]
    paid_coins: int
    bonus_coins: int
    episodes: list[str] = Field(description="locked again")

    @classmethod
    def of(cls, answer: Answer) -> "UndoShape":
        """From the till's answer."""
        assert answer.status in ("ok", "replay", "owned"), f"an undo is not {answer.status}"
        return cls(
            status=answer.status, paid_coins=answer.paid_coins, bonus_coins=answer.bonus_coins,
            episodes=list(answer.refs),
        )  # fmt: skip


class OrderWish(Shape):
    """What to buy."""

    item: str = Field(
        pattern="^(bundle|top_up):[1-9][0-9]{0,8}$",
        description="an item of the price's bundles, or top_up: and the coins that are missing",
    )
    provider: str | None = Field(None, max_length=32, description="a way to pay; else the first")
    return_path: str = Field(
        "/", max_length=200, pattern=LOCAL, description="where the payer comes back to, here"
    )


class PayShape(Shape):
    """The way to pay: an address to open, or a token for the store's own sheet."""

    url: str | None
    token: str | None

    @classmethod
    def of(cls, way: Redirect | ClientToken) -> "PayShape":
        """From the provider."""
        if isinstance(way, Redirect):
            return cls(url=way.url, token=None)
        return cls(url=None, token=way.token)


class OrderShape(Shape):
    """An order as it stands; coins are there once it is paid."""

    id: str
    state: str
    item: str
    paid_coins: int
    bonus_coins: int
    gift_coins: int = Field(description="beside them, if this is the first pack that is paid")
    price: MoneyShape
    provider: str
    made_at: datetime
    pay: PayShape | None = Field(None, description="null while nobody knows how the order stands")

    @classmethod
    def of(cls, order: Order, way: Redirect | ClientToken | None = None) -> "OrderShape":
        """From the order's row."""
        return cls(
            id=order.id, state=order.state.value, item=order.sku, paid_coins=order.paid_coins,
            bonus_coins=order.bonus_coins, gift_coins=order.gift_coins,
            price=MoneyShape.of(Money(order.gross_minor, order.currency)),
            provider=order.provider, made_at=order.made_at, pay=PayShape.of(way) if way else None,
        )  # fmt: skip


class Receipt(Shape):
    """What the client holds; nothing where the payer just came back."""

    receipt: str = Field("", max_length=32 * 1024, description="a store's receipt")


def _coins(coins: int, money: Money) -> CoinsShape:
    return CoinsShape(coins=coins, money=MoneyShape.of(money))

"""Options that cost coins: what each costs whoever stands here, whose they are, and selling one.

Where no price book is in force, or coins are not sold, no option costs anything.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from silkreel.commerce.book import Book, TopUp
from silkreel.commerce.choices import (
    CHOICE,
    Bought,
    ChoiceWish,
    bought_choices,
    bounded_price,
    choice_ref,
    unlock_choice,
)
from silkreel.commerce.quotes import Quote
from silkreel.commerce.till import Till
from silkreel.commerce.unlock import Unlocked, mark_watched, owned_and_spent
from silkreel.commerce.wallets import WalletView, wallet_of
from silkreel.flows.sell_episodes import Onlooker, book_at, viewing_of
from silkreel.flows.story_shelf import NotInStory, StoryAt
from silkreel.flows.wall import prices_shown, sale_of
from silkreel.kit.database import Database
from silkreel.kit.money import Money
from silkreel.kit.money_words import written
from silkreel.kit.refusals import Refusal
from silkreel.story.published import Asked, Published, lowest_prices


class ChoiceLocked(Refusal):
    """The option is taken once it is bought; the free ones beside it always are."""

    status = 402
    message = (
        "This option costs {choice_coins} coins (about {price}). Buy it once for good, or take "
        "one of the free options."
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """Who sells here: the book in force, and the terms this viewer was shown."""

    book: Book
    quote: Quote


@dataclass(frozen=True, slots=True)
class Fares:
    """What options cost somebody; an option that is not named costs nothing."""

    counter: Counter | None = None
    prices: Mapping[str, int] = field(default_factory=dict)  # of those not theirs yet
    bought: Bought = field(default_factory=Bought)

    def money(self, choice_id: str) -> Money | None:
        """A price at the rate of the smallest bundle; None where the option costs nothing."""
        coins = self.prices.get(choice_id, 0)
        return self.counter.quote.book.money(coins) if coins and self.counter else None

    def first_unpaid(self, log: Iterable[str]) -> int | None:
        """The place in a log of the first option that has to be paid first."""
        return next((n for n, each in enumerate(log) if self.prices.get(each, 0)), None)

    def refuse(self, choice_id: str) -> Refusal:
        """The no before an option, with what it can be bought for."""
        price = self.money(choice_id)
        assert price is not None, "what costs nothing is not refused"
        return ChoiceLocked(
            choice=choice_id, choice_coins=self.prices[choice_id], price=written(price),
            price_minor=price.minor, currency=price.currency,
        )  # fmt: skip

    def pay_first(self, log: Collection[str]) -> None:
        """Pass a log whose options are all free or theirs.

        Raises:
            ChoiceLocked: one has to be bought first.
        """
        for each in log:
            if self.prices.get(each, 0):
                raise self.refuse(each)


@dataclass(frozen=True, slots=True)
class ChoiceOffer:
    """What the sheet of one option shows."""

    choice_id: str
    owned: bool
    price_coins: int
    price: Money | None
    wallet: WalletView
    counter: Counter | None

    @property
    def missing_coins(self) -> int:
        """Beyond what the wallet holds."""
        return max(0, self.price_coins - self.wallet.paid_coins - self.wallet.bonus_coins)

    @property
    def top_up(self) -> TopUp | None:
        """The purchase that mends it, at today's prices."""
        missing = self.missing_coins
        return self.counter.book.top_up(missing) if missing and self.counter else None


def fares_for(database: Database, who: Onlooker, story: StoryAt, now: datetime) -> Fares:
    """What the options of a story cost somebody, and which are theirs. Charges nothing."""
    if not any(each.price_coins for each in story.version.choices.values()):
        return Fares()
    with database.reading() as tx:
        if book_at(tx, who, now) is None:
            return Fares()
        sale = sale_of(tx, story.series_id, who.market)
    shown = prices_shown(database, who, sale, now)
    if shown is None:
        return Fares()
    book, quote = shown
    spent, bought = 0, Bought()
    lowest: dict[str, int] = {}
    with database.reading() as tx:
        if who.viewer_id is not None:
            viewing = viewing_of(who, story.series_id)
            spent, bought = owned_and_spent(tx, viewing)[1], bought_choices(tx, viewing)
        if quote.shown_at is not None:
            lowest = lowest_prices(tx, story.version.work_id, quote.shown_at)
    told = suggested_prices(story.version, lowest)
    prices = {
        each: coins
        for each, suggested in told.items()
        if each not in bought and (coins := bounded_price(book, quote, suggested, spent))
    }
    return Fares(Counter(book, quote), prices, bought)


def suggested_prices(version: Published, lowest: Mapping[str, int]) -> dict[str, int]:
    """What writers ask for options, at the lowest a viewer was shown; one of each set is free.

    The checks want a free option in every set; where a story was published without one, the
    option that the series itself takes costs nothing, so that nobody has to pay to go on.
    """
    sets: dict[str, list[Asked]] = {}
    for each in version.choices.values():
        sets.setdefault(each.point, []).append(each)
    found: dict[str, int] = {}
    for options in sets.values():
        asked = {e.id: min(e.price_coins, lowest.get(e.id, e.price_coins)) for e in options}
        if all(asked.values()):
            asked[next((e for e in options if e.canon), options[0]).id] = 0
        found |= {each: coins for each, coins in asked.items() if coins}
    return found


def offer_choice(
    database: Database, who: Onlooker, choice_id: str, fares: Fares, now: datetime
) -> ChoiceOffer:
    """The price of an option beside what the viewer holds."""
    wallet = WalletView(0, 0, 0, ())
    if who.viewer_id is not None:
        with database.reading() as tx:
            wallet = wallet_of(tx, who.viewer_id, who.brand_id, now)
    return ChoiceOffer(
        choice_id, choice_id in fares.bought, fares.prices.get(choice_id, 0),
        fares.money(choice_id), wallet, fares.counter,
    )  # fmt: skip


def buy_choice(
    till: Till, who: Onlooker, story: StoryAt, choice_id: str, fares: Fares,
    expected_coins: int, key: str,
) -> Unlocked | None:  # fmt: skip
    """Sell an option; None where it costs nothing here.

    Raises:
        NotInStory: the story has no such option.
        NotEnoughCoins, PriceChanged and the others of an unlock: nothing was charged.
    """
    if choice_id not in story.version.choices:
        raise NotInStory
    if fares.counter is None or who.viewer_id is None:
        return None
    if not fares.prices.get(choice_id, 0) and choice_id not in fares.bought:
        return None
    wish = ChoiceWish(
        viewing_of(who, story.series_id), choice_id, fares.prices.get(choice_id, 0),
        expected_coins, key,
    )  # fmt: skip
    return unlock_choice(till, wish, fares.counter.quote)


def note_taken(
    database: Database, till: Till, who: Onlooker, story: StoryAt, fares: Fares,
    taken: Iterable[str],
) -> None:  # fmt: skip
    """Options that were bought and are taken now stay bought: their undo ends. Safe to say again.

    Raises:
        TillBusy, TillSlow: say it again.
    """
    fresh = {each for each in taken if fares.bought.taken.get(each) is False}
    if who.viewer_id is None:
        return
    for each in sorted(fresh):
        ref = choice_ref(story.series_id, each)
        mark_watched(database, till, who.viewer_id, who.brand_id, ref, CHOICE)

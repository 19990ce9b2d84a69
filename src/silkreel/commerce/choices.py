"""Options of a story that cost coins: bought once, open for ever on every playthrough.

The writer suggests a price, the price book bounds it, and the ledger sells it like an episode.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.quotes import Quote, Viewing
from silkreel.commerce.requests import Item, Unlock
from silkreel.commerce.tables import EntitlementRow
from silkreel.commerce.till import Till
from silkreel.commerce.unlock import Unlocked, ring_up
from silkreel.kit.database import Session

CHOICE: Final = "choice"


@dataclass(frozen=True, slots=True)
class ChoiceWish:
    """An option a viewer buys, at the price the server knows and for at most what was shown."""

    viewing: Viewing
    choice_id: str
    price_coins: int
    expected_coins: int
    key: str  # the client's, made when the sheet opened


@dataclass(frozen=True, slots=True)
class Bought:
    """Options of a series that are a viewer's, and whether each was taken."""

    taken: Mapping[str, bool] = field(default_factory=dict)

    def __contains__(self, choice_id: str) -> bool:
        return choice_id in self.taken


def choice_ref(series_id: str, choice_id: str) -> str:
    """What the ledger calls an option: the ids of two stories may be the same."""
    return f"{series_id}:{choice_id}"


def choice_of(ref: str) -> str:
    """The option's id in its story."""
    return ref.partition(":")[2]


def bounded_price(book: Book, quote: Quote, suggested_coins: int, spent_coins: int) -> int:
    """What an option costs: as its writer says, never more than the book lets it or the cap leaves.

    The bound may fall with a new book and does not rise for who was shown the old one.
    """
    if not (book.sells_coins and quote.book.sells_coins):
        return 0
    bound = min(book.choice_bound_coins, quote.book.choice_bound_coins)
    return max(0, min(suggested_coins, bound, quote.cap_coins - spent_coins))


def bought_choices(tx: Session, viewing: Viewing) -> Bought:
    """The options of a series that a viewer owns now."""
    rows = tx.execute(
        sa.select(EntitlementRow.ref, EntitlementRow.opened_at.is_not(None)).where(
            EntitlementRow.viewer_id == viewing.viewer_id,
            EntitlementRow.brand_id == viewing.brand_id,
            EntitlementRow.series_id == viewing.series_id,
            EntitlementRow.kind == CHOICE,
            EntitlementRow.source == "coin",
            EntitlementRow.revoked_at.is_(None),
        )
    )
    return Bought({choice_of(ref): bool(taken) for ref, taken in rows})


def unlock_choice(till: Till, wish: ChoiceWish, quote: Quote) -> Unlocked:
    """Buy an option: once, for ever, under the same keys, limits and cap as episodes.

    Raises:
        What `ring_up` says.
    """
    viewing = wish.viewing
    item = Item(CHOICE, choice_ref(viewing.series_id, wish.choice_id), wish.price_coins)
    request = Unlock(
        viewer_id=viewing.viewer_id, brand_id=viewing.brand_id,
        scope=f"{viewing.brand_id}:{viewing.viewer_id}:unlock", key=wish.key,
        series_id=viewing.series_id, expected_coins=wish.expected_coins, items=(item,),
        cap_coins=quote.cap_coins, market=viewing.market, channel=viewing.channel,
        quote_id=quote.id,
    )  # fmt: skip
    return ring_up(till, request, quote)

"""What a series costs, in a sentence: for pages that are read without script."""

from datetime import datetime

from silkreel.flows.sell_episodes import Onlooker, book_at, standing_price
from silkreel.kit.database import Session
from silkreel.kit.money_words import written
from silkreel.kit.words import Counted, words

FREE = Counted(
    "The first {count} episodes are free.", one="The first {count} episode is free.", by="count"
)


def price_sentence(tx: Session, who: Onlooker, slug: str, at: datetime) -> str:
    """The whole series' price at a first look, in the language in force; nothing where all is free.

    Raises:
        NotShown: there is no such series here.
    """
    price, book = standing_price(tx, who, slug, at), book_at(tx, who, at)
    if price is None or book is None or not price.locked_episodes:
        return ""
    told = [words(FREE, count=price.free_episodes)] if price.free_episodes else []
    if not book.sells_coins:
        return " ".join([*told, words("The others open by watching ads.")])
    all_of_them = words(
        "All the others together cost {coins} coins ({money}) at most.",
        coins=price.finish_coins, money=written(price.finish_money),
    )  # fmt: skip
    return " ".join([*told, all_of_them])

"""Opening locked episodes with coins: the price that was shown, once, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce import limits
from silkreel.commerce.book import TopUp
from silkreel.commerce.bounds import Stop
from silkreel.commerce.quotes import Quote, Viewing, rest_prices, seen_price, show_price
from silkreel.commerce.requests import Answer, Item, ItemKind, Open, Request, Undo, Unlock
from silkreel.commerce.tables import EntitlementRow
from silkreel.commerce.till import Till
from silkreel.kit.database import Database, Session
from silkreel.kit.money_words import written
from silkreel.kit.refusals import Refusal

WAIT_SECONDS = 2.0  # for the till; then the same key may be sent again


class NotEnoughCoins(Refusal):
    """The wallet holds less than the price."""

    status = 402
    message = "You need {missing} more coins. An exact top-up costs {price}."


class PriceChanged(Refusal):
    """What was shown is out of date; nothing was charged."""

    status = 409
    message = "The price is {more} coins above what you were shown. Look at it again first."


class CoinsNotTaken(Refusal):
    """Nothing opens for coins in this market."""

    status = 409
    message = "Episodes do not open for coins here. Look at the offers for what opens them."


class OwesCoins(Refusal):
    """Coins of a refunded purchase were already spent."""

    status = 423
    message = "{coins} coins of a refunded purchase are still owed. A top-up settles them first."


class KeyReused(Refusal):
    """A key stands for one request for ever."""

    status = 422
    message = "This key was used for another request. Send a new one for a new purchase."


class NoSuchEpisodes(Refusal):
    """Ids that the series does not have."""

    status = 404
    message = "This series has no episode {episode}."


class TillSlow(Refusal):
    """It may or may not be done by now; the key makes asking again safe."""

    status = 503
    message = "This takes longer than usual. Send the same request with the same key again."


class CannotUndo(Refusal):
    """An unlock that stays."""

    status = 409
    message = "This cannot be undone: {reason}"


UNDO_REASONS = {
    "watched": "an episode of it was played.",
    "too_late": "it is more than 14 days old.",
    "too_many": "three were undone in the last 30 days. Write to support.",
    "unknown": "you have no such purchase.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a viewer asks to open, and the total that the sheet showed."""

    viewing: Viewing
    episode_ids: tuple[str, ...]
    expected_coins: int
    key: str  # the client's, made when the sheet opened


@dataclass(frozen=True, slots=True)
class Priced:
    """What to ask of the till for a wish; nothing where all of it is free."""

    request: Unlock | None
    quote: Quote


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What is open now."""

    txn_id: int | None  # None: all of it was owned before
    paid_coins: int
    bonus_coins: int
    episode_ids: tuple[str, ...]
    replayed: bool


def unlock_episodes(database: Database, till: Till, wish: Wish, now: datetime) -> Unlocked:
    """Open episodes with coins: all or none, at most for what was shown, once per key.

    Raises:
        NotEnoughCoins, PriceChanged, OwesCoins, KeyReused, NoSuchEpisodes: nothing was charged.
        SpendLimitReached, ShutOut, TooYoung: the viewer's own limits; nothing was charged.
        TillBusy, TillSlow: ask again with the same key.
    """
    with database.reading() as tx:  # the sheet has shown the price, so nothing is written here
        priced = price_wish(tx, wish, now, seen_price)
    return unlock_priced(database, till, wish, priced, now)


def unlock_priced(
    database: Database, till: Till, wish: Wish, priced: Priced | None, now: datetime
) -> Unlocked:
    """The same for a wish whose price was read before; None: the sheet never showed it.

    Raises:
        What `unlock_episodes` says.
    """
    if priced is None:
        with database.transaction() as tx:
            priced = price_wish(tx, wish, now, show_price)
    assert priced is not None, "looking at a price makes the quote"
    if priced.request is None:
        return Unlocked(None, 0, 0, wish.episode_ids, replayed=False)
    return ring_up(till, priced.request, priced.quote)


def ring_up(till: Till, request: Unlock, quote: Quote) -> Unlocked:
    """Have the till open what is asked for, or say in a sentence why it does not.

    Raises:
        NotEnoughCoins, PriceChanged, OwesCoins, KeyReused: nothing was charged.
        SpendLimitReached, ShutOut, TooYoung: the viewer's own limits; nothing was charged.
        TillBusy, TillSlow: ask again with the same key.
    """
    answer = _wait(till, request)
    if answer.done or answer.status == "owned":
        refs = answer.refs or tuple(item.ref for item in request.items)
        return Unlocked(
            answer.txn_id, -answer.paid_coins, -answer.bonus_coins, refs,
            replayed=answer.status == "replay",
        )  # fmt: skip
    raise _refusal(answer, quote)


def price_wish(
    tx: Session,
    wish: Wish,
    now: datetime,
    price: Callable[[Session, Viewing, int, datetime], Quote | None],
) -> Priced | None:
    """The request for the till at the viewer's own prices; None where `price` knows none.

    Raises:
        NoSuchEpisodes: the series does not have one of them.
    """
    viewing = wish.viewing
    episodes, numbers = _numbers(tx, viewing.series_id, wish.episode_ids)
    for episode in wish.episode_ids:
        if episode not in numbers:
            raise NoSuchEpisodes(episode=episode)
    quote = price(tx, viewing, episodes, now)
    if quote is None:
        return None
    wanted = [each for each in wish.episode_ids if numbers[each] > quote.free_episodes]
    if not wanted:
        return Priced(None, quote)
    if not quote.book.sells_coins:  # a zero that was never a price
        raise CoinsNotTaken
    owned, spent = owned_and_spent(tx, viewing)
    prices = _prices(quote, numbers, wanted, owned, spent)
    request = Unlock(
        viewer_id=viewing.viewer_id, brand_id=viewing.brand_id,
        scope=f"{viewing.brand_id}:{viewing.viewer_id}:unlock", key=wish.key,
        series_id=viewing.series_id, expected_coins=wish.expected_coins,
        items=tuple(Item("episode", each, prices[each]) for each in wanted),
        cap_coins=quote.cap_coins, market=viewing.market, channel=viewing.channel,
        quote_id=quote.id,
    )  # fmt: skip
    return Priced(request, quote)


def undo_unlock(till: Till, viewing_brand: str, viewer_id: str, txn_id: int, key: str) -> Answer:
    """Give back an unlock of the last 14 days that was not watched.

    Raises:
        CannotUndo: it stays.
        KeyReused: the key was used for something else.
    """
    answer = _wait(
        till,
        Undo(
            viewer_id=viewer_id, brand_id=viewing_brand,
            scope=f"{viewing_brand}:{viewer_id}:undo", key=key, txn_id=txn_id,
        ),
    )  # fmt: skip
    if answer.status in UNDO_REASONS:
        raise CannotUndo(reason=UNDO_REASONS[answer.status])
    if answer.status == "key_reuse":
        raise KeyReused
    return answer


def mark_watched(
    database: Database,
    till: Till,
    viewer_id: str,
    brand_id: str,
    ref: str,
    kind: ItemKind = "episode",
) -> None:
    """An item was really played: if coins opened it, its unlock cannot be undone any more.

    Safe to say often; nothing happens where no coins opened it.

    Raises:
        TillBusy, TillSlow: say it again.
    """
    bought = sa.select(EntitlementRow.id).where(
        EntitlementRow.viewer_id == viewer_id,
        EntitlementRow.brand_id == brand_id,
        EntitlementRow.kind == kind,
        EntitlementRow.ref == ref,
        EntitlementRow.source == "coin",
        EntitlementRow.revoked_at.is_(None),
        EntitlementRow.opened_at.is_(None),
    )
    with database.reading() as tx:
        if tx.scalar(bought) is None:
            return
    _wait(till, Open(viewer_id=viewer_id, brand_id=brand_id, item_kind=kind, ref=ref))


def owned_and_spent(tx: Session, viewing: Viewing) -> tuple[frozenset[str], int]:
    """Episodes of the series that the viewer bought, and all coins spent on it: options too."""
    rows = tx.execute(
        sa.select(EntitlementRow.kind, EntitlementRow.ref, EntitlementRow.coins).where(
            EntitlementRow.viewer_id == viewing.viewer_id,
            EntitlementRow.brand_id == viewing.brand_id,
            EntitlementRow.series_id == viewing.series_id,
            EntitlementRow.source == "coin",
            EntitlementRow.revoked_at.is_(None),
        )
    ).all()
    owned = frozenset(ref for kind, ref, _ in rows if kind == "episode")
    return owned, sum(coins for _, _, coins in rows)


def _numbers(tx: Session, series_id: str, wished: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many episodes a series has, and their numbers; of one alone, that is enough."""
    of_series = EpisodeRow.series_id == series_id
    count = sa.select(sa.func.count()).where(of_series).scalar_subquery()
    query = sa.select(EpisodeRow.id, EpisodeRow.number, count).where(of_series)
    if len(wished) == 1:
        query = query.where(EpisodeRow.id == wished[0])
    rows = tx.execute(query).all()
    return (rows[0][2] if rows else 0), {row[0]: row[1] for row in rows}


def _prices(
    quote: Quote,
    numbers: Mapping[str, int],
    wanted: Sequence[str],
    owned: frozenset[str],
    spent_coins: int,
) -> dict[str, int]:
    """A price for each; all that is still locked, asked for at once, has the price of the rest."""
    locked = {each for each, n in numbers.items() if n > quote.free_episodes and each not in owned}
    plain = dict.fromkeys(wanted, quote.episode_coins)
    asked = [each for each in wanted if each in locked]
    if len(asked) > 1 and set(asked) == locked:
        rest = rest_prices(quote, len(asked), spent_coins=spent_coins)
        plain.update(zip(asked, rest, strict=True))
    return plain


def _wait(till: Till, request: Request) -> Answer:
    try:
        return till.ring(request).result(timeout=WAIT_SECONDS)
    except NotInTime:
        raise TillSlow from None


def _not_enough(missing_coins: int, top_up: TopUp) -> NotEnoughCoins:
    """The no, with the purchase that mends it: to be ordered as `top_up:COINS`."""
    return NotEnoughCoins(
        missing=missing_coins, price=written(top_up.price), exact_top_up_coins=top_up.paid_coins,
        exact_top_up_minor=top_up.price.minor, currency=top_up.price.currency,
        left_over_coins=top_up.left_over_coins,
    )  # fmt: skip


def _refusal(answer: Answer, quote: Quote) -> Refusal:
    missing = answer.missing_coins
    match answer.status:
        case "insufficient":
            return _not_enough(missing, quote.book.top_up(missing))
        case "price_changed":
            return PriceChanged(more=missing)
        case "debt":
            return OwesCoins(coins=missing)
        case "key_reuse":
            return KeyReused()
        case "cap" | "age" | "excluded":
            return limits.refusal(Stop(answer.status, missing))
    raise AssertionError(f"an unlock is not answered {answer.status}")

"""Open episodes with coins, and take that back while none was watched."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Response

from silkreel.commerce.quotes import seen_price
from silkreel.commerce.unlock import CoinsNotTaken, Wish, price_wish, undo_unlock, unlock_priced
from silkreel.flows.sell_episodes import book_at, find_in_market, refuse_unplayable, viewing_of
from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.web.api.money.customers import GATES, MAX_ID, NOES, Key, TheOnlooker
from silkreel.web.api.money.shapes import UndoShape, UnlockShape, UnlockWish
from silkreel.web.edge import TheSite

REPLAYED = "idempotency-replayed"
router = APIRouter(prefix="/api/unlocks", tags=["money"], responses=NOES, dependencies=GATES)


class NoWalletYet(Refusal):
    """A stranger, who can have no coins."""

    status = 402
    message = "You have no coins yet. Look at the price of the series first, then buy some."


class NothingToUndo(Refusal):
    """A stranger, who can have bought nothing."""

    status = 404
    message = "You have bought nothing here. Open your wallet to see what you bought."


@router.post("")
def unlock(
    wish: UnlockWish, key: Key, response: Response, site: TheSite, who: TheOnlooker
) -> UnlockShape:
    """Open all of the episodes or none, for at most what was shown, once per key."""
    at = now()
    with site.workshop.reading() as tx:
        out = find_in_market(tx, wish.series, who.market)
        refuse_unplayable(tx, out.series_id, wish.episodes)
        book = book_at(tx, who, at)
        if book is None:
            return UnlockShape.free(wish.episodes)
        if not book.sells_coins:
            raise CoinsNotTaken
        if who.viewer_id is None:
            raise NoWalletYet
        asked = Wish(
            viewing_of(who, out.series_id), tuple(wish.episodes), wish.expected_coins, str(key)
        )
        priced = price_wish(tx, asked, at, partial(seen_price, book=book))
    unlocked = unlock_priced(site.workshop.database, site.counter.till, asked, priced, at)
    response.headers[REPLAYED] = "true" if unlocked.replayed else "false"
    return UnlockShape.of(unlocked)


@router.post("/{txn}/undo")
def undo(
    txn: Annotated[int, Path(ge=1, le=MAX_ID)],
    key: Key,
    response: Response,
    site: TheSite,
    who: TheOnlooker,
) -> UndoShape:
    """Give back an unlock of the last 14 days of which nothing was watched, whole."""
    if who.viewer_id is None:
        raise NothingToUndo
    answer = undo_unlock(site.counter.till, who.brand_id, who.viewer_id, txn, str(key))
    response.headers[REPLAYED] = "true" if answer.status == "replay" else "false"
    return UndoShape.of(answer)

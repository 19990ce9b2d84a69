"""What a viewer holds, and every movement of it."""

from typing import Annotated

from fastapi import APIRouter, Query

from silkreel.commerce.first_gift import first_gift
from silkreel.commerce.history import MAX_ENTRIES, HistoryPage, wallet_history
from silkreel.commerce.wallets import WalletView, wallet_of
from silkreel.flows.name_history import Reader, name_opened
from silkreel.flows.sell_episodes import book_at
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, MAX_ID, NOES, TheOnlooker
from silkreel.web.api.money.shapes import BundlesShape, HistoryShape, WalletShape
from silkreel.web.edge import TheSite, TheViewer
from silkreel.web.stories import TheStories

router = APIRouter(prefix="/api/wallet", tags=["money"], responses=NOES, dependencies=GATES)


@router.get("")
def wallet(site: TheSite, who: TheOnlooker) -> WalletShape:
    """Coins in the order they are spent, their ends, and what is owed."""
    if who.viewer_id is None:
        return WalletShape.of(WalletView(0, 0, 0, ()))
    with site.workshop.reading() as tx:
        return WalletShape.of(wallet_of(tx, who.viewer_id, who.brand_id, now()))


@router.get("/bundles")
def bundles(site: TheSite, who: TheOnlooker) -> BundlesShape:
    """The amounts coins are sold in, with their prices."""
    with site.workshop.reading() as tx:
        book = book_at(tx, who, now())
        gift = first_gift(tx, book, who.viewer_id, who.brand_id) if book else None
        return BundlesShape.of(book, gift)


@router.get("/history")
def history(
    site: TheSite,
    who: TheOnlooker,
    viewer: TheViewer,
    stories: TheStories,
    *,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES)] = 50,
) -> HistoryShape:
    """Movements of the wallet, newest first."""
    if who.viewer_id is None:
        return HistoryShape.of(HistoryPage((), None), {})
    with site.workshop.reading() as tx:
        page = wallet_history(tx, who.viewer_id, who.brand_id, before=before, limit=limit)
        reader = Reader(who.market, viewer.languages or (viewer.language,))
        return HistoryShape.of(page, name_opened(tx, stories.shelf, page.entries, reader))

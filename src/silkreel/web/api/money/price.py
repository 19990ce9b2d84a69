"""What a series costs, before the first play."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from silkreel.catalogue.series import SLUG_LENGTH
from silkreel.commerce.first_gift import first_gift
from silkreel.flows.sell_episodes import book_at, find_on_sale, tell_price
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker, customer
from silkreel.web.api.money.shapes import PriceShape
from silkreel.web.edge import TheSite

router = APIRouter(tags=["money"], responses=NOES, dependencies=GATES)


@router.get("/api/series/{slug}/price")
def price(
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    request: Request,
    site: TheSite,
    who: TheOnlooker,
) -> PriceShape:
    """The price for this viewer, in coins and money; once shown it may fall and never rises."""
    at = now()
    with site.workshop.reading() as tx:
        sale = find_on_sale(tx, slug, who.market)
        book = book_at(tx, who, at)
    if book is None:
        return PriceShape.nothing(sale.episodes)
    buyer = customer(request, who.market)
    with site.workshop.transaction() as tx:
        told = tell_price(tx, buyer, sale, at)
        assert told is not None, "showing a price makes the quote"
        if told.quote.arm:
            buyer.arms.saw_wall(tx, buyer.at(sale.series_id), told.quote.arm, at)
        gift = first_gift(tx, book, buyer.viewer_id, buyer.brand_id)
    return PriceShape.of(told, gift)

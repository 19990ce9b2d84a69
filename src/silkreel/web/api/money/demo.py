"""Whether coins are play money here, and the market a visitor of the demo tries."""

from babel import Locale
from fastapi import APIRouter, Request, Response
from pydantic import Field

from silkreel.kit.refusals import Refusal
from silkreel.kit.words import language_in_force
from silkreel.web.api.money.customers import GATES, NOES
from silkreel.web.api.shapes import Shape
from silkreel.web.demo import COOKIE
from silkreel.web.edge import TheSite, TheViewer
from silkreel.web.site import Site

router = APIRouter(prefix="/api/demo", tags=["money"], responses=NOES, dependencies=GATES)
LIFE_SECONDS = 30 * 24 * 3600  # a visit or two; nobody is kept in a market by accident


class NotADemo(Refusal):
    """A real brand's market is its storefront's."""

    status = 409
    message = "The market is not chosen here. Prices are those of the place you are in."


class NoSuchMarket(Refusal):
    """No prices to try."""

    status = 404
    message = "This demo has no prices for {market}. Choose one of those it lists."


class DemoMarketShape(Shape):
    """A market to try."""

    market: str = Field(description="ISO 3166")
    name: str
    currency: str


class DemoShape(Shape):
    """Whether this is a demo, and whose prices it shows."""

    demo: bool = Field(description="coins are play money: no money moves here")
    market: str | None
    markets: list[DemoMarketShape]


class MarketWish(Shape):
    """The market to try."""

    market: str = Field(pattern="^([A-Z]{2}|[0-9]{3})$")


@router.get("")
def demo(request: Request, site: TheSite, viewer: TheViewer) -> DemoShape:
    """Whether coins are play money here, and the markets there are prices for."""
    return _told(request, site, viewer.market)


@router.post("/market")
def choose_market(
    wish: MarketWish, request: Request, response: Response, site: TheSite
) -> DemoShape:
    """See the prices of a market; kept in a cookie that counts in a demo and nowhere else."""
    offered = site.demo.markets_at(request.headers.get("host", ""))
    if offered is None:
        raise NotADemo
    if wish.market not in {each.market for each in offered}:
        raise NoSuchMarket(market=wish.market)
    secure = (site.settings.public_url or "").startswith("https://")
    response.set_cookie(
        COOKIE, wish.market, max_age=LIFE_SECONDS, httponly=True, samesite="lax", secure=secure
    )
    return _told(request, site, wish.market)


def _told(request: Request, site: Site, market: str) -> DemoShape:
    offered = site.demo.markets_at(request.headers.get("host", ""))
    if offered is None:
        return DemoShape(demo=False, market=None, markets=[])
    names = Locale.parse(language_in_force(), sep="-").territories
    return DemoShape(
        demo=True, market=market,
        markets=[
            DemoMarketShape(
                market=each.market, name=str(names.get(each.market, each.market)),
                currency=each.currency,
            )
            for each in offered
        ],
    )  # fmt: skip

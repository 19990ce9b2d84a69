"""Players tell which ads they showed: by that a network's final money is spread over titles."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from silkreel.commerce.ad_impressions import AdNotShown, Impression, note_impression
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import NOES, TheOnlooker, no_store
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import TheSite, Transaction

router = APIRouter(
    prefix="/api/ads",
    tags=["money"],
    responses={**NOES, 400: NOES[409]},
    dependencies=[Depends(no_store)],
)


class Shown(Shape):
    """An ad that began to play, and what the network said it is worth."""

    nonce: Annotated[str, Field(max_length=32, description="of the ad's intent")]
    unit: Annotated[
        str, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$", description="ad unit")
    ]
    estimate_micros: Annotated[int, Field(ge=0, le=10**9)] = 0
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    precision: Literal["UNKNOWN", "ESTIMATED", "PUBLISHER_PROVIDED", "PRECISE"] = "UNKNOWN"


@router.post("/impressions", status_code=204)
def impression(
    shown: Shown, request: Request, site: TheSite, who: TheOnlooker, tx: Transaction
) -> None:
    """Say it when the network's paid event comes, or when the ad begins; it counts once."""
    site.plays.take(f"impressions {request.client.host if request.client else ''}")
    if who.viewer_id is None:
        raise AdNotShown
    seen = Impression(
        shown.nonce, who.viewer_id, who.brand_id, shown.unit, who.market[:2],
        shown.estimate_micros, shown.currency, shown.precision,
    )  # fmt: skip
    note_impression(tx, seen, now())

"""Closing a month at the desk: look at what it gives, close it, take its files; another person approves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response

from silkreel.commerce.statement_steps import returnable
from silkreel.commerce.waterfall import Earning
from silkreel.flows.closing_desk import (
    Missing,
    Outlook,
    close_seen,
    look_ahead,
    month_files,
    next_month,
)
from silkreel.web.api.money.shapes import MoneyShape
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import Reading, TheSite
from silkreel.web.site import Site
from silkreel.web.staff.money.books import MONTH, TERMS, NoTerms, Reader, Settler, of_the_house
from silkreel.web.staff.money.orders import MONEY_NOES
from silkreel.web.staff.money.shapes import money
from silkreel.web.staff.rights import no_store

router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=MONEY_NOES,
    dependencies=[Depends(no_store), Depends(of_the_house)],
)  # fmt: skip
Month = Annotated[str, Path(pattern=MONTH)]


class NextMonth(Shape):
    """Which month is closed next, and which was closed last and may still be taken back."""

    month: str | None
    returnable: str | None


class MissingShape(Shape):
    """What a month waits for."""

    kind: str
    sentence: str
    blocks: bool

    @classmethod
    def of(cls, missing: Missing) -> "MissingShape":
        """From the flow."""
        return cls(kind=missing.kind, sentence=missing.sentence, blocks=missing.blocks)


class WouldGet(Shape):
    """What a payee would get."""

    payee: str
    name: str
    payable: MoneyShape


class OwnShape(Shape):
    """What no contract covers: it stays with the operator."""

    series: str
    market: str
    stream: str
    amount: MoneyShape

    @classmethod
    def of(cls, earning: Earning) -> "OwnShape":
        """From commerce."""
        return cls(series=earning.series_id, market=earning.market, stream=earning.stream,
                   amount=money(earning.minor, earning.currency))  # fmt: skip


class OutlookShape(Shape):
    """A month before it is closed."""

    month: str
    can_close: bool
    missing: list[MissingShape]
    statements: list[WouldGet]
    own: list[OwnShape]
    seen: str

    @classmethod
    def of(cls, outlook: Outlook) -> "OutlookShape":
        """From the flow."""
        would = outlook.would
        lasts = [(each.payee, each.rows[-1]) for each in would.statements] if would else []
        return cls(
            month=outlook.period, can_close=outlook.can_close, seen=outlook.seen,
            missing=[MissingShape.of(each) for each in outlook.missing],
            statements=[
                WouldGet(payee=payee, name=last["name"],
                         payable=money(int(last["amount_minor"]), last["currency"]))
                for payee, last in lasts
            ],
            own=[OwnShape.of(each) for each in would.unassigned] if would else [],
        )  # fmt: skip


class ClosingWish(Shape):
    """A yes to what was looked at."""

    seen: str


class ClosedMonth(Shape):
    """A month that is closed; its statements are drafts until another person approves them."""

    month: str
    statements: int


@router.get("/settlements/next")
def coming(_by: Reader, tx: Reading) -> NextMonth:
    """The month to close next, and the one that may be taken back."""
    return NextMonth(month=next_month(tx), returnable=returnable(tx))


@router.get("/settlements/{month}/outlook")
def outlook(month: Month, by: Settler, site: TheSite) -> OutlookShape:
    """What closing the month would give, and what is missing."""
    return OutlookShape.of(look_ahead(site.workshop.database, month, _terms(site), by))


@router.post("/settlements/{month}/close")
def close(month: Month, wish: ClosingWish, by: Settler, site: TheSite) -> ClosedMonth:
    """Close the month that was looked at."""
    terms = _terms(site)
    if terms is None:
        raise NoTerms
    done = close_seen(site.workshop.database, month, terms, wish.seen, by)
    return ClosedMonth(month=done.period, statements=len(done.statements))


@router.get("/settlements/{month}/files.zip", response_class=Response)
def files(month: Month, _by: Reader, tx: Reading) -> Response:
    """Every statement of a month in every format."""
    headers = {"content-disposition": f'attachment; filename="statements-{month}.zip"',
               "cache-control": "no-store"}  # fmt: skip
    return Response(month_files(tx, month), media_type="application/zip", headers=headers)


def _terms(site: Site) -> str | None:
    try:
        return (site.settings.folder / TERMS).read_text(encoding="utf-8")
    except OSError:
        return None

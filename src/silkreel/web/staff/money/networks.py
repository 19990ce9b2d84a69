"""Ad networks at the desk: whose reports can be fetched, what is to set for the others, fetching one."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from silkreel.flows.fetch_ad_reports import (
    Fetched,
    ReportNetwork,
    fetch_ad_report,
    report_networks,
)
from silkreel.web.api.money.shapes import MoneyShape
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import Reading, TheSite
from silkreel.web.staff.money.books import MONTH, Reader, Settler, of_the_house
from silkreel.web.staff.money.orders import MONEY_NOES
from silkreel.web.staff.money.shapes import money
from silkreel.web.staff.rights import no_store

router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=MONEY_NOES,
    dependencies=[Depends(no_store), Depends(of_the_house)],
)  # fmt: skip
Name = Annotated[str, Path(pattern="^[a-z0-9_]{1,32}$")]
Month = Annotated[str, Path(pattern=MONTH)]


class NetworkShape(Shape):
    """An ad network, whether its reports can be fetched, and up to which day they are known."""

    name: str
    ready: bool
    mend: str = Field(description="why its reports cannot be fetched, and what to set")
    last_day: date | None

    @classmethod
    def of(cls, network: ReportNetwork) -> "NetworkShape":
        """From the flow."""
        return cls(
            name=network.name, ready=network.ready, mend=network.mend, last_day=network.last_day
        )


class NetworkList(Shape):
    """Every network that reports to us."""

    networks: list[NetworkShape]


class FetchedShape(Shape):
    """A month as a network told it; kept only where it is final."""

    network: str
    month: str
    final: bool
    final_from: datetime
    last_day: date
    totals: list[MoneyShape]
    changed: int = Field(description="lines that are new or different")

    @classmethod
    def of(cls, found: Fetched) -> "FetchedShape":
        """From the flow."""
        report = found.report
        return cls(
            network=report.network, month=report.month, final=report.final,
            final_from=report.final_from, last_day=report.last_day,
            totals=[money(minor, code) for code, minor in sorted(report.totals_minor.items())],
            changed=found.kept.changed if found.kept else 0,
        )  # fmt: skip


@router.get("/ad-networks")
def networks(_by: Reader, site: TheSite, tx: Reading) -> NetworkList:
    """Networks, and what to set where a report cannot be fetched."""
    found = report_networks(tx, site.settings)
    return NetworkList(networks=[NetworkShape.of(each) for each in found])


@router.post("/ad-networks/{name}/reports/{month}")
def fetch(name: Name, month: Month, by: Settler, site: TheSite) -> FetchedShape:
    """Fetch a month; the network may take its time to answer."""
    return FetchedShape.of(fetch_ad_report(site.settings, site.workshop.database, name, month, by))

"""`silkreel ads`: films of your own to show where ads stand."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.commerce.campaigns import Campaign, list_campaigns, shown_times
from silkreel.flows.house_ads import Running, drop_campaign, take_campaign
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.words import words
from silkreel.people.actors import Actor, machine
from silkreel.people.brands import HOUSE, find_brand

Brand = Annotated[str, Parameter(help="the brand that shows it")]


def add(
    film: Path,
    /,
    *,
    title: str,
    advertiser: str,
    click_url: str | None = None,
    market: Annotated[list[str] | None, Parameter(negative="")] = None,
    weight: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=100))] = 1,
    until: datetime | None = None,
    brand: Brand = HOUSE,
) -> None:
    """Show a film where ads stand: H.264 in MP4, upright, 3 to 60 seconds.

    Args:
        film: the file
        title: what it is about, as the page names it
        advertiser: whose it is, as the page names them
        click_url: where a click on it leads
        market: only in this market; give it again for more
        weight: how often, against the others
        until: the last moment it is shown (UTC)
        brand: the brand that shows it
    """
    ends_at = until.replace(tzinfo=until.tzinfo or UTC) if until else None
    told = Running(title, advertiser, click_url, tuple(market or ()), weight, ends_at)
    with opened() as house:
        with house.workshop.reading() as tx:
            by = _operator(tx, brand)
        made = take_campaign(house.workshop, film, told, by=by)
    print(words("{title} is shown from now on ({campaign}).", title=made.title, campaign=made.id))


def list_all(*, brand: Brand = HOUSE, json: bool = False) -> None:
    """List the films, how often each was shown, and until when.

    Args:
        brand: the brand that shows them
        json: print machine-readable results
    """
    with opened() as house, house.workshop.reading() as tx:
        found = list_campaigns(tx, find_brand(tx, brand).id)
        times = shown_times(tx, [each.id for each in found])
    if json:
        show.print_json([_json(each, times.get(each.id, 0)) for each in found])
        return
    rows = [
        (each.id, each.title, each.advertiser, each.film.length_seconds, times.get(each.id, 0),
         ", ".join(each.markets) or "-", f"{each.ends_at:%Y-%m-%d}" if each.ends_at else "-")
        for each in found
    ]  # fmt: skip
    columns = (
        words("campaign"), words("title"), words("advertiser"), words("seconds"), words("times shown"),
        words("markets"), words("until"),
    )  # fmt: skip
    show.print_table(words("House ads"), columns, rows)


def end(campaign: str, /, *, brand: Brand = HOUSE) -> None:
    """Take a film off; what was shown stays counted.

    Args:
        campaign: its id, as the list shows it
        brand: the brand that shows it
    """
    with opened() as house, house.workshop.transaction() as tx:
        ended = drop_campaign(tx, campaign, by=_operator(tx, brand))
    print(words("{title} is no longer shown.", title=ended.title))


def _operator(tx: Session, brand: str) -> Actor:
    return machine(getpass.getuser(), find_brand(tx, brand).id, now())


def _json(campaign: Campaign, times: int) -> dict[str, object]:
    return {
        "id": campaign.id, "title": campaign.title, "advertiser": campaign.advertiser,
        "seconds": campaign.film.length_seconds, "shown": times,
        "markets": list(campaign.markets), "built_in": campaign.built_in,
        "ends_at": campaign.ends_at.isoformat() if campaign.ends_at else None,
    }  # fmt: skip

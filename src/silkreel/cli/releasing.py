"""`silkreel release`: open a series to viewers of a market."""

from typing import Annotated

from cyclopts import Parameter

from silkreel.catalogue.releases import Allowed
from silkreel.cli.opening import opened
from silkreel.flows.release_series import release_series, withdraw_series


def release(
    series: str,
    /,
    *,
    market: Annotated[
        str, Parameter(help="ISO 3166 code such as BR, or 001 for the world")
    ] = "001",
    languages: Annotated[str | None, Parameter(help="comma-separated; by default all")] = None,
    allow_drafts: bool = False,
    allow_unfinished: bool = False,
    withdraw: bool = False,
    json: bool = False,
) -> None:
    """Open a series in a market, in every language that is dubbed, or only in those named.

    Machine drafts that nobody approved stand in the way unless they are allowed; then viewers see
    them labelled. So do missing episodes, lines without a translation and lines that failed their
    checks.

    Args:
        series: the series' slug
        market: where
        languages: which languages
        allow_drafts: release machine drafts, labelled
        allow_unfinished: release although episodes or lines are missing or failed their checks
        withdraw: close the series in the market instead
        json: print machine-readable results
    """
    from silkreel.cli import show

    with opened() as house:
        if withdraw:
            withdraw_series(house.workshop, series, market)
            released: tuple[str, ...] = ()
        else:
            chosen = languages.split(",") if languages else None
            allowed = Allowed(drafts=allow_drafts, unfinished=allow_unfinished)
            released = release_series(house.workshop, series, market, chosen, allowed=allowed)
    if json:
        told = {"series": series, "market": market, "languages": list(released)}
        show.print_json({**told, "withdrawn": withdraw})
    elif withdraw:
        print(f"{series} is closed in {market}.")
    else:
        told_languages = ", ".join(released)
        print(f"{series} is open in {market} in {told_languages}. Next: silkreel serve")

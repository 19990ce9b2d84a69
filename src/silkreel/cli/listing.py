"""`silkreel series`: what there is, and how far it is."""

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.flows.series_overview import series_overview
from silkreel.kit.words import words


def series(*, json: bool = False) -> None:
    """List the series with their episodes and languages.

    Args:
        json: print machine-readable results
    """
    with opened() as house:
        overview = series_overview(house.workshop)
    if json:
        show.print_json([each.to_json() for each in overview])
        return
    if not overview:
        print(
            words(
                "No series yet. Take a folder in with `silkreel import PATH`, or see `silkreel demo`."
            )
        )
        return
    rows = [
        (each.slug, each.episodes, each.source_language, ", ".join(each.languages) or "-",
         ", ".join(each.markets) or words("not released"))
        for each in overview
    ]  # fmt: skip
    columns = (
        words("slug"),
        words("episodes"),
        words("source"),
        words("dubbed into"),
        words("released in"),
    )
    show.print_table(words("Series"), columns, rows)

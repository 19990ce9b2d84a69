"""`silkreel qc`: what the checks found, as a table or as JSON."""

from rich.text import Text

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.flows.check_dub import WORST_SHOWN, SeriesChecks, series_checks
from silkreel.kit.words import words

COLOURS = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}


def qc(series: str, /, *, language: str | None = None, json: bool = False) -> int:
    """Show the verdicts of a series; the exit code is 1 when a line failed.

    Args:
        series: the series' slug
        language: only this language
        json: print machine-readable results, with every line that is not simply good
    """
    with opened() as house:
        checks = series_checks(house.workshop, series, language)
    if json:
        show.print_json(checks.to_json())
    else:
        print_checks(checks)
    return REFUSED if checks.count("FAIL") else DONE


def print_checks(checks: SeriesChecks) -> None:
    """The verdicts by language and episode, then the lines a person should look at."""
    if not checks.episodes:
        print(
            words(
                "Nothing is checked yet. Run `silkreel localise {slug} --to LANGUAGES` first.",
                slug=checks.slug,
            )
        )
        return
    rows = [
        (
            each.language, each.number or words("series"), _coloured(each.level), each.passed, each.warned,
            each.failed, f"{each.loudness_lufs:.1f}" if each.loudness_lufs is not None else "",
            " ".join(each.reasons),
        )
        for each in checks.episodes
    ]  # fmt: skip
    columns = (
        words("language"),
        words("episode"),
        words("verdict"),
        words("pass"),
        words("warn"),
        words("fail"),
        "LUFS",
        words("because"),
    )
    show.print_table(words("Quality of {slug}", slug=checks.slug), columns, rows)
    if checks.lines:
        worst = checks.lines[:WORST_SHOWN]
        show.print_table(
            words("Lines to look at ({shown} of {all})", shown=len(worst), all=len(checks.lines)),
            (
                words("line"),
                words("language"),
                words("verdict"),
                words("original"),
                words("wording"),
                words("because"),
            ),
            [
                (x.line_id, x.language, _coloured(x.level), x.source, x.text, " ".join(x.reasons))
                for x in worst
            ],
        )


def _coloured(level: str) -> Text:
    return Text(level, style=COLOURS[level])

"""`silkreel qc`: what the checks found, as a table or as JSON."""

from functools import partial

from rich.text import Text

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.following import print_problems, tell_progress
from silkreel.cli.opening import House, opened
from silkreel.flows.check_dub import WORST_SHOWN, SeriesChecks, series_checks
from silkreel.flows.listen_to_dub import order_listening
from silkreel.flows.problems import Problem
from silkreel.flows.steps_ahead import episode_numbers
from silkreel.jobs.progress import Rising
from silkreel.kit.words import words

COLOURS = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}


def qc(
    series: str, /, *, language: str | None = None, listen: bool = False, json: bool = False
) -> int:
    """Show the verdicts of a series; the exit code is 1 when a line failed.

    Args:
        series: the series' slug
        language: only this language
        listen: let a recogniser write every take down first, and judge how much of it is understood
        json: print machine-readable results, with every line that is not simply good
    """
    with opened() as house:
        problems = _listen(house, series, language) if listen else []
        numbers = episode_numbers(house.workshop, series)
        checks = series_checks(house.workshop, series, language)
    if json:
        show.print_json(checks.to_json())
    else:
        print_checks(checks)
        print_problems(problems, numbers)
    return REFUSED if problems or checks.count("FAIL") else DONE


def _listen(house: House, slug: str, language: str | None) -> list[Problem]:
    """Listen to the dubs in this process; what could not be listened to."""
    from silkreel.flows.work import working

    order = order_listening(house.workshop, house.settings, slug, language)
    numbers, rising = episode_numbers(house.workshop, slug), Rising()
    with show.watching() as watcher, working(house.settings, house.workshop) as engine:
        job = engine.submit(order)
        if engine.status(job).ended:
            engine.retry(job)  # what was listened to is found
        status = engine.wait(job, partial(tell_progress, watcher, rising, numbers))
    problems: list[Problem] = status.answer()["problems"]
    return problems


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

"""`silkreel localise`: a series goes into other languages, in steps that survive anything."""

from functools import partial
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.checking import print_checks
from silkreel.cli.following import print_problems, tell_progress
from silkreel.cli.opening import House, opened
from silkreel.flows.bill import Bill, bill_of
from silkreel.flows.check_dub import series_checks
from silkreel.flows.localise_series import order_localisation
from silkreel.flows.source_side import source_stands
from silkreel.flows.steps_ahead import episode_numbers, steps_ahead
from silkreel.flows.work import working
from silkreel.jobs.attempts import Attempt
from silkreel.jobs.engine import JobStatus
from silkreel.jobs.progress import Rising
from silkreel.kit.clock import now
from silkreel.kit.words import words


def localise(
    series: str,
    /,
    *,
    to: Annotated[str, Parameter(help="comma-separated language tags, e.g. en,es,pt-BR")],
    json: bool = False,
) -> int:
    """Dub and subtitle every episode of a series into other languages.

    Each step is remembered: Ctrl-C or a crash loses at most the step in hand, and the same command
    goes on from there. `silkreel worker` in other terminals shares the work.

    Args:
        series: the series' slug
        to: the languages to make
        json: print machine-readable results
    """
    with opened() as house:
        status, bill = run_localisation(house, series, language_list(to))
        answer = status.answer()
        numbers = episode_numbers(house.workshop, series)
        checks = series_checks(house.workshop, series)
    if json:
        show.print_json(
            {"series": series, **answer, "qc": checks.to_json(), "cpu_seconds": bill.to_json()}
        )
    else:
        print_checks(checks)
        print(bill.sentence())
        print_problems(answer["problems"], numbers)
        if not answer["problems"]:
            print(words("Next: silkreel release {series}, then silkreel serve", series=series))
    return REFUSED if answer["problems"] else DONE


def language_list(text: str) -> list[str]:
    """The tags of a comma-separated list, `es, pt-BR,` as well; an empty text is one empty tag."""
    return [tag.strip() for tag in text.split(",") if tag.strip()] or [""]


def run_localisation(house: House, slug: str, languages: list[str]) -> tuple[JobStatus, Bill]:
    """Order a localisation, work on it in this process until it ends, and add up its cost."""
    started_at = now()
    order = order_localisation(house.workshop, house.settings, slug, languages)
    numbers, rising = episode_numbers(house.workshop, slug), Rising()
    ahead = steps_ahead(
        order.arguments["episodes"],
        order.arguments["languages"],
        source_stands=source_stands(house.workshop, house.settings, order.arguments["series_id"]),
    )
    with show.watching() as watcher, working(house.settings, house.workshop) as engine:
        job = engine.submit(order)
        status = engine.status(job)
        if status.ended and (status.state != "done" or status.answer()["problems"]):
            engine.retry(job)  # what failed may have been mended; what was finished is found
            status = engine.status(job)
        if not status.ended:
            engine.board.expect(Attempt(job, status.attempt), ahead)
        status = engine.wait(job, partial(tell_progress, watcher, rising, numbers))
        name = engine.name
    return status, bill_of(house.workshop, status.id, worker=name, since=started_at)

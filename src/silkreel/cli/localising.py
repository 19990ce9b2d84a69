"""`silkreel localise`: a series goes into other languages, in steps that survive anything."""

from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.checking import print_checks
from silkreel.cli.opening import House, opened
from silkreel.flows.bill import Bill, bill_of
from silkreel.flows.check_dub import series_checks
from silkreel.flows.localise_series import order_localisation
from silkreel.flows.work import working
from silkreel.jobs.engine import JobStatus
from silkreel.kit.clock import now


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
        status, bill = run_localisation(house, series, to.split(","))
        answer = status.answer()
        checks = series_checks(house.workshop, series)
    if json:
        show.print_json(
            {"series": series, **answer, "qc": checks.to_json(), "cpu_seconds": bill.to_json()}
        )
    else:
        print_checks(checks)
        print(bill.sentence())
        for problem in answer["problems"]:
            print(f"! {problem['label']}: {problem['sentence']}")
        if not answer["problems"]:
            print(f"Next: silkreel release {series}, then silkreel serve")
    return REFUSED if answer["problems"] else DONE


def run_localisation(house: House, slug: str, languages: list[str]) -> tuple[JobStatus, Bill]:
    """Order a localisation, work on it in this process until it ends, and add up its cost."""
    started_at = now()
    order = order_localisation(house.workshop, house.settings, slug, languages)
    with show.watching() as watcher, working(house.settings, house.workshop) as engine:
        job = engine.submit(order)
        status = engine.status(job)
        if status.ended and (status.state != "done" or status.answer()["problems"]):
            engine.retry(job)  # what failed may have been mended; what was finished is found
        status = engine.wait(job, lambda moment: _tell(watcher, moment))
        name = engine.name
    return status, bill_of(house.workshop, status.id, worker=name, since=started_at)


def _tell(watcher: show.Watcher, status: JobStatus) -> None:
    progress = status.progress
    share = progress.done / progress.total if progress.total else 0.0
    running = ", ".join(progress.running[:2]) or "waiting"
    watcher.share(share, running, progress.seconds_left)

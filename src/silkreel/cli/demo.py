"""`silkreel demo`: the sample drama, from a story to a dubbed series that streams."""

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter, validators

from silkreel.catalogue.releases import WORLD, Allowed
from silkreel.cli import show
from silkreel.cli.checking import print_checks
from silkreel.cli.localising import run_localisation
from silkreel.cli.opening import House, opened
from silkreel.flows.bill import Bill, cpu_seconds_so_far
from silkreel.flows.check_dub import SeriesChecks, series_checks
from silkreel.flows.make_demo import (
    OcrScore,
    make_demo_series,
    publish_demo_story,
    score_reading,
)
from silkreel.flows.open_demo_shop import open_demo_shop
from silkreel.flows.publish_story import Publication
from silkreel.flows.release_series import release_series
from silkreel.flows.steps_ahead import episode_numbers, step_words
from silkreel.kit.clock import now
from silkreel.kit.effort import measuring
from silkreel.kit.settings import Settings
from silkreel.kit.words import words
from silkreel.story.sample import TARGETS


@dataclass(frozen=True, slots=True)
class _Made:
    slug: str
    episodes: int
    languages: list[str]
    ocr: OcrScore
    checks: SeriesChecks
    bill: Bill
    notes: list[str]
    story: Publication
    markets: tuple[str, ...]


def demo(
    *,
    serve: Annotated[bool, Parameter(help="serve it at the end")] = True,
    episodes: Annotated[
        int | None, Parameter(help="make only so many", validator=validators.Number(gte=1))
    ] = None,
    to: Annotated[str, Parameter(help="languages to dub into")] = ",".join(TARGETS),
    json: bool = False,
) -> int | None:
    """Make a sample drama, dub it into three languages, release it and serve it.

    The sample is drawn and spoken here, then treated as a stranger's series: its burned-in
    captions are read, its lines dubbed from approved translations. Safe to run again.

    Args:
        serve: go on and serve the result until Ctrl-C
        episodes: make only the first so many, for a quick look
        to: comma-separated; the sample has approved translations into the three by default
        json: print one JSON object at the end (--no-serve prints it and stops)
    """
    with opened() as house:
        made = _make(house, to.split(","), episodes)
        addresses = _addresses(house.settings, made.slug)
    if json:
        show.print_json(_payload(made, addresses))
    else:
        _print(made, addresses)
    if not serve:
        return None
    from silkreel.cli.serving import serve as run_server

    print(words("Serving; stop with Ctrl-C."), flush=True)
    run_server()
    return None


def _make(house: House, languages: list[str], episodes: int | None) -> _Made:
    with show.watching() as watcher, measuring() as effort:
        watcher.step(words("Drawing and speaking the sample drama ..."))
        series = make_demo_series(
            house.settings,
            house.workshop,
            episodes=episodes,
            progress=lambda told, share: watcher.share(share, told, None),
        )
        for note in series.notes:
            watcher.step(f"! {note}")
        watcher.step(
            words(
                "Localising {slug} into {languages} ...",
                slug=series.slug,
                languages=", ".join(languages),
            )
        )
    status, bill = run_localisation(house, series.slug, languages)
    answer = status.answer()
    shown = Allowed(drafts=True, unfinished=True)  # a machine that lacks models shows what it has
    release_series(house.workshop, series.slug, WORLD, allowed=shown)
    with show.watching() as watcher:
        watcher.step(words("Publishing its novel and its game ..."))
        story = publish_demo_story(house.workshop, series.slug)
    markets = open_demo_shop(house.workshop, now())
    numbers = episode_numbers(house.workshop, series.slug)
    problems = [f"{step_words(p['label'], numbers)}: {p['sentence']}" for p in answer["problems"]]
    burnt = dict(bill.engine_cpu_seconds)
    for name, seconds in effort.cpu_seconds.items():
        burnt[name] = burnt.get(name, 0.0) + seconds
    return _Made(
        slug=series.slug,
        episodes=len(series.sample.episodes),
        languages=languages,
        ocr=score_reading(house.workshop, series.slug, series.sample),
        checks=series_checks(house.workshop, series.slug),
        bill=Bill(cpu_seconds_so_far(), burnt),
        notes=[*series.notes, *problems],
        story=story,
        markets=markets,
    )


def _addresses(settings: Settings, slug: str) -> dict[str, str]:
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return {
        "app": f"{base}/",
        "series": f"{base}/s/{slug}",
        "first_episode": f"{base}/s/{slug}/e/1",
        "novel": f"{base}/s/{slug}/c/1",
        "game": f"{base}/s/{slug}/g",
        "api": f"{base}/api/docs",
    }


def _payload(made: _Made, addresses: dict[str, str]) -> dict[str, Any]:
    checks = made.checks
    return {
        "series": made.slug,
        "episodes": made.episodes,
        "languages": made.languages,
        "ocr": made.ocr.to_json(),
        "qc": {
            "pass": checks.count("PASS"),
            "warn": checks.count("WARN"),
            "fail": checks.count("FAIL"),
        },
        "cpu_seconds": made.bill.to_json(),
        "story": {"reads": list(made.story.reads), "plays": list(made.story.plays)},
        "addresses": addresses,
        "notes": made.notes,
        "markets": list(made.markets),
    }


def _print(made: _Made, addresses: dict[str, str]) -> None:
    print_checks(made.checks)
    ocr = made.ocr
    print(
        words(
            "Captions read: {found} of {lines} lines, {invented} invented, "
            "{cer:.2%} of {characters} characters wrong.",
            found=ocr.found,
            lines=ocr.lines,
            invented=ocr.invented,
            cer=ocr.cer,
            characters=ocr.characters,
        )
    )
    print(made.bill.sentence())
    for note in made.notes:
        print(f"! {note}")
    print(
        words(
            "The translations were written and approved by the sample's author; the voices are AI."
        )
    )
    if made.markets:
        print(
            words(
                "It is sold for play money, by the prices of {markets}: choose one on the page.",
                markets=", ".join(made.markets),
            )
        )
    for name, address in addresses.items():
        print(f"{name.replace('_', ' '):>14}  {address}")

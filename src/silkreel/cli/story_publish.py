"""`silkreel story publish`, `unpublish` and `list`: what viewers may read and play."""

import getpass
from pathlib import Path

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.flows.publish_story import (
    Publication,
    PublishedWork,
    publish_story,
    published_works,
    unpublish_story,
)
from silkreel.kit.clock import now
from silkreel.kit.words import Counted, words

OUTCOME_SENTENCES = {
    "fresh": "{series}: version {number} is published.",
    "again": "{series}: version {number} was published before and is shown again.",
    "same": "{series}: version {number} is published already; nothing changed.",
}
SHORT_DIGEST = 12  # characters of a digest on the screen
CHAPTERS = Counted("{count} chapters", one="{count} chapter")
EPISODES = Counted("{count} episodes", one="{count} episode")
OPEN_FINDINGS = Counted(
    "{count} warnings are open; `silkreel story check {path}` lists them.",
    one="{count} warning is open; `silkreel story check {path}` lists it.",
)


def publish(path: Path, /, *, series: str, json: bool = False) -> None:
    """Publish a story: viewers of the series read its novel and play its game.

    What a check blocks is not published. Publishing the same again changes nothing; an edited story
    becomes a new version, and saves made on older ones go on in it.

    Args:
        path: a story's folder, or one .ink file
        series: slug of the series it belongs to
        json: print machine-readable results
    """
    with opened() as house:
        done = publish_story(house.workshop, path, series, by=getpass.getuser(), at=now())
    if json:
        show.print_json(_publication(done))
        return
    print(words(_outcome(done), series=done.slug, number=done.number))
    print(
        words(
            "{episodes} played in {plays}; {chapters} read in {reads}.",
            episodes=words(EPISODES, count=done.episodes),
            plays=", ".join(done.plays) or "-",
            chapters=words(CHAPTERS, count=done.chapters),
            reads=", ".join(done.reads) or "-",
        )
    )
    if done.findings:
        print(words(OPEN_FINDINGS, count=len(done.findings), path=str(path)))


def unpublish(series: str, /, *, json: bool = False) -> None:
    """Take the story of a series away from readers and players; saves and places are kept.

    Args:
        series: slug of the series
        json: print machine-readable results
    """
    with opened() as house:
        unpublish_story(house.workshop, series)
    if json:
        show.print_json({"series": series, "shown": False})
    else:
        print(words("The story of {series} is no longer shown.", series=series))


def list_stories(*, json: bool = False) -> None:
    """List published stories, each with its versions, the newest first.

    Args:
        json: print machine-readable results
    """
    with opened() as house:
        works = published_works(house.workshop)
    if json:
        show.print_json([_work(each) for each in works])
        return
    if not works:
        print(words("No story is published yet; run: silkreel story publish PATH --series SLUG"))
    for each in works:
        shown = words("shown") if each.shown else words("not shown")
        when = f"{each.published_at:%Y-%m-%d %H:%M}"
        digest = each.digest[:SHORT_DIGEST]
        print(f"{each.slug}  {each.number}  {digest}  {when}  {shown}  {each.title}")


def _outcome(done: Publication) -> str:
    name = "fresh" if done.fresh else "again" if done.changed else "same"
    return OUTCOME_SENTENCES[name]


def _publication(done: Publication) -> dict[str, object]:
    return {
        "series": done.slug, "digest": done.digest, "version": done.number, "fresh": done.fresh,
        "changed": done.changed, "episodes": done.episodes, "chapters": done.chapters,
        "scenes_total": done.scenes_total, "endings_total": done.endings_total,
        "reads": list(done.reads), "plays": list(done.plays),
        "open_findings": [each.to_json() for each in done.findings],
    }  # fmt: skip


def _work(each: PublishedWork) -> dict[str, object]:
    return {
        "series": each.slug, "title": each.title, "version": each.number, "digest": each.digest,
        "shown": each.shown, "published_at": each.published_at.isoformat(),
        "published_by": each.published_by,
    }  # fmt: skip

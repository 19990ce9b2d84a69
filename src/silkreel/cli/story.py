"""`silkreel story`: one text as drama, novel and game."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.story.checking import check as run_checks
from silkreel.story.checking import look_into
from silkreel.story.findings import Finding
from silkreel.story.ids import random_digits
from silkreel.story.project import open_story
from silkreel.story.stamping import new_story, stamp_story, write_stamped

app = App(name="story", help="One text, three media: begin, check, stamp, import, export.")

SEVERITIES = {"B": "blocks", "W": "warning", "I": "note"}


@app.command(name="new")
def new(name: str, /, *, into: Path | None = None) -> None:
    """Begin a story: two episodes, a choice, a chapter and shots, in a folder of that name.

    Args:
        name: name of the folder, and the title to begin with
        into: the folder to make it in; by default this one
    """
    story = new_story(name, into or Path())
    print(f"{story.folder}: {len(story.episodes)} episodes, {len(story.lines)} lines")
    print(f"Next: silkreel story check {story.folder}")


@app.command(name="check")
def check(
    path: Path, /, *, only: Annotated[list[str] | None, Parameter()] = None, json: bool = False
) -> int:
    """Run every check; leaves with 1 where something blocks or waits for a fix or a waiver.

    Args:
        path: a story's folder, or one .ink file
        only: only these codes
        json: print machine-readable results
    """
    findings = run_checks(look_into(open_story(path)), only or ())
    if json:
        show.print_json([finding.to_json() for finding in findings])
    else:
        _tell(findings)
    return REFUSED if any(finding.open for finding in findings) else DONE


@app.command(name="stamp")
def stamp(path: Path, /, *, dry_run: bool = False, json: bool = False) -> None:
    """Give every line and choice that has none its id, and change nothing else.

    Args:
        path: a story's folder, or one .ink file
        dry_run: only say what would be done
        json: print machine-readable results
    """
    story = open_story(path)
    stamped = stamp_story(story, random_digits)
    if not dry_run:
        write_stamped(story, stamped)
    if json:
        show.print_json(
            {
                "files": {name: list(done.given) for name, done in stamped.files.items()},
                "retired": list(stamped.retired),
                "written": not dry_run,
            }
        )
        return
    for name, done in stamped.files.items():
        if done.given or done.normalised:
            print(f"{name}: {len(done.given)} ids, {done.normalised} full-width marks made plain")
    would = "would be " if dry_run else ""
    print(f"{stamped.given} ids {would}given, {len(stamped.retired)} retired.")


def _tell(findings: tuple[Finding, ...]) -> None:
    for each in findings:
        waived = f" (waived: {each.waiver})" if each.waiver else ""
        print(f"{each.at}: {each.code} {SEVERITIES[each.severity]}: {each.sentence}{waived}")
    counted = Counter("waived" if each.waiver else each.severity for each in findings)
    print(
        f"{counted['B']} blocking, {counted['W']} warnings, {counted['I']} notes, "
        f"{counted['waived']} waived."
    )

"""`silkreel import`: a folder of episodes becomes a series."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.flows.import_series import ImportOptions, ImportReport, import_series
from silkreel.flows.series_folder import FileReport
from silkreel.kit.languages import primary
from silkreel.kit.words import Counted, words
from silkreel.media.probe import Orientation

STATE_SENTENCES = ("refused", "taken", "unchanged", "ignored")  # in the order a person reads them
COUNTS = {
    "refused": Counted("{count} refused", one="{count} refused"),
    "taken": Counted("{count} taken", one="{count} taken"),
    "unchanged": Counted("{count} unchanged", one="{count} unchanged"),
    "ignored": Counted("{count} ignored", one="{count} ignored"),
}
SUGGESTED = ("en", "es", "pt-BR")


def import_folder(
    path: Path,
    /,
    *,
    slug: str | None = None,
    source_language: str | None = None,
    orientation: Annotated[Orientation | None, Parameter(help="the picture's shape")] = None,
    fix: Annotated[list[str] | None, Parameter(help="a mend to accept, e.g. vfr")] = None,
    json: bool = False,
) -> int:
    """Take a folder of episodes, with optional sidecars and series.yaml, into the catalogue.

    Episodes are numbered by their names (01.mp4, ep1.mp4, 第1集.mp4). Beside each may lie
    NAME.zh.srt (or .vtt, .ass) and NAME.me.wav (music and effects). Importing again changes
    nothing: what was said of the series stays until a flag or series.yaml says otherwise. A file
    that is refused gets one sentence and never stops the others.

    Args:
        path: the folder
        slug: the series' name in addresses; by default from series.yaml or the folder
        source_language: the language spoken, e.g. zh-Hans; by default from the subtitles' names
        orientation: the picture's shape
        fix: mends to accept for the whole folder
        json: print machine-readable results
    """
    options = ImportOptions(slug, source_language, orientation, frozenset(fix or ()))
    with opened() as house, show.watching() as watcher:
        report = import_series(
            house.workshop, path, options, progress=lambda each: watcher.step(_line(each))
        )
    if json:
        show.print_json(_payload(report))
    else:
        _print(report)
    return REFUSED if report.refused else DONE


def _payload(report: ImportReport) -> dict[str, object]:
    return {
        "series": report.slug,
        "exists": report.exists,
        "source_language": report.source_language,
        "notes": list(report.notes),
        "files": [asdict(each) for each in report.files],
    }


def _line(report: FileReport) -> str:
    marks = {"taken": "+", "unchanged": "=", "refused": "!", "ignored": " "}
    number = words("episode {number}", number=report.number) if report.number else ""
    parts = [marks[report.state], report.name, number, words(report.state), _words(report)]
    return "  ".join(part for part in parts if part)


def _words(report: FileReport) -> str:
    return report.sentence or "; ".join(report.mends)


def _print(report: ImportReport) -> None:
    """What needs a person first: files that were refused, then mended ones, then notes."""
    telling = [each for each in report.files if _words(each)]
    rows = [
        (each.name, each.number or "", words(each.state), _words(each))
        for each in sorted(telling, key=lambda each: STATE_SENTENCES.index(each.state))
    ]
    if rows:
        columns = (words("file"), words("episode"), words("state"), words("because"))
        show.print_table(words("Files to look at"), columns, rows)
    for note in report.notes if report.exists else ():
        print(note)
    print(_summary(report))


def _summary(report: ImportReport) -> str:
    counts = {state: sum(each.state == state for each in report.files) for state in COUNTS}
    told = ", ".join(words(COUNTS[state], count=n) for state, n in counts.items() if n)
    if not report.exists:
        return words(
            "{slug}: {told}. Nothing was taken, so there is no such series.",
            slug=report.slug,
            told=told,
        )
    targets = [tag for tag in SUGGESTED if primary(tag) != primary(report.source_language)]
    return words(
        "{slug}: {told}. Next: silkreel localise {slug} --to {targets}",
        slug=report.slug,
        told=told,
        targets=",".join(targets),
    )

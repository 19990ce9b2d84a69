"""`silkreel import`: a folder of episodes becomes a series."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.opening import opened
from silkreel.flows.import_series import FileReport, ImportOptions, ImportReport, import_series
from silkreel.kit.words import Counted, words
from silkreel.media.probe import Orientation

STATE_SENTENCES = ("taken", "unchanged", "refused", "ignored")  # of a file
COUNTS = {
    "taken": Counted("{count} taken", one="{count} taken"),
    "unchanged": Counted("{count} unchanged", one="{count} unchanged"),
    "refused": Counted("{count} refused", one="{count} refused"),
}


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
    nothing. A file that is refused gets one sentence and never stops the others.

    Args:
        path: the folder
        slug: the series' name in addresses; by default from series.yaml or the folder
        source_language: the language spoken, e.g. zh-Hans
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
        show.print_json({"series": report.slug, "files": [asdict(each) for each in report.files]})
    else:
        print(_summary(report))
    return REFUSED if report.refused else DONE


def _line(report: FileReport) -> str:
    marks = {"taken": "+", "unchanged": "=", "refused": "!", "ignored": " "}
    number = words("episode {number}", number=report.number) if report.number else ""
    told = report.sentence or "; ".join(report.mends)
    parts = [marks[report.state], report.name, number, words(report.state), told]
    return "  ".join(part for part in parts if part)


def _summary(report: ImportReport) -> str:
    counts = {
        state: sum(each.state == state for each in report.files)
        for state in ("taken", "unchanged", "refused")
    }
    told = ", ".join(words(COUNTS[state], count=n) for state, n in counts.items() if n)
    return words(
        "{slug}: {told}. Next: silkreel localise {slug} --to en,es,pt-BR",
        slug=report.slug,
        told=told,
    )

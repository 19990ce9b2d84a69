"""`silkreel export`: an episode's lines, subtitles, sound or checks as a file."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from silkreel.cli.files import write_named
from silkreel.cli.opening import opened
from silkreel.flows.export_episode import ExportOrder, export_episode
from silkreel.kit.words import words


def export(
    series: str,
    /,
    *,
    episode: int,
    kind: Annotated[str, Parameter(help="lines, subtitles, audio or qc")],
    language: str,
    format: Annotated[str, Parameter(help="json, srt, vtt, ass or wav")],  # noqa: A002 - its name
    out: Annotated[Path | None, Parameter(help="file to write; by default standard output")] = None,
) -> None:
    """Take an episode's work out in a common format.

    Args:
        series: the series' slug
        episode: the episode's number
        kind: what to take out
        language: of which language; the source language gives the original
        format: the file's format
        out: where to write it
    """
    with opened() as house:
        content = export_episode(
            house.workshop, ExportOrder(series, episode, kind, language, format)
        )
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_named(out, content)
        print(words("{file}: {size} bytes", file=out, size=len(content)), file=sys.stderr)

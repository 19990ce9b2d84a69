"""`silkreel lines`: words that wait for a person, out to their tools and back."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.files import read_named, write_named
from silkreel.cli.opening import opened
from silkreel.flows.exchange_lines import (
    LinesOrder,
    Returned,
    approve_drafts,
    export_lines,
    import_lines,
    open_sheet,
)
from silkreel.kit.words import words

app = App(name="lines", help="Lines that wait for words: list, export, import, approve.")

LINES_SHOWN = 60
STATE_SENTENCES = ("waiting", "draft", "approved")  # of a line


@app.command(name="list")
def list_lines(
    series: str, /, *, language: str, episode: int | None = None, waiting: bool = False,
    json: bool = False,
) -> None:  # fmt: skip
    """List lines with their wordings.

    Args:
        series: the series' slug
        language: the language they go into
        episode: only this episode
        waiting: only lines that nobody has worded
        json: print machine-readable results
    """
    with opened() as house:
        sheet = open_sheet(house.workshop, LinesOrder(series, language, episode, waiting))
    rows = [
        {
            "id": each.line.line_id,
            "speaker": each.speaker,
            "source": each.line.text,
            "text": each.wordings["full"].text if "full" in each.wordings else "",
            "state": "waiting" if each.waits else "draft" if each.wordings["full"].draft else "approved",
        }
        for each in sheet.lines
    ]  # fmt: skip
    if json:
        show.print_json(rows)
        return
    if not rows:
        print(
            words("No line waits." if waiting else "No lines yet; run `silkreel localise` first.")
        )
        return
    show.print_table(
        words("Lines of {series} in {language}", series=series, language=sheet.language),
        (words("line"), words("speaker"), words("original"), words("wording"), words("state")),
        [(*tuple(row.values())[:-1], words(row["state"])) for row in rows[:LINES_SHOWN]],
    )
    if len(rows) > LINES_SHOWN:
        print(
            words(
                "{shown} of {all} shown; --json and `silkreel lines export` have all.",
                shown=LINES_SHOWN,
                all=len(rows),
            )
        )


@app.command(name="export")
def export(
    series: str,
    /,
    *,
    language: str,
    format: Annotated[str, Parameter(help="po, csv or srt")] = "po",  # noqa: A002 - its name
    episode: int | None = None,
    waiting: bool = False,
    out: Path | None = None,
) -> None:
    """Write lines to a file for translators; machine drafts are marked as such.

    Args:
        series: the series' slug
        language: the language they go into
        format: the file's form
        episode: only this episode
        waiting: only lines that nobody has worded
        out: the file, without ending; by default the slug and language in this folder
    """
    with opened() as house:
        files = export_lines(house.workshop, LinesOrder(series, language, episode, waiting), format)
    stem = out or Path(f"{series}.{language}" + (f".{episode}" if episode else ""))
    for ending, content in files.items():
        path = stem.with_name(f"{stem.name}.{ending}")
        write_named(path, content)
        print(path)


@app.command(name="import")
def take_back(
    file: Path,
    /,
    *,
    series: str,
    language: str,
    episode: int | None = None,
    by: str = "",
    approve: bool = False,
    despite_gate: bool = False,
    json: bool = False,
) -> int:
    """Take texts back: as proposals, or as approvals with --approve --by NAME.

    Args:
        file: a .po, .csv or .srt that `silkreel lines export` wrote
        series: the series' slug
        language: the language they are in
        episode: only this episode
        by: who approves
        approve: texts are approvals; a PO entry marked fuzzy stays a proposal
        despite_gate: take what the gate turns down all the same, with its findings
        json: print machine-readable results
    """
    content, id_map = read_named(file), file.with_name(file.name + ".json")
    with opened() as house:
        returned = import_lines(
            house.workshop,
            LinesOrder(series, language, episode),
            content,
            name=file.name,
            id_map=read_named(id_map) if id_map.is_file() else None,
            by=by,
            approve=approve,
            despite_gate=despite_gate,
        )
    return _tell(returned, series, language, json=json)


@app.command
def approve(
    series: str, /, *, language: str, by: str, episode: int | None = None,
    line: list[str] | None = None, json: bool = False,
) -> int:  # fmt: skip
    """Approve drafts as they stand; those the gate turns down stay drafts.

    Args:
        series: the series' slug
        language: the language
        by: who approves
        episode: only this episode
        line: only these lines, by id
        json: print machine-readable results
    """
    with opened() as house:
        order = LinesOrder(series, language, episode)
        returned = approve_drafts(house.workshop, order, by=by, only=line or ())
    return _tell(returned, series, language, json=json)


def _tell(returned: Returned, series: str, language: str, *, json: bool) -> int:
    plan = returned.plan
    left = [*plan.stale, *plan.turned_down]
    if json:
        show.print_json(
            {
                "approved": returned.approved,
                "proposed": returned.proposed,
                "unchanged": plan.unchanged,
                "empty": plan.empty,
                "unknown": list(plan.unknown),
                "left_alone": [
                    {"line": x.line_id, "text": x.text, "reason": x.reason} for x in left
                ],
            }
        )
    else:
        print(
            words(
                "{approved} approved, {proposed} proposed, {unchanged} unchanged, "
                "{empty} still without text.",
                approved=returned.approved,
                proposed=returned.proposed,
                unchanged=plan.unchanged,
                empty=plan.empty,
            )
        )
        for name in plan.unknown:
            print("!", words("{name}: no line has this id", name=name))
        for each in left:
            print(f"! {each.line_id}: {each.reason} ({each.text})")
        print(
            words(
                "Next: silkreel localise {series} --to {language}", series=series, language=language
            )
        )
    return REFUSED if left or plan.unknown else DONE

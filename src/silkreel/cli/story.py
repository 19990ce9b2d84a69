"""`silkreel story`: one text as drama, novel and game."""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from cyclopts import App

from silkreel.cli import DONE, REFUSED, show
from silkreel.cli.files import write_named
from silkreel.kit.settings import read_settings
from silkreel.kit.words import Counted, words
from silkreel.story.checking import NotRun, look_into, not_run
from silkreel.story.checking import check as run_checks
from silkreel.story.exporting import ExportOrder, Form
from silkreel.story.exporting import export as run_export
from silkreel.story.findings import Finding
from silkreel.story.forms.po import Use
from silkreel.story.ids import random_digits
from silkreel.story.importing import TRANSLATION_ENDINGS, import_script, import_translations
from silkreel.story.lints.evidence import Evidence, Outside
from silkreel.story.lints.needs import WHY_SENTENCES
from silkreel.story.media import MediaForm, MediaOrder, export_media
from silkreel.story.project import Story, open_story
from silkreel.story.stamping import Start, new_story, stamp_story, write_stamped
from silkreel.story.units import stands, units_of

app = App(name="story", help="One text, three media: begin, check, stamp, import, export.")

app.command("silkreel.cli.story_play:play", name="play", help="Play a story, or rehearse it.")
app.command(
    "silkreel.cli.story_publish:publish", name="publish",
    help="Publish a story: viewers of the series read its novel and play its game.",
)  # fmt: skip
app.command(
    "silkreel.cli.story_publish:unpublish", name="unpublish",
    help="Take the story of a series away from readers and players.",
)  # fmt: skip
app.command(
    "silkreel.cli.story_publish:list_stories", name="list",
    help="List published stories, each with its versions.",
)  # fmt: skip
app.command(
    "silkreel.cli.story_animatic:animatic",
    name="animatic",
    help="Watch an episode before it is shot.",
)
app.command(
    "silkreel.cli.story_translate:translate", name="translate",
    help="Word a story in other languages: the memory first, then engines, then a person.",
)  # fmt: skip
for _verb, _help in {
    "source": "Bring a finished novel to be split into episodes.",
    "assist": "Ask a model for proposals.",
    "proposals": "List what models proposed.",
    "accept": "Take a proposal into the story.",
    "undo": "Take an accepted proposal out again.",
    "reject": "Put a proposal away.",
}.items():
    app.command(f"silkreel.cli.story_assist:{_verb}", name=_verb, help=_help)

SEVERITY_SENTENCES = {"B": "blocks", "W": "warning", "I": "note"}
TAKEN_SENTENCES = ("story", "lines", "wordings")
EPISODES = Counted("{count} episodes", one="{count} episode")
LINES = Counted("{count} lines", one="{count} line")
STALE_OUT = Counted(
    "{count} translations are of an older text; `silkreel story translate {path} --status` lists them.",
    one="{count} translation is of an older text; `silkreel story translate {path} --status` lists it.",
)
BARE_OUT = Counted(
    "{count} texts are not translated; `silkreel story translate {path} --status` lists them.",
    one="{count} text is not translated; `silkreel story translate {path} --status` lists it.",
)
READ_IN: Mapping[str, Use] = {
    "vtt": "sub",
    "epub": "print",
    "html": "print",
}  # what is read as it is
WORDINGS = Counted("{count} wordings", one="{count} wording")
IDS = Counted("{count} ids", one="{count} id")
MADE_PLAIN = Counted(
    "{count} full-width marks made plain", one="{count} full-width mark made plain"
)
WARNINGS = Counted("{count} warnings", one="{count} warning")
NOTES = Counted("{count} notes", one="{count} note")
BYTES = Counted("{count} bytes", one="{count} byte")


@app.command(name="new")
def new(name: str, /, *, into: Path | None = None, start: Start = "example") -> None:
    """Begin a story in a folder of that name, to be written over.

    Args:
        name: name of the folder, and the title to begin with
        into: the folder to make it in; by default this one
        start: example begins with two episodes, a choice, a chapter and shots; blank with one empty
            episode, for a story of your own or one from a novel
    """
    story = new_story(name, into or Path(), start)
    episodes, lines = len(story.episodes), len(story.lines)
    print(f"{story.folder}: {words(EPISODES, count=episodes)}, {words(LINES, count=lines)}")
    print(words("Next: silkreel story check {folder}", folder=story.folder))


@app.command(name="check")
def check(
    path: Path, /, *, walks: int = 0, only: list[str] | None = None, series: str = "",
    json: bool = False,
) -> int:  # fmt: skip
    """Run every check; leaves with 1 where something blocks or waits for a fix or a waiver.

    Args:
        path: a story's folder, or one .ink file
        walks: also play the story this many times and name lines that are never shown
        only: only these codes
        series: slug of the series it belongs to, for what was published, filmed and dubbed of it;
            by default found in the home by the story's ids
        json: print machine-readable results
    """
    story = open_story(path)
    evidence = look_into(story, walks, _outside(story, series))
    findings, passed_over = run_checks(evidence, only or ()), not_run(evidence, only or ())
    if json:
        told = [{"code": each.code, "why": WHY_SENTENCES[each.why]} for each in passed_over]
        show.print_json({"findings": [each.to_json() for each in findings], "not_run": told})
    else:
        _tell(findings)
        _tell_not_run(passed_over)
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
            given = words(IDS, count=len(done.given))
            print(f"{name}: {given}, {words(MADE_PLAIN, count=done.normalised)}")
    print(
        words(
            "{ids} would be given, {retired} retired."
            if dry_run
            else "{ids} given, {retired} retired.",
            ids=words(IDS, count=stamped.given),
            retired=len(stamped.retired),
        )
    )


@app.command(name="import")
def take_in(
    file: Path, /, *, out: Path | None = None, story: Path | None = None, language: str = "",
    json: bool = False,
) -> int:  # fmt: skip
    """Make a story of a script (.fountain, .fdx, .docx, .txt) or a series, or take translations into one.

    A series in the house that has only video becomes a draft script whose lines keep their ids.

    Args:
        file: a script, translations (.po, .xlf), or the slug of a series
        out: the folder of the new story; by default the file's name without its ending, or the slug
        story: the story that translations belong to
        language: the language it is in, where the file does not say
        json: print machine-readable results
    """
    if not file.suffix and not file.exists():
        return _adapt(str(file), out, json=json)
    if file.suffix.lower() in TRANSLATION_ENDINGS:
        taken, left = import_translations(open_story(story or Path()), file, language)
        told = [f"{each.at}: {each.line_id}: {each.reason}" for each in left]
        return _taken({"wordings": taken, "left_alone": told}, json=json)
    made = import_script(file, out or Path(file.stem), random_digits, language)
    unsure = [str(each) for each in made.draft.unsure]
    counted = {"story": str(made.story.folder), "lines": len(made.story.lines), "unsure": unsure}
    return _taken(counted, json=json)


def _adapt(slug: str, out: Path | None, *, json: bool) -> int:
    folder = out or Path(slug)
    from silkreel.cli.opening import opened  # brings the database: no check of a folder needs it
    from silkreel.flows.adapt_story import adapt_series

    with opened() as house:
        made = adapt_series(house.workshop, slug, folder)
    if json:
        show.print_json(
            {"story": str(folder), "lines": made.lines, "languages": dict(made.languages)}
        )
        return DONE
    episodes = words(EPISODES, count=len(made.story.episodes))
    print(f"{folder}: {episodes}, {words(LINES, count=made.lines)}")
    for language, count in made.languages.items():
        place = folder / "i18n" / f"{language}.po"
        print(f"{place}: {words(WORDINGS, count=count)}")
    print(
        words(
            "It is a draft: give scenes their places (# todo), voices their names in story.yaml. "
            "Next: silkreel story check {folder}",
            folder=folder,
        )
    )
    return DONE


@app.command(name="export")
def export(
    path: Path, /, *, to: Form | MediaForm | Literal["otio"], out: Path | None = None, language: str = "",
    episode: int = 1, slug: str = "", base_url: str = "",
) -> None:  # fmt: skip
    """Write the story in another form; what would not read back the same is not written.

    Args:
        path: a story's folder, or one .ink file
        to: fountain, fdx, pdf, po, xliff, vtt or ink; sheets and otio for production; epub or html
            for the novel; twee or renpy for the game
        out: the file to write, for renpy the folder; by default standard output, for epub, html,
            twee and renpy this folder
        language: the language of translations, of subtitles and of the novel
        episode: the episode of subtitles, or of the timeline
        slug: what the work is called in addresses; by default the folder's name
        base_url: where the app is, for a novel with doors to watch and play
    """
    if to == "otio":
        from silkreel.flows.plan_timeline import timeline_of  # brings the theatre and its editors

        _print(timeline_of(path, episode, language), out)
        return
    evidence = look_into(open_story(path))
    _warn_of_words(evidence, language, to)
    match to:
        case "pdf" | "sheets" | "epub" | "html" | "twee" | "renpy":
            named = slug or path.resolve().stem
            files = export_media(evidence, MediaOrder(to, named, language, base_url))
            _write(files, out, folder=to == "renpy")
        case _:
            _print(run_export(evidence, ExportOrder(to, language, episode)), out)


def _outside(story: Story, series: str) -> Outside:
    """What the home knows of the story; a home that is not there yet is not made for it."""
    settings = read_settings()
    if not series and not settings.has_home:
        return Outside()
    # A database is loaded only where there is a home to look into.
    from silkreel.cli.opening import opened
    from silkreel.flows.story_outside import story_outside

    with opened() as house:
        return story_outside(house.workshop, story, series)


def _warn_of_words(evidence: Evidence, language: str, to: str) -> None:
    """What goes out in a language is told where its source reads otherwise by now, or goes untranslated."""
    found = evidence.translations.get(language)
    if found is None:
        return
    told = stands(units_of(evidence.story, evidence.chapters), found)
    changed = {each.unit.id for each in told if each.standing == "stale"}
    bare = {e.unit.id for e in told if e.standing == "missing" and e.use == READ_IN.get(to)}
    for sentence, count in ((STALE_OUT, len(changed)), (BARE_OUT, len(bare))):
        if count:
            shown = words(sentence, count=count, path=str(evidence.story.folder))
            print(f"! {shown}", file=sys.stderr)


def _write(files: Mapping[str, bytes], out: Path | None, *, folder: bool) -> None:
    """The one file where it is wanted, or all below a folder."""
    for name, content in files.items():
        place = (out or Path()) / name if folder else out or Path(name)
        write_named(place, content, make_folder=True)
        print(f"{place}: {words(BYTES, count=len(content))}", file=sys.stderr)


def _print(text: str, out: Path | None) -> None:
    if out is None:
        print(text, end="")
    else:
        write_named(out, text.encode(), make_folder=True)
        print(f"{out}: {words(BYTES, count=len(text.encode()))}", file=sys.stderr)


def _taken(counted: Mapping[str, object], *, json: bool) -> int:
    if json:
        show.print_json(counted)
        return DONE
    for name, value in counted.items():
        rows = value if isinstance(value, list) else [f"{words(name)}: {value}"]
        for row in rows:
            print(f"! {row}" if isinstance(value, list) else row)
    return DONE


def _tell(findings: tuple[Finding, ...]) -> None:
    for each in findings:
        waived = " " + words("(waived: {reason})", reason=each.waiver) if each.waiver else ""
        severity = words(SEVERITY_SENTENCES[each.severity])
        print(f"{each.at}: {each.code} {severity}: {each.sentence}{waived}")
    counted = Counter("waived" if each.waiver else each.severity for each in findings)
    print(
        words(
            "{blocking} blocking, {warnings}, {notes}, {waived} waived.",
            blocking=counted["B"],
            warnings=words(WARNINGS, count=counted["W"]),
            notes=words(NOTES, count=counted["I"]),
            waived=counted["waived"],
        )
    )


def _tell_not_run(passed_over: tuple[NotRun, ...]) -> None:
    """How many checks looked at nothing, reason by reason."""
    for why, count in Counter(each.why for each in passed_over).items():
        codes = ", ".join(each.code for each in passed_over if each.why == why)
        print(
            words(
                "Not run: {count} ({why}): {codes}",
                count=count,
                why=words(WHY_SENTENCES[why]),
                codes=codes,
            )
        )

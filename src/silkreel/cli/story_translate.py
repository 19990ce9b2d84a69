"""`silkreel story translate`: a story's words in other languages, and how far they are."""

import getpass
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from silkreel.cli import DONE, show
from silkreel.cli.opening import opened
from silkreel.dubbing.translating import Waiting
from silkreel.flows.translate_story import Translated, TranslateOrder, translate_story
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted, words
from silkreel.story.checking import read_chapters, read_translations
from silkreel.story.forms.po import USES, Translations
from silkreel.story.importing import drop_obsolete as drop_obsolete_words
from silkreel.story.project import open_story
from silkreel.story.units import STANDINGS, Stand, stands, tally, units_of

SHOWN = 40  # lines of a list on a screen; --json has all
USE_SENTENCES = {"sub": "subtitles and game", "dub": "dub", "print": "novel"}
STANDING_SENTENCES = ("approved", "draft", "stale", "missing")
STALE = Counted(
    "{count} texts read otherwise since they were translated:",
    one="{count} text reads otherwise since it was translated:",
)
DROPPED = Counted(
    "{count} texts of lines that are gone were dropped.",
    one="{count} text of a line that is gone was dropped.",
)
WAITING = Counted("{count} texts wait for a person:", one="{count} text waits for a person:")


class NoLanguages(Refusal):
    """Nobody said which languages."""

    status = 422
    message = (
        "Say which languages the story goes into: --to es,pt-BR, or `languages:` in story.yaml."
    )


def translate(
    path: Path, /, *, to: str = "", series: str = "", status: bool = False,
    drop_obsolete: bool = False, json: bool = False,
) -> int:  # fmt: skip
    """Word a story in other languages: the memory first, then engines, then a person.

    What was approved for the drama is taken for the game and the novel, and what the story has
    approved enters the series' memory. Words somebody stands for are kept; what nobody could word
    waits in i18n/LANGUAGE.po.

    Args:
        path: a story's folder, or one .ink file
        to: languages with commas between; by default those of story.yaml
        series: slug of the series whose memory it shares; by default `series:` of story.yaml
        status: only say what is approved, draft, stale and missing
        drop_obsolete: only take words of lines that are gone out of i18n/*.po; until then they are kept
            there as obsolete entries
        json: print machine-readable results
    """
    story = open_story(path)
    told = [normal_tag(each.strip()) for each in to.split(",") if each.strip()]
    if status:
        return _status(path, told, json=json)
    if drop_obsolete:
        return _drop(drop_obsolete_words(story), json=json)
    languages = told or [*story.project.languages]
    if not languages:
        raise NoLanguages
    order = TranslateOrder(path, tuple(dict.fromkeys(languages)), getpass.getuser(), series)
    with opened() as house:
        done = translate_story(house.settings, house.workshop, order)
    if json:
        show.print_json([_translated(each) for each in done])
        return DONE
    for each in done:
        _tell(each)
    _table({each.language: each.stands for each in done})
    return DONE


def _drop(dropped: Mapping[str, int], *, json: bool) -> int:
    if json:
        show.print_json(dict(dropped))
        return DONE
    for language, count in dropped.items():
        print(f"{language}: {words(DROPPED, count=count)}")
    return DONE


def _status(path: Path, languages: Sequence[str], *, json: bool) -> int:
    story = open_story(path)
    chapters, found = read_chapters(story.folder), read_translations(story.folder)
    wanted = dict.fromkeys(languages or (*story.project.languages, *found))
    units = units_of(story, chapters)
    told = {each: stands(units, found.get(each, Translations(each))) for each in wanted}
    if json:
        show.print_json(
            [{"language": each, **_counted(standing)} for each, standing in told.items()]
        )
        return DONE
    if not told:
        raise NoLanguages
    _table(told)
    for language, standing in told.items():
        _stale(language, standing)
    return DONE


def _tell(done: Translated) -> None:
    print(
        words(
            "{language}: {taken} from the memory, {offered} offered by it, {made} by engines, "
            "{waiting} waiting; the series' memory learned {remembered}.",
            language=done.language, taken=done.taken, offered=done.offered, made=done.made,
            waiting=len(done.waiting), remembered=done.remembered,
        )
    )  # fmt: skip
    _stale(done.language, done.stands)
    if done.waiting:
        print(f"{done.language}: {words(WAITING, count=len(done.waiting))}")
    for each in done.waiting[:SHOWN]:
        print(f"  {each.line_id}: {'; '.join(each.reasons)}")
    _rest(len(done.waiting))
    for note in done.notes:
        print(f"! {note}")


def _stale(language: str, told: Iterable[Stand]) -> None:
    changed = list(_changed(told).values())
    if changed:
        print(f"{language}: {words(STALE, count=len(changed))}")
    for each in changed[:SHOWN]:
        old, new = each.wording.source if each.wording else "", each.unit.text
        print(f"  {each.unit.id}: {old} → {new}")
    _rest(len(changed))


def _rest(count: int) -> None:
    if count > SHOWN:
        print(words("{shown} of {all} shown; --json has all.", shown=SHOWN, all=count))


def _changed(told: Iterable[Stand]) -> dict[str, Stand]:
    return {each.unit.id: each for each in told if each.standing == "stale"}


def _table(told: dict[str, tuple[Stand, ...]]) -> None:
    rows = [
        (language, words(USE_SENTENCES[use]), *(str(counts[name]) for name in STANDINGS))
        for language, standing in told.items()
        for use, counts in tally(standing).items()
        if any(counts.values())
    ]
    columns = (words("language"), words("variant"), *(words(name) for name in STANDING_SENTENCES))
    show.print_table(words("Translations"), columns, rows)


def _counted(told: Sequence[Stand]) -> dict[str, object]:
    return {
        "variants": {use: dict(tally(told)[use]) for use in USES},
        "stale": [
            {"id": each.unit.id, "source": each.unit.text, "variant": each.use,
             "made_from": each.wording.source if each.wording else "",
             "text": each.wording.text if each.wording else ""}
            for each in told if each.standing == "stale"
        ],
    }  # fmt: skip


def _translated(done: Translated) -> dict[str, object]:
    return {
        "language": done.language, "taken": done.taken, "offered": done.offered,
        "made": done.made, "remembered": done.remembered,
        "waiting": [_waiting(each) for each in done.waiting], "notes": list(done.notes),
        **_counted(done.stands),
    }  # fmt: skip


def _waiting(each: Waiting) -> dict[str, object]:
    return {"id": each.line_id, "reasons": list(each.reasons)}
